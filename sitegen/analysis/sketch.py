"""A metric's history as a few letters: how high it stood along its points, for the small curves in the runs table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sitegen.model import MetricHistory

LEVELS = "0123456789abcdefghijklmnopqrstuvwxyz"
"""The letters, lowest first."""
_LETTERS = np.frombuffer(LEVELS.encode(), np.uint8)
GAP = "."
"""The letter of a part without a finite value."""
PARTS = 16


MAX_POINTS = 2**18
"""Points whose sketches are made at once."""


def sketch(history: MetricHistory) -> str:
    """At most `PARTS` letters, one for each of as many equal parts of the history's points: the mean of its finite
    values between the smallest and the largest of these means. A flat curve is drawn in the middle."""
    return sketches([history])[0]


def sketches_of_runs(runs: Iterable[Mapping[str, MetricHistory]]) -> Iterator[dict[str, str]]:
    """The sketches of each run, from its metrics: of those with several points that are not of the system."""
    waiting: list[list[MetricHistory]] = []
    points = 0
    for metrics in runs:
        waiting.append([h for key, h in metrics.items() if len(h) > 1 and not key.startswith("system/")])
        points += sum(map(len, waiting[-1]))
        if points > MAX_POINTS:
            yield from _by_run(waiting)
            waiting, points = [], 0
    yield from _by_run(waiting)


def _by_run(runs: Sequence[Sequence[MetricHistory]]) -> Iterator[dict[str, str]]:
    made = iter(sketches([history for histories in runs for history in histories]))
    for histories in runs:
        yield {history.key: next(made) for history in histories}


def sketches(histories: Sequence[MetricHistory]) -> list[str]:
    """`sketch` of each of some histories, at a fraction of the cost of one after the other."""
    filled = [history.values for history in histories if len(history)]
    made = iter(_sketches(filled) if filled else ())
    return [next(made) if len(history) else "" for history in histories]


def _sketches(curves: Sequence[NDArray[np.float64]]) -> Iterator[str]:
    """The sketch of each curve, none of them empty."""
    lengths = np.array([len(values) for values in curves])
    counts = np.minimum(PARTS, lengths)
    ends = np.cumsum(counts)
    first = ends - counts
    part = np.arange(ends[-1]) - np.repeat(first, counts)
    starts = np.repeat(np.cumsum(lengths) - lengths, counts) + part * np.repeat(lengths, counts) // np.repeat(
        counts, counts
    )
    means = _means(np.concatenate(curves), starts)
    known = np.isfinite(means)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        low, high = (find.reduceat(np.where(known, means, np.nan), first) for find in (np.fmin, np.fmax))
        share = (means - np.repeat(low, counts)) / np.repeat(high - low, counts)
    shown = np.where(np.repeat(high > low, counts), share, 0.5)
    levels = np.rint(np.where(known, shown, 0) * (len(LEVELS) - 1)).astype(int)
    text = np.where(known, _LETTERS[levels], ord(GAP)).astype(np.uint8).tobytes().decode("ascii")
    return (text[a:b] for a, b in zip(first.tolist(), ends.tolist(), strict=True))


def _means(values: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Half the mean of the finite values from each of `starts` to the next; not finite where there are none.

    Halved, so that neither a sum of two large values nor the distance of the extremes overflows by itself.
    """
    finite = np.isfinite(values)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        sums = np.add.reduceat(np.where(finite, values / 2, 0.0), starts)
        return np.asarray(sums / np.add.reduceat(finite.astype(np.float64), starts))
