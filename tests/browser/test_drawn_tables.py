"""What a reader sees in the runs table: shades, the best value, nested runs, names and values that differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sitegen.analysis.runs_table import RunRow

from .fake_site import fake_rows, one_value, write_fake
from .samples import open_page

LIVE = ".runs[data-live]"


def open_table(page: Page, folder: Path, rows: Sequence[RunRow], view: str = "v=1") -> None:
    write_fake(folder, rows)
    open_page(page, (folder / "experiments" / "1.html").as_uri() + "#" + view)
    expect(page.locator(LIVE)).to_be_visible()


def numbered(count: int, **changes: Callable[[int], object]) -> list[RunRow]:
    """Runs `run-0`, `run-1`, ..., the newest first, alone; `changes` are fields by number."""
    rows = [replace(row, name=f"run-{i}", parent_id=None) for i, row in enumerate(fake_rows(count))]
    return [replace(row, **{k: change(i) for k, change in changes.items()}) for i, row in enumerate(rows)]  # type: ignore[arg-type]


def measured(i: int) -> dict[str, object]:
    return {"val_loss": one_value(0.1 * (i + 1)), "accuracy": one_value(0.9 - 0.1 * i)}


def cells(page: Page, column: str, script: str) -> dict[str, str]:
    """What `script` gives for each run's cell of `column`, by the run's name."""
    found: dict[str, str] = page.evaluate(
        f"""(column) => {{
          const at = document.querySelector(`.runs th[data-col="${{column}}"]`).getAttribute('aria-colindex');
          const rows = document.querySelectorAll('.runs tbody tr[data-run]');
          const cell = (tr) => tr.querySelector(`[aria-colindex="${{at}}"]`);
          return Object.fromEntries(Array.from(rows, (tr) => [tr.querySelector('th a').textContent, ({script})(cell(tr), tr)]));
        }}""",
        column,
    )
    return found


TEXT = "(cell) => cell.textContent"
DARKNESS = """(cell) => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  canvas.fillStyle = getComputedStyle(cell).backgroundColor;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
  return 765 - r - g - b;
}"""


@pytest.mark.parametrize("column", ["metric:val_loss:last", "metric:accuracy:last"])
def test_the_better_a_value_the_stronger_its_shade(page: Page, tmp_path: Path, column: str) -> None:
    name = column.split(":")[1]
    open_table(page, tmp_path, numbered(8, metrics=measured), f"v=1&heat=m.{name}")
    shades = cells(page, column, DARKNESS)
    ordered = [float(shades[f"run-{i}"]) for i in range(8)]  # run-0 is the best in both
    assert ordered == sorted(ordered, reverse=True) and ordered[0] > ordered[-1]


STYLE = "(cell) => getComputedStyle(cell).color + getComputedStyle(cell).fontWeight"


def test_the_value_that_decided_is_marked_and_no_other(page: Page, tmp_path: Path) -> None:
    open_table(page, tmp_path, numbered(5, metrics=measured))
    marked = {
        (column, name)
        for column in ("metric:val_loss:last", "metric:accuracy:last")
        for name, style in cells(page, column, STYLE).items()
        if style != cells(page, column, STYLE)["run-4"]
    }
    assert marked == {("metric:val_loss:last", "run-0")}


def test_the_value_that_decided_is_marked_without_scripts(fresh_page: Callable[..., Page], tmp_path: Path) -> None:
    write_fake(tmp_path, numbered(5, metrics=measured))
    page = fresh_page(java_script_enabled=False)
    page.goto((tmp_path / "experiments" / "1.html").as_uri())
    heads = page.locator(".runs thead th").all_text_contents()
    row = page.locator(".runs tbody tr", has_text="run-0")
    strokes = [
        row.locator("th, td").nth(at).evaluate("cell => parseFloat(getComputedStyle(cell).webkitTextStrokeWidth)")
        for at in range(len(heads))
    ]
    strongest = [head for head, stroke in zip(heads[1:], strokes[1:], strict=True) if stroke > 0]
    assert strongest == ["val_loss"]


def looped() -> list[RunRow]:
    """Two runs that are each other's parent, one that is its own, one whose parent is not there, four levels."""
    parents = {0: "1", 1: "0", 2: "2", 4: "3", 5: "4", 6: "5"}
    return numbered(8, parent_id=parents.get)


def test_runs_in_a_ring_of_parents_stay_in_the_table(page: Page, tmp_path: Path) -> None:
    open_table(page, tmp_path, looped())
    depths = cells(page, "run:name", "(cell, tr) => tr.getAttribute('aria-level')")
    assert set(depths) == {f"run-{i}" for i in range(8)}
    assert [depths[f"run-{i}"] for i in (3, 4, 5, 6)] == ["1", "2", "3", "4"]
    lefts = cells(page, "run:name", "(cell) => cell.querySelector('a').getBoundingClientRect().left")
    indents = [float(lefts[f"run-{i}"]) for i in (3, 4, 5, 6)]
    assert indents == sorted(set(indents))


