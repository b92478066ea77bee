#!/usr/bin/env python3
"""Change the code in small ways and see whether the tests notice: `python -m tests.mutate`.

    python -m tests.mutate                          400 mutants: 100 each of analysis, query, stores, privacy
    python -m tests.mutate --rooms query --count 40 --seed 7
    python -m tests.mutate --list                   say which mutants the seed draws, run nothing

A mutant is one change to one expression (a comparison turned round, a number raised by one, `and` for `or`, a `not` left
out, a constant result ...) in a copy of the package. The seed draws the same mutants each time as long as the code is the
same. A mutant dies when one of the room's tests that run its line fails or takes too long; which tests run a line is found
out first, by one run under coverage.py. Survivors are listed at the end: they show what no test looks at, or change nothing
that can be seen. Not part of the gate: it takes about an hour on two cores. Needs `pip install coverage`.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("analysis", "query", "stores", "privacy")
SEED, COUNT = 20261130, 400
MAX_TESTS = 40
"""Tests that are asked about one mutant first, spread over those that run its line; if none fails, the whole room is."""
SECONDS = 120
OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
SWAPPED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: the node number `at` in the walk of the file, changed in its way number `way`."""

    file: str
    line: int
    at: int
    way: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


def ways(node: ast.AST) -> list[tuple[str, ast.AST]]:
    """What may stand in the place of `node`, each with words for it."""
    found: list[tuple[str, ast.AST]] = []
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OPPOSITE:
        other = copy.deepcopy(node)
        other.ops[0] = OPPOSITE[type(node.ops[0])]()
        found.append((f"{ast.unparse(node)} -> {ast.unparse(other)}", other))
    elif isinstance(node, ast.BoolOp):
        swapped = ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
        found.append((f"{ast.unparse(node)} -> {ast.unparse(swapped)}", swapped))
    elif (
        isinstance(node, ast.BinOp)
        and type(node.op) in SWAPPED
        and not isinstance(node.left, ast.Constant | ast.JoinedStr)
    ):
        changed = ast.BinOp(node.left, SWAPPED[type(node.op)](), node.right)
        found.append((f"{ast.unparse(node)} -> {ast.unparse(changed)}", changed))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        found.append((f"{ast.unparse(node)} -> {ast.unparse(node.operand)}", node.operand))
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        found.append((f"{node.value} -> {not node.value}", ast.Constant(not node.value)))
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        found.append((f"{node.value} -> {node.value + 1}", ast.Constant(node.value + 1)))
    elif isinstance(node, ast.IfExp):
        turned = ast.IfExp(node.test, node.orelse, node.body)
        found.append((f"{ast.unparse(node)} -> {ast.unparse(turned)}", turned))
    elif isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        found.append((f"{ast.unparse(node)} -> return None", ast.Return(ast.Constant(None))))
    elif isinstance(node, ast.Continue | ast.Break):
        found.append((f"{ast.unparse(node)} -> pass", ast.Pass()))
    return found


def nodes(tree: ast.Module) -> Iterator[tuple[int, ast.AST]]:
    """The numbered nodes of code that runs: no annotations, no docstrings, no `__all__`."""
    yield from enumerate(walk(tree))


