from __future__ import annotations

import random
import re
import time

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.markup import notes
from sitegen.markup.notes import note_excerpt, note_html, rooted
from tests.examples import examples

ALLOWED = notes._TAGS
XSS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://evil.example/pixel.png'>",
    "![pixel](https://evil.example/pixel.png)",
    '![x](https://evil.example/a.png"onerror="alert(1))',
    '![x" onerror="alert(1)](https://evil.example/a.png)',
    "![x][1]\n\n[1]: javascript:alert(1)",
    "[x](javascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](JAVASCRIPT:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](//evil.example)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "[x](https://a.example 'a\" onmouseover=\"alert(1)')",
    "[x](https://a.example){: onclick=alert(1) #body .evil}",
    "# Head {#main onclick=alert(1)}",
    "<div id=search class=btn style='position:fixed'>x</div>",
    "<svg/onload=alert(1)>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>@import 'https://evil.example'</style>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><input name=x></form>",
    "<object data=x></object><embed src=x>",
    "\"><img src=x onerror=1>'</script><!--<script>",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "`</code><script>alert(1)</script>`",
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "<!-- --!><img src=x onerror=alert(1)>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php <script>alert(1)</script> ?>",
    "\x02wzxhzdk:0\x03 <script>alert(1)</script>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
]


def assert_safe(html: str) -> None:
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    for element in list(tree.iter())[1:]:
        assert element.tag in ALLOWED, element.tag
        for name, value in element.attrib.items():
            assert name in {"href", "title", "rel", "class", "start", "align", "id", "src", "alt"}, name
            if name == "href":
                assert re.match(r"(https?://|mailto:|#user-content-|sitegen-site:files/)", value, re.IGNORECASE)
            if name == "src":
                assert value.startswith("sitegen-site:artifacts/")
            if name == "id":
                assert value.startswith("user-content-")
            if name == "class":
                assert value in ("note-text", "task") or value.startswith("language-")


class Artifacts:
    """Artifacts at `img/roc.png`, `data.csv` and in the folder `docs`."""

    def image(self, path: str) -> str:
        return f"artifacts/r/{path}" if path.endswith("roc.png") else ""

    def page(self, path: str) -> str:
        return f"files/r/{path}.html" if path in ("data.csv", "docs/more.md") else ""


@pytest.mark.parametrize("text", XSS)
def test_no_markup_of_a_note_acts(text: str) -> None:
    assert_safe(note_html(text))
    assert_safe(note_html(f"before\n\n{text}\n\n> {text}\n\n* {text}"))
    assert_safe(note_html(f"[^1] {text} [a](data.csv)\n\n# {text}\n\n[x](#a)\n\n[^1]: {text}", Artifacts()))


@given(st.text() | st.text("<>\"'`[]()!*_#&;:/\\-=|~ \n\tajvscriptonhef1."))
def test_any_text_becomes_safe_html(text: str) -> None:
    assert_safe(note_html(text))


@given(st.lists(st.sampled_from(XSS), max_size=4), st.text(" \n>*-1.#`|"))
def test_hostile_pieces_stay_safe_together(pieces: list[str], glue: str) -> None:
    assert_safe(note_html(glue.join(pieces)))


PIECES = [
    "[",
    "]",
    "![",
    "](",
    "<",
    "</",
    "<div>",
    "<a ",
    "`",
    "``",
    "*",
    "_",
    "**",
    "__",
    "> ",
    "- ",
    "1. ",
    "\n",
    " ",
    "    ",
    "\n\n",
    "|",
    "|-|\n",
    "#",
    "&",
    "&#",
    "\\",
    "(",
    ")",
    "x",
    "x\n===\n",
    "```\n",
    "~~~\n",
    "[a]: ",
    "<!--",
    "]]>",
    "\t",
    "!",
    "[x](",
    "# [^1]",
    "![a](b)",
    "- [ ] a\n",
    "~~a",
    "~~",
    "[^1]: x\n",
    "[^a]",
    '"',
    "'",
    ":",
    "<x@",
    "<http:",
    "- - ",
    "* * ",
    "\n    - ",
    "\x02",
    "\x03",
]


