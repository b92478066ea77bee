"""Charts over runs: in step with the table, every kind draws, settings are in the link, brushing selects."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from sitegen.pages.figures import colours_of

from .samples import Sample, open_menu, open_page
from .test_site_reading import axe_faults

CIFAR = "cifar-cnn"
DRAWN = ".uplot canvas, svg.marks, .parallel-stage canvas"


@pytest.fixture
def charts(page: Page, main_site: Sample) -> Page:
    """The experiment `cifar-cnn` with the charts of the runs in its table open."""
    open_page(page, main_site.base + main_site.experiment(CIFAR))
    page.locator("#charts").click()
    page.get_by_role("button", name="Charts of these runs").click()
    expect(page.locator(".run-charts-section").first).to_be_visible()
    return page


def seen(figure: Locator) -> Locator:
    """The figure, scrolled into sight and drawn."""
    figure.scroll_into_view_if_needed()
    expect(figure.locator(DRAWN).first).to_be_visible()
    return figure


def test_the_overview_is_the_first_paint_and_the_switch_is_in_the_link(page: Page, main_site: Sample) -> None:
    open_page(page, main_site.base + main_site.experiment(CIFAR))
    page.locator("#charts").click()
    expect(page.locator("[data-charts-overview]")).to_be_visible()
    assert not [url for url in page.watch.requests if "vega" in url]  # type: ignore[attr-defined]
    page.get_by_role("button", name="Charts of these runs").click()
    expect(page.locator("[data-charts-overview]")).to_be_hidden()
    assert "charts=runs" in page.url
    page.go_back()
    expect(page.locator("[data-charts-overview]")).to_be_visible()


@pytest.mark.parametrize("kind", ["parallel", "bar", "trend", "contour", "histogram", "curves"])
def test_every_kind_draws(charts: Page, kind: str) -> None:
    seen(charts.locator(f".run-charts figure[data-kind={kind}]").first)


@pytest.mark.both_schemes
def test_a_chart_is_made_kept_in_the_link_and_removed(charts: Page) -> None:
    charts.get_by_role("button", name="Add chart").click()
    dialog = charts.locator("dialog.run-charts-dialog")
    dialog.get_by_label("Kind").select_option("box")
    dialog.get_by_label("Value").select_option("metric:best_val_loss:last")
    dialog.get_by_label("By").select_option("param:batch_size")
    dialog.get_by_role("button", name="Add", exact=True).click()
    own = charts.locator(".run-charts-section", has_text="Your charts").locator("figure")
    seen(own)
    expect(own.locator("figcaption")).to_contain_text("best_val_loss by batch_size")
    assert "chart=x~m.best_val_loss~p.batch_size" in charts.url
    charts.reload()
    charts.wait_for_selector("html[data-ready]", state="attached")
    seen(own)
    open_menu(own).get_by_role("button", name="Remove").click()
    expect(own).to_have_count(0)


def test_brushing_an_axis_leaves_runs_and_selects_them_in_the_table(charts: Page) -> None:
    figure = seen(charts.locator("figure[data-kind=parallel]").first)
    figure.get_by_text("Ranges").click()
    figure.get_by_label("dropout, from").fill("0.3")
    figure.get_by_label("dropout, from").press("Tab")
    expect(figure.locator(".parallel-said")).to_contain_text(" of 9 runs")
    inside = int(figure.locator(".parallel-stage").get_attribute("data-inside") or 0)
    assert 0 < inside < 9
    figure.get_by_role("button", name="Select in the table").click()
    expect(charts.locator(".run-charts-said")).to_contain_text(f"{inside} selected")
    figure.get_by_role("button", name="Clear").click()
    expect(figure.locator(".parallel-said")).to_contain_text("9 runs.")


def test_axes_of_more_than_two_decades_are_logarithmic(charts: Page) -> None:
    seen(charts.locator("figure[data-kind=parallel]").first)
    scaled = "values => SG.parcoordsAxes.scaled({values}).log"
    wanted = "([low, high]) => SG.runChartsData.wantsLog({isNumeric: true, low, high})"
    for values, log in [([1, 101], True), ([1, 100], False), ([0, 101], False), ([-1, 101], False)]:
        assert charts.evaluate(scaled, values) is log
        assert charts.evaluate(wanted, values) is log


def test_an_axis_is_brushed_by_dragging(charts: Page) -> None:
    figure = seen(charts.locator("figure[data-kind=parallel]").first)
    box = figure.locator(".parallel-stage").bounding_box()
    name = figure.locator(".parallel-name").last.bounding_box()
    assert box and name
    x = name["x"] + name["width"] / 2
    charts.mouse.move(x, box["y"] + 60)
    charts.mouse.down()
    charts.mouse.move(x, box["y"] + box["height"] / 2, steps=4)
    charts.mouse.up()
    expect(figure.locator(".parallel-said")).to_contain_text(" of 9 runs")


def test_axes_are_moved_by_keys(charts: Page) -> None:
    figure = seen(charts.locator("figure[data-kind=parallel]").first)
    names = figure.locator(".parallel-name")
    before = names.all_text_contents()
    names.first.focus()
    charts.keyboard.press("ArrowRight")
    expect(names.nth(1)).to_have_text(before[0])
    expect(names.nth(1)).to_be_focused()


def test_charts_are_found_by_name_and_sections_fold(charts: Page) -> None:
    charts.get_by_label("Search charts").fill("val_accuracy")
    expect(charts.locator(".run-charts-body figure[data-kind=curves]")).to_have_count(1)
    charts.get_by_label("Search charts").fill("nothing is called so")
    expect(charts.locator(".run-charts-body")).to_contain_text("No chart is called so.")
    charts.get_by_label("Search charts").fill("")
    fold = charts.locator(".run-charts-fold").first
    fold.press("Enter")
    expect(fold).to_have_attribute("aria-expanded", "false")
    assert "sections=-" in charts.url


def test_curves_follow_the_selection(charts: Page) -> None:
    figure = seen(charts.locator(".run-charts figure[data-kind=curves]").first)
    before = figure.locator(".chart-legend .key").count()
    assert before > 2
    charts.evaluate(
        "SG.explorer(document.querySelector('[data-run-charts]').dataset.runCharts).then(s => s.select(s.ids.slice(0, 2)))"
    )
    expect(charts.locator(".run-charts-said")).to_contain_text("2 selected")
    expect(figure.locator(".chart-legend .key")).to_have_count(2)


@pytest.mark.both_schemes
def test_a_chart_is_saved_as_vega_lite_and_svg(charts: Page) -> None:
    for kind, mark in (("trend", "layer"), ("curves", "mark"), ("parallel", "mark")):
        figure = seen(charts.locator(f".run-charts figure[data-kind={kind}]").first)
        open_menu(figure)
        with charts.expect_download() as download:
            figure.get_by_role("button", name="Save Vega-Lite JSON").click()
        spec = json.loads(download.value.path().read_text("utf-8"))
        assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
        assert mark in spec and len(spec["data"]["values"]) > 3
        with charts.expect_download() as download:
            figure.get_by_role("button", name="Save SVG").click()
        text = download.value.path().read_text("utf-8")
        assert text.startswith("<svg") and "var(--" not in text


def test_full_screen_and_back(charts: Page) -> None:
    figure = seen(charts.locator("figure[data-kind=trend]").first)
    open_menu(figure).get_by_role("button", name="Full screen").click()
    full = charts.locator("dialog.full-chart")
    expect(full.locator("svg.marks")).to_be_visible()
    charts.keyboard.press("Escape")
    expect(full).to_have_count(0)
    expect(charts.locator(".run-charts-section figure[data-kind=trend]").first).to_be_visible()


SLOTS = """marks => Object.fromEntries(marks.map(mark => [
  mark.dataset.run || mark.closest("[data-run]").dataset.run, mark.className.match(/\\bc\\d+/)[0]]))"""


def test_a_run_has_one_colour_in_table_curves_images_and_on_the_compare_page(
    fresh_page: Callable[..., Page], sample: Callable[[str], Sample]
) -> None:
    """The best run has the accent, those selected a hue each, all others grey."""
    site = sample("mlflow3")
    page = fresh_page(viewport={"width": 1280, "height": 900})
    best, *chosen = (
        site.run(name).run_id for name in ("cnn-more-dropout", "cnn-baseline", "cnn-big-batch", "cnn-long")
    )
    open_page(page, site.base + site.experiment(CIFAR))
    still = page.locator("figure[data-best] .chart-legend i").evaluate_all("all => all.map(i => i.className)")
    assert set(still) == {"c1", "c12"}
    open_page(page, site.base + site.experiment(CIFAR) + f"#sel={','.join([best, *chosen])}")
    page.locator("[data-runs-table]").scroll_into_view_if_needed()
    expect(page.locator(".runs .name .swatch.c1")).to_have_count(1)
    table = page.locator(".runs .name .swatch").evaluate_all(SLOTS)
    assert {run: int(slot[1:]) for run, slot in table.items() if slot != "c12"} == colours_of([best, *chosen], best)
    seen(page.locator("figure[data-best]").first)
    curves = page.locator("figure[data-best]").first.locator(".key").evaluate_all(SLOTS)
    assert curves == {run: table[run] for run in curves} and set(chosen[:2]) < set(curves)
    images = page.locator(".across-list .swatch").evaluate_all(SLOTS)
    assert images == {run: table[run] for run in images} and {best, chosen[0]} == set(images)
    page.locator("[data-runs-table]").get_by_role("link", name="Compare (4)").click()
    seen(page.locator("figure.chart[data-colours]").first)
    there = page.locator("figure.chart[data-colours]").first.locator(".key").evaluate_all(SLOTS)
    assert there == {run: table[run] for run in there} and set(there) == {best, *chosen}
    accents = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        accents.append(page.locator(".key.c1").first.evaluate("key => getComputedStyle(key).color"))
    assert accents == ["rgb(11, 92, 173)", "rgb(108, 178, 255)"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_live_charts(
    fresh_page: Callable[..., Page], sample: Callable[[str], Sample], scheme: str
) -> None:
    site = sample("mlflow3")
    page = fresh_page(bypass_csp=True, color_scheme=scheme, viewport={"width": 1280, "height": 900})
    open_page(page, site.base + site.experiment(CIFAR) + "#charts=runs")
    for kind in ("parallel", "trend", "contour", "curves"):
        seen(page.locator(f".run-charts figure[data-kind={kind}]").first)
    page.locator(".run-charts figure[data-kind=curves]").first.locator("details").evaluate_all(
        "all => all.forEach(d => d.open = true)"
    )
    assert axe_faults(page) == []
    page.get_by_role("button", name="Add chart").click()
    assert axe_faults(page) == []
