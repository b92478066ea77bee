"""The workflows for pull requests: who may do what, and their steps run in order with `gh` and GitHub played here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import sitegen.publish
from tests.publish.conftest import git, on_branch
from tests.stores.mlruns_builder import RUN, experiment, run

FOLDER = Path(sitegen.publish.__file__).parent / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
SHA = "c0ffee" * 6 + "c0ff"
GH = """#!/bin/sh
echo "$@" >> "$GH_LOG"
case "$*" in
  *pulls/7*) echo "$PULL_SHA" ;;
  *issues/7/comments\\ --jq*) cat "$GH_COMMENTS" ;;
  */pages*) echo https://ada.github.io/wine/ ;;
esac
"""


def workflow(name: str) -> Any:
    # YAML 1.1 takes the key `on` for true.
    read = yaml.safe_load((FOLDER / name).read_text("utf-8"))
    return {"on" if key is True else key: value for key, value in read.items()}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_actions_are_pinned_and_values_reach_scripts_through_the_environment(file: Path) -> None:
    read = workflow(file.name)
    assert read["permissions"] == {"contents": "read"}
    for job in read["jobs"].values():
        assert job["timeout-minutes"] <= 10
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            assert len(step.get("uses", "@" + "x" * 40).partition("@")[2]) == 40, step
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False


def test_code_of_a_pull_request_runs_only_where_nothing_may_be_written() -> None:
    jobs = workflow("preview.yml")["jobs"]
    assert "permissions" not in jobs["build"] and "GH_TOKEN" not in str(jobs["build"])
    for name in ("publish", "remove"):
        assert "head.repo.full_name == github.repository" in jobs[name]["if"]
        assert not [step for step in jobs[name]["steps"] if "checkout" in step.get("uses", "")]
    comment = workflow("preview-comment.yml")["jobs"]["comment"]
    assert comment["permissions"] == {"actions": "read", "pages": "read", "pull-requests": "write"}
    steps = str(comment["steps"])
    assert not [word for word in ("checkout", "pip ", "sitegen build", "npm", "report/comment") if word in steps]


@pytest.fixture
def machine(work: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a runner has: `gh`, and a repository at github.com that is the bare one beside `work`."""
    tools = work.parent / "tools"
    tools.mkdir()
    (tools / "gh").write_text(GH)
    (tools / "gh").chmod(0o755)
    (tools / "sitegen").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sitegen "$@"\n')
    (tools / "sitegen").chmod(0o755)
    (work.parent / "comments").write_text("")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)  # tests that ask MLflow set it
    for name, value in {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{work.parent}/remote.git.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/ada/wine",
        "GITHUB_REPOSITORY": "ada/wine",
        "RUNNER_TEMP": str(work.parent),
        "PYTHONPATH": str(Path(sitegen.publish.__file__).parents[2]),
        "GH_LOG": str(work.parent / "gh.log"),
        "GH_COMMENTS": str(work.parent / "comments"),
        "PULL_SHA": SHA,
    }.items():
        monkeypatch.setenv(name, value)
    return work


def steps(folder: Path, name: str, job: str, **values: str) -> None:
    """Run the steps of a job as GitHub does, but for what is installed. Raises CalledProcessError."""
    for step in workflow(name)["jobs"][job]["steps"]:
        script = step.get("run", "")
        if script and "pip install" not in script:
            environment = {**os.environ, **{key: values.get(key, "x") for key in step.get("env", {})}}
            subprocess.run(["bash", "-e", "-c", script], cwd=folder, env=environment, check=True, capture_output=True)


def test_a_pull_request_is_built_previewed_told_and_cleared_away(machine: Path) -> None:
    one = experiment(machine / "mlruns", "1", name="digits")
    run(one, RUN, metrics={"loss": "1700000000000 0.5 1\n"})
    steps(machine, "preview.yml", "build", NUMBER="7")
    steps(machine, "preview.yml", "publish", NUMBER="7")
    assert "pr-preview/pr-7/index.html" in on_branch(machine)
    steps(machine, "preview-comment.yml", "comment", HEAD_SHA=SHA, HEAD_REPOSITORY="ada/wine")
    comment = (machine / "comment.md").read_text("utf-8")
    assert comment.startswith("<!-- sitegen -->\n| experiment | verdict | best run |")
    assert "| `digits` | `only one run` |" in comment
    assert "(https://ada.github.io/wine/pr-preview/pr-7/)" in comment
    assert "--method POST repos/ada/wine/issues/7/comments" in (machine.parent / "gh.log").read_text()
    (machine.parent / "comments").write_text("1234\n")
    steps(machine, "preview-comment.yml", "comment", HEAD_SHA=SHA, HEAD_REPOSITORY="mallory/wine")
    assert "--method PATCH repos/ada/wine/issues/comments/1234" in (machine.parent / "gh.log").read_text()
    assert "pr-preview" not in (machine / "comment.md").read_text("utf-8"), "a fork has no preview"
    steps(machine, "preview.yml", "remove", NUMBER="7")
    assert not [path for path in on_branch(machine) if path.startswith("pr-preview/")]
    assert git(machine, "status", "--porcelain") != "", "the runner's checkout was never committed"


def report(machine: Path, number: str, best: object) -> None:
    (machine / "report").mkdir(exist_ok=True)
    (machine / "report" / "number").write_text(number)
    (machine / "report" / "best.json").write_text(best if isinstance(best, str) else json.dumps(best))


def test_what_a_pull_request_says_of_itself_cannot_become_markdown(machine: Path) -> None:
    evil = "`x` | @ada <img src=x>\n# a [link](https://evil.example) www.evil.example ![p](//x) \u202e ::error::"
    entries = [{"name": evil, "verdict": {"lead": evil, "headline": evil * 50}}] * 25 + [{"name": 3, "verdict": None}]
    report(machine, "7", {"experiments": entries})
    steps(machine, "preview-comment.yml", "comment", HEAD_SHA=SHA)
    lines = (machine / "comment.md").read_text("utf-8").splitlines()
    assert lines[-1] == "And 6 more experiments." and len(lines) == 3 + 20 + 2
    for line in lines[3:23]:
        cells = line.strip("| ").split(" | ")
        assert len(cells) == 3 and all(cell[0] == cell[-1] == "`" and cell.count("`") == 2 for cell in cells)
        assert not set("@<>[]!#\u202e") & set(line) and max(map(len, cells)) <= 122


@pytest.mark.parametrize(
    ("number", "best"),
    [
        ("7; rm -rf /", {"experiments": []}),
        ("../7", {"experiments": []}),
        ("0", {"experiments": []}),
        ("8", {"experiments": []}),
        ("7", "not JSON"),
        ("7", {"experiments": [3]}),
        ("7", {}),
        ("7", "[" * 100_000),
    ],
)
def test_a_report_that_is_not_as_it_should_be_is_not_posted(machine: Path, number: str, best: object) -> None:
    report(machine, number, best)
    with pytest.raises(subprocess.CalledProcessError):
        steps(machine, "preview-comment.yml", "comment", HEAD_SHA=SHA)
    log = machine.parent / "gh.log"
    assert not log.exists() or "--method" not in log.read_text()


def test_a_pull_request_cannot_comment_on_another(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULL_SHA", "0" * 40)
    report(machine, "7", {"experiments": []})
    with pytest.raises(subprocess.CalledProcessError):
        steps(machine, "preview-comment.yml", "comment", HEAD_SHA=SHA)
    assert "--method" not in (machine.parent / "gh.log").read_text()
