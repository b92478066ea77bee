"""Tags of untrusted pages, taken apart as a browser does it."""

from __future__ import annotations

import re
import time
from pathlib import Path

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.viewers.tags import ANIMATIONS, LINKS, NEVER, attribute, each_attribute, each_tag

GUARD = Path(__file__).parents[2] / "themes/default/assets/js/frame-guard.js"


def cleaned(text: str) -> str:
    """`text` without addresses of links, and without what is never there."""

    def change(name: str, attributes: str) -> str | None:
        if name in NEVER or name in ANIMATIONS:
            return None
        return f"<{name}{each_attribute(attributes, lambda key, value: '' if key == 'href' else None)}>"

    return each_tag(text, change)


@pytest.mark.parametrize(
    "text",
    [
        "<link rel=preconnect href=//x>",
        "<LINK\nrel='preconnect'>",
        "<link/rel=preconnect>",
        "<!--><link rel=preconnect>-->",
        "<img alt='<link rel=preconnect>'>",
        "<!-- <img alt=' --><link rel=preconnect><!-- '> -->",
        '<!-- <img alt=" --><a href=//x target=_self>x</a><!-- "> -->',
        "<ifr<meta x>ame src=//x>",
        "<a title=a<b href=//x>",
        "<a title='>' href=//x>",
        "<a " + "x " * 40 + "href=//x>",
        "<a href=//x href=#y>",
        "<iframe srcdoc='<p>'>",
        "<object data=x><embed src=y></object>",
        "<svg><a><animate attributeName=href values=//x></a></svg>",
        "<link x",
    ],
)
def test_what_must_not_be_there_is_nowhere(text: str) -> None:
    nothing_left(cleaned(text))


def nothing_left(text: str) -> None:
    for element in html5lib.parse(text, namespaceHTMLElements=False).iter():
        tag = str(element.tag).rpartition("}")[2]
        assert tag not in (*NEVER, *ANIMATIONS) or (tag == "meta" and not element.attrib), text
        assert tag not in LINKS or "href" not in element.attrib, text


PIECES = st.sampled_from(
    [f"<{name}" for name in (*NEVER, *LINKS, "img", "p", "svg", "set", "style", "script", "title")]
    + [*"<>/='\" \n", "href", "rel", "=x", "<!--", "-->", "</a>", "</iframe>", "meta>", "<meta>", "&lt;", "link "]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_no_text_brings_them_back(text: str) -> None:
    nothing_left(cleaned(text))


def test_what_is_harmless_stays_as_it_was() -> None:
    for text in (
        "<p title='<'>a < b</p>",
        "<img src=x alt=\"a 'b'\">",
        "<script>if (a<b) c('<p>')</script>",
        "<meta>",
        "<link-card>",
    ):
        assert cleaned(text) == text


def test_values_are_read_as_written() -> None:
    assert attribute(" a=1 HREF = '&#104;ttp' href=second", "href") == "http"
    assert attribute("a=\"x' y\" b='c\"'/d=e/", "b") == 'c"'
    assert attribute("x=1", "href") == ""


@pytest.mark.parametrize("piece", ["<a ", '<a x="', "<a x=\"' y='", "<link ", "<a/", "<a x" + " " * 100, "<"])
def test_hostile_pages_take_no_longer_than_others(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    cleaned(text)
    assert time.process_time() - started < 2


def test_the_script_of_frames_has_the_same_list() -> None:
    listed = re.search(r'"(link meta [^"]+) !entity"', GUARD.read_text("utf-8"))
    assert listed and listed[1].split() == list(NEVER)
