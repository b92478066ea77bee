"""Packed columns: what the browser reads is what Python wrote."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from sitegen.analysis.digits import digits_of
from sitegen.markup.data_js import data_script
from sitegen.pages.data import _numbers, _whole
from sitegen.pages.kept import kept_of
from sitegen.pages.packing import MIN_ROWS, packed, texts_column
from sitegen.render.scripts import load_order
from sitegen.render.themes import load_theme
from tests.examples import examples

from .fixture_site import THEME

SCRIPTS = load_order(load_theme("default"), ["query", "columns"])
CHANCE = np.random.default_rng(1)
HEX = [f"{n * 7919 % 2**128:032x}" for n in range(3, 43)]
NAMES = [f"{'bold calm deft'.split()[n % 3]}-{'ant bear'.split()[n % 2]}-{n}" for n in range(40)]


def some(values: list[Any]) -> list[Any]:
    """`values` with every fifth one missing."""
    return [None if at % 5 == 2 else value for at, value in enumerate(values)]


def strings(group: str, name: str, values: list[Any]) -> dict[str, Any]:
    """A column of strings."""
    return {"g": group, "n": name, **texts_column(values)}


def metric(values: list[float | None]) -> dict[str, Any]:
    """A column of a metric."""
    return {"g": "metric", "n": "m", "r": "last", **_numbers(values)}


COLUMNS: list[dict[str, Any]] = [
    *(strings("run", "run_id", values) for values in (HEX, some(HEX))),
    *(strings("run", "name", values) for values in (NAMES, some(NAMES), [*NAMES[1:], "baseline"])),
    *(strings("param", "lr", [repr(10**-x) for x in CHANCE.uniform(0, 9, 40)]) for _ in range(2)),
    *(strings("param", "p", some([write(n) for n in range(40)])) for write in (str, repr, lambda n: f"{n}.0", lambda n: f"0{n}")),
    strings("param", "p", some([repr(n / 8) for n in range(-20, 20)])),
    strings("param", "p", some([repr(3.0e20 * n) for n in range(1, 41)])),
    strings("param", "p", ["-0.0", *(repr(n / 3) for n in range(39))]),
    strings("param", "p", ["nan", "inf", *(repr(n / 3) for n in range(38))]),
    strings("tag", "t", some(["a", "b", "c", "d"] * 10)),
    strings("tag", "t", ["same"] * 40),
    strings("tag", "t", [str(n % 17) for n in range(80)]),
    strings("param", "wide", [repr(n % 90 / 1000) for n in range(400)]),
    *({"g": "run", "n": "start_time", **_whole(values)} for values in (
        [1_700_000_000_000 - n * 61_000 for n in range(40)], some(list(range(40))), [5] * 40, [0] * 39 + [2**53], [None] * 40)),
    metric([float(n) for n in CHANCE.uniform(0, 1, 40)]),
    metric([*(float(n) for n in CHANCE.uniform(-1, 1, 37)), math.nan, math.inf, None]),
    metric(some([n / 1000 for n in range(40)])),
    metric([10.0 ** (n - 20) for n in range(40)]),
    metric([10.0 ** (n / 4 - 6) for n in range(40)]),
    metric([0.25] * 40),
]  # fmt: skip


def read(page: Page, folder: Path, columns: list[dict[str, Any]]) -> list[Any]:
    """The values of `columns` as the browser reads them, numbers that JSON cannot say as strings."""
    for name in SCRIPTS:
        shutil.copy(THEME / "assets" / "js" / f"{name}.js", folder / f"{name}.js")
    (folder / "data.js").write_text(data_script("columns", columns), "ascii")
    scripts = "".join(f'<script src="{name}.js"></script>' for name in [*SCRIPTS, "data"])
    (folder / "index.html").write_text(f'<!doctype html><link rel="icon" href="data:,">{scripts}', "utf-8")
    page.goto((folder / "index.html").as_uri())
    said = "(value) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value)"
    found: list[Any] = page.evaluate(f"SG.load('columns').then((all) => all.map((one) => SG.column(one).map({said})))")
    return found


def test_the_browser_reads_what_was_packed(page: Page, tmp_path: Path) -> None:
    """Every kind of column; most are packed, and none changes a value."""
    numbers = st.one_of(st.none(), st.floats(allow_nan=False, width=32), st.floats(0, 1), st.integers(-5, 5).map(float))
    texts = st.one_of(st.none(), st.floats().map(repr), st.integers().map(str), st.text("-0.1e", max_size=5))
    columns = list(COLUMNS)

    @settings(max_examples=examples(4), database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.lists(numbers, min_size=MIN_ROWS, max_size=40), st.lists(texts, min_size=MIN_ROWS, max_size=40))
    def collect(values: list[float | None], words: list[str | None]) -> None:
        columns.extend([metric(values), strings("param", "p", words), strings("run", "name", words)])

    collect()
    written = [packed(column) for column in columns]
    assert sum(not isinstance(column["v"], list) for column in written[: len(COLUMNS)]) >= len(COLUMNS) - 8
    plain = read(page, tmp_path, columns)
    assert read(page, tmp_path, written) == plain
    assert plain[0] == HEX and plain[2] == NAMES


def test_numbers_are_written_as_on_pages(page: Page, tmp_path: Path) -> None:
    """With the digits that the column names, which the browser would find too."""
    lists = [
        [float(x) for x in CHANCE.uniform(0, 1, 500)],
        [10.0**n / 3 for n in range(-9, 20)],
        [float(n) for n in range(20)],
        [1.0, 1 + 1e-13, 0.5],
        [0.25, None, math.nan],
    ]
    columns = [metric(values) for values in lists]
    read(page, tmp_path, columns)
    script = "columns => columns.map(one => SG.column(one).map(v => [SG.digitsAs(one.d, one.c)(v), SG.digits(SG.column(one))(v)]))"
    for values, found in zip(lists, page.evaluate(script, columns), strict=True):
        shown = digits_of(values)
        wanted = [shown.text(value) for value in values if value is not None]
        assert [text for text, value in zip(found, values, strict=True) if value is not None] == [
            [t, t] for t in wanted
        ]


def test_numbers_of_queries_are_cut_as_the_columns_are(page: Page, tmp_path: Path) -> None:
    values = [float(x) for x in CHANCE.uniform(0, 1, 3000)]
    column = metric(values)
    assert column["d"] == kept_of(values).shown and column["v"] == kept_of(values).cut(np.array(values)).tolist()
    read(page, tmp_path, [column])
    script = """([column, values]) => {
      const view = SG.query.view({ n: values.length, columns: [column] });
      return values.map(view.column("metric", "m", "last").cut);
    }"""
    assert page.evaluate(script, [column, values]) == column["v"]
