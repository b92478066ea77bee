"""The leaderboard: the best run, the order behind it, what is left out, what differs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sitegen.analysis.best import rank
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.ranking import Verdict
from sitegen.analysis.runs_table import RunRow
from sitegen.pages.leaderboard import (
    LEADERS,
    MAX_DIFFERENCES,
    MAX_LEADERS,
    MAX_LEFT_OUT,
    Leaderboard,
    leaderboard_of,
    short,
    verdict_view,
)
from tests.analysis.builders import row, table


def board(*rows: RunRow, objective: str = "min loss", baseline: RunRow | None = None) -> Leaderboard:
    return leaderboard_of(rank(table(rows), parse_objective(objective)), "1", baseline)


def many(count: int) -> list[RunRow]:
    return [row(f"r{at:03}", {"loss": at + 0.5}) for at in range(count)]


def test_the_best_run_comes_first_and_the_others_say_how_far_behind_they_are() -> None:
    found = board(row("a", {"loss": 0.75}), row("b", {"loss": 0.5}))
    assert (found.title, found.name, found.href, found.value) == ("Best run", "b", "runs/b.html", "0.50")
    assert (found.verdict.name, found.verdict.line) == ("b", "loss 0.50 · 0.25 (33%) below a")
    assert [(one.rank, one.name, one.behind, one.is_best) for one in found.leaders] == [
        ("1", "b", "", True), ("2", "a", "0.25", False)
    ]  # fmt: skip
    assert (found.objective, found.permanent, found.has_behind) == ("lowest loss", "best/1.html", True)


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        ("max loss min", "highest loss (min over steps)"),
        ("min loss first", "lowest loss (first value)"),
        ("min loss mean", "lowest loss (mean)"),
    ],
)
def test_the_objective_says_its_reducer(objective: str, words: str) -> None:
    assert board(row("a", {"loss": 0.5}), objective=objective).objective == words


@pytest.mark.parametrize(
    ("count", "leaders", "more", "line"),
    [
        (LEADERS, LEADERS, 0, ""),
        (LEADERS + 1, LEADERS, 1, "1 more run"),
        (MAX_LEADERS, LEADERS, 16, "16 more runs"),
        (MAX_LEADERS + 1, LEADERS, 16, "17 more runs, the first 16 of them"),
    ],
)
def test_runs_behind_the_first_are_folded_and_bounded(count: int, leaders: int, more: int, line: str) -> None:
    found = board(*many(count))
    assert (len(found.leaders), len(found.more), found.more_line) == (leaders, more, line)


def test_runs_without_a_rank_are_listed_with_the_reason() -> None:
    found = board(*many(2), row("x", {"acc": 1.0}, name="lost"))
    assert [(one.name, one.href) for one in found.left_out] == [("lost", "runs/x.html")]
    assert "loss" in found.left_out[0].why and found.left_out_line == "1 unranked run"
    none = [row(f"x{at:03}") for at in range(MAX_LEFT_OUT + 1)]
    full = board(*many(2), *none)
    assert (len(full.left_out), full.left_out_line) == (MAX_LEFT_OUT, "51 unranked runs, the first 50 of them")
    assert board(*many(2)).left_out_line == ""


def test_params_that_differ_from_the_best_are_named_up_to_a_few() -> None:
    best = row("a", {"loss": 0.5}, params={"lr": "1", "same": "x", "only": "y"})
    other = row("b", {"loss": 0.75}, params={"lr": "2", "same": "x"} | {f"z{at}": "1" for at in range(4)})
    found = board(best, other)
    assert found.leaders[1].differs == (("lr", "2"), ("only", "not set"), ("z0", "1"), ("z1", "1"))
    assert len(found.leaders[1].differs) == MAX_DIFFERENCES and found.leaders[0].differs == () and found.has_differs
    assert not board(*many(2)).has_differs


def test_runs_are_compared_with_the_baseline() -> None:
    base = row("c", {"loss": 1.0}, name="a name that is much too long for the head of a column")
    found = board(row("a", {"loss": 0.5}), row("b", {"loss": 1.0}), base, row("d", {"loss": 2.0}), baseline=base)
    changes = {one.href: one.change for one in found.leaders}
    assert changes["runs/a.html"] == "0.5 (50%) better" and changes["runs/d.html"] == "1 (100%) worse"
    assert (changes["runs/b.html"], changes["runs/c.html"]) == ("equal", "the baseline")
    assert len(found.baseline) == 30 and found.baseline.endswith("…")
    lost = row("e", {"loss": float("nan")})
    assert board(*many(2), lost, baseline=lost).leaders[0].change == "baseline has no value"
    assert board(*many(2), row("f"), baseline=row("f")).leaders[0].change == "baseline has no value"
    assert (board(*many(2)).leaders[0].change, board(*many(2)).baseline) == ("", "")


def test_runs_that_share_the_first_rank_have_no_best_among_them() -> None:
    found = board(row("a", {"loss": 0.5}), row("b", {"loss": 0.5}), row("c", {"loss": 1.0}))
    assert (found.title, found.name, found.href, found.value) == ("Best runs", "", "", "0.5")
    assert (found.verdict.name, found.verdict.line) == ("", "a and b share the lowest loss: 0.5")
    assert [one.is_best for one in found.leaders] == [True, True, False]


def test_a_verdict_is_a_chip_and_a_class() -> None:
    ranking = rank(table(many(2)), parse_objective("min loss"))

    def of(lead: str, metric: str = "set") -> tuple[str, str, str]:
        view = verdict_view(replace(ranking, verdict=Verdict(lead, metric, "", "")))  # type: ignore[arg-type]
        return view.chip, view.kind, view.metric

    assert of("within noise") == ("Within noise", "within-noise", "")
    assert of("ahead, spread unknown", "guessed") == ("Ahead, spread unknown", "ahead", "metric guessed")
    assert of("only one run", "recorded") == ("Only one run", "only-one-run", "")


def test_a_text_is_cut_at_its_limit() -> None:
    assert (short("x" * 40), short("x" * 41), short("abcd", 3)) == ("x" * 40, "x" * 39 + "…", "ab…")
