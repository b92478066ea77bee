"""The cleaner of one record: keys, values, users, paths and locations."""

from __future__ import annotations

import dataclasses

import pytest

from sitegen.model import Artifact, ArtifactFolder, Dataset, DatasetInput, ModelMetric
from sitegen.privacy.cleaner import Cleaner, changed, each
from sitegen.privacy.profile import Finding, Hidden, Privacy, fingerprint

TOKEN = "gh" + "p_" + "Ab1" * 12


def cleaner(public: bool = True) -> Cleaner:
    return Cleaner(Privacy("public" if public else "internal"), "run r1", Hidden())


def test_a_masked_key_keeps_its_pair_and_two_of_them_stay_two() -> None:
    one = cleaner()
    other = "gh" + "p_" + "Cd2" * 12
    shown = list(one.pairs({TOKEN: "1", other: "2"}, "params").items())
    assert [value for _, value in shown] == ["1", "2"]
    assert shown[0][0].endswith(" " + fingerprint("key", TOKEN))
    assert len(shown) == len(dict(shown)) and TOKEN not in str(shown)


def test_a_finding_says_where_and_holds_no_secret() -> None:
    one = cleaner()
    value = one.value("api_key", "hunter2-and-more", "params.api_key")
    assert value != "hunter2-and-more"
    expected = Finding("run r1: params.api_key", "key-api-key", fingerprint("key-api-key", "hunter2-and-more"))
    assert one.findings == [expected]
    one.found("", "rule", "v")
    assert one.findings[-1].where == "run r1"


def test_a_placeholder_under_a_secret_key_is_shown() -> None:
    one = cleaner()
    assert one.value("api_key", "${API_KEY}", "params.api_key") == "${API_KEY}"
    assert one.findings == []


def test_a_pair_that_is_clean_is_the_same_object() -> None:
    pairs = {"lr": "0.1"}
    assert cleaner().pairs(pairs, "params") is pairs


def test_private_tags_are_left_out_in_public_only_and_counted() -> None:
    tags = {"mlflow.source.git.repoURL": "git@internal:a/b.git", "mlflow.source.git.branch": "alice/x", "team": "v"}
    one = cleaner()
    assert one.pairs(tags, "tags") == {"team": "v"}
    assert one.hidden == {"git repositories": 2}
    assert cleaner(public=False).pairs(tags, "tags") is tags


def test_the_address_of_an_open_repository_stays_with_its_branch() -> None:
    tags = {"mlflow.source.git.repoURL": "https://github.com/a/b.git", "mlflow.source.git.branch": "main"}
    assert cleaner().pairs(tags, "tags") is tags


def test_a_user_is_hidden_in_public_and_counted_once() -> None:
    one = cleaner()
    assert [one.user("alice"), one.user("alice", counted=False), one.user("")] == ["", "", ""]
    assert one.hidden == {"user names": 1}
    assert cleaner(public=False).user("alice") == "alice"


@pytest.mark.parametrize(
    ("source", "shown", "count"),
    [
        ("/srv/team/train.py", "train.py", 1),
        ("D:\\work\\train.py", "train.py", 1),
        ("src/train.py", "src/train.py", 0),
        ("train.py", "train.py", 0),
        ("https://github.com/a/b", "https://github.com/a/b", 0),
    ],
)
def test_a_script_is_named_without_the_folders_above_it(source: str, shown: str, count: int) -> None:
    one = cleaner()
    assert one.source_name(source) == shown
    assert one.hidden == ({"paths": 1} if count else {})
    assert cleaner(public=False).source_name(source) == source


@pytest.mark.parametrize("uri", ["runs:/r1/model", "models:/m/1", "mlflow-artifacts:/1/2", "1/2/artifacts"])
def test_a_location_that_tells_nothing_of_a_machine_stays(uri: str) -> None:
    assert cleaner().location(uri, "artifact_uri") == uri


@pytest.mark.parametrize(
    "uri", ["/srv/mlruns/1", "s3://bucket/x", "file:///x", "C:\\mlruns", "mlflow-artifacts://host/1"]
)
def test_a_location_on_a_machine_is_hidden_in_public(uri: str) -> None:
    one = cleaner()
    assert one.location(uri, "artifact_uri") == ""
    assert one.hidden == {"paths": 1}
    assert cleaner(public=False).location(uri, "artifact_uri") == uri


def test_sources_of_datasets_are_shown_where_they_are_public_themselves() -> None:
    local = Dataset("d", "1", "local", "data/x.csv", None, None)
    hub = dataclasses.replace(local, source_type="Hugging_Face", source="squad")
    one = cleaner()
    assert one.dataset(local).source == ""
    assert one.hidden == {"dataset sources": 1}
    assert cleaner().dataset(hub) is hub
    assert cleaner(public=False).dataset(local) is local
    used = DatasetInput(local, {"api_token": "hunter2-and-more"})
    assert cleaner(public=False).dataset_input(used).tags != used.tags


def test_what_is_not_there_stays_so() -> None:
    metric = ModelMetric("acc", 0.5, 1, 0, "", None, None)
    assert cleaner().model_metric(metric) is metric
    assert cleaner().optional(None, "x") is None
    one = cleaner()
    one.hide("paths", 0)
    assert one.hidden == {}


def test_changed_makes_a_new_value_only_where_something_changed() -> None:
    value = Finding("w", "r", "f")
    assert changed(value, where="w", rule="r") is value
    assert changed(value, where="x") == Finding("x", "r", "f")
    assert each((1, 2), lambda n: n * 2) == (2, 4)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (f"logs/{TOKEN}.txt", "logs/•••(github-token).txt"),
        (f"{TOKEN}/f.txt", "•••(github-token)/f.txt"),
        ("home/ada/f.csv", "~/f.csv"),
        ("ada@example.org.png", "•••.png"),
        ("plots/loss.png", "plots/loss.png"),
    ],
)
def test_a_secret_or_private_fact_in_the_name_of_an_artifact_is_hidden(path: str, shown: str) -> None:
    folder = ArtifactFolder("", None, (Artifact(path, 3),))
    clean = cleaner().folder(folder)
    assert clean.files == (Artifact(shown, 3),)
    assert clean.stored == ({} if path == shown else {shown: path})
    assert (clean is folder) == (path == shown)


def test_artifacts_whose_names_become_equal_stay_apart_and_sorted() -> None:
    paths = ("a@example.org.txt", "b@example.org.txt", "z/c@example.org.txt", "•••.txt")
    clean = cleaner().folder(ArtifactFolder("", None, tuple(Artifact(path, 1) for path in paths)))
    assert [file.path for file in clean.files] == ["z/•••.txt", "••• (2).txt", "••• (3).txt", "•••.txt"]
    assert clean.stored == {"••• (2).txt": paths[0], "••• (3).txt": paths[1], "z/•••.txt": paths[2]}
