"""Which artifacts are never copied, and what is found in those that are text."""

from __future__ import annotations

import pytest

from sitegen.privacy.files import artifact_never, scan_text
from sitegen.privacy.profile import Privacy, fingerprint

PUBLIC, INTERNAL = Privacy("public"), Privacy("internal")
TOKEN = "gh" + "p_" + "Ab1" * 12


@pytest.mark.parametrize("path", ["model/model.pkl", "deep/.env", "prod.env", ".ssh/config", "a/.GIT/HEAD", "a\\.aws\\x.txt",
                                  "ID_RSA", "id_ed25519.pub", "backup.SQL.gz", "mlflow.db", "credentials.json", "k.pem"])  # fmt: skip
def test_keys_databases_archives_and_models_are_only_listed(path: str) -> None:
    assert artifact_never(path, INTERNAL)
    assert artifact_never(path, PUBLIC)


@pytest.mark.parametrize(
    "path", ["plot.png", "environment.yaml", "git/log.txt", "pickle.md", "model.pkl.txt", "db/x.csv", ""]
)
def test_what_only_resembles_them_is_copied(path: str) -> None:
    assert not artifact_never(path, PUBLIC)


@pytest.mark.parametrize(
    "path", ["m/input_example.json", "m/serving_input_example.json", "traces.json", "trace.jsonl", "traces/t1/x.json"]
)
def test_examples_and_traces_are_copied_internally_only(path: str) -> None:
    assert artifact_never(path, PUBLIC)
    assert not artifact_never(path, INTERNAL)


def test_a_file_that_is_named_traces_is_not_in_a_folder_of_them() -> None:
    assert not artifact_never("plots/traces", PUBLIC)


def test_a_secret_in_a_text_is_told_by_its_line() -> None:
    (found,) = scan_text(f"first\nsecond\n{TOKEN}\n")
    assert (found.where, found.rule) == ("line 3", "github-token")
    assert found.fingerprint == fingerprint("github-token", TOKEN)
    assert TOKEN not in repr(found)
    assert scan_text("nothing\nhere\n") == []


def test_at_most_twenty_are_told() -> None:
    assert [one.where for one in scan_text(f"{TOKEN}\n" * 25)] == [f"line {n}" for n in range(1, 21)]


def test_in_program_text_an_assigned_value_counts_less() -> None:
    text = "password = compute_it_now1"
    assert scan_text(text, "conf.txt") != []
    assert scan_text(text, "APP.JS") == []