def walk(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from walk(child)


def mutants_of(file: Path) -> list[Mutant]:
    """Every mutant of a file."""
    name = str(file.relative_to(ROOT))
    return [
        Mutant(name, getattr(node, "lineno", 0), number, way, what.replace("\n", " ")[:160])
        for number, node in nodes(ast.parse(file.read_text("utf-8")))
        for way, (what, _) in enumerate(ways(node))
    ]


def draw(rooms: Sequence[str], count: int, seed: int) -> dict[str, list[Mutant]]:
    """An equal share of `count` mutants of each room, drawn by the seed."""
    found = {}
    for room in rooms:
        several = [one for file in sorted((ROOT / "sitegen" / room).rglob("*.py")) for one in mutants_of(file)]
        found[room] = random.Random(f"{seed} {room}").sample(several, min(count // len(rooms), len(several)))
    return found


def mutated(source: str, mutant: Mutant) -> str:
    """The text of a file with the change."""
    tree = ast.parse(source)
    wanted = next(node for number, node in nodes(tree) if number == mutant.at)
    other = ways(wanted)[mutant.way][1]

    class Change(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return other if node is wanted else super().generic_visit(node)

    return ast.unparse(ast.fix_missing_locations(Change().visit(tree)))


# Which tests run a line ---------------------------------------------------------------------------------------------


def tests_by_line(room: str, folder: Path) -> dict[tuple[str, int], list[str]]:
    """The room's tests that run each line, by (file, line), found out by one run under coverage.py."""
    data = folder / f"{room}.coverage"
    config = folder / f"{room}.cfg"
    config.write_text(f"[run]\nsource = {ROOT / 'sitegen' / room}\ndata_file = {data}\n", "utf-8")
    command = [
        sys.executable,
        "-m",
        "coverage",
        "run",
        f"--rcfile={config}",
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.mutate_plugin",
    ]
    subprocess.run([*command, f"tests/{room}"], cwd=ROOT, env=environment(ROOT), stdout=subprocess.DEVNULL, check=False)
    found: dict[tuple[str, int], list[str]] = {}
    with sqlite3.connect(data) as base:
        rows = base.execute(
            "select f.path, c.context, b.numbits from line_bits b join file f on f.id = b.file_id "
            "join context c on c.id = b.context_id order by c.context"
        )
        for path, test, bits in rows:
            name = str(Path(path).relative_to(ROOT))
            for line in (at * 8 + bit for at, byte in enumerate(bits) for bit in range(8) if byte >> bit & 1):
                found.setdefault((name, line), []).append(test)
    return found


def environment(root: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_DATABASE_FILE": ""}


# Running ------------------------------------------------------------------------------------------------------------


def dies(mutant: Mutant, tests: Sequence[str], room: str, folder: Path) -> bool:
    """Whether a test fails with the change; those that run its line, else all of the room."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        tree = Path(name)
        shutil.copytree(ROOT / "sitegen", tree / "sitegen", ignore=shutil.ignore_patterns("__pycache__"))
        for shared in (
            "tests",
            "themes",
            "sample_runs",
            "docs",
            "pyproject.toml",
            "README.md",
            "CHANGELOG.md",
            ".github",
            "netlify.toml",
        ):
            (tree / shared).symlink_to(ROOT / shared)
        file = tree / mutant.file
        file.write_text(mutated(file.read_text("utf-8"), mutant), "utf-8")
        found = [test for test in tests if test]
        few = found[:: max(1, -(-len(found) // MAX_TESTS))]
        return (bool(few) and fails(few, tree)) or (len(few) < len(found) or not few) and fails([f"tests/{room}"], tree)


def fails(tests: Sequence[str], tree: Path) -> bool:
    """Whether one of `tests` fails, or takes too long, with the package in `tree`."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        return subprocess.run(command, cwd=tree, env=environment(tree), timeout=SECONDS, **quiet).returncode != 0
    except subprocess.TimeoutExpired:
        return True


def main(arguments: list[str]) -> int:
    """Draw, run, and list the survivors."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rooms", nargs="+", default=list(ROOMS), choices=ROOMS)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--list", action="store_true")
    asked = parser.parse_args(arguments)
    drawn = draw(asked.rooms, asked.count, asked.seed)
    if asked.list:
        print("\n".join(f"{one}" for several in drawn.values() for one in several))
        return 0
    with tempfile.TemporaryDirectory(prefix="mutate-") as name:
        for room, several in drawn.items():
            run_room(room, several, Path(name), asked.jobs)
    return 0


def run_room(room: str, several: Sequence[Mutant], folder: Path, jobs: int) -> None:
    """Run the mutants of one room and print what became of them."""
    lines = tests_by_line(room, folder)
    with ThreadPoolExecutor(jobs) as pool:
        verdicts = list(pool.map(lambda one: dies(one, lines.get((one.file, one.line), ()), room, folder), several))
    survivors = [one for one, died in zip(several, verdicts, strict=True) if not died]
    print(
        f"{room}: {len(several) - len(survivors)} of {len(several)} mutants died, {len(survivors)} survived", flush=True
    )
    for one in survivors:
        unseen = "" if (one.file, one.line) in lines else " (no test of the room runs this line)"
        print(f"  {one}{unseen}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
