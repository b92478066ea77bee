#!/usr/bin/env python3
"""The picture of the package's imports: rooms, arrows between them, arrows back up, circles.

    python -m tests.imports            of the working tree
    python -m tests.imports COMMIT     of a commit

A room is a module or a folder at the top of `sitegen/`. An arrow goes from a room to one that it imports. Rooms stand on
floors: one stands above all that it imports, those in a circle on one floor. An arrow back up joins two files of one
folder to a folder that imports them: file A imports file B although B, by whatever way, imports A.
Imports for type checkers alone do not count, imports inside functions do.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
Graph = Mapping[str, set[str]]


@dataclass(frozen=True)
class Picture:
    """The imports of a package: `files` from module to modules, `rooms` from room to rooms."""

    files: Graph
    rooms: Graph

    @property
    def file_circles(self) -> list[list[str]]:
        """Files that import each other, by whatever way."""
        return circles(self.files)

    @property
    def room_circles(self) -> list[list[str]]:
        """Rooms that import each other, by whatever way."""
        return circles(self.rooms)

    @property
    def back_up(self) -> list[tuple[str, str]]:
        """Arrows between rooms that lead to a room by which, by whatever way, the first is imported."""
        return sorted(
            (room, other) for room in self.rooms for other in self.rooms[room] if room in reachable(self.rooms, other)
        )


def picture(package: Path) -> Picture:
    """The imports of the package in the folder `package`."""
    modules = {name_of(file, package): file for file in sorted(package.rglob("*.py"))}
    files = {name: targets(file, name, package.name, modules) for name, file in modules.items()}
    rooms: dict[str, set[str]] = {}
    for name, found in files.items():
        rooms.setdefault(room_of(name), set()).update(room_of(other) for other in found)
    return Picture(files, {room: found - {room} for room, found in sorted(rooms.items())})


def name_of(file: Path, package: Path) -> str:
    parts = file.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def targets(file: Path, name: str, package: str, modules: Mapping[str, Path]) -> set[str]:
    """The modules of the package that a file imports."""
    found = set()
    for module, names in imported(ast.parse(file.read_text("utf-8"))):
        if module.split(".")[0] != package:
            continue
        # `from package import part` takes a module where there is one of that name, else a value of the package.
        parts = {f"{module}.{one}" if f"{module}.{one}" in modules else module for one in names} or {module}
        found |= {part for part in parts if part in modules}
    return found - {name}


def imported(tree: ast.AST) -> Iterator[tuple[str, list[str]]]:
    """(module, names) of each import statement that runs."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, [alias.name for alias in node.names]
        else:
            yield from imported(node)


def reachable(graph: Graph, start: str) -> set[str]:
    """Everything that `start` leads to, itself only by a circle."""
    found: set[str] = set()
    waiting = list(graph.get(start, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += graph.get(one, ())
    return found


def circles(graph: Graph) -> list[list[str]]:
    """Groups of nodes that lead to each other."""
    reach = {node: reachable(graph, node) for node in graph}
    groups = {tuple(sorted(o for o in reach[n] if n in reach.get(o, ()))) for n in graph if n in reach[n]}
    return [list(group) for group in sorted(groups)]


def floors(graph: Graph) -> dict[str, int]:
    """The floor of each room: one above the highest room that it imports."""
    reach = {node: reachable(graph, node) for node in graph}
    found: dict[str, int] = {}
    for node in sorted(graph, key=lambda one: len(reach[one])):
        below = [found[other] for other in graph[node] if other in found and node not in reach[other]]
        found[node] = max(below, default=0) + 1
    return found


def lines(found: Picture) -> Iterator[str]:
    """The picture in words, the highest floor first."""
    arrows = sum(map(len, found.rooms.values()))
    yield f"{len(found.files)} files, {len(found.rooms)} rooms, {arrows} arrows between rooms"
    yield f"{len(found.back_up)} arrows back up{told(' -> '.join(pair) for pair in found.back_up)}"
    yield f"{len(found.room_circles)} circles of rooms{told(', '.join(group) for group in found.room_circles)}"
    yield f"{len(found.file_circles)} circles of files{told(', '.join(group) for group in found.file_circles)}"
    floor = floors(found.rooms)
    for number in sorted(set(floor.values()), reverse=True):
        for room in sorted(one for one, at in floor.items() if at == number):
            yield f"  floor {number:2}  {room:10} -> {' '.join(sorted(found.rooms[room]))}"


def told(items: Iterable[str]) -> str:
    text = "; ".join(items)
    return f": {text}" if text else ""


def main(arguments: list[str]) -> int:
    """Print the picture of the working tree, or of the commit named first."""
    with tempfile.TemporaryDirectory() as folder:
        package = ROOT / "sitegen"
        if arguments:
            archive = subprocess.check_output(["git", "-C", str(ROOT), "archive", arguments[0], "sitegen"])
            packed = Path(folder, "tree.tar")
            packed.write_bytes(archive)
            with tarfile.open(packed) as tar:
                tar.extractall(folder, filter="data")
            package = Path(folder, "sitegen")
        print("\n".join(lines(picture(package))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
