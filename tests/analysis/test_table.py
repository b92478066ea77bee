"""Rows and tables of runs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.analysis.runs_table import gather, metric_keys, natural, number_of, param_keys, row_of, tag_keys
from sitegen.model import ArtifactFolder, Dataset, DatasetInput, Experiment, Run
from tests.analysis.builders import history, row, summary, table


def test_a_row_holds_summaries_and_the_users_own_tags() -> None:
    run = Run(
        run_id="a1",
        experiment_id="1",
        name="owl",
        status="FINISHED",
        lifecycle_stage="active",
        start_time=1_700_000_001_000,
        end_time=1_700_000_004_500,
        user="ada",
        source_name="train.py",
        source_type="LOCAL",
        artifacts=ArtifactFolder("x"),
        params={"lr": "0.1"},
        tags={"mlflow.parentRunId": "p", "mlflow.source.git.commit": "c0ffee", "mlflowish": "kept", "team": "red"},
        metrics={"loss": history(2.0, 1.0), "empty": history(last=-1)},
        inputs=(DatasetInput(Dataset("iris", "d1", "local", "{}")),),
    )
    found = row_of(run, 3)
    assert found.tags == {"mlflowish": "kept", "team": "red"}
    assert found.metrics == {"loss": summary(2.0, 1.0)}
    assert (found.datasets, found.parent_id, found.git_commit) == ((("iris", "d1"),), "p", "c0ffee")
    assert (found.duration, found.artifact_count) == (3_500, 3)


def test_runs_come_newest_first_then_by_id_and_undated_last() -> None:
    rows = [row("b", start_time=5), row("z"), row("a", start_time=5), row("c", start_time=9), row("y")]
    assert [one.run_id for one in table(rows).rows] == ["c", "a", "b", "y", "z"]


def test_every_experiment_has_a_table_and_strangers_have_none() -> None:
    tables = gather([row("a"), row("b", experiment_id="9")], [Experiment("2", "empty"), Experiment("1", "demo")])
    assert [(one.experiment.name, len(one.rows)) for one in tables] == [("empty", 0), ("demo", 1)]


def test_keys_come_in_natural_order() -> None:
    rows = [
        row("a", {"m10": 1, "m2": 1}, params={"layer 10": "", "layer 2": ""}, tags={"b": ""}),
        row("b", {"M1": 1}, params={"layer 10": ""}, tags={"a": ""}),
    ]
    assert metric_keys(table(rows)) == ["M1", "m2", "m10"]
    assert param_keys(table(rows)) == ["layer 2", "layer 10"]
    assert tag_keys(table(rows)) == ["a", "b"]


def test_natural_order_of_long_strings_costs_little() -> None:
    long = "x1 " * 300_000
    start = time.process_time()
    assert sorted([long + "b", "x2", long + "a"], key=natural) == [long + "a", long + "b", "x2"]
    assert time.process_time() - start < 0.05


def test_natural_order_survives_endless_digits() -> None:
    assert sorted(["v" + "9" * 5_000, "v10", "v9", "v09"], key=natural)[:3] == ["v09", "v9", "v10"]


@given(st.lists(st.text(alphabet="a0١b1²9A ", max_size=6)))
def test_natural_order_compares_any_texts(texts: list[str]) -> None:
    backwards = texts[::-1]
    assert sorted(texts, key=natural) == sorted(backwards, key=natural)


@pytest.mark.parametrize(("text", "value"), [("0.1", 0.1), (" 3 ", 3.0), ("1e-05", 1e-5), ("-inf", float("-inf"))])
def test_params_that_are_numbers(text: str, value: float) -> None:
    assert number_of(text) == value


@pytest.mark.parametrize("text", ["", "True", "None", "1_000", "٣", "0x10", "[1]", "1,5"])
def test_params_that_are_no_numbers(text: str) -> None:
    assert number_of(text) is None
