"""HTML artifacts in their frames: what is put into them, what they cannot do, what is said to be missing."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from sitegen.markup.links import resolve
from sitegen.viewers.blocks import Frame, PageLink, Sentence
from sitegen.viewers.sandbox import BASE, MAX_SIBLING, OFF

from .test_view import only, view

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def framed(root: Path, page: str, profile: str = "public") -> tuple[Frame, list[str]]:
    blocks = view(root, "report/index.html", page, profile)
    return only(blocks, Frame), [block.text for block in blocks if isinstance(block, Sentence)]


def beside(root: Path, **files: str | bytes) -> None:
    (root / "report" / "img").mkdir(parents=True)
    (root / "report" / "img" / "roc.png").write_bytes(PNG)
    for name, content in files.items():
        path = root / "report" / name.replace("_", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def test_files_beside_a_page_are_put_into_it(tmp_path: Path) -> None:
    beside(tmp_path, style_css="h1 { background: url(img/roc.png) }", app_js="let a = '</script>'")
    page = "<link rel=stylesheet href='style.css'><script src=app.js></script><img alt=x src=\"./img/roc.png?v=2#a\">"
    frame, said = framed(tmp_path, page)
    assert (
        '<style media="">@import "data:text/css;base64,' in frame.source
        and 'src="data:text/javascript;base64,' in frame.source
    )
    assert f'src="data:image/png;base64,{base64.b64encode(PNG).decode()}"' in frame.source
    css = base64.b64decode(frame.source.partition("text/css;base64,")[2].partition('"')[0])
    assert css.startswith(b'h1 { background: url("data:image/png;base64,') and said == []


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    beside(
        tmp_path,
        big_js="x" * (MAX_SIBLING + 1),
        secret_js="let a = 'gh" + "p_0123456789abcdefghijABCDEFGHIJ012345EXAMPLEKEY'",
    )
    page = "<img src=gone.png><script src=big.js></script><script src=secret.js></script><img src=//example.org/x.png>"
    frame, said = framed(tmp_path, page)
    assert said == [
        "It asks for files from the web (example.org), which are not loaded here; what depends on them stays blank.",
        "It refers to 1 file that this site does not have: report/gone.png.",
        "Too large to be put into the page: report/big.js.",
    ]
    assert "example.org" not in frame.source and "EXAMPLEKEY" not in frame.source


def test_scripts_are_off_until_they_are_asked_for(tmp_path: Path) -> None:
    frame, _ = framed(tmp_path, "<script>a()</script>")
    assert frame == Frame(f"{BASE}{OFF}>a()</script>", scripts=True)
    assert framed(tmp_path, "<script>a()</script>", "internal")[0].starts
    for page in ("<p onclick='x()'>", "<a href=' javascript:x()'>", "<svg/onload=x()>", "<object data=x>"):
        assert framed(tmp_path, page)[0].scripts, page
    assert not framed(tmp_path, "<p>one = two, script</p>")[0].scripts


def test_the_doctype_stays_first(tmp_path: Path) -> None:
    assert framed(tmp_path, "\n<!DOCTYPE html><p>")[0].source == f"\n<!DOCTYPE html>{BASE}<p>"


def test_links_lead_to_places_in_the_page_and_to_pages_of_the_site(tmp_path: Path) -> None:
    beside(tmp_path, page2_html="<p>two", data_csv="a,b\n1,2\n")
    page = "<a href='page2.html#x' target=_top>2</a><a href='#end'>e</a><a href=data.csv>d</a><a href='https://x.org'>w</a>"
    frame, _ = framed(tmp_path, page)
    assert frame.links == (
        PageLink("page2.html", "files/r/report/page2.html.txt.html"),
        PageLink("data.csv", "files/r/report/data.csv.html"),
    )
    assert frame.source == (
        f'{BASE}<a href="page2.html#x" data-sitegen-page="0" >2</a>'
        '<a href="about:srcdoc#end" target="_self">e</a><a href="data.csv" data-sitegen-page="1">d</a>'
        '<a data-href="https://x.org" title="https://x.org">w</a>'
    )


def test_pages_in_frames_of_a_page_are_linked_and_not_loaded(tmp_path: Path) -> None:
    beside(tmp_path, plot_html="<p>plot")
    page = "<iframe src='plot.html' width=9></iframe><iframe src=//example.org/x></iframe><iframe srcdoc='&lt;p>'></iframe>"
    frame, said = framed(tmp_path, page)
    assert frame.source == BASE + "<sitegen-iframe></sitegen-iframe>" * 3
    assert frame.links == (PageLink("plot.html", "files/r/report/plot.html.txt.html"),)
    assert "(example.org)" in said[0]
    assert said[1:] == ["It holds 1 page in frames of their own, which are not shown."]


@pytest.mark.parametrize(
    ("reference", "path"),
    [
        ("a.png", "d/e/a.png"),
        ("../a%20b.png?x#y", "d/a b.png"),
        ("./x/../a.png", "d/e/a.png"),
        ("..\\a.png", "d/a.png"),
        ("../../../etc/passwd", ""),
        ("%2e%2e/%2e%2e/%2e%2e/x", ""),
        ("/etc/passwd", ""),
        ("//example.org/a", ""),
        ("https://example.org/a", ""),
        ("javascript:x", ""),
        ("data:x", ""),
        ("C:/x", ""),
        ("a\0b", ""),
        ("#x", ""),
        ("", ""),
        ("..", "d"),
    ],
)
def test_references_stay_inside_the_artifacts(reference: str, path: str) -> None:
    assert resolve("d/e/page.html", reference) == path


def test_a_style_that_imports_itself_ends(tmp_path: Path) -> None:
    beside(tmp_path, a_css="@import 'a.css'; @import \"b.css\";", b_css="@import url(a.css);")
    frame, _ = framed(tmp_path, "<link rel='stylesheet' href=a.css><style>p { background: url('img/roc.png') }</style>")
    assert len(frame.source) < 20_000 and 'url("data:image/png;base64,' in frame.source
