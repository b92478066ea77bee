#!/usr/bin/env python3
"""Take each defence out and see which tests fail: `python -m tests.defences`.

    python -m tests.defences                 every row of tests/defences.toml
    python -m tests.defences T6 T12 O4       these rows
    python -m tests.defences --table         write the table of docs/security.md

A row is a threat or a rule of the output, the defence against it in words, and one removal or several: texts of the code
that are replaced, and the tests that then must fail. Everything happens in a temporary copy. It ends with 1 if a test
that should fail does not. Not part of the gate: it takes about ten minutes; the gate checks that every removal still
fits the code and that the tests exist (`tests/test_defences.py`).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROWS = Path(__file__).with_suffix(".toml")
PAGE = ROOT / "docs" / "security.md"
COPIED = (
    "sitegen",
    "themes",
    "tests",
    "sample_runs",
    "docs",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "netlify.toml",
)
MARKS = "<!-- table: python -m tests.defences --table -->", "<!-- end of the table -->"
SECONDS = 300


@dataclass(frozen=True)
class Edit:
    """`old` occurs once in `file`, and is replaced by `new`."""

    file: str
    old: str
    new: str

    def made(self, root: Path) -> str:
        """The text of the file with the change. Raises ValueError where it does not fit."""
        text = (root / self.file).read_text("utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"{self.file}: {text.count(self.old)} times: {self.old}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Removal:
    """A defence taken out by `edits`; each of `tests` must fail without it."""

    edits: tuple[Edit, ...]
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    threat: str
    defence: str
    removals: tuple[Removal, ...]

    @property
    def tests(self) -> list[str]:
        """All tests of the row, each once."""
        return list(dict.fromkeys(test for one in self.removals for test in one.tests))


def rows() -> list[Row]:
    """The table."""
    return [
        Row(
            name,
            row["threat"],
            row["defence"],
            tuple(
                Removal(tuple(Edit(*edit) for edit in out["edits"]), tuple(out["tests"])) for out in row["out"]
            ),
        )
        for name, row in tomllib.loads(ROWS.read_text("utf-8")).items()
    ]  # fmt: skip


def table(found: Iterable[Row]) -> str:
    """The table in Markdown."""
    lines = ["| | Threat or rule | Defence | Tests that fail without it |", "|---|---|---|---|"]
    for row in found:
        tests = "<br>".join(f"`{test}`" for test in row.tests)
        lines.append(f"| {row.name} | {row.threat} | {row.defence} | {tests} |")
    return "\n".join(lines)


def page_with_table(page: str, found: Iterable[Row]) -> str:
    """docs/security.md with the table as it is now."""
    before, rest = page.split(MARKS[0])
    return f"{before}{MARKS[0]}\n\n{table(found)}\n\n{MARKS[1]}{rest.split(MARKS[1])[1]}"


# Trying -------------------------------------------------------------------------------------------------------------


def failures(copy: Path, tests: Iterable[str]) -> dict[str, str]:
    """The first line of why each test fails in the copy, by its id without parameters; tests that pass are not there."""
    report = copy / "report.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *tests]
    settings = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        subprocess.run(command, cwd=copy, env=settings, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return dict.fromkeys(tests, f"took more than {SECONDS} s")
    if not report.is_file():
        return {}
    found: dict[str, str] = {}
    for name, why in _failed(ET.parse(report).iter("testcase")):
        found.setdefault(name, why)
    return found


def _failed(cases: Iterable[ET.Element]) -> Iterator[tuple[str, str]]:
    for case in cases:
        for problem in (*case.findall("failure"), *case.findall("error")):
            name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '').partition('[')[0]}"
            why = " ".join(problem.get("message", "").split())[:160]
            if not why.startswith(("failed on setup", "collection failure")):
                yield name, why


def tried(row: Row, copy: Path) -> list[tuple[str, str]]:
    """Each test of the row with why it failed, '' where it did not."""
    found: list[tuple[str, str]] = []
    for removal in row.removals:
        for edit in removal.edits:
            (copy / edit.file).write_text(edit.made(copy), "utf-8")
        failed = failures(copy, removal.tests)
        found += [(test, failed.get(test, "")) for test in removal.tests]
        for file in {edit.file for edit in removal.edits}:
            shutil.copyfile(ROOT / file, copy / file)
    return found


def copied(target: Path) -> None:
    """A copy of what the tests need."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target / name)


def main() -> int:
    """Try the rows that are named, or all. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="such as T6 or O4; all if none is named")
    parser.add_argument("--table", action="store_true", help="write the table of docs/security.md")
    asked = parser.parse_args()
    if asked.table:
        PAGE.write_text(page_with_table(PAGE.read_text("utf-8"), rows()), "utf-8")
        return 0
    wanted = [row for row in rows() if not asked.rows or row.name in asked.rows]
    with tempfile.TemporaryDirectory() as folder:
        copied(Path(folder))
        missed = try_all(wanted, Path(folder))
    print(f"{missed} tests did not do as they should." if missed else "Every test failed without its defence.")
    return 1 if missed else 0


def try_all(wanted: list[Row], copy: Path) -> int:
    """Try `wanted` and print what came of it; the number of tests that failed with their defence, or not without it."""
    failed = failures(copy, dict.fromkeys(test for row in wanted for test in row.tests))
    for test, why in failed.items():
        print(f"     FAILS WITH ITS DEFENCE  {test}  {why}", flush=True)
    missed = len(failed)
    for row in wanted:
        for test, why in tried(row, copy):
            missed += not why
            print(f"{row.name:4} {'fails' if why else 'PASSES'}  {test}  {why}", flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main())
