"""A run's metrics: lines of its table, and its curves."""

from __future__ import annotations

from dataclasses import dataclass

from sitegen.addresses import (
    Href,
    curve_page,
    file_name,
)
from sitegen.analysis.curves import Curve, MetricSummary
from sitegen.analysis.words import number, plural
from sitegen.charts.curves_svg import Series, curves_svg
from sitegen.charts.makers import MEDIUM


@dataclass(frozen=True, slots=True)
class MetricLine:
    """A metric in the table: formatted values, their full form as titles, a small curve."""

    key: str
    last: str
    last_full: str
    first: str
    min: str
    min_title: str
    max: str
    max_title: str
    mean: str
    count: str
    spark: str


@dataclass(frozen=True, slots=True)
class CurveFigure:
    id: str
    metric: str
    caption: str
    svg: str
    href: Href
    rows: tuple[tuple[str, str, str], ...]


def metric_line(key: str, s: MetricSummary, spark: str, full: bool = True) -> MetricLine:
    """A line of the table; `full` says at which step the extremes were, in all digits."""
    curved = s.count > 1
    return MetricLine(
        key=key,
        last=number(s.last),
        last_full=f"{s.last!r} at step {s.last_step}",
        first=number(s.first) if curved else "",
        min=number(s.min) if curved else "",
        min_title=f"{s.min!r} at step {s.min_step}" if curved and full else "",
        max=number(s.max) if curved else "",
        max_title=f"{s.max!r} at step {s.max_step}" if curved and full else "",
        mean=number(s.mean) if curved else "",
        count=str(s.count) if curved else "",
        spark=spark,
    )


def curve_figure(run_id: str, key: str, s: MetricSummary, curve: Curve) -> CurveFigure:
    rows = (
        ("First", number(s.first), str(int(curve.steps[0]))),
        ("Min", number(s.min), str(s.min_step)),
        ("Max", number(s.max), str(s.max_step)),
        ("Last", number(s.last), str(s.last_step)),
    )
    bad = f", {s.bad} NaN or infinite" if s.bad else ""
    return CurveFigure(
        id=f"curve-{file_name(key)}",
        metric=key,
        caption=f"{plural(s.count, 'point')}{bad}, last {number(s.last)}",
        svg=curves_svg(
            [Series(key, 1, curve.steps, curve.values)], width=MEDIUM, height=190, x_title="step", y_title=""
        ),
        href=curve_page(run_id, key),
        rows=rows,
    )
