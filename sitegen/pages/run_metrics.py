"""A run's metrics: lines of its table, and its curves."""

from __future__ import annotations

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
    """The last value in all its digits, and its step where one was given."""
    first: str = ""
    """Its first value, rounded; empty, like all that follow, where there is one point."""
    min: str = ""
    """Its lowest value, rounded."""
    min_title: str = ""
    """The lowest value in all its digits, and its step."""
    max: str = ""
    """Its highest value, rounded."""
    max_title: str = ""
    """The highest value in all its digits, and its step."""
    mean: str = ""
    """The mean of its finite values, rounded."""
    count: str = ""
    """How many points were logged."""
    spark: str = ""
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


def _texts(s: MetricSummary) -> list[str]:
    """Last, first, lowest, highest value and mean of a metric as they are written: four digits as a rule, more where
    values that differ would look alike.

    The rule of columns (`digits_of`) would take longer than the rest of a line, and a site can have a million lines.
    """
    values = (s.last, s.first, s.min, s.max, s.mean)
    texts = {value: number(value) for value in values}
    if len(set(texts.values())) != len(texts):
        digits = digits_of(texts)
        return [digits.text(value) for value in values]
    return [texts[value] for value in values]


def metric_line(key: str, s: MetricSummary, spark: str, full: bool = True) -> MetricLine:
    """A line of the table; `full` adds titles with all digits and the steps of the extremes."""
    # Step 0 of a single point is what MLflow writes where none was given.
    last_full = f"{s.last!r} at step {s.last_step}" if s.curved or s.last_step else repr(s.last)
    if not s.curved:
        return MetricLine(key, number(s.last), last_full, spark=spark)
    last, first, least, most, mean = _texts(s)
    return MetricLine(
        key=key,
        last=last,
        last_full=last_full,
        first=first,
        min=least,
        min_title=f"{s.min!r} at step {s.min_step}" if full else "",
        max=most,
        max_title=f"{s.max!r} at step {s.max_step}" if full else "",
        mean=mean,
        count=str(s.count),
        spark=spark,
    )


def curve_figure(s: MetricSummary, line: MetricLine, drawn: DrawnCurve) -> CurveFigure:
    """The curve of the metric whose summary is `s`; `line` has its values as they are written."""
    data = (
        f"First {line.first} at step {drawn.first_step}, min {line.min} at step {s.min_step}, "
        f"max {line.max} at step {s.max_step}, last {line.last} at step {s.last_step}."
    )
    # Without axes, the caption says how far the curve reaches.
    span = () if drawn.finished else (f"min {line.min}", f"max {line.max}")
    return CurveFigure(
        id=f"curve-{file_name(drawn.metric)}",
        metric=drawn.metric,
        caption=", ".join([plural(s.count, "point"), *drawn.notes, *span, f"last {line.last}"]),
        svg=drawn.svg,
        data=data,
    )
