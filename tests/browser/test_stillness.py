"""A chart that goes live looks as the finished drawing did: nothing on it moves."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.samples import Sample, open_page
from tests.browser.stillness import MAX_CHANGED, MAX_SHIFT, RECORD, measured

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
