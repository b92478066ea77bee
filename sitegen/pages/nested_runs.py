"""The nested runs of a run, and the params that differ between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sitegen.addresses import (
    Href,
    run_page,
)
from sitegen.analysis.digits import digits_of
from sitegen.analysis.labels import run_labels, value_labels
from sitegen.analysis.runs_table import RunRow, natural
from sitegen.analysis.words import duration, plural

CHILD_PARAMS = 5


@dataclass(frozen=True, slots=True)
class ChildLine:
    """A nested run in the table of its parent."""

    href: Href
    """Where its page is."""
    name: str
    """Its name."""
    status: str
    """MLflow's word for its status: `FINISHED`."""
    value: str
    """Its last value of the metric that tells the runs apart, rounded; empty if it has none."""
    value_full: str
    """The same value in all its digits."""
    params: tuple[str, ...]
    """Its values of the params that differ, in the order of the table's columns; empty if it lacks one."""
    duration: str
    """How long it took; empty if it did not end."""
    best: bool
    """Whether no other of these runs has a better value."""


@dataclass(frozen=True, slots=True)
class Children:
    """Nested runs of a run: the metric and params that tell them apart, and a line for each."""

    hint: str
    metric: str
    params: tuple[str, ...]
    lines: tuple[ChildLine, ...]


NO_CHILDREN = Children("", "", (), ())


def children_of(parent: RunRow, children: Sequence[RunRow], metric: str, better: str) -> Children:
    """The nested runs of `parent`, with the metric that ranks their experiment and the params that vary."""
    values = [(c, c.metrics[metric].last if metric in c.metrics else math.nan) for c in children]
    finite = [v for _, v in values if math.isfinite(v)]
    best = (min(finite) if better == "min" else max(finite)) if finite else None
    varying = _varying(children)[:CHILD_PARAMS]
    digits = digits_of(finite)
    names = run_labels((c.run_id, c.name) for c in children)
    looks = {key: value_labels({c.params[key] for c in children if key in c.params}) for key in varying}
    lines = tuple(
        ChildLine(
            href=run_page(c.run_id),
            name=names[c.run_id],
            status=c.status,
            value=digits.text(value) if metric in c.metrics else "",
            value_full=repr(value) if metric in c.metrics else "",
            params=tuple(looks[key][c.params[key]] if key in c.params else "" for key in varying),
            duration=duration(c.duration) if c.duration is not None else "",
            best=len(finite) > 1 and value == best,
        )
        for c, value in values
    )
    return Children(plural(len(children), "run"), metric if finite else "", tuple(varying), lines)


def _varying(rows: Sequence[RunRow]) -> list[str]:
    keys = sorted({key for row in rows for key in row.params}, key=natural)
    return [key for key in keys if len({row.params.get(key) for row in rows}) > 1]
