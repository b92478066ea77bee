"""Traces and logged tables in a browser: what works without scripts, what scripts add, and that all can read it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sitegen.build import build
from sitegen.config import Config
from tests.build.test_models_and_datasets import traced
from tests.stores.mlruns_builder import OTHER_RUN, RUN, experiment, run, write_all

from .samples import open_page
from .test_site_reading import SCREENS, axe_faults, overhang

PAGES = ["experiment-traces/1.html", "traces/tr-1.html", "tables/1.html"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A site with a trace and with tables of two runs."""
    root = tmp_path_factory.mktemp("more")
    folder = experiment(root / "mlruns")
    tag = {"mlflow.loggedArtifacts": '[{"path": "e.json", "type": "table"}]'}
    for number, run_id in enumerate((RUN, OTHER_RUN)):
        data = [["b", "same", 2], ["a", "same", 10 + number], ["c", "same", None]]
        table = json.dumps({"columns": ["question", "truth", "score"], "data": data})
        run(folder, run_id, run_name=f"run {number}", tags=tag, metrics={"accuracy": f"1 0.{9 - number} 0\n"},
            artifacts={"e.json": table})  # fmt: skip
    traced(folder / "traces" / "tr-1", "note", "where is it?")
    write_all(folder / "traces" / "tr-1" / "tags", {"x" * 200: "y" * 3000})
    build(Config(store=str(root / "mlruns"), output=root / "site", traces=True, jobs=1))
    return (root / "site").as_uri() + "/"


@pytest.mark.parametrize(("scheme", "width"), SCREENS)
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_fault(fresh_page: Callable[..., Page], base: str, path: str, scheme: str, width: int) -> None:
    page = fresh_page(bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 900})
    open_page(page, base + path)
    page.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
    assert axe_faults(page) == []
    assert overhang(page) <= 0


def test_without_scripts_spans_open_and_nothing_dead_is_shown(fresh_page: Callable[..., Page], base: str) -> None:
    page = fresh_page(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    for path in PAGES:
        page.goto(base + path)
        visible = "all => all.filter(e => e.checkVisibility()).map(e => e.outerHTML)"
        assert page.locator(".needs-js, button, input").evaluate_all(visible) == []
    page.goto(base + PAGES[1])
    body = page.locator(".span-body").first
    expect(body).to_be_visible()  # the span failed, so it is open
    page.locator(".span > summary").first.click()
    expect(body).to_be_hidden()


def cells(page: Page, at: int) -> list[str]:
    found: list[str] = page.locator("#table-1-table tbody tr:visible").evaluate_all(
        "(rows, at) => rows.map(row => row.cells[at].textContent)", at
    )
    return found


def test_a_table_is_sorted_by_keyboard_as_numbers_with_empty_cells_last(page: Page, base: str) -> None:
    open_page(page, base + PAGES[2])
    button = page.get_by_role("button", name="Sort by score of run 0")
    header = page.locator("th[data-sort='2']")
    button.focus()
    page.keyboard.press("Enter")
    expect(header).to_have_attribute("aria-sort", "ascending")
    assert cells(page, 2) == ["2", "10", ""]
    page.keyboard.press("Enter")
    expect(header).to_have_attribute("aria-sort", "descending")
    assert cells(page, 2) == ["10", "2", ""]
    page.get_by_role("button", name="question", exact=True).click()
    assert cells(page, 0) == ["a", "b", "c"]
    expect(header).not_to_have_attribute("aria-sort", "descending")


def test_rows_that_are_the_same_can_be_hidden(page: Page, base: str) -> None:
    open_page(page, base + PAGES[2])
    page.get_by_label("Only rows that differ").check()
    assert cells(page, 0) == ["a"]
    page.get_by_label("Only rows that differ").uncheck()
    assert cells(page, 0) == ["b", "a", "c"]
