"""Garbage collection during a build: rarer, since a build makes many objects that live until its end and few cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (50_000, 20, 50)
"""Objects and younger collections after which Python looks for cycles: rarely, since a build makes hardly any."""


def collect_rarely() -> None:
    """For the rest of this process; what is loaded by now lives as long and is left out altogether."""
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Until the block ends, in the process of a caller who may have settings of their own."""
    before = gc.get_threshold()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
