"""The README promises two commands; what stands there is what is run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = re.compile(r"<!-- command: (\w+) -->\n```sh\n(.+?)\n```", re.DOTALL)


def commands() -> dict[str, str]:
    return dict(COMMAND.findall((ROOT / "README.md").read_text("utf-8")))


def test_the_readme_has_exactly_two_set_up_commands_of_one_line() -> None:
    found = commands()
    assert sorted(found) == ["site", "tests"]
    assert all("\n" not in command for command in found.values())


def test_the_gate_runs_the_test_command_of_the_readme() -> None:
    script = commands()["tests"].removeprefix("python3 ")
    assert f"exec python3 {script}" in (ROOT / ".ci/run").read_text("utf-8")


@pytest.mark.slow
def test_the_first_command_builds_the_sample_site_on_a_clean_checkout(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    skip = shutil.ignore_patterns(".git", ".venv", "site", "*_cache", "__pycache__", ".hypothesis")
    shutil.copytree(ROOT, checkout, ignore=skip)
    command = commands()["site"].replace("python3 ", f"{sys.executable} ", 1)
    done = subprocess.run(command, shell=True, cwd=checkout, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert (checkout / "site/index.html").is_file()
    assert "Built site/index.html" in done.stdout
