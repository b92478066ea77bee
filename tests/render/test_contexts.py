"""What a theme may use is written down: every field has a sentence, every sentence's field is used, docs tell them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.render import themes_page
from tests.render.contexts import NOT_FOR_THEMES, TEMPLATES, Walk, classes, explanations, functions, hints, pages
from tests.stores.mlruns_builder import write

FIELDS = [(one, name) for one in classes() for name in hints(one)]
OFFERED = {
    ("Site", "site_url"): "a theme may link to the site's own address",
    ("Site", "digits"): "a theme's scripts may load a run's data",
    ("Leaderboard", "value"): "a theme may show the best value by itself",
    ("Problem", "left_out"): "a theme may tell what is missing from what is incomplete",
    ("Problem", "fingerprint"): "a theme may say how to let it pass",
    ("DatasetPage", "digest"): "the search finds the page by it",
    ("LoggedModelPage", "model_id"): "the search finds the page by it",
    **{
        (one, "description"): "`preview()` puts it into the head"
        for one in "DatasetPage ExperimentPage LoggedModelPage PromptPage RegisteredModelPage RunPage".split()
    },
    ("ExperimentPage", "labels"): "`preview()` puts them into the head",
    ("RunPage", "labels"): "`preview()` puts them into the head",
    ("Site", "has_cards"): "`preview()` links to them",
    ("RunPage", "card"): "`preview()` links to it",
    ("BestPage", "card"): "`preview()` links to it",
    ("Site", "every_card"): "the pages of runs say which they have",
    ("PromptPage", "words"): "the search finds the page by them",
    ("RegisteredModelPage", "words"): "the search finds the page by them",
}
"""Fields that no template of ours uses, and why a theme may have them."""
OF_EVERY_PAGE = {"path", "template"}
"""What rendering itself takes from a page; a theme may use it too."""


@pytest.fixture(scope="module")
def walk() -> Walk:
    return Walk()


@pytest.mark.parametrize("one", classes(), ids=lambda one: one.__name__)
def test_every_field_has_a_sentence(one: type) -> None:
    said = explanations(one)
    assert [name for name in hints(one) if not said.get(name, "").endswith(".")] == []
    assert [name for name, text in said.items() if not (text[:1].isupper() or text[:1] == "`")] == []
    assert (one.__doc__ or "")[:1].isupper() and not (one.__doc__ or "").startswith(f"{one.__name__}(")


def test_every_field_is_used_or_offered_on_purpose(walk: Walk) -> None:
    unused = [
        (one.__name__, name)
        for one, name in FIELDS
        if (one, name) not in walk.used and not (one in pages().values() and name in OF_EVERY_PAGE)
    ]
    assert sorted(unused) == sorted((*OFFERED, *NOT_FOR_THEMES))


def test_every_name_that_a_template_uses_is_there(walk: Walk) -> None:
    assert walk.missing == set()
    assert {file.name for file in TEMPLATES.glob("*.html")} == walk.read
    assert [name for name in functions() if f"| `{name}(...)` |" not in themes_page.BEGINNING] == []


@pytest.mark.parametrize(
    ("template", "text", "missing"),
    [
        ("404.html", "{{ page.titel }}", "404.html: PlainPage has no titel"),
        ("404.html", "{{ pgae.title }}", "404.html: pgae is not known"),
        ("_gallery.html", "{% for i in page.gallery.single %}{{ i.hrf }}{% endfor %}", "ImageView has no hrf"),
        ("run.html", "{% for k, v in page.params %}{{ v }}{{ w }}{% endfor %}", "run.html: w is not known"),
        (
            "best.html",
            '{% import "_leaderboard.html" as board %}{% macro m(r) %}{{ r.nam }}{% endmacro %}'
            "{% for r in page.best.leaders %}{{ m(r) }}{% endfor %}",
            "best.html: Leader has no nam",
        ),
        ("_block.html", "{{ b.sorce }}", "has no sorce"),
    ],
)
def test_the_walk_finds_a_misspelt_name(tmp_path: Path, template: str, text: str, missing: str) -> None:
    write(tmp_path / template, text)
    assert any(missing in line for line in Walk(tmp_path).missing)


def test_the_page_on_themes_is_current() -> None:
    assert themes_page.FILE.read_text("utf-8") == themes_page.text(), "run: python -m tests.render.themes_page"
