"""Whether metrics that should agree do."""

from __future__ import annotations

from sitegen.analysis.agreement import disagreement, of_tie
from sitegen.analysis.best import rank
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.ranking import Ranking
from tests.analysis.builders import row, table


def ranked(*pairs: tuple[float, float], other: str = "auc", objective: str = "max accuracy") -> Ranking:
    """Runs r0, r1, ... with an accuracy and another metric each."""
    rows = [row(f"r{at}", {"accuracy": own, other: value}) for at, (own, value) in enumerate(pairs)]
    return rank(table(rows), parse_objective(objective))


def behind(place: int, count: int, **more: str) -> Ranking:
    """The best of `count` runs has this place by the other metric."""
    others = [0.9 - at / 100 if at < place - 1 else 0.1 - at / 1000 for at in range(count - 1)]
    return ranked((0.99, 0.5), *[(0.5 - at / 100, value) for at, value in enumerate(others)], **more)


def test_a_best_run_that_is_far_behind_by_another_metric_is_told_of() -> None:
    assert disagreement(behind(6, 8)) == "It is only 6th of 8 by auc."
    assert disagreement(behind(22, 23)) == "It is only 22nd of 23 by auc."
    assert disagreement(behind(12, 13)) == "It is only 12th of 13 by auc."


def test_it_must_be_fourth_at_best_and_in_the_second_half() -> None:
    assert disagreement(behind(4, 7)) != ""
    assert disagreement(behind(4, 8)) == ""
    assert disagreement(behind(3, 5)) == ""


def test_few_runs_costs_other_data_and_several_metrics_say_nothing() -> None:
    assert disagreement(behind(5, 5)) != ""
    assert disagreement(behind(4, 4)) == ""
    assert disagreement(behind(6, 8, other="train_auc")) == ""
    assert disagreement(behind(6, 8, other="wombat")) == ""
    assert disagreement(behind(6, 8, objective="max accuracy, max auc")) == ""


def test_a_tie_is_looked_at_by_another_metric() -> None:
    assert of_tie(ranked((0.9, 0.7), (0.9, 0.8), (0.5, 0.9))) == "By auc r1 is ahead: 0.8."
    assert of_tie(ranked((0.9, 0.7), (0.9, 0.7))) == ""
    assert of_tie(ranked((0.9, 0.7), (0.8, 0.8))) == ""


def test_a_tie_at_the_level_of_guessing_is_said_to_be_one() -> None:
    assert of_tie(ranked((0.9, 0.5), (0.9, 0.5))) == "They may all give one answer only: their auc is 0.5."
    assert of_tie(ranked((0.9, 0.5), (0.9, 0.6))) == "By auc r1 is ahead: 0.6."
    assert of_tie(ranked((0.9, 0.0), (0.9, 0.0), other="f1")).endswith("their f1 is 0.")
