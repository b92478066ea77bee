"""A run's metrics: lines of its table, and its curves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sitegen.addresses import file_name
from sitegen.analysis.curves import MetricSummary
from sitegen.analysis.digits import digits_of
from sitegen.analysis.words import number, plural
from sitegen.pages.run_drawings import DrawnCurve


@dataclass(frozen=True, slots=True)
class MetricLine:
    """A metric in the table: formatted values, their full form as titles, a small curve."""

    key: str
    """The metric's key."""
    last: str
    """Its last value, rounded."""
    last_full: str
    """The last value in all its digits, and its step."""
    first: str
    """Its first value, rounded; empty, like all that follow, where there is one point."""
    min: str
    """Its lowest value, rounded."""
    min_title: str
    """The lowest value in all its digits, and its step."""
    max: str
    """Its highest value, rounded."""
    max_title: str
    """The highest value in all its digits, and its step."""
    mean: str
    """The mean of its finite values, rounded."""
    count: str
    """How many points were logged."""
    spark: str
    """A small curve as a finished SVG; empty if it has one point, or the page has enough of them."""


@dataclass(frozen=True, slots=True)
class CurveFigure:
    """The curve of one metric of a run."""

    id: str
    """The figure's id on the page."""
    metric: str
    """The metric's key."""
    caption: str
    """How many points there are, and the last value, in words."""
    svg: str
    """The finished drawing."""
    data: str
    """The data behind the drawing in a sentence: first, lowest, highest and last value, and their steps."""


def _writer(s: MetricSummary) -> Callable[[float], str]:
    """How the values of one metric are written: four digits as a rule, more where values that differ would look alike.

    The rule of columns (`digits_of`) would take longer than the rest of a line, and a site can have a million lines.
    """
    values = {s.last, s.first, s.min, s.max, s.mean}
    return number if len({number(value) for value in values}) == len(values) else digits_of(values).text


def metric_line(key: str, s: MetricSummary, spark: str, full: bool = True) -> MetricLine:
    """A line of the table; `full` adds titles with all digits and the steps of the extremes."""
    curved = s.curved
    text = _writer(s)
    return MetricLine(
        key=key,
        last=text(s.last),
        last_full=f"{s.last!r} at step {s.last_step}",
        first=text(s.first) if curved else "",
        min=text(s.min) if curved else "",
        min_title=f"{s.min!r} at step {s.min_step}" if curved and full else "",
        max=text(s.max) if curved else "",
        max_title=f"{s.max!r} at step {s.max_step}" if curved and full else "",
        mean=text(s.mean) if curved else "",
        count=str(s.count) if curved else "",
        spark=spark,
    )


def curve_figure(s: MetricSummary, drawn: DrawnCurve) -> CurveFigure:
    text = _writer(s)
    first, least, most, last = text(s.first), text(s.min), text(s.max), text(s.last)
    data = (
        f"First {first} at step {drawn.first_step}, min {least} at step {s.min_step}, "
        f"max {most} at step {s.max_step}, last {last} at step {s.last_step}."
    )
    # Without axes, the caption says how far the curve reaches.
    span = () if drawn.finished else (f"min {least}", f"max {most}")
    return CurveFigure(
        id=f"curve-{file_name(drawn.metric)}",
        metric=drawn.metric,
        caption=", ".join([plural(s.count, "point"), *drawn.notes, *span, f"last {last}"]),
        svg=drawn.svg,
        data=data,
    )
