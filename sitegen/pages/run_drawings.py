"""The curves of runs' pages: which of them are drawn, and the drawings, made for many runs at once.

The curves that a reader sees first are finished drawings. Further ones are sparklines as large as a drawing, which the
browser replaces when they come into view: it has their points anyway, and the page stays small.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from sitegen.analysis.curve_axes import CurveAxis, axis_of
from sitegen.analysis.curve_choice import is_informative
from sitegen.analysis.curves import Curve, MetricSummary
from sitegen.analysis.direction import direction_of
from sitegen.analysis.metric_order import data_of
from sitegen.analysis.runs_table import RunRow, natural
from sitegen.charts.axes import MAX_DRAWN
from sitegen.charts.curves_svg import Curves, curves_svgs, ranges_of
from sitegen.charts.ranges import Range, range_notes
from sitegen.charts.sparklines import sparklines
from sitegen.pages.figures import attempts_note, series_of

FIRST_CURVES = 4
"""Number of curves that are finished drawings, above the tables."""
MAX_CURVES = 24
"""Curves on the page; with more metrics, the others are in the table, and their curves open on demand."""
CROWD = 100
"""Number of metrics from which on a page has fewer curves, to stay small."""
CROWD_CURVES = 12
MAX_SPARKLINES = 60
WIDTH, HEIGHT = 320, 160
"""About as large as they are on the screen, so that texts have their size."""
SYSTEM = "system/"


class DrawnCurve(NamedTuple):
    """A curve of a run's page: the metric, the drawing, what is unusual about it in words, and its first step.

    `finished` is False for one without axes, which the browser draws again.
    """

    metric: str
    svg: str
    notes: tuple[str, ...]
    first_step: int
    finished: bool = True


@dataclass(frozen=True, slots=True)
class RunDrawings:
    """What is drawn on a run's page: the curves seen first, the further ones, and the sparklines of its tables.

    `curves` counts the metrics with a curve that tells something, of which some may not be drawn.
    """

    first: tuple[DrawnCurve, ...]
    further: tuple[DrawnCurve, ...]
    sparks: Mapping[str, str]
    curves: int


class _Wanted(NamedTuple):
    """The keys of what is drawn of one run."""

    row: RunRow
    curves: Mapping[str, Curve]
    informative: Sequence[str]
    sparks: Sequence[str]

    @property
    def first(self) -> Sequence[str]:
        return self.informative[:FIRST_CURVES]

    @property
    def further(self) -> Sequence[str]:
        most = MAX_CURVES if len(self.informative) < CROWD else CROWD_CURVES
        return self.informative[FIRST_CURVES:most]


def draw_runs(runs: Sequence[tuple[RunRow, Mapping[str, Curve]]]) -> list[RunDrawings]:
    """The drawings of some runs, from their rows and thinned histories."""
    wanted = [_wanted(row, curves) for row, curves in runs]
    first = iter(_first_curves([(one, key) for one in wanted for key in one.first]))
    further = iter(_further_curves([(one, key) for one in wanted for key in one.further]))
    sparks = iter(sparklines([one.curves[key].standing() for one in wanted for key in one.sparks]))
    return [
        RunDrawings(
            tuple(next(first) for _ in one.first),
            tuple(next(further) for _ in one.further),
            {key: next(sparks) for key in one.sparks},
            len(one.informative),
        )
        for one in wanted
    ]


def _wanted(row: RunRow, curves: Mapping[str, Curve]) -> _Wanted:
    informative = [key for key, curve in curves.items() if not key.startswith(SYSTEM) and is_informative(key, curve)]
    # The lines of the table in their order, system metrics last.
    lines = sorted(row.metrics, key=lambda key: (key.startswith(SYSTEM), natural(key)))[:MAX_SPARKLINES]
    # Where all curves are drawn above the table, small ones in it would say the same again.
    sparks = [key for key in lines if key in curves and (key.startswith(SYSTEM) or len(informative) > FIRST_CURVES)]
    return _Wanted(row, curves, sorted(informative, key=_interest), sparks)


@lru_cache(maxsize=4096)
def _interest(key: str) -> tuple[bool, int, object]:
    """The order of curves: metrics that runs are judged by first, on validation data before training data."""
    return direction_of(key) is None, data_of(key), natural(key)


def _first_curves(pairs: Sequence[tuple[_Wanted, str]]) -> list[DrawnCurve]:
    axes = [axis_of([one.curves[key]]) for one, key in pairs]
    drawings = [
        Curves(series_of(key, 1, one.curves[key], axis), WIDTH, HEIGHT, axis.title, dates=axis.dates)
        for (one, key), axis in zip(pairs, axes, strict=True)
    ]
    ranges = ranges_of(drawings)
    return [
        _drawn_curve(one, key, svg, axis, limits)
        for (one, key), svg, axis, limits in zip(pairs, curves_svgs(drawings, ranges), axes, ranges, strict=True)
    ]


def _further_curves(pairs: Sequence[tuple[_Wanted, str]]) -> list[DrawnCurve]:
    drawn = sparklines([one.curves[key].standing() for one, key in pairs], WIDTH, HEIGHT)
    return [
        DrawnCurve(key, svg, (), _first_step(one, key), False) for (one, key), svg in zip(pairs, drawn, strict=True)
    ]


def _drawn_curve(one: _Wanted, key: str, svg: str, axis: CurveAxis, limits: Range | None) -> DrawnCurve:
    curve = one.curves[key]
    notes = [axis.note, attempts_note([curve])]
    if limits or _has_odd(one.row.metrics[key]):
        notes += [note.rstrip(".") for note in range_notes(curve.values, limits)]
    return DrawnCurve(key, svg, tuple(filter(None, notes)), _first_step(one, key))


def _has_odd(s: MetricSummary) -> bool:
    """Whether some values are NaN, infinite or too large to draw."""
    return bool(s.bad) or s.max > MAX_DRAWN or s.min < -MAX_DRAWN


def _first_step(one: _Wanted, key: str) -> int:
    return int(one.curves[key].steps[0])
