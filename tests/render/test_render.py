"""Rendering: everything is escaped, nothing may be missing, a template's mistake is one sentence."""

from __future__ import annotations

from pathlib import Path

import html5lib
import pytest

from sitegen.addresses import experiment_page
from sitegen.charts import Measure, Point, scatter_chart
from sitegen.errors import UsageError
from sitegen.pages.chart_files import ChartPage
from sitegen.pages.figures import figure_of
from sitegen.pages.page import PlainPage, Site
from sitegen.render import Renderer
from sitegen.render.themes import load_theme
from tests.html import cells, href
from tests.stores.mlruns_builder import write

PAGE = PlainPage("compare.html", "compare.html", "compare", "<b>Compare</b>")


def renderer(folder: Path, template: str = "", site_url: str = "", name: str = "compare.html") -> Renderer:
    """A renderer with a theme in which `template` stands in for the page's own."""
    write(folder / "ours" / "theme.toml", "")
    if template:
        write(folder / "ours" / "templates" / name, template)
    site = Site(title="Wine", version="1", assets="assets/x/", footer="", digits=0, site_url=site_url)
    return Renderer(load_theme(str(folder / "ours")), site)


def mistake(folder: Path, template: str) -> str:
    with pytest.raises(UsageError) as caught:
        renderer(folder, template).render(PAGE)
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(str(folder / "ours"), "ours")


def test_text_is_escaped(tmp_path: Path) -> None:
    assert renderer(tmp_path, "{{ page.title }}").render(PAGE) == "&lt;b&gt;Compare&lt;/b&gt;"


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{{ '<&' ~ page.kind ~ page.title }}", "&lt;&amp;compare%s"),
        ("{% set x %}{{ page.title }}{% endset %}{{ x }}", "%s"),
        ("{% macro m(a) %}{{ a }}{% endmacro %}{{ m(page.title) }}{{ m(page.title|e) }}", "%s%s"),
        ("{% filter lower %}{{ page.title }}{% endfilter %}", "%s"),
        ("{{ page.title|safe }}", "&<>\"'"),
        ("{{ [page.title]|first }}{{ 3 }}{{ none }}", "%s3None"),
    ],
)
def test_each_special_character_is_escaped_once_wherever_it_comes_from(
    tmp_path: Path, template: str, shown: str
) -> None:
    page = PlainPage("compare.html", "compare.html", "compare", "&<>\"'")
    assert renderer(tmp_path, template).render(page) == shown.replace("%s", "&amp;&lt;&gt;&#34;&#39;")


def test_root_leads_from_a_page_to_the_first_one(tmp_path: Path) -> None:
    nested = PlainPage("charts/curve.html", "compare.html", "curve", "")
    shown = renderer(tmp_path, "{{ root }}index.html")
    assert (shown.render(PAGE), shown.render(nested)) == ("index.html", "../index.html")


def test_a_misspelt_name_is_a_sentence(tmp_path: Path) -> None:
    description = mistake(tmp_path, "{{ page.titel }}")
    assert description.startswith("The theme ours cannot render compare.html: ")
    assert description.endswith("PlainPage object' has no attribute 'titel'.")
    assert mistake(tmp_path, "{{ pgae.title }}") == "The theme ours cannot render compare.html: 'pgae' is undefined."


def test_a_template_that_is_not_jinja_is_a_sentence_with_a_line(tmp_path: Path) -> None:
    description = mistake(tmp_path, "<p>\n{% if %}")
    assert description.startswith("The theme ours cannot render compare.html: Expected an expression")
    assert description.endswith(" in line 2 of compare.html.")
    assert "No filter named 'shout' in line 1" in mistake(tmp_path, "{{ page.title|shout }}")


def test_a_template_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    description = mistake(tmp_path, '{% extends "frame.html" %}')
    assert description == "The theme ours cannot render compare.html: the template frame.html does not exist."


def test_a_template_that_is_not_utf8_is_a_sentence(tmp_path: Path) -> None:
    write(tmp_path / "ours" / "templates" / "compare.html", b"\xff")
    assert "cannot render compare.html" in mistake(tmp_path, "")


@pytest.mark.parametrize(
    ("site_url", "root"),
    [
        ("", ""),
        ("https://ada.github.io/wine", "/wine/"),
        ("https://ada.github.io/wine/", "/wine/"),
        ("https://example.org", "/"),
    ],
)
def test_the_page_for_missing_addresses_holds_at_any_depth_once_the_address_is_known(
    tmp_path: Path, site_url: str, root: str
) -> None:
    page = PlainPage("404.html", "404.html", "missing", "Page not found")
    html = renderer(tmp_path, site_url=site_url).render(page)
    assert f'href="{root}index.html"' in html
    assert f'src="{root}assets/x/js/theme.js"' in html
    other = renderer(tmp_path, site_url=site_url).render(PAGE)
    assert 'href="index.html"' in other, "all other pages stay relative"


def test_control_characters_are_shown_not_obeyed(tmp_path: Path) -> None:
    page = PlainPage("compare.html", "compare.html", "compare", "\u202eexe.txt\ntwo")
    assert renderer(tmp_path, "{{ page.title }}").render(page) == "⟨U+202E⟩exe.txt\ntwo"


def test_templates_compiled_by_another_version_are_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The compiled code calls what the environment was set up with, which may differ from version to version."""
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / "cache")
    shown = renderer(tmp_path, "{{ page.title }}")
    monkeypatch.setattr("sitegen.render._SET_UP", "another version")
    shown.environment.finalize = str.upper
    assert shown.render(PAGE) == "&lt;B&gt;COMPARE&lt;/B&gt;"
    monkeypatch.undo()
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / "cache")
    assert renderer(tmp_path, "{{ page.title }}").render(PAGE) == "&lt;b&gt;Compare&lt;/b&gt;"


def test_compiled_templates_are_taken_only_from_a_folder_that_no_one_else_can_write_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / "cache")
    renderer(tmp_path, "{{ page.title }}").render(PAGE)
    folder = tmp_path / "cache" / "templates"
    assert folder.stat().st_mode & 0o077 == 0 and len(list(folder.iterdir())) == 1
    folder.chmod(0o777)  # as in a shared cache folder
    assert renderer(tmp_path, "{{ page.title }}").environment.bytecode_cache is None
    assert renderer(tmp_path, "{{ page.title }}").render(PAGE) == "&lt;b&gt;Compare&lt;/b&gt;"


def test_a_figure_among_others_has_the_first_rows_of_its_data_and_a_link_to_the_rest(tmp_path: Path) -> None:
    x, y = Measure("param:lr", "lr"), Measure("metric:loss:last", "loss")
    points = [Point(float(at), float(at), f"r{at}", f"run {at}") for at in range(30)]
    chart = figure_of(
        scatter_chart("c", "loss against lr", "30 runs", points, x=x, y=y, experiment="1"), Site("", "1", "", "", 0)
    )
    page = ChartPage("charts/c.html", "loss against lr", chart, "sweep", experiment_page("1"))
    among = '{% import "_macros.html" as ui %}{{ ui.figure(page.chart) }}'
    few = renderer(tmp_path, among, name="chart.html").render(page)
    data = next(html5lib.parse(few, namespaceHTMLElements=False).iter("details"))
    assert len(cells(data)) == 20 and href(data) == "../charts/c.html"
    alone = html5lib.parse(renderer(tmp_path / "alone").render(page), namespaceHTMLElements=False)
    assert len(cells(next(alone.iter("details")))) == 30
