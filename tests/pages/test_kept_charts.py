"""Charts of an earlier site: written down, read back, and made again at their address."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from sitegen.analysis.best import rank
from sitegen.analysis.curves import Curve, thin
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.summary import summarise_experiment
from sitegen.pages.chart_recipes import Recipe, figure_of_recipe, rows_of
from sitegen.pages.charts import chart_groups, curve_rows
from sitegen.pages.figures import FigureView, every_chart
from sitegen.pages.kept_charts import (
    MAX_BYTES,
    MAX_KEPT_RUNS,
    charts_file,
    kept_charts,
    recipe_of_figure,
    recipes_text,
    still_there,
)
from sitegen.pages.page import Site
from tests.analysis.builders import history, row, table

SITE = Site("T", "1", "assets/", "", 0)


def runs(count: int, first: int = 0) -> list[RunRow]:
    return [
        row(
            f"run{at:03}",
            {"loss": (3.0, 2.0, float(at)), "acc": (0.1, 0.2, 1.0 / (1 + at))},
            params={"lr": str(0.1 * at), "model": "ab"[at % 2]},
        )
        for at in range(first, first + count)
    ]


def report(rows: list[RunRow], objective: str) -> Report:
    made = table(rows)
    return Report(made, summarise_experiment(made), rank(made, parse_objective(objective)))


def curves_of(rows: list[RunRow]) -> Mapping[str, Mapping[str, Curve]]:
    return {
        one.run_id: {key: thin(history(3.0, 2.0, s.last, key=key)) for key, s in one.metrics.items() if s.curved}
        for one in rows
    }


def views(found: Report) -> list[FigureView]:
    groups = chart_groups(found, curves_of(curve_rows(found)), SITE)
    return [view for group in groups for view in every_chart(group)]


def recipes(found: Report) -> dict[str, Recipe]:
    return {view.id: recipe_of_figure(view, "1") for view in views(found)}


def read_back(text: str) -> tuple[Recipe, ...]:
    return kept_charts({charts_file("1"): text.encode()}.get, ["1"], lambda label: label).get("1", ())


def test_what_is_written_is_read_back() -> None:
    first = recipes(report(runs(24), "min loss"))
    kinds = {one.id: (one.x, one.metrics) for one in first.values()}
    assert ("step", ("loss",)) in kinds.values() and ("params.lr", ("metrics.`loss`.last",)) in kinds.values()
    assert any(x == "" for x, _ in kinds.values()), "a histogram"
    back = {one.id: one for one in read_back(recipes_text(first.values()))}
    assert {id: (one.x, one.metrics, one.runs, one.log) for id, one in back.items()} == {
        id: (one.x, one.metrics, one.runs, one.log) for id, one in first.items()
    }


def test_every_address_answers_with_its_runs_when_the_objective_flips() -> None:
    before = recipes(report(runs(6), "min loss"))
    after = report([*runs(6), *runs(4, first=20)], "min acc")
    made = recipes(after)
    gone = set(before) - set(made)
    assert gone, "another objective has other charts"
    kept = still_there(read_back(recipes_text(before.values())), made, after.table)
    pages = {one.id: one for one in kept}
    assert gone <= set(pages)
    for id, one in before.items():
        view = next((view for view in views(after) if view.id == id), None)
        if id in pages:
            rows = rows_of(pages[id], after.table)
            view = figure_of_recipe(pages[id], after.table, rows, curves_of(rows), SITE)
        assert view is not None and view.href == f"charts/{id}.html"
        assert "nothing to draw" not in view.svg
        assert set(one.runs) <= set(view.attributes.get("data-runs", " ".join(one.runs)).split())


def test_a_chart_without_runs_or_metric_is_gone() -> None:
    kept = [
        Recipe("1-curve-x", "", "1", ("x",), runs=("run000",)),
        Recipe("1-curve-loss", "", "1", ("loss",), runs=("z",)),
    ]
    assert still_there(kept, {}, table(runs(2))) == []


def test_the_runs_of_a_chart_do_not_grow_without_end() -> None:
    found = table(runs(30))
    now = Recipe("1-curve-loss", "", "1", ("loss",), runs=tuple(f"run{at:03}" for at in range(5)))
    had = Recipe("1-curve-loss", "", "1", ("loss",), runs=tuple(f"run{at:03}" for at in range(5, 25)))
    [one] = still_there([had], {now.id: now}, found)
    assert one.runs[:5] == now.runs and len(one.runs) == MAX_KEPT_RUNS


def entry(**changed: object) -> str:
    good = {"id": "1-a", "metrics": ["loss"], "x": "step", "runs": [], "log": [], "groups": []}
    return json.dumps({"version": 1, "charts": [{**good, **changed}, {**good, "id": "1-good"}]})


@pytest.mark.parametrize(
    "text",
    [
        entry(id="../../evil"),
        entry(id="2-other"),
        entry(metrics=["a", "b"]),
        entry(x="tags.a"),
        entry(x="params.a OR 1"),
        entry(runs="run000"),
        entry(runs=[1]),
        entry(groups=[["a"]]),
        entry(id=3),
    ],
)
def test_an_entry_that_is_not_as_written_is_left_out(text: str) -> None:
    assert [one.id for one in read_back(text)] == ["1-good"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"version": 2, "charts": []}', "[" * 100_000, " " * MAX_BYTES + "{}"])
def test_a_file_that_is_none_keeps_nothing(text: str) -> None:
    assert read_back(text) == ()


def test_labels_of_groups_are_cleaned() -> None:
    data = entry(groups=[["secret", ["run000"]]]).encode()
    [first, _] = kept_charts({charts_file("1"): data}.get, ["1"], lambda label: label.replace("secret", "***"))["1"]
    assert first.groups == (("***", ("run000",)),)
