"""Damaged stores: a build ends with a site or a sentence, and shows every run that the damage did not touch."""

from __future__ import annotations

import random
from pathlib import Path

from tests.fuzz.builds import Outcome, is_a_sentence
from tests.fuzz.damaged import damaged_stores, missing_runs
from tests.fuzz.mutations import mutate_bytes

STORES = 45


def test_a_build_of_a_damaged_store_shows_what_can_be_read_or_says_why_not(tmp_path: Path) -> None:
    found = [f"{name}: {fault}" for name, faults in damaged_stores(tmp_path, range(STORES), seed=1) for fault in faults]
    assert found == []


def test_the_same_seed_damages_alike_and_damage_is_damage() -> None:
    data = b"artifact_uri: x\n" * 9
    assert mutate_bytes(data, random.Random("1/2")) == mutate_bytes(data, random.Random("1/2"))
    assert sum(mutate_bytes(data, random.Random(number)) != data for number in range(50)) > 45


def test_what_counts_as_a_fault(tmp_path: Path) -> None:
    """The checks themselves: a missing run, a traceback, a wrong exit code, a message that is not one line."""
    whole = Outcome(0, "Built site", "", 0.1)
    assert whole.faults() == []
    assert missing_runs(whole, tmp_path, {"a"}) == ["run a is missing"]
    assert missing_runs(Outcome(4, "", "Error: x cannot be read.", 0.1), tmp_path, {"a"}) != []
    for bad in (
        Outcome(1, "", "Error: something that is long enough.", 0.1),
        Outcome(4, "", "", 0.1),
        Outcome(4, "", "Traceback (most recent call last):\n  x", 0.1),
        Outcome(0, "", "", 11),
        Outcome(1, "", "", 0.1, crash="KeyError"),
    ):
        assert bad.faults() != [], bad
    assert is_a_sentence("Error: mlruns is empty; give a folder.\n")
