"""A chart that goes live looks as the finished drawing did: nothing on it moves."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sitegen.charts.drawing import fitted_apart, text_width
from tests.browser.samples import Sample, open_page
from tests.browser.stillness import MAX_CHANGED, MAX_SHIFT, RECORD, measured
from tests.charts.test_colours import distance

CIFAR, CHURN = "cifar-cnn", "churn-cross-validation"
SMALLEST = 11
"""The least height of words in charts, in pixels of the screen."""

WORDS = """
() => Array.from(document.querySelectorAll('svg text'))
  .filter((text) => text.checkVisibility() && text.textContent.trim())
  .map((text) => [parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a, text.textContent])
"""


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_moves_when_a_chart_goes_live(
    fresh_page: Callable[..., Page], sample: Callable[[str], Sample], width: int, scheme: Any
) -> None:
    site, page = sample("mlflow3"), fresh_page()
    page.add_init_script(RECORD)
    found = []
    pages = {"experiment": site.experiment(CIFAR), "run": site.pages["run"], "strip": site.experiment(CHURN)}
    for name, path in pages.items():
        found += measured(page, site.base + path, name, width, scheme, most=1)
    assert {one.kind for one in found} == {"curves", "scatter", "strip"}
    for one in found:
        assert max(one.axes, one.points) <= MAX_SHIFT and one.changed < MAX_CHANGED and not one.texts, one


def test_words_in_charts_can_be_read_on_a_phone_without_scripts(
    fresh_page: Callable[..., Page], sample: Callable[[str], Sample]
) -> None:
    site = sample("mlflow3")
    page = fresh_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    seen = 0
    charts = sorted((site.folder / "charts").glob("*-curve-*.html"))[:4]
    paths = {*site.pages.values(), *(path.relative_to(site.folder).as_posix() for path in charts)}
    for path in sorted(paths):
        page.goto(site.base + path)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        words = page.evaluate(WORDS)
        small = [text for text in words if text[0] < SMALLEST - 0.01]
        assert not small, (path, small[:5])
        seen += len(words)
    assert seen > 150


def test_the_keyboard_goes_through_a_chart_and_keeps_its_focus(page: Page, sample: Callable[[str], Sample]) -> None:
    site = sample("mlflow3")
    open_page(page, site.base + site.experiment(CHURN))
    page.locator("#charts").click()
    figure = page.locator("figure[data-kind=strip]").first
    plot, voice = figure.locator(".plot"), figure.locator("[role=status]")
    name = figure.locator("svg.drawing").get_attribute("aria-label")
    plot.focus()
    expect(figure.get_by_role("group", name=name, exact=True)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(voice).to_contain_text("avg_roc_auc")
    first = voice.inner_text()
    page.keyboard.press("End")
    expect(voice).not_to_have_text(first)
    expect(plot).to_be_focused()
    assert plot.evaluate("e => getComputedStyle(e).outlineStyle") != "none"
    tip = figure.locator(".chart-tip")
    expect(tip).to_be_visible()
    page.keyboard.press("Tab")
    expect(tip).to_be_hidden()
    plot.focus()
    page.keyboard.press("Home")
    expect(tip).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/runs/*.html*")


def test_the_arrow_keys_read_out_the_values_of_curves(page: Page, sample: Callable[[str], Sample]) -> None:
    site = sample("mlflow3")
    open_page(page, site.base + site.pages["curves"])
    figure = page.locator(".charts.one figure")
    plot = figure.locator(".plot")
    plot.focus()
    expect(figure.locator(".uplot canvas")).to_have_count(1)
    expect(plot).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(figure.locator("[role=status]")).to_have_text(re.compile(r"^step 249, no-warmup [\d.]+, warmup-200 [\d.]+$"))
    expect(figure.locator(".curve-tip")).to_be_visible()
    page.keyboard.press("End")
    expect(figure.locator("[role=status]")).to_contain_text("step 2999")
    page.keyboard.press("Tab")
    expect(figure.locator(".curve-tip")).to_have_count(0)


NAMES = [
    ["cnn-no-dropout", "cnn-baseline", "cnn-big-batch", "cnn-more-dropout"],
    ["resnet-50-lr-0.001-seed-1", "resnet-50-lr-0.01-seed-1", "vit"],
    ["a", "b"],
    ["run-" + "x" * 40, "run-" + "y" * 40],
    ["same beginning 日本語の名前", "same beginning 日本語の別名", "same beginning "],
]


def test_names_are_cut_alike_by_python_and_scripts(page: Page, sample: Callable[[str], Sample]) -> None:
    site = sample("mlflow3")
    open_page(page, site.base + "search.html")
    page.evaluate("SG.asset('js/curve-ticks.js')")
    for room in (60, 88.8, 120):
        expected = [fitted_apart(names, room) for names in NAMES]
        assert page.evaluate("([all, room]) => all.map((n) => SG.curveTicks.fittedApart(n, room))", [NAMES, room]) == (
            expected
        )
        assert all(text_width(text) <= room + 0.1 for names in expected for text in names)
    assert fitted_apart(NAMES[0], 88.8) == ["…no-dropout", "…baseline", "…big-batch", "…more…opout"]


def test_runs_compared_have_colours_apart_and_the_best_the_accent(page: Page, sample: Callable[[str], Sample]) -> None:
    site = sample("mlflow3")
    catalog = [run.run_id for run in site.runs_of(CIFAR)]
    open_page(page, f"{site.base}compare.html#runs={','.join(catalog)}")
    swatches = page.locator(".compare-runs .swatch")
    expect(swatches).to_have_count(len(catalog))
    colours = swatches.evaluate_all("all => all.map((one) => getComputedStyle(one).color)")
    assert min(distance(hexed(a), hexed(b)) for a, b in itertools.combinations(colours, 2)) >= 10
    best = site.run("cnn-more-dropout").run_id
    classes = swatches.evaluate_all(r"all => all.map((one) => one.className.match(/c\d+/)[0])")
    assert classes.index("c1") == catalog.index(best) and classes.count("c1") == 1
    figure = page.locator("figure[data-kind=curves]").first
    figure.scroll_into_view_if_needed()
    keys = figure.locator(".key[data-run]")
    expect(keys.first).to_be_attached()
    found = keys.evaluate_all(r"all => all.map((one) => [one.dataset.run, one.className.match(/c\d+/)[0]])")
    assert all(classes[catalog.index(run)] == colour for run, colour in found)


def test_a_live_table_is_printed_with_all_its_rows_and_columns(page: Page, sample: Callable[[str], Sample]) -> None:
    site = sample("mlflow3")
    page.set_viewport_size({"width": 600, "height": 500})
    open_page(page, site.base + site.experiment(CIFAR))
    box = page.locator(".runs")
    box.scroll_into_view_if_needed()
    expect(page.locator(".runs[data-live] tbody tr[aria-rowindex]").first).to_be_visible()
    shown = page.locator(".runs thead th[data-col]").count()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    heads = page.locator(".runs thead th[data-col]")
    assert heads.count() > shown
    assert page.locator(".runs tbody tr[aria-rowindex]").count() == len(site.runs_of(CIFAR))
    page.set_viewport_size({"width": 760, "height": 1100})  # about the width of A4 without its margins
    # The table is drawn anew at each size: wait for a last column that ends on the paper.
    page.wait_for_function(
        "[...document.querySelectorAll('.runs thead th[data-col]')].at(-1)?.getBoundingClientRect().right <= 760"
    )
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.set_viewport_size({"width": 600, "height": 500})
    expect(heads).to_have_count(shown)


def hexed(colour: str) -> str:
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])
