"""Garbage collection is rare during a build, and as before after it."""

from __future__ import annotations

import gc

import pytest

from sitegen.build.collection import THRESHOLDS, collecting_rarely


def test_settings_of_the_caller_are_restored() -> None:
    before = gc.get_threshold()
    with pytest.raises(KeyError), collecting_rarely():
        assert gc.get_threshold() == THRESHOLDS != before
        raise KeyError
    assert gc.get_threshold() == before
