"""The pages of the documentation: all in the navigation, made where they are made, and true where they say what to do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitegen import project
from tests.docs.cli_page import PAGE

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
ON_THE_SAMPLE = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)


def pages(found: object) -> Iterator[str]:
    """The files that a navigation names."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict | list):
        for inner in found.values() if isinstance(found, dict) else found:
            yield from pages(inner)


def machine(folder: Path) -> dict[str, str]:
    """An environment in which `sitegen` and `python` are those of the tests."""
    tools = folder / "tools"
    tools.mkdir()
    for name, runs in (("sitegen", "-m sitegen "), ("python", "")):
        (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {runs}"$@"\n')
        (tools / name).chmod(0o755)
    kept = {key: value for key, value in os.environ.items() if key != "MLFLOW_TRACKING_URI"}
    return kept | {
        "PATH": f"{tools}{os.pathsep}{kept['PATH']}",
        "PYTHONPATH": str(ROOT),
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }


def test_every_page_is_in_the_navigation_once() -> None:
    named = list(pages(tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]["nav"]))
    assert sorted(named) == sorted(file.name for file in DOCS.glob("*.md"))


def test_the_page_on_the_command_line_is_current() -> None:
    # In a process of its own: click remembers how the help of a command was asked for first.
    command = [sys.executable, "-m", "tests.docs.cli_page", "--print"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert PAGE.read_text("utf-8") == made, "python -m tests.docs.cli_page"


def test_links_lead_to_files_of_the_project() -> None:
    broken = [
        (page.name, link)
        for page in (ROOT / "README.md", *DOCS.glob("*.md"))
        for link in re.findall(r"\]\((?!\w+:)([^)#\s]+)", page.read_text("utf-8"))
        if not (page.parent / link).exists()
    ]
    assert broken == []


def test_the_readme_installs_what_the_recipes_install() -> None:
    assert f"pip install {project.quoted_requirement()}\n" in (ROOT / "README.md").read_text("utf-8")


def test_bullets_of_the_readme_have_two_lines_at_most() -> None:
    bullets = re.findall(r"^- .*?(?=^- |^$)", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert len(bullets) >= 6 and [one for one in bullets if one.count("\n") > 2] == []


@pytest.mark.mlflow
def test_the_tutorial_works_as_it_is_written(tmp_path: Path) -> None:
    text = (DOCS / "tutorial.md").read_text("utf-8")
    [script] = re.findall(r"<!-- tutorial: train.py -->\n```python\n(.*?)```", text, re.DOTALL)
    commands = re.findall(r"<!-- tutorial: run -->\n```sh\n(.*?)```", text, re.DOTALL)
    assert len(commands) == 4
    work = tmp_path / "work"
    work.mkdir()
    (work / "train.py").write_text(script)
    environment = machine(tmp_path)
    for command in commands:
        subprocess.run(["bash", "-ec", command], cwd=work, env=environment, check=True, capture_output=True)
    [page] = (work / "site" / "experiments").glob("*.html")
    said = page.read_text("utf-8")
    assert "lr-0.1" in said.partition('id="best"')[2].partition("</table>")[0] and "pread unknown" in said
    settings = work / "sitegen.toml"
    assert '# objective = "min val_loss"' in settings.read_text("utf-8")
    settings.write_text(settings.read_text("utf-8").replace("# [exp", "[exp").replace("# objective", "objective"))
    subprocess.run(["bash", "-ec", "sitegen build -o site"], cwd=work, env=environment, check=True, capture_output=True)
    assert "set" in page.read_text("utf-8").partition('id="best"')[2][:3000]


@pytest.mark.parametrize("page", ["report.md"])
def test_the_commands_of_a_page_run_on_the_sample(page: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "sample_runs" / "mlflow3", tmp_path / "work")
    [command] = ON_THE_SAMPLE.findall((DOCS / page).read_text("utf-8"))
    subprocess.run(
        ["bash", "-ec", command], cwd=tmp_path / "work", env=machine(tmp_path), check=True, capture_output=True
    )
    assert (tmp_path / "work" / "comparison.html").is_file()
