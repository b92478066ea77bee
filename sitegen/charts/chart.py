"""The chart as a value: its first drawing, its data as a table, its published spec on demand.

Nothing here depends on an address or a store; Altair is imported only when `Chart.vega_lite` is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Cell = str | float | int | None


class Measure(NamedTuple):
    """What an axis shows: `key` names a column as the hooks do (`param:lr`, `metric:loss:last`), `title` is its
    label."""

    key: str
    title: str
    log: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure. `kind` is curves, scatter, strip, histogram or bar.

    `svg` is safe to put into a page as it is. `columns` and `rows` are the table behind "Data" (numbers unformatted,
    NaN possible), `row_runs` the run id of each row or nothing if rows are not runs, `rows_total` how many rows
    there would be without a limit. `attributes` are the `data-*` hooks of the figure, unescaped.
    `dates` says that x is in milliseconds since 1970. `narrow` is the drawing for narrow screens where `svg` is wide.
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
    narrow: str = ""

    def vega_lite(self) -> dict[str, Any]:
        """The complete Vega-Lite spec with its rows inside: what `charts/<id>.vl.json` holds."""
        from sitegen.charts.kinds import KIND_OF
        from sitegen.charts.specs import with_data

        banded = self.kind == "curves" and any(one.low is not None for one in self.data)
        kind = KIND_OF["bands" if banded else self.kind]
        assert kind.rows is not None
        return with_data(
            kind.name,
            kind.rows(self.data),
            title=self.title,
            x_title=self.x.title,
            y_title=self.y.title,
            log_x=self.x.log,
            log_y=self.y.log,
            dates=self.dates,
        )
