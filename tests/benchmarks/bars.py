"""The bars: what a figure may be at most, each a ratio against a peer of the same run, a count, or a cost of starting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.measure import Figures
from tests.benchmarks.processes import Cost


@dataclass(frozen=True, slots=True)
class Bar:
    """What is measured, its figure (None where a peer is missing), the most that it may be and better be, and how these
    are shown."""

    number: int
    """Which of the bars it belongs to; 0 for none of them."""
    what: str
    figure: float | None
    limit: float
    stretch: float | None = None
    form: str = "{:.2f}"

    @property
    def line(self) -> str:
        """Its row on the page."""
        figure = "not measured" if self.figure is None else self.form.format(self.figure)
        stretch = "" if self.stretch is None else self.form.format(self.stretch)
        number = str(self.number or "")
        return f"| {number} | {self.what} | {figure} | {self.form.format(self.limit)} | {stretch} | {self.verdict} |"

    @property
    def verdict(self) -> str:
        """Whether it is met."""
        if self.figure is None:
            return "-"
        if self.stretch is not None and self.figure <= self.stretch:
            return "yes, stretch too"
        return "yes" if self.figure <= self.limit else "no"


def bars(found: Sequence[Figures], start: Mapping[str, Cost], browser: Mapping[str, float]) -> list[Bar]:
    """Every bar, by the largest size; growth against the smallest. `browser` is empty where that was not asked for."""
    every = [*_ratios(found[-1]), *_growth(found), *_counts(found[-1]), *_in_browser(browser), *_starts(start)]
    return sorted(every, key=lambda bar: bar.number or len(every))


def _ratios(figures: Figures) -> Iterator[Bar]:
    def of(ours: str, theirs: str) -> float | None:
        costs = figures.costs
        return costs[ours].cpu / costs[theirs].cpu if ours in costs and theirs in costs else None

    yield Bar(
        1,
        "read a file store, histories included: CPU of `search_runs`",
        of("read files", "search_runs files"),
        1 / 5,
        1 / 8,
    )
    yield Bar(2, "the same, of a C program that only reads the files", of("read files", "readall"), 4, 3)
    sqlite = "search_runs sqlite"
    yield Bar(
        3, "read SQLite, last values only: CPU of `search_runs`", of("read sqlite, table", sqlite), 1 / 20, 1 / 30
    )
    yield Bar(3, "read SQLite, histories included: CPU of `search_runs`", of("read sqlite", sqlite), 1 / 5, 1 / 7)
    yield Bar(4, "whole build: CPU of `search_runs` alone", of("build files", "search_runs files"), 1 / 3, 1 / 5)
    yield Bar(4, "whole build from SQLite: CPU of `search_runs`", of("build sqlite", sqlite), 1 / 3, 1 / 5)
    yield Bar(5, "whole build: CPU of hugo making as many pages", of("build files", "hugo"), 1.25, 1)
    wall = figures.costs["build files"].wall / figures.costs["build files, one process"].wall
    yield Bar(6, "all processors against one process, wall", wall, 1 / 1.6, 1 / 1.8)
    same = "build, nothing changed"
    yield Bar(
        7, "nothing changed: CPU of a C program that asks for every file's size and time", of(same, "statall"), 2.5, 1.9
    )
    yield Bar(7, "nothing changed: CPU of the whole build", of(same, "build files"), 1 / 4, 1 / 6)
    more = figures.costs["build, one run changed"].cpu - figures.costs[same].cpu
    yield Bar(8, "one run changed: CPU s over nothing changed", more, 0.8, 0.4)
    yield Bar(8, "one run changed: files written", figures.counts["written for one run"], 8, 5, "{:.0f}")
    yield Bar(9, "largest process of a build, MiB", figures.costs["build files"].peak, 150, None, "{:.0f}")


def _growth(found: Sequence[Figures]) -> Iterator[Bar]:
    """CPU a further run from the smallest to the largest size, of that up to the smallest."""
    if len(found) > 1:
        small, large = found[0], found[-1]
        further = (large.costs["build files"].cpu - small.costs["build files"].cpu) / (large.runs - small.runs)
        what = f"CPU a run between {small.runs:,} and {large.runs:,} runs, of that up to {small.runs:,}"
        yield Bar(10, what, further * small.runs / small.costs["build files"].cpu, 1.1, 1)


def _counts(figures: Figures) -> Iterator[Bar]:
    counts, runs = figures.counts, figures.runs
    whole = "{:,.0f}"
    yield Bar(11, "a run's page, bytes", counts["run page"], 12_000, 9_000, whole)
    yield Bar(11, "a run's page, bytes compressed", counts["run page, compressed"], 4_000, 2_800, whole)
    site = counts["bytes of the site"] / runs
    yield Bar(11, "site without artifacts and assets, bytes a run", site, 25_000, 13_000, whole)
    yield Bar(11, "files a run", counts["files"] / runs, 1.1, 1.01)
    table, compressed = counts["runs table"] / runs, counts["runs table, compressed"] / runs
    yield Bar(12, "runs table as it opens, bytes a run", table, 240, 190, whole)
    yield Bar(12, "runs table as it opens, bytes a run compressed", compressed, 95, 70, whole)
    scripts = counts["scripts of a run page, compressed"]
    yield Bar(13, "scripts of a run's page before interaction, bytes compressed", scripts, 30_000, 10_000, whole)


def _in_browser(found: Mapping[str, float]) -> Iterator[Bar]:
    """Of experiments of 10,000 and 100,000 runs in Chromium, from disk: what a reader waits, in milliseconds."""
    whole = "{:,.0f}"
    ours, theirs = found.get("10,000 usable"), found.get("MLflow UI")
    ratio = ours / theirs if ours and theirs else None
    yield Bar(14, "runs table of 10,000 usable: wall of MLflow's UI, warm", ratio, 1 / 8, 1 / 15)
    yield Bar(15, "10,000 runs: key press to filtered rows, ms", found.get("10,000 filter"), 100, 50, whole)
    yield Bar(16, "100,000 runs: table usable, ms", found.get("100,000 usable"), 3_000, 1_500, whole)
    yield Bar(16, "100,000 runs: later search, ms", found.get("100,000 filter by number"), 400, 200, whole)
    yield Bar(16, "100,000 runs: elements in the page", found.get("100,000 elements"), 3_000, None, whole)


def _starts(start: Mapping[str, Cost]) -> Iterator[Bar]:
    yield Bar(17, "`sitegen --help`, CPU s", start["--help"].cpu, 0.25, 0.15)
    yield Bar(0, "a build of one run without caches, CPU s", start["build of 1"].cpu, 1.2)
    yield Bar(0, "a build of 61 runs without caches, CPU s", start["build of 61"].cpu, 3)
