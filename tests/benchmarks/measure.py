"""The figures of one size of store: what each command costs, in turns with its peers, and what a build writes."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.peers import c_program, hugo, new_database, search_runs, write_hugo_site
from tests.benchmarks.processes import Cost, cost, medians
from tests.benchmarks.reading import HISTORIES, TABLE
from tests.benchmarks.store import write_database, write_files

OLD_STORES = {"MLFLOW_ALLOW_FILE_STORE": "true"}


@dataclass(slots=True)
class Figures:
    """Of one size: costs by name (such as `build`, `search_runs`), and counts by name (bytes and files)."""

    runs: int
    costs: dict[str, Cost] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """The folder in which stores and sites of one size are made; it may be kept for the next time."""

    root: Path
    runs: int
    python: str

    @property
    def files(self) -> Path:
        """The file store."""
        return self.root / f"files-{self.runs}" / "mlruns"

    @property
    def database(self) -> Path:
        """The SQLite store."""
        return self.root / f"sqlite-{self.runs}" / "mlflow.db"

    @property
    def site(self) -> Path:
        """The site that is built."""
        return self.root / "site"

    def prepare(self) -> None:
        """Make the stores that are not there yet."""
        if not self.files.exists():
            print(f"making {self.files}", file=sys.stderr)
            write_files(self.files, range(self.runs))
        if self.python and not self.database.exists():
            print(f"making {self.database}", file=sys.stderr)
            new_database(self.python, self.database)
            write_database(self.database, range(self.runs))


def measure(place: Place, times: int) -> Figures:
    """All figures of one size; each command is run in turns with the others, `times` times."""
    place.prepare()
    figures = Figures(place.runs)
    found: dict[str, list[Cost]] = {}
    for _ in range(times):
        for name, run in _commands(place).items():
            print(f"{place.runs} runs: {name}", file=sys.stderr)
            found.setdefault(name, []).append(run())
    figures.costs = {name: medians(costs) for name, costs in found.items()}
    _fresh_build(place, place.files, 0)
    figures.counts = {**_counts(place.site, place.runs), "written for one run": _one_change(place, figures)}
    return figures


def _commands(place: Place) -> dict[str, Callable[[], Cost]]:
    read = [sys.executable, "-c", HISTORIES]
    commands: dict[str, Callable[[], Cost]] = {
        "read files": lambda: cost([*read, str(place.files)]),
        "build files": lambda: _fresh_build(place, place.files, 0),
        "build files, one process": lambda: _fresh_build(place, place.files, 1),
    }
    if place.python:
        files = search_runs(place.python, f"file://{place.files}")
        commands["read sqlite, table"] = lambda: cost([sys.executable, "-c", TABLE, str(place.database)])
        commands["read sqlite"] = lambda: cost([*read, str(place.database)])
        commands["build sqlite"] = lambda: _fresh_build(place, place.database, 0)
        commands["search_runs files"] = lambda: cost(files, OLD_STORES)
        commands["search_runs sqlite"] = lambda: cost(search_runs(place.python, f"sqlite:///{place.database}"))
    for name in ("readall", "statall"):
        program = c_program(name, place.root)
        if program:
            commands[name] = lambda program=program: cost([program, str(place.files)])  # type: ignore[misc]
    if hugo():
        commands["hugo"] = lambda: _hugo(place)
    return commands


def build_command(store: Path, site: Path, jobs: int) -> list[str]:
    """The command of a build."""
    return [sys.executable, "-P", "-m", "sitegen", "build", str(store), "-o", str(site), "--jobs", str(jobs)]


def _fresh_build(place: Place, store: Path, jobs: int) -> Cost:
    """A build into a folder that is not there, without anything kept from earlier ones."""
    for folder in (place.site, place.root / "cache"):
        shutil.rmtree(folder, ignore_errors=True)
    return cost(build_command(store, place.site, jobs), _environment(place))


def _environment(place: Place) -> Mapping[str, str]:
    return {"XDG_CACHE_HOME": str(place.root / "cache")}


def _hugo(place: Place) -> Cost:
    site = place.root / f"hugo-{place.runs}"
    if not site.exists():
        write_hugo_site(site, range(place.runs))
    shutil.rmtree(site / "public", ignore_errors=True)
    return cost([hugo() or "hugo", "--source", str(site), "--quiet"])


def _one_change(place: Place, figures: Figures) -> int:
    """Build again after nothing changed, and after one run got another point; the number of files that are new then."""
    again = build_command(place.files, place.site, 0)
    cost(again, _environment(place))
    figures.costs["build, nothing changed"] = cost(again, _environment(place))
    metric = sorted(place.files.glob("*/*/metrics/val/loss"))[place.runs // 2]
    before, logged = _inodes(place.site), metric.read_bytes()
    with metric.open("ab") as file:
        file.write(b"1800000000000 0.25 200\n")
    figures.costs["build, one run changed"] = cost(again, _environment(place))
    metric.write_bytes(logged)
    return len(_inodes(place.site) - before)


def _inodes(site: Path) -> set[tuple[str, int, int]]:
    """Every file with its inode and time: a file that was left alone keeps both."""
    found = set()
    for path in site.rglob("*"):
        if path.is_file():
            status = path.stat()
            found.add((str(path), status.st_ino, status.st_mtime_ns))
    return found


def _counts(site: Path, runs: int) -> dict[str, int]:
    pages = sorted((site / "runs").glob("*.html"), key=lambda page: page.stat().st_size)
    middle = pages[len(pages) // 2].read_bytes()
    every = [path for path in site.rglob("*") if path.is_file() and "assets" not in path.relative_to(site).parts]
    opened = [*(site / "data" / "experiments").glob("*.js")]
    later = [*(site / "data" / "columns").glob("*.js")]
    return {
        "run page": len(middle),
        "run page, compressed": len(gzip.compress(middle)),
        "bytes of the site": sum(path.stat().st_size for path in every),
        "files": len(every),
        "scripts of a run page, compressed": sum(map(_compressed, _scripts(site, middle))),
        "runs table": sum(path.stat().st_size for path in opened),
        "runs table, compressed": sum(map(_compressed, opened)),
        "columns loaded later": sum(path.stat().st_size for path in later),
        "columns loaded later, compressed": sum(map(_compressed, later)),
    }


def _scripts(site: Path, page: bytes) -> list[Path]:
    """The scripts that a run's page loads by itself."""
    return [site / "runs" / source for source in re.findall(r'<script[^>]* src="([^"]+)"', page.decode("utf-8"))]


