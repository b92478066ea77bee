"""What sitegen costs, beside its peers, with every process counted. One command:

    python -m tests.benchmarks [--runs 1000,10000] [--times 3] [--mlflow-python PYTHON] [--work DIR]
        [--browser] [--write]

Makes the stores (kept in DIR), runs each command in turns with its peers, and prints the bars with their figures; with
`--write` it makes docs/performance.md. Peers that are not there (MLflow, a C compiler, hugo) are left out and said to be.
Measure on a machine that has nothing else to do; seconds differ between machines, ratios hardly do.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.bars import bars
from tests.benchmarks.explorer import in_browser
from tests.benchmarks.measure import Figures, Place, measure, stages, start
from tests.benchmarks.processes import ROOT, Cost, become_reaper

PAGE = ROOT / "docs" / "performance.md"


def main() -> None:
    """Measure, print, and write the page if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", default="1000,10000", help="sizes of stores, smallest first")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--mlflow-python", default=sys.executable, help="a Python that has MLflow; '' leaves it out")
    parser.add_argument("--work", type=Path, default=Path(ROOT, "build", "benchmarks"))
    parser.add_argument("--browser", action="store_true", help="the runs table in Chromium too, beside MLflow's UI")
    parser.add_argument("--write", action="store_true", help="make docs/performance.md")
    asked = parser.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    become_reaper()
    load = os.getloadavg()[0]
    places = [Place(asked.work.resolve(), int(runs), asked.mlflow_python) for runs in asked.runs.split(",")]
    found = [measure(place, asked.times) for place in places]
    browser = in_browser(places[-1], asked.times) if asked.browser else {}
    page = report(found, start(places[0]), browser, stages(places[0]), asked.times, load)
    print(page)
    if asked.write:
        PAGE.write_text(page, "utf-8")


def report(
    found: Sequence[Figures],
    start: Mapping[str, Cost],
    browser: Mapping[str, float],
    stages: Sequence[tuple[str, float]],
    times: int,
    load: float,
) -> str:
    """The page: bars, costs by size, stages."""
    lines = [
        "# Performance",
        "",
        f"Made by `python -m tests.benchmarks`: medians of {times} runs in turns with their peers, CPU seconds (user and "
        f"system) of all processes that a command starts, caches emptied before each full build. {os.cpu_count()} "
        f"processors, Python {platform.python_version()}, load {load:.1f} at the start. Ratios hold on other machines; "
        "seconds do not. How the stores are made is in `tests/benchmarks/store.py`: 12 params, 10 metrics (two of 200 "
        "steps) and 8 tags a run.",
        "",
        "## Bars",
        "",
        "| bar | what | figure | limit | stretch | met |",
        "|---|---|---|---|---|---|",
        *(bar.line for bar in bars(found, start, browser)),
        "",
        *_browser_lines(browser),
    ]
    for figures in found:
        lines += [
            "",
            f"## {figures.runs:,} runs",
            "",
            "| command | CPU s | wall s | largest process, MiB |",
            "|---|---|---|---|",
        ]
        lines += [f"| {name} | {c.cpu:.2f} | {c.wall:.2f} | {c.peak:.0f} |" for name, c in figures.costs.items()]
        lines += ["", "| count | |", "|---|---|", *(f"| {name} | {n:,} |" for name, n in figures.counts.items())]
    lines += ["", "## Start", "", "| command | CPU s | MiB |", "|---|---|---|"]
    lines += [f"| {name} | {c.cpu:.2f} | {c.peak:.0f} |" for name, c in start.items()]
    lines += [
        "",
        "## By room",
        "",
        "Milliseconds of CPU a run, in one process, by a profile (which makes all of it slower):",
        "",
    ]
    lines += ["| room | ms a run |", "|---|---|", *(f"| {room} | {ms:.2f} |" for room, ms in stages)]
    return "\n".join(lines) + "\n"


def _browser_lines(browser: Mapping[str, float]) -> list[str]:
    """What was measured in the browser, milliseconds but for elements."""
    if not browser:
        return ["Bars in the browser are measured with `--browser`, and charts by `python -m tests.benchmarks.charts`."]
    rows = [f"| {name} | {value:,.0f} |" for name, value in browser.items()]
    return [
        "## In the browser",
        "",
        "Milliseconds from disk in Chromium, medians.",
        "",
        "| what | |",
        "|---|---|",
        *rows,
    ]


if __name__ == "__main__":
    main()
