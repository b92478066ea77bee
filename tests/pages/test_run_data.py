"""The curves in the data files of runs, where their times are odd."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import pytest

from sitegen.pages import run_data
from sitegen.pages.run_data import MAX_TIME


@pytest.mark.parametrize("count", [3, 90])
def test_times_that_no_calendar_has_are_the_nearest_that_it_has(count: int) -> None:
    logged = ([-(2**63), 4_000_000, 2**63 - 1] * count)[:count]
    found = run_data._times(np.array(logged, np.int64))
    first, *steps = found["t"]
    unit = found.get("u", 1)
    times = list(accumulate([int(step) * unit for step in steps], initial=first))
    assert times[:3] == pytest.approx([-MAX_TIME, 4_000_000, MAX_TIME], abs=unit)