def _compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes()))


def start(place: Place) -> dict[str, Cost]:
    """What starting costs: the help, and sites of 1 and of 61 runs without caches."""
    found = {"--help": cost([sys.executable, "-P", "-m", "sitegen", "--help"])}
    for runs in (1, 61):
        small = Place(place.root, runs, "")
        small.prepare()
        found[f"build of {runs}"] = _fresh_build(small, small.files, 0)
    return found


def stages(place: Place) -> Sequence[tuple[str, float]]:
    """CPU milliseconds a run of each room of the package, in one process, by a profile of a build (which slows it)."""
    import cProfile
    import pstats

    from sitegen.cli import main

    shutil.rmtree(place.site, ignore_errors=True)
    profile = cProfile.Profile()
    try:
        profile.runcall(main, ["build", str(place.files), "-o", str(place.site), "--jobs", "1"], standalone_mode=False)
    except SystemExit as stopped:
        if stopped.code:
            raise
    rooms: dict[str, float] = {}
    package = f"{os.sep}sitegen{os.sep}"
    for (file, _, _), (_, _, own, _, callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        for caller, time in _shares(file, own, callers):
            room = Path(caller.rpartition(package)[2]).parts[0].removesuffix(".py") if package in caller else "others"
            rooms[room] = rooms.get(room, 0.0) + time
    return sorted(((room, seconds * 1000 / place.runs) for room, seconds in rooms.items()), key=lambda one: -one[1])


def _shares(file: str, own: float, callers: Mapping[tuple[str, int, str], Sequence[float]]) -> list[tuple[str, float]]:
    """Time of our own code where it is; that of libraries where they are called from, as far as that is our code."""
    if f"{os.sep}sitegen{os.sep}" in file or not callers:
        return [(file, own)]
    return [(caller[0], times[2]) for caller, times in callers.items()]
