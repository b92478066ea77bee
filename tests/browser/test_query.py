"""The search language in the browser: `query.js` gives the answers of `tests/query/vectors.json`, as Python does.

The page is opened from disk and has the columns of the vectors' runs as a data file, written as a build writes it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from playwright.sync_api import Page

from sitegen.analysis.runs_table import gather, without_records
from sitegen.markup.data_js import data_script
from sitegen.model import Experiment
from sitegen.pages.data import experiment_data
from sitegen.pages.searchable import searchable
from sitegen.query import QueryError, matcher, parse
from sitegen.render.scripts import load_order
from sitegen.render.themes import load_theme
from tests.examples import examples
from tests.query.test_laws import NODES
from tests.query.vectors import rows, vectors

from .fixture_site import POLICY, THEME

SCRIPTS = load_order(load_theme("default"), ["query-doubt"])
PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}"><link rel="icon" href="data:,"><title>query</title>
{"".join(f'<script src="{name}.js"></script>' for name in SCRIPTS)}<script src="data.js"></script></head><body></body></html>"""
LOADED = "const data = await SG.load('experiments/1'); const view = SG.query.view(data); const ids = view.column('attribute', 'run_id').values;"


@pytest.fixture
def asked(page: Page, tmp_path: Path) -> Callable[..., Any]:
    """`asked(script, argument)` runs a script that has `view` and `ids`, and gives what it returns."""
    for name in SCRIPTS:
        shutil.copy(THEME / "assets" / "js" / f"{name}.js", tmp_path / f"{name}.js")
    (table,) = gather(map(without_records, rows()), [Experiment("1", "vectors")])
    data = searchable(experiment_data(table, None), table)
    (tmp_path / "data.js").write_text(data_script("experiments/1", data), "ascii")
    (tmp_path / "index.html").write_text(PAGE, "utf-8")
    page.goto((tmp_path / "index.html").as_uri())
    return lambda script, argument=None: page.evaluate(f"async (given) => {{ {LOADED} {script} }}", argument)


def test_finds_the_runs_that_python_finds(asked: Callable[..., Any]) -> None:
    script = """return given.map((text) => {
      const query = SG.query.compile(text);
      const mask = query.mask(view);
      const tested = ids.every((id, row) => query.test(view, row) === (mask[row] === 1));
      return { filter: text, ids: ids.filter((id, row) => mask[row]), mlflow: query.mlflow, error: query.error, tested };
    });"""
    found = asked(script, [vector["filter"] for vector in vectors()["filters"]])
    assert found == [{**vector, "error": None, "tested": True} for vector in vectors()["filters"]]


def test_refuses_where_python_refuses_and_says_the_same(asked: Callable[..., Any]) -> None:
    script = "return given.map((text) => SG.query.compile(text).error);"
    texts = [vector["filter"] for vector in vectors()["errors"]]
    for text, description in zip(texts, asked(script, texts), strict=True):
        with pytest.raises(QueryError) as refused:
            parse(text)
        assert description == {"at": refused.value.at, "length": refused.value.length, "message": str(refused.value)}, (
            text
        )


def test_a_key_that_no_run_has_is_doubted_and_the_nearest_offered(asked: Callable[..., Any]) -> None:
    script = """return given.map((text) => {
      const found = SG.query.doubt(SG.query.compile(text).keys, view);
      return found && [found.at, found.length, found.message, found.offers];
    });"""
    assert asked(script, ["acc > 0.5", "status = 'FINISHED'"]) == [None, None]
    (first, second, third) = asked(script, ["x AND acd > 0.5", "metrics.lr < 1", "opts LIKE 'a%'"])
    assert first == [6, 3, "No run has acd.", ["metrics.acc"]]
    assert second == [0, 10, "No run has metrics.lr.", ["params.lr"]]
    assert third[3] == ["params.opt"]


def test_a_query_that_cannot_be_read_matches_nothing(asked: Callable[..., Any]) -> None:
    assert asked("return Array.from(SG.query.compile('(').mask(view));") == [0] * len(rows())
    assert asked("return Array.from(SG.query.compile('  ').mask(view));") == [1] * len(rows())


def test_puts_runs_in_the_order_that_python_gives(asked: Callable[..., Any]) -> None:
    script = """return given.map((clauses) => {
      const { error, rows, mlflow } = SG.query.order(clauses.join(', '), view);
      return { order_by: clauses, ids: rows.map((row) => ids[row]), error };
    });"""
    found = asked(script, [vector["order_by"] for vector in vectors()["orders"]])
    assert found == [{"order_by": v["order_by"], "ids": v["ids"], "error": None} for v in vectors()["orders"]]
    refused = [vector["order_by"] for vector in vectors()["order_errors"]]
    errors = asked("return given.map((text) => SG.query.order(text, view).error);", refused)
    places = [{"at": error["at"], "length": error["length"]} for error in errors]
    assert places == [vector["error"] for vector in vectors()["order_errors"]]


def test_agrees_with_python_on_any_query(asked: Callable[..., Any]) -> None:
    """A few hundred queries at random, asked at once."""
    texts: list[str] = []

    @settings(max_examples=examples(3), database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(NODES)
    def collect(node: Any) -> None:
        texts.append(str(node))

    collect()
    script = """return given.map((text) => { const query = SG.query.compile(text);
      return { error: query.error, mlflow: query.mlflow, ids: ids.filter((id, row) => query.mask(view)[row]) }; });"""
    by_id = {row.run_id: row for row in rows()}
    order = asked("return ids;")
    for text, description in zip(texts, asked(script, texts), strict=True):
        query = parse(text)
        wanted = [key for key in order if matcher(query)(by_id[key])]
        assert description == {"error": None, "mlflow": query.is_mlflow, "ids": wanted}, text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("|", ["metrics.loss", "run_id", "datasets.name", "NOT"]),
        ("metrics.l|", ["metrics.loss"]),
        ("metric.l|", ["metrics.loss"]),
        ("val|", ["metrics.`val/loss x`"]),
        ("params.opt |", ["=", "LIKE", "IN"]),
        ("metrics.loss |", ["<", "BETWEEN"]),
        ("params.opt = |", ["'adam'", "'sgd'"]),
        ("params.opt = 's|", ["'sgd'"]),
        ("params.opt = 's|'", ["'sgd'"]),
        ("status IN |", ["('FINISHED'"]),
        ("status IN ('FAILED', |", ["'FINISHED'"]),
        ("datasets.name = |", ["'train'"]),
        ("params.opt = 'adam' |", ["AND", "OR"]),
        ("params.opt = 'adam' A|", ["AND"]),
        ("params.opt = 'adam' AND sta|", ["status", "start_time"]),
        ("NOT (run_|", ["run_id", "run_name"]),
    ],
)
def test_completes(asked: Callable[..., Any], text: str, wanted: list[str]) -> None:
    caret = text.index("|")
    whole = text.replace("|", "")
    found = asked("return SG.query.complete(given.text, given.caret, view);", {"text": whole, "caret": caret})
    offered = [item["text"] for item in found["items"]]
    assert [one for one in wanted if one not in offered] == [], offered
    assert all(item["kind"] and item["detail"] for item in found["items"])
    assert found["from"] <= caret <= found["to"]
    if len(wanted) == 1:
        changed = whole[: found["from"]] + wanted[0] + whole[found["to"] :]
        assert changed.startswith(text[: found["from"]])
        assert "''" not in changed
