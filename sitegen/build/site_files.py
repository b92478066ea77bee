"""The files that a site has once: assets, the pages of the whole site, what scripts load, and the search index."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sitegen.addresses import experiment_page, file_name, run_page
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import plural
from sitegen.build import models_and_datasets
from sitegen.charts.compile import Kinds
from sitegen.markup.data_js import data_script
from sitegen.model import Catalog, Problem
from sitegen.output import Stage
from sitegen.pages.best import best_json
from sitegen.pages.columnfiles import experiment_files
from sitegen.pages.compared import judged_metrics
from sitegen.pages.data import judged, place_shards, places
from sitegen.pages.experiments import links_to_experiments
from sitegen.pages.home import home_page_of
from sitegen.pages.page import Page, PlainPage, Site
from sitegen.pages.related import site_links
from sitegen.pages.views import ViewPage
from sitegen.render import Renderer
from sitegen.render.themes import Theme
from sitegen.search import FIELD_WEIGHT, NOTE_WEIGHT, IndexBuilder

STYLES = (
    "tokens", "layout", "components", "charts", "analysis", "explorer", "artifacts", "models", "custom", "print",
)  # fmt: skip
"""The style sheets, joined in this order into one."""

PAGE_STYLES = ("previews",)
"""Style sheets of one kind of page, which only that kind loads."""

FOLDERS = (
    "runs", "experiments", "best", "views", "charts", "artifacts",
    "data/runs", "data/places", "data/experiments", "data/columns", "data/search", "data/artifacts", "data/images",
)  # fmt: skip


def write_assets(theme: Theme, stage: Stage) -> str:
    """Write styles, scripts and third-party files into one folder named after their content; its path, with a slash."""
    files = {path: file.read_bytes() for path, file in theme.files("assets").items()}
    vendor = {path: file.read_bytes() for path, file in theme.files("vendor").items() if _ships(path)}
    styles = b"".join(files[f"assets/css/{name}.css"] for name in STYLES)
    shipped = {path.removeprefix("assets/"): data for path, data in files.items() if not path.startswith("assets/css/")}
    shipped |= {"site.css": styles, **vendor}
    shipped |= {f"{name}.css": files[f"assets/css/{name}.css"] for name in PAGE_STYLES}
    # Pages of other people load this one: its address must outlive the content of all others.
    stage.write("charts/embed.js", shipped.pop("js/embed.js"))
    digest = hashlib.sha256(b"".join(path.encode() + data for path, data in sorted(shipped.items()))).hexdigest()[:10]
    for path, data in sorted(shipped.items()):
        stage.write(f"assets/{digest}/{path}", data)
    return f"assets/{digest}/"


def _ships(path: str) -> bool:
    """Whether a vendored file is for readers: what runs and its licence, not how it was fetched."""
    return path.endswith((".js", ".css")) or Path(path).name.startswith("LICENSE")


def write_site_pages(
    renderer: Renderer,
    catalog: Catalog,
    reports: Sequence[Report],
    problems: Sequence[Problem],
    more: Sequence[Page],
    views: Sequence[ViewPage],
    stage: Stage,
) -> None:
    """Home, named views, and the pages that scripts fill: compare, search, the frame of a single curve; 404."""
    links = links_to_experiments([report.table for report in reports])
    home = home_page_of(renderer.site.title, reports, catalog, problems, site_links(more))
    pages: list[Page] = [
        replace(home, views=tuple((view.path, view.title) for view in views)),
        *views,
        PlainPage("compare.html", "compare.html", "compare", "Compare runs", links),
        PlainPage("search.html", "search.html", "search", "Search", links),
        PlainPage("404.html", "404.html", "missing", "Page not found", links),
        PlainPage("charts/curve.html", "curve.html", "curve", "Metric curve"),
    ]
    _write_pages(renderer, pages, stage)


def _write_pages(renderer: Renderer, pages: Sequence[Page], stage: Stage) -> None:
    for page in pages:
        stage.write(page.path, renderer.render(page))


def write_data_files(site: Site, reports: Sequence[Report], kinds: Kinds, stage: Stage) -> None:
    """What scripts load: the site, the kinds of charts, each experiment's columns, each run's place."""
    stage.write("data/best.json", best_json(reports, site))
    stage.write("data/kinds.js", data_script("kinds", kinds.compiled))
    stage.write("data/specs.js", data_script("specs", kinds.specs))
    experiments = [
        [
            r.table.experiment.experiment_id,
            file_name(r.table.experiment.experiment_id),
            r.table.experiment.name,
            len(r.table.rows),
            judged_metrics(r.ranking),
        ]
        for r in reports
    ]
    stage.write(
        "data/site.js", data_script("site", {"title": site.title, "digits": site.digits, "experiments": experiments})
    )
    entries: dict[str, list[object]] = {}
    for report in reports:
        for key, content in experiment_files(report.table, report.ranking).items():
            stage.write(f"data/{key}.js", data_script(key, content))
        entries |= places(report.table, report.ranking)
    known = [judged(report.table, report.ranking) for report in reports]
    for shard, content in place_shards(entries, site.digits, known).items():
        stage.write(f"data/places/{shard}.js", data_script(f"places/{shard}", content))


def write_search_files(
    reports: Sequence[Report], more: Sequence[Page], views: Sequence[ViewPage], stage: Stage
) -> None:
    """The word index over experiments, runs, models, prompts, datasets and named views."""
    index = IndexBuilder()
    for report in reports:
        experiment = report.table.experiment
        tags = ((f"{k} {v}", FIELD_WEIGHT) for k, v in _own_tags(experiment.tags))
        fields = [*tags, (experiment.note, NOTE_WEIGHT)]
        subtitle = plural(len(report.table.rows), "run")
        index.add("experiment", experiment_page(experiment.experiment_id), experiment.name, subtitle, fields)
    for report in reports:
        for row in report.table.rows:
            index.add("run", run_page(row.run_id), row.name, report.table.experiment.name, _run_words(row))
    for page in more:
        found = models_and_datasets.search_entry(page)
        if found:
            index.add(found.kind, page.path, page.title, found.subtitle, [(text, NOTE_WEIGHT) for text in found.texts])
    for view in views:
        index.add(
            "page", view.path, view.title, view.experiment, [(view.note, NOTE_WEIGHT), (view.filter, FIELD_WEIGHT)]
        )
    for path, text in index.files():
        stage.write(f"data/{path}", text)


def _own_tags(tags: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(k, v) for k, v in tags.items() if not k.startswith("mlflow.")]


def _run_words(row: RunRow) -> list[tuple[str, int]]:
    return [
        (row.run_id, FIELD_WEIGHT),
        (row.status, FIELD_WEIGHT),
        *((f"{k} {v}", FIELD_WEIGHT) for k, v in row.params.items()),
        *((f"{k} {v}", FIELD_WEIGHT) for k, v in row.tags.items()),
        (row.user, FIELD_WEIGHT),
        (row.source_name, FIELD_WEIGHT),
        (row.note, NOTE_WEIGHT),
    ]
