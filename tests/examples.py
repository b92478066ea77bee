"""How many examples a property test tries: a budget for all of them, which `--examples N` widens."""

from __future__ import annotations

from hypothesis import settings

BUDGET = 30
"""Examples of a property test where nothing else is said: enough to notice a fault, few enough for every commit."""


def examples(times: float) -> int:
    """The number of examples of a test that tries `times` as many as others."""
    return max(1, round(settings.default.max_examples * times))
