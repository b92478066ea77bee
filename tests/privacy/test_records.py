"""Each kind of record, cleaned: the same object where nothing had to change, and findings that name the record."""

from __future__ import annotations

from pathlib import Path

from sitegen.model import ArtifactFolder, Experiment, RegisteredModel
from sitegen.privacy.private import storage_of
from sitegen.privacy.profile import Hidden, Privacy
from sitegen.privacy.records import clean_experiment, clean_registered_model, clean_run, clean_text
from tests.privacy.test_privacy import make_run

PUBLIC, INTERNAL = Privacy("public"), Privacy("internal")
TOKEN = "gh" + "p_" + "Ab1" * 12


def test_a_clean_run_is_the_same_object() -> None:
    run = make_run(params={"lr": "0.1"}, tags={"team": "vision"})
    assert clean_run(run, PUBLIC) == (run, [])
    assert clean_run(run, PUBLIC)[0] is run


def test_a_fact_that_mlflow_writes_twice_is_counted_once() -> None:
    hidden = Hidden()
    tags = {"mlflow.user": "alice", "mlflow.source.name": "/srv/x/train.py"}
    run, _ = clean_run(make_run(user="alice", source_name="/srv/x/train.py", tags=tags), PUBLIC, hidden)
    assert (run.user, run.source_name) == ("", "train.py")
    assert hidden == {"user names": 1, "paths": 1}
    hidden = Hidden()
    clean_run(make_run(user="alice", source_name="/srv/x/train.py"), PUBLIC, hidden)
    assert hidden == {"user names": 1, "paths": 1}


def test_findings_name_the_record_and_the_field() -> None:
    _, found = clean_run(make_run(name=TOKEN), INTERNAL)
    assert [one.where for one in found] == ["run r1: name"]
    _, found = clean_experiment(Experiment("7", TOKEN), INTERNAL)
    assert [one.where for one in found] == ["experiment 7: name"]
    _, found = clean_text(TOKEN, INTERNAL)
    assert [one.where for one in found] == ["text"]


def test_a_registered_model_is_named_by_what_may_be_shown_of_its_name() -> None:
    _, found = clean_registered_model(RegisteredModel(f"m {TOKEN}", TOKEN, None, None), INTERNAL)
    assert found[0].where == "registered model: name"
    assert found[1].where.startswith("registered model m ") and found[1].where.endswith(": description")
    assert all(TOKEN not in one.where for one in found)


def test_where_artifacts_are_is_hidden_in_public() -> None:
    experiment = Experiment("7", "demo", artifact_location="/srv/mlruns/7")
    hidden = Hidden()
    assert clean_experiment(experiment, PUBLIC, hidden)[0].artifact_location == ""
    assert hidden == {"paths": 1}
    assert clean_experiment(experiment, INTERNAL)[0] is experiment


def test_the_kind_of_storage_is_shown_where_the_address_is_hidden() -> None:
    run = make_run(artifacts=ArtifactFolder("s3://team-bucket/1/r1/artifacts", None))
    shown = [
        (one.artifacts.uri, one.artifacts.storage) for one, _ in (clean_run(run, PUBLIC), clean_run(run, INTERNAL))
    ]
    assert shown == [("", "Amazon S3"), ("s3://team-bucket/1/r1/artifacts", "Amazon S3")]
    kinds = {
        scheme: storage_of(f"{scheme}://x/y") for scheme in ("gs", "abfss", "wasbs", "dbfs", "hdfs", "file", "https")
    }
    assert list(kinds.values()) == [
        "Google Cloud Storage", "Azure storage", "Azure storage", "DBFS of Databricks", "HDFS", "", ""
    ]  # fmt: skip
    here = make_run(artifacts=ArtifactFolder("s3://b/1/r1/artifacts", Path("/fetched")))
    assert clean_run(here, INTERNAL)[0].artifacts.storage == ""
