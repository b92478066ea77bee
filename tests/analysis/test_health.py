"""What is found wrong or odd about runs, and that nothing is said of runs that are well."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.analysis.best import rank
from sitegen.analysis.health import Health, HealthFinding, health_of, newest_time
from sitegen.analysis.health.endings import SILENCE
from sitegen.analysis.objective import choose_objective, parse_objective
from sitegen.analysis.runs_table import RunRow
from tests.analysis.builders import row, table
from tests.examples import examples

NAN, INF = float("nan"), float("inf")
NOON = 1_700_000_000_000
HOUR = 3_600_000


def health(rows: Iterable[RunRow], objective: str | None = "min loss", now: int | None = None) -> Health:
    runs = table(rows)
    ranking = rank(runs, parse_objective(objective)) if objective else None
    return health_of(runs, ranking, newest_time([runs]) if now is None else now)


def well(run_id: str, loss: float = 1.0, **fields: Any) -> RunRow:
    return row(run_id, {"loss": loss}, **{"start_time": NOON, "end_time": NOON + 1000, "git_commit": "abc", **fields})


def found(result: Health, kind: str) -> HealthFinding:
    (only,) = [finding for finding in result.findings if finding.kind == kind]
    return only


def kinds(result: Health) -> list[str]:
    return [finding.kind for finding in result.findings]


def notes(finding: HealthFinding) -> dict[str, str]:
    return {run.run_id: run.note for run in finding.runs}


def test_well_runs_have_no_findings() -> None:
    result = health([well("a"), well("b", 2.0, params={"lr": "1"}), well("c", 3.0, params={"lr": "2"})])
    assert result.findings == ()
    assert result.fine == "all 3 runs finished, no value is NaN or infinite and no run repeats another"


def test_an_experiment_without_runs_is_silent() -> None:
    assert health([]) == Health((), "")


def test_deleted_runs_are_not_looked_at() -> None:
    assert health([well("a"), well("b", NAN, status="FAILED", lifecycle_stage="deleted")]).findings == ()


# How runs ended


def test_failed_runs_are_a_problem_and_killed_ones_a_hint() -> None:
    rows = [well(f"f{at}", status="FAILED") for at in range(7)] + [well("k", status="KILLED"), well("ok")]
    result = health(rows)
    failed = found(result, "failed")
    assert (failed.severity, failed.count, failed.sentence) == ("problem", 7, "7 of 9 runs failed.")
    assert [run.run_id for run in failed.runs] == ["f0", "f1", "f2", "f3", "f4"]
    assert (found(result, "killed").severity, found(result, "killed").sentence) == ("hint", "1 of 9 runs was killed.")
    assert [finding.severity for finding in result.findings] == ["problem", "hint"]
    assert (result.problems, result.hints) == ((failed,), (found(result, "killed"),))


@pytest.mark.parametrize(("silent", "dead"), [(SILENCE, False), (SILENCE + 1, True)])
def test_a_running_run_is_dead_after_a_day_without_a_sign(silent: int, dead: bool) -> None:
    running = row("r", status="RUNNING", start_time=NOON)
    result = health([running, well("a", start_time=NOON + silent, end_time=None)])
    assert ("silent" in kinds(result)) == dead


def test_the_last_metric_is_a_sign_of_life_and_the_clock_is_not_asked() -> None:
    running = well("r", status="RUNNING", end_time=None)
    heard = replace(running, metrics={"loss": running.metrics["loss"]._replace(last_time=NOON + 40 * HOUR)})
    now = NOON + 50 * HOUR
    assert kinds(health([well("a"), running], now=now)) == ["silent"]
    assert kinds(health([well("a"), heard], now=now)) == []


def test_nested_runs_are_a_sign_of_life() -> None:
    parent = row("p", status="RUNNING", start_time=NOON)
    child = row("c", {"loss": 1}, parent_id="p", start_time=NOON + 60 * HOUR, end_time=NOON + 61 * HOUR)
    assert "silent" not in kinds(health([parent, child], now=NOON + 62 * HOUR))


def test_a_silent_run_says_for_how_long() -> None:
    result = health([row("r", status="RUNNING", start_time=NOON)], now=NOON + 50 * HOUR)
    silent = found(result, "silent")
    assert silent.sentence == "1 run looks stalled: no update for 2 days."
    assert notes(silent) == {"r": "silent for 2 d 2 h"}


def test_the_newest_time_leaves_out_times_in_other_units() -> None:
    rows = [well("a"), well("b", end_time=NOON * 1000), well("c", start_time=None, end_time=None)]
    assert newest_time([table(rows)]) == NOON + 1000
    assert newest_time([table([row("x", {"loss": 1})])]) is None
    assert newest_time([]) is None


def test_times_that_cannot_be_are_hints() -> None:
    rows = [
        well("back", end_time=NOON - 1),
        well("seconds", start_time=NOON // 1000),
        well("micro", end_time=NOON * 1000),
    ]
    sentences = [finding.sentence for finding in health(rows).findings if finding.kind == "clock"]
    assert sentences == ["1 run ended before it began.", "2 runs began or ended before 2000 or after 2100."]


def test_empty_runs() -> None:
    rows = [well("ok"), row("nothing"), row("files", artifact_count=1), row("young", status="RUNNING"), row("parent"),
            row("child", {"loss": 1}, parent_id="parent")]  # fmt: skip
    empty = found(health(rows), "empty")
    assert notes(empty) == {"nothing": ""}


# Values


def test_values_that_end_as_nan_are_a_problem_and_say_where_it_began() -> None:
    rows = [
        row("a", {"loss": (1.0, NAN, NAN), "acc": (INF, 1.0)}),
        row("b", {"loss": 1.0, "score": NAN}),
        row("c", {"loss": (1.0, NAN, 2.0)}),
        row("d", {"loss": 1.0}),
    ]
    result = health(rows)
    ended = found(result, "values")
    assert (ended.severity, ended.count) == ("problem", 2)
    assert ended.sentence == "2 runs ended with NaN or an infinite value: loss and score."
    assert notes(ended) == {"a": "loss, first at step 1", "b": "score is NaN"}
    passing = found(result, "passing")
    assert (passing.severity, notes(passing)) == ("hint", {"c": "loss, first at step 1"})
    assert "NaN" not in result.fine


def test_metrics_that_some_runs_lack() -> None:
    rows = [row(str(at), {"loss": 1, "acc": 1}) for at in range(8)]
    rows += [row("no-loss", {"acc": 1}), row("no-acc", {"loss": 1}), row("failed", {"x": 1}, status="FAILED")]
    rows += [row("extra", {"loss": 1, "acc": 1, "rare": 1, "system/gpu": 1})]
    result = health(rows)
    objective = found(result, "objective")
    assert (objective.severity, objective.sentence) == ("problem", "1 of 11 finished runs never logged loss.")
    assert notes(objective) == {"no-loss": ""}
    assert found(result, "metrics").sentence == "1 of 11 finished runs lack what most have: acc."
    assert notes(found(result, "metrics")) == {"no-acc": ""}


def test_a_search_need_not_have_what_its_trials_have() -> None:
    rows = [row("search", {"best_loss": 1}), *(row(str(at), {"loss": at}, parent_id="search") for at in range(3))]
    assert "objective" not in kinds(health(rows)) and "metrics" not in kinds(health(rows))


# Runs beside each other


def test_the_same_run_twice() -> None:
    same = {"params": {"lr": "1"}, "source_name": "train.py"}
    rows = [
        row("old", {"loss": (2, 1), "time": 5}, start_time=NOON, **same),
        row("new", {"loss": (2, 1), "time": 6}, start_time=NOON + 1, **same),
        row("other-way", {"loss": (3, 1)}, **same),
        row("other-code", {"loss": (2, 1)}, git_commit="x", **same),
        row("other-data", {"loss": (2, 1)}, datasets=(("d", "1"),), **same),
        row("other-params", {"loss": (2, 1)}, params={"lr": "2"}, source_name="train.py"),
    ]
    twice = found(health(rows), "duplicates")
    assert notes(twice) == {"new": "as old"}
    assert twice.sentence == "1 run repeats another one: same params, source, data and values."


def test_nan_is_as_nan_was() -> None:
    rows = [row(name, {"loss": NAN}, params={"lr": "1"}) for name in "ab"]
    assert found(health(rows), "duplicates").count == 1


def test_runs_that_tell_too_little_are_not_called_the_same() -> None:
    nameless = [row(name, {"loss": 1}) for name in "ab"]
    unmeasured = [row(name, {"train_time": 1}, params={"lr": "1"}) for name in "cd"]
    empty = [row(name, params={"lr": "1"}) for name in "ef"]
    assert "duplicates" not in kinds(health([*nameless, *unmeasured, *empty]))


def test_params_that_never_vary() -> None:
    rows = [well(str(at), at, params={"lr": str(at), "epochs": "3", **({"odd": "1"} if at else {})}) for at in range(3)]
    constant = found(health(rows), "constant")
    assert (constant.count, constant.runs, constant.sentence) == (1, (), "1 param never varies: epochs.")
    many = [well(str(at), at, params={f"p{key}": "1" for key in range(12)}) for at in range(2)]
    assert found(health(many), "constant").sentence == "12 params never vary: p0, p1, p2, p3, p4 and 7 more."


def test_commits() -> None:
    some = found(health([well("a"), well("b", 2.0, git_commit="")]), "commit")
    assert (some.sentence, notes(some), some.severity) == ("1 of 2 runs have no git commit.", {"b": ""}, "hint")
    none = found(health([well("a", git_commit="")]), "commit")
    assert (none.sentence, none.runs) == ("No run says from which git commit it was made.", ())
    trials = [well("search"), well("trial", 2.0, git_commit="", parent_id="search")]
    assert kinds(health(trials)) == []


# Data


def data(*used: tuple[str, str]) -> dict[str, Any]:
    return {"datasets": used}


def test_versions_of_a_dataset_are_a_problem() -> None:
    rows = [well(str(at), at, **data(("train.csv", "d1"))) for at in range(3)] + [
        well("x", 9, **data(("train.csv", "d2")))
    ]
    unlike = found(health(rows), "datasets")
    assert (unlike.severity, unlike.count, notes(unlike)) == ("problem", 1, {"x": "d2"})
    assert unlike.sentence == "4 ranked runs used 2 versions of the dataset train.csv: d1 in 3 runs; d2 in 1 run."


def test_different_datasets_are_a_problem() -> None:
    unlike = found(health([well("a", **data(("x", "1"))), well("b", 2, **data(("y", "1")))]), "datasets")
    assert unlike.sentence == "2 ranked runs used 2 different sets of data: x (1) in 1 run; y (1) in 1 run."
    rows = [well("a", **data(("x", "1"), ("y", "1"))), well("b", 2, **data(("x", "2"), ("y", "1")))]
    assert "2 versions of the same datasets" in found(health(rows), "datasets").sentence


def test_the_same_data_is_no_problem() -> None:
    rows = [well("all", **data(("x", "1"), ("y", "1"))), well("part", 2, **data(("x", "1"))), well("unsaid", 3)]
    assert kinds(health(rows)) == []
    unranked = [well("a", **data(("x", "1"))), well("f", 2, status="FAILED", **data(("x", "2")))]
    assert kinds(health(unranked)) == ["failed"]


def test_a_digest_for_every_run_is_said_shortly() -> None:
    rows = [well(str(at), at, **data(("x", f"digest-{at:03}"))) for at in range(200)]
    unlike = found(health(rows), "datasets")
    assert unlike.sentence.endswith("; 197 more.") and unlike.count == 199


# Whatever comes

times = st.one_of(st.none(), st.integers(-(10**20), 10**20), st.integers(NOON, NOON + 200 * HOUR))
values = st.one_of(st.sampled_from([NAN, INF, -INF, 0.0, 1.5]), st.floats())
words = st.text(max_size=3)


@st.composite
def any_row(draw: st.DrawFn, run_id: str) -> RunRow:
    return row(
        run_id,
        draw(st.dictionaries(st.sampled_from(["loss", "acc", "time", "é\x00"]), st.one_of(values, st.tuples(values, values)))),
        name=draw(words),
        status=draw(st.sampled_from(["FINISHED", "FAILED", "KILLED", "RUNNING", "", "☠"])),
        start_time=draw(times),
        end_time=draw(times),
        params=draw(st.dictionaries(words, words, max_size=2)),
        parent_id=draw(st.sampled_from([None, "0", "1", "nobody"])),
        datasets=tuple(draw(st.lists(st.tuples(words, words), max_size=2))),
        lifecycle_stage=draw(st.sampled_from(["active", "active", "deleted"])),
        git_commit=draw(st.sampled_from(["", "abc"])),
    )  # fmt: skip


@settings(max_examples=examples(1.5))
@given(st.integers(0, 8).flatmap(lambda n: st.tuples(*(any_row(str(at)) for at in range(n)))))
def test_no_rows_make_it_raise(rows: tuple[RunRow, ...]) -> None:
    runs = table(rows)
    objective = choose_objective(runs)
    result = health_of(runs, rank(runs, objective) if objective else None, newest_time([runs]))
    for finding in result.findings:
        assert finding.sentence.endswith(".") and finding.advice.endswith(".")
        assert len(finding.runs) <= finding.count
