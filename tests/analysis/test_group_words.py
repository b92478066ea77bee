"""What the means of groups allow a reader to conclude, in words."""

from __future__ import annotations

from sitegen.analysis.goals import Target
from sitegen.analysis.group_words import conclusions
from sitegen.analysis.ranking import Verdict
from sitegen.analysis.statistics import Mean

VERDICT = Verdict("clear", "set", "head", "The lead is clear.")
ACC = Target("acc", "max")
A, B = ("a", Mean(3, 0.9, 0.1, 0.8, 1.0)), ("b", Mean(3, 0.7, 0.1, 0.6, 0.8))


def test_without_groups_nothing_is_concluded() -> None:
    assert conclusions([], ACC, True, VERDICT) == (
        "No group has two runs with a value, so nothing can be said about their scatter."
    )


def test_one_group_is_compared_with_nothing() -> None:
    said = conclusions([A], ACC, False, VERDICT)
    assert said.startswith("a has on average a acc of 0.9 over 3 runs, 95% interval 0.8 to 1. The interval")
    assert "clear" not in said and "highest" not in said


def test_of_several_the_first_is_named_with_the_evidence() -> None:
    said = conclusions([A, B], ACC, False, VERDICT)
    assert said.startswith(
        "a has on average the highest acc: 0.9 over 3 runs, 95% interval 0.8 to 1. The lead is clear."
    )
    assert "lowest acc" in conclusions([B, A], Target("acc", "min"), False, VERDICT)


def test_folds_are_said_to_share_data_and_only_they() -> None:
    assert "Folds of one data set" in conclusions([A], ACC, True, VERDICT)
    assert "Folds" not in conclusions([A], ACC, False, VERDICT)


def test_a_mean_without_an_interval_is_a_number_alone() -> None:
    assert "a acc of 0.9. The" in conclusions([("a", Mean(1, 0.9))], ACC, False, VERDICT)


def test_long_labels_are_cut() -> None:
    assert "x" * 81 not in conclusions([("x" * 200, A[1])], ACC, False, VERDICT)
