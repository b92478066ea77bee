"""Groups, fronts and the permanent link in a browser: what scripts draw is what the build drew."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from sitegen.analysis.bands import band_of
from sitegen.analysis.curves import Curve
from sitegen.build import build
from sitegen.config import Config
from tests.commands.test_best import make_store

from .samples import open_menu, open_page


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sites of one store: `one` by a single metric, `two` by two at once."""
    root = tmp_path_factory.mktemp("groups")
    store = str(make_store(root / "mlruns"))
    build(Config(store=store, output=root / "one", objective="max acc", jobs=1))
    build(Config(store=store, output=root / "two", objective="max acc, min ms", jobs=1))
    return root


@pytest.fixture(scope="session", params=["file", "http"])
def base(request: pytest.FixtureRequest, folder: Path, serve: Callable[[Path], str]) -> str:
    return folder.as_uri() + "/" if request.param == "file" else serve(folder)


def test_curves_of_groups_come_alive(page: Page, base: str) -> None:
    open_page(page, base + "one/experiments/1.html")
    figure = page.locator("figure[data-groups]")
    expect(figure.locator(".plot svg:first-child .band")).to_have_count(2)
    figure.hover()
    expect(figure.locator(".uplot canvas")).to_be_visible()
    keys = figure.locator(".chart-legend button.key .name")
    expect(keys).to_have_text(["lr = 0.1 (3 runs)", "lr = 0.01 (3 runs)"])
    keys.first.click()
    expect(figure.locator(".chart-legend button.key").first).to_have_attribute("aria-pressed", "false")
    open_menu(figure).get_by_role("button", name="Log").click()
    expect(figure.locator(".uplot canvas")).to_be_visible()


CURVES: list[list[tuple[int, float | None]]] = [
    [(0, 1.0), (1, 4.0), (2, 3.0), (5, 2.0)],
    [(0, 3.0), (2, None), (3, 2.5), (4, -1.0)],
    [(1, 0.5), (1, 0.75), (2, 1.0), (4, 8.0), (5, 0.0)],
]
LONG: list[list[tuple[int, float | None]]] = [
    [(3 * n, n / 7) for n in range(250)],
    [(2 * n, -n / 3) for n in range(300)],
]


@pytest.mark.parametrize("curves", [CURVES, LONG, CURVES[:1], [CURVES[0], [(9, 1.0)]]])
def test_the_script_draws_the_band_that_the_build_draws(
    page: Page, base: str, curves: list[list[tuple[int, float | None]]]
) -> None:
    open_page(page, base + "one/experiments/1.html")
    lines = [[[x for x, _ in curve], [y for _, y in curve]] for curve in curves]
    found: Any = page.evaluate("async lines => { await SG.asset('js/bands.js'); return SG.bands.band(lines); }", lines)
    expected = band_of(
        [
            Curve(
                np.array([x for x, _ in curve]),
                np.array([x for x, _ in curve]),
                np.array([math.nan if y is None else y for _, y in curve]),
            )
            for curve in curves
        ]
    )
    assert (found is None) == (expected is None)
    if expected is not None:
        for name, values in (
            ("xs", expected.steps),
            ("mean", expected.mean),
            ("low", expected.low),
            ("high", expected.high),
        ):
            numbers = [math.nan if value is None else value for value in found[name]]
            np.testing.assert_allclose(numbers, values, rtol=1e-9, atol=1e-9)


def test_the_front_keeps_its_colour_when_the_chart_comes_alive(page: Page, base: str) -> None:
    open_page(page, base + "two/experiments/1.html")
    page.locator("#charts").click()
    figure = page.locator("figure[data-marked]")
    expect(figure.locator(".plot svg path.line")).to_have_count(1)
    figure.hover()
    expect(figure).to_have_attribute("data-live", "")
    drawn = figure.locator(".plot svg .dots.c1")
    expect(drawn).to_have_count(1)
    assert (drawn.get_attribute("d") or "").count("M") == 2


@pytest.mark.both_schemes
def test_the_permanent_link_is_copied_whole_and_leads_to_the_best_run(page: Page, base: str) -> None:
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: {writeText: async text => { window.copied = text }}})"
    )
    open_page(page, base + "one/experiments/1.html")
    page.locator(".permanent button").click()
    expect(page.locator("#sg-status")).to_have_text("Copied")
    address = page.evaluate("window.copied")
    assert address == base + "one/best/1.html"
    open_page(page, address)
    page.get_by_role("link", name="Open the run").click()
    expect(page.locator("h1")).to_have_text("0.1-2")
