"""What the data file of an experiment has for queries, and what it leaves out."""

from __future__ import annotations

from typing import Any

from sitegen.analysis.runs_table import MLFLOW_RECORDS, row_of, without_records
from sitegen.pages.data import experiment_data
from sitegen.pages.searchable import searchable
from tests.analysis.builders import row, table
from tests.query.vectors import run_of, vectors


def data_of(*rows: Any) -> tuple[dict[str, dict[str, Any]], list[list[str]]]:
    """The columns in `more` by group, name and reducer, and what repeats what."""
    made = table(rows)
    data: Any = searchable(experiment_data(made, None), made)
    return {":".join(filter(None, (c["g"], c["n"], c.get("r", "")))): c for c in data.get("more", [])}, data.get(
        "same", []
    )


def test_what_says_nothing_is_left_out() -> None:
    assert data_of(row("a", {"loss": 1.0}), row("b")) == ({}, [])


def test_tags_that_repeat_a_column_are_only_named() -> None:
    more, same = data_of(
        row(
            "a",
            name="one",
            user="ada",
            mlflow_tags={"mlflow.runName": "one", "mlflow.user": "ada", "mlflow.note.content": "hi"},
        ),
        row("b", name="two", user="", mlflow_tags={"mlflow.runName": "two"}),
        row(
            "c",
            name="three",
            user="bob",
            parent_id="a",
            mlflow_tags={"mlflow.runName": "three", "mlflow.user": "bob", "mlflow.parentRunId": "a"},
        ),
    )
    assert same == [["mlflow.parentRunId", "parent"], ["mlflow.runName", "name"], ["mlflow.user", "user"]]
    assert list(more) == ["tag:mlflow.note.content"]


def test_a_tag_that_differs_once_has_a_column_of_its_own() -> None:
    more, same = data_of(
        row("a", name="one", mlflow_tags={"mlflow.runName": "other"}),
        row("b", name="two", mlflow_tags={"mlflow.runName": "two"}),
    )
    assert (same, more["tag:mlflow.runName"]["v"]) == ([], ["other", "two"])


def test_artifact_uris_share_a_word() -> None:
    more, _ = data_of(*(row(f"r{i}", artifact_uri=f"s3://b/1/r{i}/artifacts") for i in range(4)))
    assert more["run:artifact_uri"] == {
        "g": "run",
        "n": "artifact_uri",
        "t": "d",
        "u": ["s3://b/1/{run_id}/artifacts"],
        "v": [0, 0, 0, 0],
    }


def test_datasets_stages_and_reducers_of_curves() -> None:
    more, _ = data_of(
        row(
            "a",
            {"loss": (3.0, 1.0, 2.0), "system/cpu": (1.0, 2.0)},
            datasets=(("d", "1"),),
            dataset_contexts=("train",),
        ),
        row("b", {"loss": 5.0}, lifecycle_stage="deleted"),
    )
    assert more["run:datasets"]["u"] == ['[["d","1","train"]]']
    assert more["run:lifecycle_stage"]["u"] == ["active", "deleted"]
    assert (more["metric:loss:first"]["v"], more["metric:loss:mean"]["v"]) == ([3, 5], [2, 5])
    assert (more["metric:loss:count"]["t"], more["metric:loss:count"]["v"]) == ("i", [3, -2])
    assert not [key for key in more if "system" in key]


def test_rows_keep_mlflows_tags_but_not_its_records() -> None:
    record = next(r for r in vectors()["runs"] if "mlflow.log-model.history" in r["tags"])
    full = row_of(run_of(record), 0)
    assert {key for key in record["tags"] if key.startswith("mlflow.")} == set(full.mlflow_tags)
    assert (
        set(full.mlflow_tags) - set(without_records(full).mlflow_tags) == {"mlflow.log-model.history"} & MLFLOW_RECORDS
    )
    assert not [key for key in full.tags if key.startswith("mlflow.")]
