#!/usr/bin/env python3
"""The size of things, and what no test names: `python -m tests.house`.

A module counts as named when a test imports it, patches something in it by its dotted name, or is called after it
(`tests/<room>/test_<module>.py`). A body is the statements of a function without its docstring and signature, in lines.
"""

from __future__ import annotations

import ast
import re
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_MODULE, MAX_SCRIPT = 350, 250
"""Lines of a Python module (one that is longer says why in its docstring: "Longer than ...") and of a script."""


@dataclass(frozen=True)
class House:
    """The project in the folder `root`."""

    root: Path = ROOT

    @cached_property
    def modules(self) -> dict[str, Path]:
        """Every module of the package by its dotted name."""
        files = sorted((self.root / "sitegen").rglob("*.py"))
        names = [".".join(file.relative_to(self.root).with_suffix("").parts) for file in files]
        return {name.removesuffix(".__init__"): file for name, file in zip(names, files, strict=True)}

    @cached_property
    def tests(self) -> list[Path]:
        return sorted((self.root / "tests").rglob("*.py"))

    @cached_property
    def scripts(self) -> list[Path]:
        return sorted((self.root / "themes" / "default" / "assets" / "js").rglob("*.js"))

    def long_modules(self) -> list[str]:
        """Modules over the limit whose docstring does not say why."""
        long = {name: file for name, file in self.modules.items() if lines(file) > MAX_MODULE}
        return [name for name, file in long.items() if "Longer than" not in (ast.get_docstring(parsed(file)) or "")]

    def long_scripts(self) -> list[str]:
        return [file.name for file in self.scripts if lines(file) > MAX_SCRIPT]

    def unnamed(self) -> list[str]:
        """Modules that no test names; packages that hold nothing but a docstring have nothing to test."""
        named = {name for file in self.tests for name in names_in(file)}
        own = {file.relative_to(self.root / "tests").as_posix() for file in self.tests}
        return [
            name
            for name, file in self.modules.items()
            if name not in named and test_file(name) not in own and len(parsed(file).body) > 1
        ]

    def bodies(self) -> list[int]:
        """Lines of the body of each function."""
        return sorted(length for file in self.modules.values() for length in body_lengths(parsed(file)))


def lines(file: Path) -> int:
    return len(file.read_text("utf-8").splitlines())


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def test_file(module: str) -> str:
    """Where the test called after a module is, from the folder of the tests."""
    *room, name = module.split(".")[1:] or [module]
    return "/".join([*room, f"test_{name}.py"])


def names_in(file: Path) -> Iterator[str]:
    """The modules that a test names."""
    tree = parsed(file)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and re.fullmatch(r"sitegen(\.\w+)+", str(node.value)):
            yield from (str(node.value), str(node.value).rpartition(".")[0])


def body_lengths(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            if body:
                yield (body[-1].end_lineno or 0) - body[0].lineno + 1


def describe(house: House) -> Iterator[str]:
    """All figures, a line each."""
    sizes = sorted(map(lines, house.modules.values()))
    bodies = house.bodies()
    code, tests = sum(sizes), sum(map(lines, house.tests))
    yield f"{len(sizes)} modules, median {statistics.median(sizes):.0f} lines, longest {sizes[-1]}"
    yield f"modules over {MAX_MODULE} lines without a reason: {told(house.long_modules())}"
    yield f"{len(bodies)} function bodies: median {statistics.median(bodies):.0f}, p90 {at(bodies, 0.9)}, longest {bodies[-1]}"
    yield f"{tests:,} lines of tests for {code:,} lines of code: {tests / code:.2f}"
    yield f"scripts over {MAX_SCRIPT} lines: {told(house.long_scripts())}"
    yield f"modules that no test names: {told(house.unnamed())}"


def at(values: Sequence[int], share: float) -> int:
    return values[int(share * (len(values) - 1))]


def told(names: Sequence[str]) -> str:
    return f"{len(names)}: {', '.join(names)}" if names else "0"


if __name__ == "__main__":
    print("\n".join(describe(House(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT))))
