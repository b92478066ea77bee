"""The kinds of charts (`kinds.py`) as they are committed in `kinds.json`, which `compile.py` makes: without data.

`with_data` puts the rows and titles of one chart into the spec of its kind.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

KINDS_FILE = Path(__file__).with_name("kinds.json")
LOG_TICKS = 3
"""The tick count requested from Vega on a log axis: with more, it draws a line for every digit of a decade."""


class Kinds(NamedTuple):
    """All kinds of charts by name: their Vega-Lite specs, and those that the page draws by Vega, compiled."""

    specs: dict[str, dict[str, Any]]
    compiled: dict[str, dict[str, Any]]


@cache
def load_kinds() -> Kinds:
    """The content of `kinds.json`, which callers must not change."""
    return Kinds(**json.loads(KINDS_FILE.read_text("utf-8")))


def spec(kind: str) -> dict[str, Any]:
    """The complete Vega-Lite spec of `kind`, with a data set named `data` and no rows; the caller's own copy."""
    return deepcopy(load_kinds().specs[kind])


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
    empty = load_kinds().specs[kind]
    made: dict[str, Any] = {"$schema": empty["$schema"], "title": title} | empty
    made["data"] = {
        "values": [
            {key: None if isinstance(value, float) and not isfinite(value) else value for key, value in row.items()}
            for row in rows
        ]
    }
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
