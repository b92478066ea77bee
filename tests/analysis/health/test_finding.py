"""What all checks of health look at, and how a finding names runs."""

from __future__ import annotations

from sitegen.analysis.health.finding import NAMED, AffectedRun, Case, affected, named, times_of
from tests.analysis.builders import row


def test_a_run_that_sums_up_others_is_not_single() -> None:
    rows = [row("p"), row("a", parent_id="p"), row("b", parent_id="p"), row("c", parent_id="gone"), row("d")]
    found = Case(rows, None, None)
    assert [one.run_id for one in found.single] == ["a", "b", "c", "d"]
    assert {key: [one.run_id for one in nested] for key, nested in found.children.items()} == {"p": ["a", "b"]}
    assert found.objective is None


def test_the_first_runs_are_named_with_their_notes() -> None:
    rows = [row(f"r{at}") for at in range(NAMED + 1)]
    found = affected(rows, lambda one: f"note of {one.run_id}")
    assert len(found) == NAMED
    assert found[0] == AffectedRun("r0", "r0", "note of r0")
    assert affected(rows[:1]) == (AffectedRun("r0", "r0"),)
    assert affected([]) == ()


def test_keys_beyond_the_first_are_counted() -> None:
    assert named(["a", "b"], 2) == "a and b"
    assert named(["a", "b", "c"], 2) == "a, b and 1 more"
    assert "k" * 41 not in named(["k" * 100])


def test_the_times_of_a_run_are_start_end_and_last_points() -> None:
    run = row("a", {"loss": (1.0, 2.0)}, start_time=5, end_time=None)
    assert list(times_of(run)) == [5, 1010]
    assert list(times_of(row("b", start_time=0, end_time=9))) == [0, 9]
