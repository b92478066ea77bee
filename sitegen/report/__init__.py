"""`sitegen report`: runs, an experiment or a comparison in one file that opens offline (docs/report.md).

The pages are those of the site: the experiments that are asked for are built into a temporary folder, and what their
pages show is put into one file. `wanted.py` finds what was asked for, `single.py` makes a page a part of the file,
`pdf.py` has a browser print it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sitegen import __version__
from sitegen.addresses import experiment_page, run_page
from sitegen.analysis.metric_order import in_order
from sitegen.analysis.runs_table import RunRow, row_of
from sitegen.analysis.words import plural, size
from sitegen.build.collection import collecting_rarely
from sitegen.build.source import Source, find_source
from sitegen.build.steps import build_site
from sitegen.config import ChartConfig, Config
from sitegen.config.privacy import privacy_of
from sitegen.errors import UsageError
from sitegen.output import staged
from sitegen.pages.page import Site
from sitegen.pages.report import POLICY, ReportPage, ReportPart, compared
from sitegen.privacy import Privacy, clean_run
from sitegen.render import Renderer
from sitegen.report.single import Budget, part_of, styles_of
from sitegen.report.wanted import Item, SomeExperiments, choose
from sitegen.stores.contract import Progress, Store, no_progress

MAX_BYTES = 2_000_000
MAX_CURVES = 6
"""Metrics whose curves a comparison draws."""
_FOLDED = re.compile(r"<details(?![^>]* open)")


@dataclass(frozen=True, slots=True)
class Report:
    """A report as text."""

    text: str
    left_out: str
    """What is not in it, in a sentence; empty if everything is."""
    read: str
    """Which store was read and why, as a sentence."""

    @property
    def unfolded(self) -> str:
        """The same for paper, with everything unfolded."""
        return _FOLDED.sub("<details open", self.text)


def make_report(
    config: Config,
    wanted: Sequence[str],
    compare: bool = False,
    max_bytes: int = MAX_BYTES,
    progress: Progress = no_progress,
) -> Report:
    """The report on `wanted`: ids or names of runs and experiments. With `compare` the runs stand side by side.

    `max_bytes` is for the whole file; pictures that would make it larger are left out. Raises StoreError, UsageError.
    """
    privacy = privacy_of(config)
    source = find_source(config)
    catalog = source.store.catalog()
    items = choose(source.store, catalog, wanted)
    if compare and (len(items) < 2 or any(item.kind != "run" for item in items)):
        raise UsageError("A comparison needs two runs or more; name them by their ids or names.")
    rows = _rows(source.store, items, privacy) if compare else []
    with TemporaryDirectory(prefix="sitegen-report-") as folder:
        site = Path(folder, "site")
        _build(source, items, rows, site, progress)
        pages = _paths(items, rows, site)
        return _assemble(source, pages, rows, site, max_bytes)


def _rows(store: Store, items: Sequence[Item], privacy: Privacy) -> list[RunRow]:
    runs = store.read_runs([item.ref for item in items if item.ref]).runs
    return [row_of(clean_run(run, privacy)[0], 0) for run in runs]


def _build(source: Source, items: Sequence[Item], rows: Sequence[RunRow], site: Path, progress: Progress) -> None:
    """The site of the experiments that are asked for, with all of their runs: without these none has a rank."""
    experiments = frozenset(item.experiment_id for item in items)
    config = replace(
        source.config,
        output=site,
        no_cache=True,
        site_url="",
        since="",
        filter="",
        views=(),
        charts=tuple(_charts(rows)),
        max_run_pages=10**9,
    )
    reduced = replace(source, config=config, store=SomeExperiments(source.store, experiments))
    with collecting_rarely(), staged(site, stores=source.found.places) as stage:
        build_site(reduced, None, stage, progress)


def _charts(rows: Sequence[RunRow]) -> list[ChartConfig]:
    """Charts of the curves that the compared runs of one experiment share."""
    if not rows or len({row.experiment_id for row in rows}) > 1:
        return []
    shared = [key for key in rows[0].metrics if all(key in row.metrics and row.metrics[key].curved for row in rows)]
    ordered = in_order({key: len(rows) for key in shared if not key.startswith("system/")}, list(rows))
    ids = tuple(row.run_id for row in rows)
    return [
        ChartConfig(f"compared {n} {key}", rows[0].experiment_id, (key,), ids, title=key)
        for n, key in enumerate(ordered[:MAX_CURVES])
    ]


def _paths(items: Sequence[Item], rows: Sequence[RunRow], site: Path) -> list[str]:
    """The pages that become parts."""
    if rows:
        return sorted(path.relative_to(site).as_posix() for path in (site / "charts").glob("compared-*.html"))
    return [
        run_page(item.ref.run_id) if item.ref else experiment_page(item.experiment_id) for item in items
    ]  # fmt: skip


def _assemble(source: Source, pages: Sequence[str], rows: Sequence[RunRow], site: Path, max_bytes: int) -> Report:
    missing = [path for path in pages if not (site / path).is_file()]
    if missing:
        raise UsageError("What was asked for could not be read; sitegen inspect says what is wrong with the store.")
    css = styles_of(site, pages, source.theme)
    anchors = {path: f"part-{n}" for n, path in enumerate(pages, 1)}
    budget = Budget(max_bytes - len(css.encode()))
    parts = tuple(ReportPart(anchors[path], *part_of(site, path, anchors, budget)) for path in pages)
    title = _title([part.title for part in parts], rows)
    profile = "" if source.config.profile == "internal" else " Made for sharing: users, paths and hosts are hidden."
    page = ReportPage(
        title=title,
        lede=f"From the store {source.store.name}.{profile}",
        css=css,
        policy=POLICY.format(base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()),
        comparison=compared(rows) if rows else None,
        parts=parts,
        left_out=_left_out(budget, max_bytes),
    )
    text = Renderer(source.theme, Site(title, __version__, "", "", 1)).render(page)
    return Report(text, page.left_out, source.found.sentence)


def _title(titles: Sequence[str], rows: Sequence[RunRow]) -> str:
    if rows:
        return f"Comparison of {plural(len(rows), 'run')}"
    return titles[0] if len(titles) == 1 else f"{titles[0]} and {len(titles) - 1} more"


def _left_out(budget: Budget, max_bytes: int) -> str:
    words = [f"{plural(budget.pictures, 'picture')} to stay under {size(max_bytes)}"] if budget.pictures else []
    words += [f"{plural(budget.frames, 'frame')} that a browser would have to run or play"] if budget.frames else []
    return f"Left out: {' and '.join(words)}." if words else ""
