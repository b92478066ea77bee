"""The pages of the documentation: all in the navigation, made where they are made, and true where they say what to do."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from sitegen import project
from sitegen.build import build
from sitegen.config import Config, load_config
from tests.docs.cli_page import PAGE
from tests.runner import installed

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def pages(found: object) -> Iterator[str]:
    """The files that a navigation names."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict | list):
        for inner in found.values() if isinstance(found, dict) else found:
            yield from pages(inner)


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


def test_the_readme_leads_to_the_demo_of_the_repository() -> None:
    assert f"[Live demo]({project.demo()})" in (ROOT / "README.md").read_text("utf-8")


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
    environment = installed(tmp_path / "tools")
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


# Code blocks: each runs, is read, or says why it cannot run ------------------------------------------------------------

BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>[^>]*) -->\n)?^ *```(?P<kind>\w+)\n(?P<text>.*?)^ *```", re.DOTALL | re.MULTILINE
)
RUN_ELSEWHERE = ("command: ", "tutorial: ", "recipe: ")
"""Marks of blocks that other tests run: test_readme.py, the tutorial above, test_publishing.py and tests/init."""


class Block(NamedTuple):
    page: str
    kind: str
    mark: str
    text: str


def code_blocks() -> list[Block]:
    found = []
    for file in [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]:
        for match in BLOCK.finditer(file.read_text("utf-8")):
            found.append(Block(file.name, match["kind"], (match["mark"] or "").strip(), match["text"]))
    return found


def to_run(kinds: Collection[str], page: str) -> list[str]:
    """The blocks of a page that are run on the sample."""
    return [one.text for one in code_blocks() if one.page == page and one.kind in kinds and not one.mark]


SHELL = ("sh", "bash")
PAGES_THAT_RUN = sorted({one.page for one in code_blocks() if one.kind in SHELL and not one.mark})


def test_every_block_is_run_or_read_or_says_why_not() -> None:
    for one in code_blocks():
        if one.kind not in (*SHELL, "python", "toml", "yaml", "html"):
            assert one.kind in ("text", "json", "sql", "jinja", "css", "markdown"), one
        elif one.mark:
            assert one.mark.startswith((*RUN_ELSEWHERE, "not run: ")), one
        elif one.kind == "python":
            assert one.page in ("python-api.md", "best.md"), "tests/api runs those of the first"
        elif one.kind == "html":
            pytest.fail(f"{one.page}: {one.text}")
    assert len([one for one in code_blocks() if one.mark.startswith("not run: ")]) <= 16


@pytest.mark.parametrize("page", PAGES_THAT_RUN)
def test_the_commands_of_a_page_run_on_the_sample(page: str, tmp_path: Path) -> None:
    work = tmp_path / "work"
    shutil.copytree(ROOT / "sample_runs" / "mlflow3", work)
    for command in to_run(SHELL, page):
        subprocess.run(
            ["bash", "-ec", command],
            cwd=work,
            env=installed(tmp_path / page / "tools"),
            check=True,
            capture_output=True,
        )
        shutil.rmtree(tmp_path / page)
    assert len(list(work.iterdir())) > 1 or page == "search-language.md"


def test_the_script_on_the_best_runs_runs(tmp_path: Path) -> None:
    build(Config(store=str(ROOT / "sample_runs" / "mlflow3" / "mlruns"), output=tmp_path / "site", no_cache=True))
    [script] = to_run(["python"], "best.md")
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True, capture_output=True)


@pytest.mark.parametrize("block", [one for one in code_blocks() if one.kind == "toml" and not one.mark])
def test_settings_of_the_pages_can_be_read(block: Block, tmp_path: Path) -> None:
    (tmp_path / "sitegen.toml").write_text(block.text)
    load_config(tmp_path / "sitegen.toml")


@pytest.mark.parametrize("block", [one for one in code_blocks() if one.kind == "yaml"])
def test_yaml_of_the_pages_can_be_read(block: Block) -> None:
    assert yaml.safe_load(block.text)