def hostile(seed: int) -> str:
    rng = random.Random(seed)
    pieces = rng.sample(PIECES, rng.randint(1, 4))
    body = "".join(pieces) if rng.random() < 0.5 else "".join(rng.choices(pieces, k=40))
    return (body * (rng.choice([300, 2_000, 7_900, 20_000]) // len(body) + 1))[: rng.choice([7_999, 8_000, 60_000])]


def test_no_hostile_note_takes_a_second_of_work() -> None:
    slowest = 0.0
    for seed in range(500):
        text = hostile(seed)
        start = time.process_time()
        html = note_html(text)
        slowest = max(slowest, time.process_time() - start)
        assert slowest < 1, f"seed {seed}: {text[:40]!r}"
        assert "<script" not in html
    assert slowest > 0


@pytest.mark.parametrize("piece", PIECES)
def test_no_single_mark_repeated_takes_a_second(piece: str) -> None:
    for most in (300, 1_500, 8_000):
        start = time.process_time()
        note_html((piece * most)[:8_000])
        assert time.process_time() - start < 1


def test_markdown_is_rendered() -> None:
    assert note_html("Some *words*") == "<p>Some <em>words</em></p>"
    assert '<td align="right">1</td>' in note_html("| a |\n|--:|\n| 1 |")
    assert '<code class="language-python">' in note_html("```python\nx = 1\n```")
    assert note_html("- a\n- b").count("<li>") == 2


def test_headings_begin_at_the_third_level() -> None:
    html = note_html("# One\n\n## Two\n\n###### Six")
    assert re.findall(r"<h(\d)>", html) == ["3", "4", "6"]


def test_an_image_becomes_a_link_with_its_text() -> None:
    html = note_html("![loss curve](https://example.org/a.png)")
    assert html == '<p><a href="https://example.org/a.png" rel="noopener noreferrer nofollow">loss curve</a></p>'
    assert note_html("![loss curve](plots/a.png)") == "<p><em>loss curve</em></p>"


def test_raw_html_is_shown_as_text() -> None:
    assert note_html("a <b>bold</b> word") == "<p>a &lt;b&gt;bold&lt;/b&gt; word</p>"


def test_a_note_too_heavy_to_render_is_shown_as_it_is() -> None:
    assert note_html("[" * 301) == '<pre class="note-text">' + "[" * 301 + "</pre>"
    assert note_html("<b>" + "x " * 5000).startswith('<pre class="note-text">&lt;b&gt;x x')


def test_a_note_leaves_nothing_behind_for_the_next() -> None:
    before = note_html("[a] *b*")
    note_html("[a]: https://example.org/")
    notes._rendered.cache_clear()
    assert note_html("[a] *b*") == before == "<p>[a] <em>b</em></p>"


def test_a_renderer_that_fails_leaves_the_text_and_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = notes._markdown()
    monkeypatch.setattr(broken, "convert", lambda text: 1 / 0)
    assert note_html("*fails* <b>") == '<pre class="note-text">*fails* &lt;b&gt;</pre>'
    assert note_html("*works*") == "<p><em>works</em></p>"


@pytest.mark.parametrize("mark", ["> ", ">", "1. ", "- ", "* > "])
def test_deep_nesting_is_shown_as_text(mark: str) -> None:
    assert note_html(mark * 100 + "x").startswith("<pre")


def test_an_empty_note_is_nothing() -> None:
    assert note_html("") == note_html(" \n ") == ""


@settings(max_examples=examples(3))
@given(st.text("abcZé1 ,.;:()/'\"%=+-_", max_size=60))
def test_the_short_way_for_plain_notes_says_the_same_as_the_long_way(text: str) -> None:
    assert note_html(text) == (notes._rendered(text.strip()) if text.strip() else "")


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        ("", ""),
        ("plain words", "plain words"),
        (
            "# Baseline\n\nFirst **real** run, see [the plan](https://e.org/x_y).",
            "Baseline First real run, see the plan.",
        ),
        ("- one\n- two\n1. three", "one two three"),
        ("> quoted `code` and val_loss and _this_", "quoted code and val_loss and this"),
        ("```python\nx = 1\n```\nafter", "x = 1 after"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a b 1 2"),
        ("![curve](a.png) end", "curve end"),
        (r"a \* b", "a * b"),
    ],
)
def test_an_excerpt_has_the_words_without_the_marks(text: str, excerpt: str) -> None:
    assert note_excerpt(text) == excerpt


@given(st.text(), st.integers(10, 200))
def test_an_excerpt_is_one_short_line(text: str, length: int) -> None:
    excerpt = note_excerpt(text, length)
    assert len(excerpt) <= length
    assert "\n" not in excerpt


def test_an_excerpt_is_cut_at_a_word() -> None:
    assert note_excerpt("alpha beta gamma delta", 18) == "alpha beta gamma…"


# What data cards and reports use -------------------------------------------------------------------------------------


def test_images_and_links_of_the_artifacts_lead_into_the_site() -> None:
    html = note_html("![ROC](img/roc.png) [table](data.csv)", Artifacts())
    assert '<img alt="ROC" src="sitegen-site:artifacts/r/img/roc.png">' in html
    assert 'href="sitegen-site:files/r/data.csv.html"' in html
    assert 'src="../artifacts/r/img/roc.png"' in rooted(html, "../") and "sitegen-site" not in rooted(html, "../")
    beside = note_html("![ROC](../img/roc.png) [more](more.md#part)", Artifacts(), "docs/index.md")
    assert "artifacts/r/img/roc.png" in beside and "files/r/docs/more.md.html" in beside


def test_what_is_not_among_the_artifacts_is_no_link() -> None:
    html = note_html("![x](gone.png) [y](gone.csv) [z](sitegen-site:index.html) ![w](sitegen-site:a.png)", Artifacts())
    assert "href" not in html and "src" not in html and "<em>x</em>" in html
    assert note_html("[y](data.csv)") == '<p><a rel="noopener noreferrer nofollow">y</a></p>'
    assert "href" not in note_html("[y](../../../etc/passwd) [z](/data.csv)", Artifacts())


@pytest.mark.parametrize(
    "value", ["https://evil.example/a.png", "//evil.example/a.png", "data:image/png;base64,AA", "a.png"]
)
def test_the_second_check_lets_images_of_the_site_through_alone(value: str) -> None:
    assert notes._attribute("img", "src", value) is None
    assert notes._attribute("img", "src", "sitegen-site:artifacts/r/a.png") is not None
    assert notes._attribute("a", "href", "javascript:x") is None


def test_task_lists_have_boxes() -> None:
    html = note_html("- [x] done\n- [ ] open\n- [y] neither\n\ntext [x] here")
    assert '<li class="task">☑ done</li>' in html and '<li class="task">☐ open</li>' in html
    assert "<li>[y] neither</li>" in html and "text [x] here" in html


def test_struck_out_words_are_struck_out() -> None:
    assert note_html("~~gone~~ a~b ~~ c") == "<p><del>gone</del> a~b ~~ c</p>"


def test_footnotes_and_anchors_lead_to_their_places() -> None:
    html = note_html("a[^1] and [part](#the-part) and [none](#nowhere)\n\n## The part!\n\n[^1]: the note")
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    ids = {element.get("id") for element in tree.iter() if element.get("id")}
    hrefs = {element.get("href") for element in tree.iter("a") if element.get("href")}
    assert len(ids) == 3 and hrefs == {f"#{one}" for one in ids}
    assert note_html("# Alone") == "<h3>Alone</h3>", "no id where nothing leads to it"


def test_ids_of_two_notes_on_a_page_differ() -> None:
    first, second = (re.findall(r' id="([^"]+)"', note_html(f"{word}[^1]\n\n[^1]: x")) for word in ("one", "two"))
    assert len(first) == 2 and not set(first) & set(second)
    assert note_html("one[^1]\n\n[^1]: x") == note_html("one[^1]\n\n[^1]: x")


def test_five_hundred_notes_take_less_than_two_seconds() -> None:
    card = "# Card\n\n![r](img/roc.png) [t](data.csv)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] a\n\nx[^1] ~~y~~\n\n[^1]: z\n\n"
    start = time.process_time()
    for number in range(500):
        note_html(f"{card}{number}" + " more words" * 60, Artifacts())
    assert time.process_time() - start < 2


@pytest.mark.parametrize("note", ["a\x1b[31m *b*", "a\x1b[31m" + "[" * 9000])
def test_control_characters_of_a_note_are_symbols_and_lone_surrogates_do_not_end_a_build(note: str) -> None:
    assert "a␛[31m" in note_html(note)
    assert "\ud800" not in note_html(f"{note}\ud800")
