"""What the profile public hides besides secrets: network paths, names of companies, where an import came from."""

from __future__ import annotations

import pytest

from sitegen.privacy import Hidden, Privacy, clean_run, clean_text
from tests.privacy.test_privacy import make_run

PUBLIC, INTERNAL = Privacy("public"), Privacy("internal")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"\\server\share\alice", "•••"),
        (r"\\server\share\alice\data.csv", "…\\data.csv"),
        (r"see \\nas01\team data\alice\data.csv, please", "see …\\data.csv, please"),
        (r'{"path": "\\\\server\\share\\alice\\x.csv"}', '{"path": "…\\x.csv"}'),
        (r"\\wsl$\Ubuntu\home\alice\x.py", "…\\x.py"),
        ("//server/share/alice/data.csv", "…/data.csv"),
        ("file://server/share/alice/data.csv", "file:…/data.csv"),
        (r"C:\Users\alice\OneDrive - Contoso Ltd\proj\x.csv", r"~\OneDrive\proj\x.csv"),
        ("/Users/alice/Library/CloudStorage/OneDrive-Contoso/x.csv", "~/Library/CloudStorage/OneDrive/x.csv"),
        (r"D:\Dropbox (Contoso)\x.csv", r"D:\Dropbox\x.csv"),
        ("https://adb-123.4.azuredatabricks.net/?o=1 is where", "••• is where"),
        ("https://dbc-a.cloud.databricks.com/ml/experiments/1", "•••"),
    ],
)
def test_paths_and_addresses_that_name_a_network_or_a_company_are_hidden_in_public(text: str, shown: str) -> None:
    hidden = Hidden()
    assert clean_text(text, PUBLIC, hidden=hidden) == (shown, [])
    assert hidden
    assert clean_text(text, INTERNAL) == (text, [])


@pytest.mark.parametrize("text", ["a // b", "https://example.org//a/b", "//cdn.example.org/x.js", "1//2", r"\alpha\\beta",
                                  "OneDrive - a review", "a\\b", "s3://bucket/x"])  # fmt: skip
def test_what_only_looks_like_a_network_path_stays(text: str) -> None:
    assert clean_text(text, PUBLIC) == (text, [])


def test_what_an_import_says_of_where_it_came_from_is_hidden_in_public() -> None:
    tags = {
        "mlflow_exim.run_info.user_id": "alice",
        "mlflow_export_import.metadata.tracking_uri": "https://adb-123.azuredatabricks.net",
        "azureml.git.repository_uri": "git@internal:a/b.git",
        "azureml.git.branch": "alice/secret-project",
        "team": "vision",
    }
    hidden = Hidden()
    assert clean_run(make_run(tags=tags), PUBLIC, hidden)[0].tags == {"team": "vision"}
    assert hidden == {"workspace facts": 2, "git repositories": 2}
    assert clean_run(make_run(tags=tags), INTERNAL)[0].tags == tags


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("src/pkg/train.py", "src/pkg/train.py"),
        (r"src\train.py", r"src\train.py"),
        ("./train.py", "./train.py"),
        ("train.py", "train.py"),
        ("../alice/train.py", "train.py"),
        ("src/../../alice/train.py", "train.py"),
        ("/opt/jobs/train.py", "train.py"),
        (r"D:\jobs\train.py", "train.py"),
        (r"\\server\share\train.py", "train.py"),
        ("~/jobs/train.py", "train.py"),
        ("python /opt/alice/train.py", "train.py"),
        ("file:///opt/alice/train.py", "train.py"),
    ],
)
def test_a_relative_source_stays_whole_and_of_others_the_name_of_the_file(source: str, shown: str) -> None:
    run = make_run(source_name=source, tags={"mlflow.source.name": source})
    public = clean_run(run, PUBLIC)[0]
    assert (public.source_name, public.tags["mlflow.source.name"]) == (shown, shown)
    assert clean_run(run, INTERNAL)[0] is run
