"""The Vega-Lite spec of each kind of chart (`kinds.py`): made once a process, without data.

`with_data` puts in the rows and titles of one chart, which costs about a hundredth of making the spec anew.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from sitegen.charts.kinds import KIND_OF, KINDS
from sitegen.charts.style import COLOURS, PALETTE

if TYPE_CHECKING:
    import altair as alt

WIDTH = 640
LOG_TICKS = 3
"""The tick count requested from Vega on a log axis: with more, it draws a line for every digit of a decade."""


def spec(kind: str) -> dict[str, Any]:
    """The complete Vega-Lite spec of `kind`, with a data set named `data` and no rows; the caller's own copy."""
    return deepcopy(_spec(kind))


def with_data(
    kind: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    title: str = "",
    x_title: str = "",
    y_title: str = "",
    log_x: bool = False,
    log_y: bool = False,
    dates: bool = False,
) -> dict[str, Any]:
    """The spec of one chart: rows (see `Kind.fields`) and titles in the spec of `kind`; NaN and infinities become null.

    `dates`: x is milliseconds since 1970.
    """
    empty = _spec(kind)
    made: dict[str, Any] = {"$schema": empty["$schema"], "title": title} | empty
    made["data"] = {"values": [{key: _json(value) for key, value in row.items()} for row in rows]}
    titles = {"x": (x_title, log_x), "y": (y_title, log_y)}
    if "layer" in made:
        made["layer"] = [layer | {"encoding": _titled(layer["encoding"], titles)} for layer in made["layer"]]
    else:
        made["encoding"] = _titled(made["encoding"], titles)
        if dates:
            made["encoding"]["x"] = made["encoding"]["x"] | {"type": "temporal", "scale": {"type": "utc"}}
    return made


def _titled(encoding: dict[str, Any], titles: Mapping[str, tuple[str, bool]]) -> dict[str, Any]:
    encoding = dict(encoding)
    for channel, (title, log) in titles.items():
        if channel in encoding:
            encoding[channel] = encoding[channel] | {"title": title or None}
        if channel in encoding and log:
            encoding[channel] = encoding[channel] | {"scale": {"type": "log"}, "axis": {"tickCount": LOG_TICKS}}
    return encoding


def _json(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def specs() -> dict[str, dict[str, Any]]:
    """The spec of every kind, for another process to `use`."""
    return {kind.name: _spec(kind.name) for kind in KINDS}


def use(made: Mapping[str, dict[str, Any]]) -> None:
    """Use the specs that another process made: importing Altair takes longer than all the charts of a small store."""
    _made.update(made)


_made: dict[str, dict[str, Any]] = {}


def _spec(kind: str) -> dict[str, Any]:
    if kind not in _made:
        _made[kind] = _altair_spec(kind)
    return _made[kind]


def _altair_spec(kind: str) -> dict[str, Any]:
    import altair as alt

    chart = KIND_OF[kind].design(alt.NamedData(name="data"))
    made: dict[str, Any] = chart.properties(width=WIDTH, autosize=_fit()).configure(**_config()).to_dict()
    return made


def _fit() -> alt.AutoSizeParams:
    import altair as alt

    return alt.AutoSizeParams(type="fit-x", contains="padding")


def _config() -> dict[str, Any]:
    """Hairlines, quiet text, no frame, in the light palette."""
    line, muted, fg = (PALETTE[name][0] for name in ("line", "muted", "fg"))
    axis = {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": muted,
        "titleColor": muted,
        "gridColor": line,
        "tickColor": line,
        "domainColor": muted,
        "titlePadding": 8,
    }
    return {
        "font": "system-ui, sans-serif",
        "padding": 8,
        "background": PALETTE["bg"][0],
        "view": {"stroke": None},
        "axis": axis,
        "axisY": {"domain": False, "ticks": False, "labelPadding": 8, "labelLimit": 220},
        "title": {"anchor": "start", "fontSize": 14, "fontWeight": 600, "color": fg},
        "legend": {"labelFontSize": 12, "labelColor": fg, "titleColor": muted, "labelLimit": 300},
        "range": {"category": [PALETTE[name][0] for name in COLOURS]},
    }
