"""The paths of many curves at once, as the text of an SVG's `d`: no number is formatted twice."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sitegen.charts.axes import Floats
from sitegen.charts.segments import Indices

_CURVE, _STRETCH, _LINE = b"\nM", b"M", b"l"
"""What stands before the first point of a curve, of a later stretch of it, and before the second point of either."""


def path_of(x: Floats, y: Floats) -> str:
    """A path through the points in tenths of a pixel, as moves from one to the next; broken where x or y is NaN."""
    return paths_of(x, y, np.array([0, len(x)]))[0]


def paths_of(x: Floats, y: Floats, bounds: Indices) -> list[str]:
    """The path of each of some curves (see `segments.py`); empty for one without a point that can be drawn."""
    paths = [""] * (len(bounds) - 1)
    at = np.flatnonzero(~(np.isnan(x) | np.isnan(y)))
    if not len(at):
        return paths
    curve = np.searchsorted(bounds, at, side="right") - 1
    new_curve = _differs(curve)
    starts = new_curve | _differs(at - np.arange(len(at)))
    moves = np.rint(np.stack([x[at], y[at]], axis=1) * 10).astype(np.int64)
    moves[1:] -= np.where(starts[1:, None], 0, moves[:-1])
    pieces = _text(moves, starts, new_curve).split("\n")
    for n, path in zip(curve[new_curve].tolist(), pieces[1:], strict=True):
        paths[n] = path
    return paths


def _differs(values: Any) -> NDArray[np.bool_]:
    """For each value, whether it differs from the one before it; the first one does."""
    return np.concatenate([[True], values[1:] != values[:-1]])


def _text(moves: Any, starts: NDArray[np.bool_], new_curve: NDArray[np.bool_]) -> str:
    """The paths of all curves, each after a line break. A stretch of one point is a line of no length: a dot."""
    ends = np.append(starts[1:], True)
    numbers = _numbers(max(int(moves.max()), -int(moves.min())))
    limit = len(numbers) // 2
    text = np.zeros(len(moves), [("mark", "S2"), ("x", numbers.dtype), ("y", numbers.dtype), ("end", "S2")])
    text["mark"] = np.where(new_curve, _CURVE, np.where(starts, _STRETCH, b""))
    text["mark"][1:][starts[:-1] & ~starts[1:]] = _LINE
    text["x"], text["y"] = numbers[moves[:, 0] + limit], numbers[moves[:, 1] + limit]
    text["end"][starts & ends] = b"h0"
    # Strings of fixed width are filled up with zero bytes.
    shown = text.tobytes().translate(None, b"\0").replace(b"M ", b"M").replace(b"l ", b"l")
    return shown.decode("ascii")


def _numbers(largest: int) -> Any:
    """Numbers from -n to n, n at least `largest`, as they stand behind another number."""
    return _number_table(-(-largest // 2048) * 2048)


@lru_cache(maxsize=8)
def _number_table(limit: int) -> Any:
    return np.array([tenths(n) if n < 0 else " " + tenths(n) for n in range(-limit, limit + 1)], dtype="S")


@lru_cache(maxsize=16384)
def tenths(number: int) -> str:
    """A whole number of tenths in the fewest characters: 15 is 1.5, -3 is -.3."""
    whole, rest = divmod(abs(number), 10)
    return ("-" if number < 0 else "") + (f"{whole or ''}.{rest}" if rest else str(whole))


def pixels(value: float) -> str:
    """A place in pixels, to a tenth."""
    return tenths(round(float(value) * 10))