def test_runs_in_a_ring_of_parents_stay_in_the_page(fresh_page: Callable[..., Page], tmp_path: Path) -> None:
    write_fake(tmp_path, looped())
    page = fresh_page(java_script_enabled=False)
    page.goto((tmp_path / "experiments" / "1.html").as_uri())
    assert set(page.locator(".runs tbody th a").all_text_contents()) == {f"run-{i}" for i in range(8)}


def test_a_filter_keeps_the_parents_of_what_it_finds_muted(page: Page, tmp_path: Path) -> None:
    open_table(page, tmp_path, looped(), "v=1&q=run-6")
    expect(page.locator(".runs-count")).to_have_text("1 of 8 runs")
    colours = cells(page, "run:name", "(cell) => getComputedStyle(cell.querySelector('a')).color")
    assert list(colours) == ["run-3", "run-4", "run-5", "run-6"]
    assert len({colours[f"run-{i}"] for i in (3, 4, 5)}) == 1 and colours["run-3"] != colours["run-6"]
    page.get_by_role("combobox", name="Filter runs").fill("run-1")
    expect(page.locator(".runs tbody tr[data-run]")).to_have_count(2)  # its parent, which is its child


def test_runs_of_one_name_are_told_apart(page: Page, tmp_path: Path) -> None:
    rows = numbered(4, name=lambda i: "cnn")
    open_table(page, tmp_path, rows)
    names = set(page.locator(".runs tbody th a").all_text_contents())
    assert names == {f"cnn · {row.run_id[:6]}" for row in rows}


@pytest.mark.parametrize("width", [390, 1440])
def test_long_names_show_where_they_differ(fresh_page: Callable[..., Page], tmp_path: Path, width: int) -> None:
    page = fresh_page(viewport={"width": width, "height": 900})
    open_table(page, tmp_path, numbered(4, name=lambda i: f"BlockRNNModel_imagenet_2023_10_22_16_49_0{i}"))
    links = page.locator(".runs tbody th a")
    assert len(set(links.all_text_contents())) == 4
    for at in range(4):
        expect(links.nth(at)).to_contain_text("_0")
    cut = page.locator(".runs tbody th").evaluate_all("all => all.map(th => th.scrollWidth > th.clientWidth)")
    assert not any(cut)


def test_values_that_differ_look_different(page: Page, tmp_path: Path) -> None:
    close = [0.9999912, 0.9999914, 0.9999913]
    counts = [16777217.0, 16777216.0, 1e15 + 1]
    rows = numbered(
        3, metrics=lambda i: measured(i) | {"f1": one_value(close[i]), "samples": one_value(counts[i])}
    )  # fmt: skip
    open_table(page, tmp_path, rows)
    assert list(cells(page, "metric:f1:last", TEXT).values()) == ["0.9999912", "0.9999914", "0.9999913"]
    assert list(cells(page, "metric:samples:last", TEXT).values()) == ["16777217", "16777216", "1000000000000001"]


def test_params_sort_by_number_and_say_what_was_logged(page: Page, tmp_path: Path) -> None:
    values = ["auto", "10", "2", "1e-3", "1.10", "1.1", ""]
    page.set_viewport_size({"width": 1600, "height": 900})  # the param's column is in view
    open_table(page, tmp_path, numbered(7, params=lambda i: {"n": values[i]}), "v=1&sort=p.n")
    shown = list(cells(page, "param:n", TEXT).values())
    assert shown[0] == "1e-3" and set(shown[1:3]) == {"1.1", "1.10"}
    assert shown[3:] == ["2", "10", "(empty)", "auto"]


def test_the_page_and_the_grid_say_the_same(fresh_page: Callable[..., Page], tmp_path: Path) -> None:
    rows = fake_rows(40)
    address = (write_fake(tmp_path, rows)).as_uri()
    plain = fresh_page(java_script_enabled=False)
    plain.goto(address)
    texts = "all => all.map(tr => Array.from(tr.querySelectorAll('th, td'), (cell) => cell.textContent.trim()))"
    before = plain.locator(".runs tbody tr").evaluate_all(texts)
    page = fresh_page(viewport={"width": 6000, "height": 2000})
    open_page(page, address + "#v=1")
    expect(page.locator(LIVE)).to_be_visible()
    after = page.locator(".runs tbody tr[data-run]").evaluate_all(texts.replace("'th, td'", "'[data-at]'"))
    drawn = [[text.lstrip("▾▸") for text in row[1:]] for row in after]  # the columns and rows on the screen
    assert drawn == [row[: len(drawn[0])] for row in before[: len(drawn)]]
    assert len(before) == 40 and len(drawn) > 10 and len(drawn[0]) > 12
