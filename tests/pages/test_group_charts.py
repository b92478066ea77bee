"""The curves of groups: which groups and runs are drawn, for which metrics, in which order."""

from __future__ import annotations

import json

from sitegen.analysis.curves import Curve, thin
from sitegen.analysis.goals import Target
from sitegen.analysis.groups import Group, Grouping
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.statistics import mean_of
from sitegen.pages.figures import FigureView
from sitegen.pages.group_charts import BANDS, MAX_FIGURES, MAX_MEMBERS, band_figures, band_rows
from sitegen.pages.page import Site
from tests.analysis.builders import history, row

SITE = Site("T", "1", "assets/", "", 0)


def members(label: str, count: int, *keys: str) -> tuple[RunRow, ...]:
    metrics = dict.fromkeys(keys or ("loss",), (0.5, 0.25))
    return tuple(row(f"{label}{at}", metrics) for at in range(count))


def grouping(*groups: tuple[RunRow, ...]) -> Grouping:
    made = [Group(f"g{at}", rows, rows, (mean_of([1.0, 2.0]),), at + 1) for at, rows in enumerate(groups)]
    return Grouping("", "", (Target("loss", "min"),), tuple(made), 0, 0)


def figures(found: Grouping | None, *without: str) -> list[FigureView]:
    curves: dict[str, dict[str, Curve]] = {
        one.run_id: {key: thin(history(0.5, 0.25, key=key)) for key in one.metrics}
        for one in band_rows(found)
        if one.run_id not in without
    }
    return list(band_figures("1", found, curves, SITE))


def test_only_the_best_groups_with_two_curves_are_drawn() -> None:
    flat = tuple(row(f"flat{at}", {"loss": 1.0}) for at in range(3))
    several = grouping(flat, members("one", 1), *(members(f"m{at}-", 2) for at in range(BANDS + 1)))
    assert {one.run_id.split("-")[0] for one in band_rows(several)} == {"m0", "m1", "m2", "m3"}
    (figure,) = figures(several)
    assert figure.caption == "4 groups" and len({entry.colour for entry in figure.legend}) == BANDS


def test_the_runs_of_a_group_are_bounded_and_counted() -> None:
    (figure,) = figures(grouping(members("a", MAX_MEMBERS + 1)))
    assert [entry.label for entry in figure.legend] == ["g0 (10 runs)"] and figure.caption == "1 group"
    ((label, colour, runs),) = json.loads(figure.attributes["data-groups"])
    assert (label, colour, len(runs)) == ("g0 (10 runs)", figure.legend[0].colour, MAX_MEMBERS)
    assert figure.id == "1-groups-loss" and figure.legend[0].href == ""


def test_the_metric_of_the_grouping_comes_first_and_figures_are_bounded() -> None:
    found = figures(grouping(members("a", 2, "k10", "k2", "system/cpu", "loss", "k1", "k3")))
    assert [figure.title for figure in found] == ["loss", "k1", "k2", "k3"] and len(found) == MAX_FIGURES


def test_there_is_no_band_of_one_curve_nor_without_groups() -> None:
    assert figures(grouping(members("a", 2)), "a0") == []
    assert band_rows(None) == [] and figures(None) == []
