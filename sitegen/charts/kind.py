"""What a kind of chart is: the columns of the registry in `kinds.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import altair as alt

Rows = list[dict[str, Any]]
Column = Literal["number", "any", "curve", "curve?", "axes"]
"""The columns that a reader may choose for a field: numbers, any column, a metric with curves (`?`: or none), a list of
axes."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How the browser offers a kind for the runs on display.

    `label` is its name, `letter` stands for it in links. `needs` maps fields to the columns that a reader may choose,
    `names` to their labels. `title` and `axes` are made of the chosen columns, `{x}` or
    `{columns}`. `log`: whether axes may be logarithmic. `height` is the least height in pixels. `each`: a mark for each
    of a few runs, not for all on display. `drawer` is the script that draws it.
    """

    label: str
    letter: str
    needs: Mapping[str, Column]
    names: Mapping[str, str]
    title: str
    axes: Mapping[str, str]
    log: bool = False
    height: int = 240
    each: bool = False
    drawer: str = "vega-figure"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of chart.

    `design` makes its Altair chart, `fields` are those of its rows. `rows` makes the rows of the published spec from
    the data of a `Chart` (see `makers.py`), for kinds that pages draw at build time; `choice` is for those that readers
    make.
    `compiled`: the page draws it by Vega, or saves it as SVG by Vega.
    """

    name: str
    design: Callable[[alt.NamedData], Any]
    fields: tuple[str, ...]
    rows: Callable[[Sequence[Any]], Rows] | None = None
    choice: Choice | None = None
    compiled: bool = True
