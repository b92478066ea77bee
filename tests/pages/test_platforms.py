"""Runs and experiments of Databricks and Cloudera: links in the profile `internal`, nothing of them in `public`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sitegen.addresses import run_page
from sitegen.build import build
from sitegen.build.titles import with_titles
from sitegen.config import Config
from sitegen.model import Experiment
from sitegen.pages.platforms import platform_facts
from tests import html
from tests.stores.mlruns_builder import OTHER_RUN, RUN, experiment, run

SHA = "3f2a9c1d" * 5
TAGS = {
    "mlflow.databricks.workspaceURL": "https://adb-77.3.azuredatabricks.net",
    "mlflow.databricks.notebookPath": "/Users/anna.kowalska@contoso.com/train",
    "mlflow.databricks.notebookID": "4711",
    "mlflow.databricks.jobID": "88",
    "mlflow.databricks.jobRunID": "99",
    "mlflow.databricks.gitRepoUrl": "https://github.com/contoso/churn",
    "mlflow.databricks.gitRepoCommit": SHA,
    "engineID": "mqd46k4ovaz",
    "CDSW_PROJECT_URL": "https://ml.contoso.com/api/v1/projects/anna.kowalska/churn",
}
LINKS = (
    "https://adb-77.3.azuredatabricks.net",
    "https://adb-77.3.azuredatabricks.net#notebook/4711",
    "https://adb-77.3.azuredatabricks.net#job/88/run/99",
    f"https://github.com/contoso/churn/commit/{SHA}",
    "https://ml.contoso.com/api/v1/projects/anna.kowalska/churn",
)


@pytest.mark.parametrize("profile", ["public", "internal"])
def test_only_an_internal_site_links_to_the_workspace(tmp_path: Path, profile: str) -> None:
    mlruns, site = tmp_path / "mlruns", tmp_path / "site"
    run(experiment(mlruns, "1", name="/Users/anna.kowalska@contoso.com/churn"), RUN, tags=TAGS)
    run(experiment(mlruns, "2", name="/Shared/team/uplift"), OTHER_RUN, metrics={"loss": "1 0.5 0\n"})
    build(Config(store=str(mlruns), output=site, jobs=1, profile=profile, site_url="https://x.org"))
    page = html.read(site / run_page(RUN))
    hrefs = {link.get("href") for link in page.iter("a") if link.get("href")}
    assert {href in hrefs for href in LINKS} == {profile == "internal"}
    home = html.text(html.read(site / "index.html"))
    assert "churn" in home and "uplift" in home and "/Shared" not in home and "~" not in home
    assert "/Shared/team/uplift" in html.text(html.read(site / "experiments/2.html"))
    names = [one["name"] for one in json.loads((site / "data/best.json").read_text("utf-8"))["experiments"]]
    assert "/Shared/team/uplift" in names
    secrets = (b"kowalska", b"azuredatabricks", b"contoso", b"mqd46k4ovaz", SHA.encode())
    shown = [word for word in secrets if any(word in file.read_bytes() for file in site.rglob("*") if file.is_file())]
    assert bool(shown) == (profile == "internal"), shown


def test_names_that_would_be_the_same_stay_whole() -> None:
    names = ["/Users/a@x.org/base", "/Users/b@x.org/base", "/Shared/one/", "/tmp", "a/b", "~/two", "~/", "two/three"]
    found = with_titles([Experiment(str(at), name) for at, name in enumerate(names)])
    assert [one.name for one in found] == [*names[:2], "one", "/tmp", "a/b", "two", "~/", "two/three"]
    assert [one.logged_name for one in found] == names


def test_an_address_that_is_none_is_no_link() -> None:
    found = platform_facts({"mlflow.databricks.workspaceURL": "javascript:alert(1)", "mlflow.databricks.jobID": "1"})
    assert [(fact.label, fact.href) for fact in found] == [("Workspace", ""), ("Job", "")]
    [workspace] = platform_facts({"mlflow.databricks.workspaceURL": "adb-1.azuredatabricks.net"})
    assert workspace.href == "https://adb-1.azuredatabricks.net"
