"""Which curves of runs are drawn, and how."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from sitegen.analysis.curves import Curve, summarise, thin
from sitegen.model import MetricHistory
from sitegen.pages.run_drawings import FIRST_CURVES, MAX_CURVES, DrawnCurve, draw_runs
from sitegen.pages.run_metrics import curve_figure, metric_line
from tests.analysis.builders import row


def a_run(**values: Any) -> tuple[Any, dict[str, Curve]]:
    histories = {
        key: MetricHistory(
            key, np.arange(len(found)), np.arange(len(found)) * 1000, np.asarray(found, float), len(found) - 1
        )
        for key, found in values.items()
    }
    summaries = {key: summarise(history) for key, history in histories.items()}
    return replace(row("a"), metrics=summaries), {key: thin(history) for key, history in histories.items()}


def test_the_metrics_that_matter_are_drawn_with_axes_and_the_others_without() -> None:
    values = {f"m{n}": np.sin(np.arange(30) + n) for n in range(30)} | {"val_loss": np.arange(30.0) ** 2 / 7}
    (found,) = draw_runs([a_run(**values)])
    assert [one.metric for one in found.first] == ["val_loss", "m0", "m1", "m2"]
    assert (len(found.first), len(found.first + found.further), found.curves) == (FIRST_CURVES, MAX_CURVES, 31)
    assert all('class="drawing"' in one.svg and one.finished for one in found.first)
    assert all('class="spark"' in one.svg and not one.finished for one in found.further)
    assert set(found.sparks) == set(values)


def test_small_curves_are_in_the_table_unless_all_are_drawn_above_it() -> None:
    values = {f"m{n}": [1.0, 2.0] for n in range(FIRST_CURVES)} | {"system/cpu": [1.0, 2.0]}
    (found,) = draw_runs([a_run(**values)])
    assert len(found.first) == FIRST_CURVES and set(found.sparks) == {"system/cpu"}
    (found,) = draw_runs([a_run(**values, more=[1.0, 2.0])])
    assert set(found.sparks) == {*values, "more"}


def caption(run: Any, drawn: DrawnCurve) -> str:
    summary = run.metrics[drawn.metric]
    return curve_figure(summary, metric_line(drawn.metric, summary, ""), drawn).caption


def test_what_is_not_drawn_as_logged_is_said_in_the_caption() -> None:
    run, curves = a_run(loss=[3.0, 2.0, float("nan"), 1.5, 1.4, 1.3], acc=[0.1, 0.2, 0.3, 0.25, 0.2, 1e9])
    (found,) = draw_runs([(run, curves)])
    captions = {one.metric: caption(run, one) for one in found.first}
    assert captions["loss"] == "6 points, 1 value is NaN and not drawn, last 1.3"
    assert "1 value is above 0.35 at the edge, largest 1e9" in captions["acc"]


def test_a_curve_without_axes_says_its_range() -> None:
    run, curves = a_run(**{f"m{n}": [5.0, 1.0, 2.5] for n in range(6)})
    (found,) = draw_runs([(run, curves)])
    assert caption(run, found.further[-1]) == "3 points, min 1, max 5, last 2.5"


def test_a_run_is_drawn_the_same_alone_and_with_others() -> None:
    runs = [a_run(loss=np.sin(np.arange(20 + n)), lr=[1.0, 0.5]) for n in range(3)]
    assert draw_runs(runs) == [draw_runs([one])[0] for one in runs]
    assert draw_runs([a_run()])[0].curves == 0
