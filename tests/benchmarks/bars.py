"""The bars: what a figure may be at most, each a ratio against a peer of the same run, a count, or a cost of starting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.benchmarks.measure import Figures
from tests.benchmarks.processes import Cost


@dataclass(frozen=True, slots=True)
class Bar:
    """What is measured, its figure (None where a peer is missing), the most that it may be, and how both are shown."""

    what: str
    figure: float | None
    limit: float
    form: str = "{:.2f}"

    @property
    def shown(self) -> str:
        """The figure as the page shows it."""
        return "not measured" if self.figure is None else self.form.format(self.figure)

    @property
    def limit_shown(self) -> str:
        """The bar as the page shows it."""
        return self.form.format(self.limit)

    @property
    def verdict(self) -> str:
        """Whether it is met."""
        return "-" if self.figure is None else "yes" if self.figure <= self.limit else "no"


def bars(found: Sequence[Figures], start: dict[str, Cost]) -> list[Bar]:
    """Every bar, by the largest size; growth against the smallest."""
    return [*_ratios(found[-1]), *_growth(found), *_counts(found[-1]), *_starts(start)]


def _ratios(figures: Figures) -> Iterator[Bar]:
    yield Bar(
        "read a file store, histories included: CPU of `search_runs`",
        _ratio(figures, "read files", "search_runs files"),
        1 / 5,
    )
    yield Bar("the same, of a C program that only reads the files", _ratio(figures, "read files", "readall"), 4)
    yield Bar(
        "read SQLite, histories included: CPU of `search_runs`",
        _ratio(figures, "read sqlite", "search_runs sqlite"),
        1 / 5,
    )
    yield Bar("whole build: CPU of `search_runs` alone", _ratio(figures, "build files", "search_runs files"), 1 / 3)
    yield Bar("whole build: CPU of hugo making as many pages", _ratio(figures, "build files", "hugo"), 1.25)
    yield Bar(
        "whole build from SQLite: CPU of `search_runs`", _ratio(figures, "build sqlite", "search_runs sqlite"), 1 / 3
    )
    wall = figures.costs["build files"].wall / figures.costs["build files, one process"].wall
    yield Bar("all processors against one process, wall", wall, 1 / 1.6)
    yield Bar(
        "nothing changed: CPU of a C program that asks for every file's size and time",
        _ratio(figures, "build, nothing changed", "statall"),
        2.5,
    )
    yield Bar(
        "nothing changed: CPU of the whole build", _ratio(figures, "build, nothing changed", "build files"), 1 / 4
    )
    more = figures.costs["build, one run changed"].cpu - figures.costs["build, nothing changed"].cpu
    yield Bar("one run changed: CPU s over nothing changed", more, 0.8)
    yield Bar("one run changed: files written", figures.counts["written for one run"], 8, "{:.0f}")
    yield Bar("largest process of a build, MiB", figures.costs["build files"].peak, 150, "{:.0f}")


def _ratio(figures: Figures, ours: str, theirs: str) -> float | None:
    return (
        figures.costs[ours].cpu / figures.costs[theirs].cpu
        if ours in figures.costs and theirs in figures.costs
        else None
    )


def _growth(found: Sequence[Figures]) -> Iterator[Bar]:
    """CPU a further run from the smallest to the largest size, of that up to the smallest."""
    if len(found) > 1:
        small, large = found[0], found[-1]
        further = (large.costs["build files"].cpu - small.costs["build files"].cpu) / (large.runs - small.runs)
        what = f"CPU a run between {small.runs:,} and {large.runs:,} runs, of that up to {small.runs:,}"
        yield Bar(what, further * small.runs / small.costs["build files"].cpu, 1.1)


def _counts(figures: Figures) -> Iterator[Bar]:
    counts, runs = figures.counts, figures.runs
    yield Bar("a run's page, bytes", counts["run page"], 12_000, "{:,.0f}")
    yield Bar("a run's page, bytes compressed", counts["run page, compressed"], 4_000, "{:,.0f}")
    yield Bar("site without artifacts and assets, bytes a run", counts["bytes of the site"] / runs, 25_000, "{:,.0f}")
    yield Bar("files a run", counts["files"] / runs, 1.1)
    yield Bar("runs table, bytes a run", counts["runs table"] / runs, 240, "{:.0f}")
    yield Bar("runs table, bytes a run compressed", counts["runs table, compressed"] / runs, 95, "{:.0f}")


def _starts(start: dict[str, Cost]) -> Iterator[Bar]:
    yield Bar("`sitegen --help`, CPU s", start["--help"].cpu, 0.25)
    yield Bar("a build of one run without caches, CPU s", start["build of 1"].cpu, 1.2)
    yield Bar("a build of 61 runs without caches, CPU s", start["build of 61"].cpu, 3)
