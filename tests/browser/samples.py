"""The sample stores as built sites, beside what sitegen's own reader says they contain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from playwright.sync_api import Locator, Page

from sitegen.addresses import best_page, experiment_page, run_page
from sitegen.build import build
from sitegen.config import Config
from sitegen.model import Experiment, Run
from sitegen.privacy import Privacy, clean_run
from sitegen.stores import open_store

STORES = Path(__file__).resolve().parents[2] / "sample_runs"


@dataclass(frozen=True)
class Sample:
    """A site: where it is (`base` ends in `/`), and the experiments and runs that it shows, as they may be shown."""

    folder: Path
    base: str
    experiments: Mapping[str, Experiment]
    runs: tuple[Run, ...]

    def at(self, base: str) -> Sample:
        return replace(self, base=base)

    def experiment(self, name: str) -> str:
        """The path of the page of the experiment called `name`."""
        return experiment_page(self._id(name))

    def runs_of(self, name: str) -> list[Run]:
        wanted = self._id(name)
        return [run for run in self.runs if run.experiment_id == wanted]

    def run(self, name: str) -> Run:
        return next(run for run in self.runs if run.name == name)

    def _id(self, name: str) -> str:
        return next(e.experiment_id for e in self.experiments.values() if e.name == name)

    @cached_property
    def pages(self) -> dict[str, str]:
        """One path of each page type, by a word for it; the richest page where there is a choice."""
        parents = {run.parent_id for run in self.runs}
        parent = next((run for run in self.runs if run.run_id in parents), self.runs[0])
        pictured = max(self.runs, key=lambda run: sum(f.path.endswith(".png") for f in run.artifacts.files))
        curved = max(self.runs, key=lambda run: max((len(h) for h in run.metrics.values()), default=0))
        most = max(self.experiments, key=lambda e: sum(run.experiment_id == e for run in self.runs))
        key = max(curved.metrics, key=lambda k: len(curved.metrics[k]))
        two = ",".join(run.run_id for run in self.runs if run.experiment_id == curved.experiment_id)
        charts = sorted((self.folder / "charts").glob(f"{most}-*.html")) or sorted(
            (self.folder / "charts").glob("*.html")
        )
        return {
            "home": "index.html",
            "experiment": experiment_page(most),
            "best": best_page(most),
            "curves": experiment_page(curved.experiment_id),
            "over": experiment_page(curved.experiment_id) + "#charts=runs",
            "run": run_page(pictured.run_id),
            "parent": run_page(parent.run_id),
            **self._more,
            "compare": f"compare.html#runs={two}",
            "search": "search.html#q=a",
            "404": "404.html",
            "chart": f"charts/{charts[0].name}",
            "curve": f"charts/curve.html#run={curved.run_id}&metric={key}",
        }

    @property
    def _more(self) -> dict[str, str]:
        """Pages that only some stores have: models, datasets, tables."""
        kinds = {
            "model": "models/*.html",
            "logged model": "logged-models/*.html",
            "dataset": "datasets/*.html",
            "tables": "tables/*.html",
            "models": "models.html",
            "datasets": "datasets.html",
        }
        found = {kind: sorted(self.folder.glob(pattern)) for kind, pattern in kinds.items()}
        return {kind: paths[0].relative_to(self.folder).as_posix() for kind, paths in found.items() if paths}


def build_sample(name: str, folder: Path) -> Sample:
    """Build `sample_runs/<name>` into `folder`, in this process."""
    return build_store(STORES / name / "mlruns", folder / "site")


def build_store(store: Path, output: Path) -> Sample:
    """Build the store at `store` into `output`, and read it beside."""
    build(Config(store=str(store), output=output, jobs=1))
    opened = open_store(str(store))
    catalog = opened.catalog()
    runs = tuple(clean_run(run, Privacy("public"))[0] for run in opened.read_runs(catalog.runs).runs)
    used = {run.experiment_id for run in runs}
    experiments = {e.experiment_id: e for e in catalog.experiments if e.experiment_id in used}
    return Sample(output, output.as_uri() + "/", experiments, runs)


def open_menu(figure: Locator) -> Locator:
    """The figure with its menu open."""
    menu = figure.locator(".chart-tools > details")
    if menu.get_attribute("open") is None:
        menu.locator(":scope > summary").click()
    return figure


def open_page(page: Page, url: str) -> None:
    """Go to `url`, as a new document even where only the fragment is new, and wait until its scripts have started."""
    page.goto("about:blank")
    page.goto(url)
    page.wait_for_selector("html[data-ready]", state="attached")
