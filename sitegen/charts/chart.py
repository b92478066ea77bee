"""The chart as a value: its first drawing, its data as a table, its published spec on demand.

Nothing here knows an address or a store; nothing imports Altair until `Chart.vega_lite` is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sitegen.charts.axes import floats
from sitegen.charts.curves_svg import Series
from sitegen.charts.runs_svg import Mark, Point

Cell = str | float | int | None


class Measure(NamedTuple):
    """What an axis shows: `key` names a column as the hooks do (`param:lr`, `metric:loss:last`), `title` for people."""

    key: str
    title: str
    log: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure. `kind` is curves, scatter, strip, histogram or bar.

    `svg` is safe to put into a page as it is. `columns` and `rows` are the table behind "Data" (numbers unformatted,
    NaN possible), `row_runs` the run id of each row or nothing where rows are no runs, `rows_total` how many rows there
    would be without a limit. `attributes` are the `data-*` hooks of the figure, unescaped.
    `dates` says that x is in milliseconds since 1970.
    """

    id: str
    kind: str
    title: str
    caption: str
    svg: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    rows_total: int
    attributes: Mapping[str, str]
    x: Measure
    y: Measure
    data: tuple[Any, ...] = field(repr=False)
    row_runs: tuple[str, ...] = ()
    dates: bool = False

    def vega_lite(self) -> dict[str, Any]:
        """The complete Vega-Lite spec with its rows inside: what `charts/<id>.vl.json` holds."""
        from sitegen.charts.kinds import with_data

        rows = _SPEC_ROWS[self.kind](self.data)
        return with_data(
            "bands" if self.kind == "curves" and any(one.low is not None for one in self.data) else self.kind,
            rows,
            title=self.title,
            x_title=self.x.title,
            y_title=self.y.title,
            log_x=self.x.log,
            log_y=self.y.log,
            dates=self.dates,
        )


def _run_fields(one: Point | Mark) -> dict[str, Any]:
    return {"label": one.name, "id": one.run_id, "status": one.status, "colour": one.colour}


def _curve_rows(series: Iterable[Series]) -> list[dict[str, Any]]:
    return [row for one in series for row in _points_of(one)]


def _points_of(series: Series) -> Iterator[dict[str, Any]]:
    """The points of one curve, with the edges of its band where it has one."""
    named = {"x": series.steps, "y": series.values}
    if series.low is not None:
        named |= {"low": series.low, "high": series.high}
    columns = [floats(values).tolist() for values in named.values()]
    for values in zip(*columns, strict=True):
        yield dict(zip(named, values, strict=True)) | {"label": series.label}


_SPEC_ROWS: dict[str, Callable[[Sequence[Any]], list[dict[str, Any]]]] = {
    "curves": _curve_rows,
    "scatter": lambda points: [{"x": p.x, "y": p.y} | _run_fields(p) for p in points],
    "strip": lambda marks: [{"x": m.x, "y": m.category} | _run_fields(m) for m in marks],
    "histogram": lambda marks: [{"x": m.x, "label": m.name, "id": m.run_id} for m in marks],
    "bar": lambda marks: [{"x": m.x} | _run_fields(m) for m in marks],
}
