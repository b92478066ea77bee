"""A verdict in words: its line, its evidence, its notes."""

from __future__ import annotations

from sitegen.analysis.best import rank
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.ranking import Ranking
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.spread import Noise
from sitegen.analysis.verdict_words import evidence, headline, notes
from tests.analysis.builders import row, table


def ranked(*rows: RunRow, objective: str = "min loss") -> Ranking:
    return rank(table(rows), parse_objective(objective))


def run(run_id: str, loss: float, **fields: object) -> RunRow:
    return row(run_id, {"loss": loss}, **fields)


TWO = (run("a", 1.0), run("b", 2.0))


def test_the_line_names_the_best_its_value_and_its_lead() -> None:
    assert headline(ranked(*TWO)) == "a · loss 1 · 1 (50%) below b"
    assert headline(ranked(TWO[0])) == "a · loss 1"
    assert headline(ranked(row("x", {}))) == "No run has a loss that can be compared"
    assert headline(ranked(run("a", 1.0), run("b", 1.0), run("c", 2.0))) == "a and b share the lowest loss: 1"


def test_the_line_of_several_metrics_has_no_lead() -> None:
    rows = [row("a", {"acc": 0.9, "ms": 9.0}), row("b", {"acc": 0.8, "ms": 5.0})]
    both = "max acc, min ms"
    assert headline(ranked(*rows, objective=both)) == "2 runs on the Pareto front of acc and ms"
    assert headline(ranked(rows[0], row("z", {"acc": 0.1, "ms": 10.0}), objective=both)) == "a · acc 0.9 · ms 9"


def test_the_evidence_says_why_the_lead_is_what_it_is() -> None:
    found = ranked(*TWO)
    assert evidence(found, "only one run", None, 0.0) == "There is no other run to compare it with."
    assert evidence(found, "tie", None, 0.0) == "Nothing in this metric tells them apart."
    assert evidence(found, "unknown", None, 0.0).startswith("How far results scatter is unknown")


def test_a_lead_is_held_against_the_margin() -> None:
    noise, grouped = Noise(0.1, 4), judged_by_seeds()
    assert "is beyond noise" in evidence(grouped, "clear", noise, 0.5)
    assert evidence(grouped, "clear", noise, 0.5).endswith("so one above 0.5 is hardly chance.")
    assert evidence(grouped, "within noise", noise, 1.0).endswith("so one below 1 may be chance.")
    assert "a run further behind" in evidence(grouped, "within noise", noise, 0.999)
    assert "logged standard deviation 0.1 over 5 folds each of 2 results" in evidence(grouped, "clear", noise, 0.5)


def judged_by_seeds() -> Ranking:
    """Two results that logged their deviation, 1 apart."""
    return ranked(*[row(name, {"loss": loss, "loss_std": 0.1}) for name, loss in (("a", 1.0), ("b", 2.0))])


def test_no_verdict_says_what_is_missing() -> None:
    assert evidence(ranked(row("x", {})), "no verdict", None, 0.0) == "No run can be compared."
    rows = [row("a", {"acc": 0.9, "ms": 9.0}), row("b", {"acc": 0.8, "ms": 5.0})]
    front = ranked(*rows, objective="max acc, min ms")
    assert evidence(front, "no verdict", None, 0.0) == "Which of them is best depends on what each metric is worth."
    assert evidence(ranked(*TWO), "no verdict", None, 0.0) == "No run has finished, so none is called the best yet."


def test_an_unfinished_run_that_is_better_or_nearer_is_told_of() -> None:
    def said(loss: float) -> str:
        return " ".join(notes(ranked(*TWO, run("c", loss, status="RUNNING"))))

    assert said(0.5).startswith("c reached 0.5 but ") and said(0.5).endswith(", so it does not count.")
    assert said(1.5).startswith("c comes closer (1.5) but ")
    assert said(2.0) == ""


def test_several_unfinished_runs_are_counted() -> None:
    rivals = [run(f"u{at}", 0.1 * (at + 1), status="RUNNING") for at in range(4)]
    (note,) = notes(ranked(*TWO, *rivals))
    assert note == "4 unfinished runs are better (0.1, 0.2, 0.3, …) but do not count."
    (note,) = notes(ranked(*TWO, rivals[0], run("near", 1.5, status="RUNNING")))
    assert note == "2 unfinished runs come closer (0.1, 1.5) but do not count."


def test_a_better_run_outside_a_limit_is_told_of() -> None:
    rows = [
        row("slow", {"loss": 0.5, "ms": 9.0}),
        row("a", {"loss": 1.0, "ms": 1.0}),
        row("b", {"loss": 2.0, "ms": 1.0}),
    ]
    (note,) = notes(ranked(*rows, objective="min loss with ms < 5"))
    assert note.startswith("slow reached 0.5 but ")


def test_that_most_runs_lack_the_metric_is_said_only_of_most() -> None:
    missing = [row(f"m{at}", {}) for at in range(3)]
    assert notes(ranked(*TWO, *missing[:2])) == ()
    assert notes(ranked(*TWO, *missing)) == ("Only 2 of 5 runs have a loss.",)
