"""Links between the pages of models, datasets and tables: the one place that turns an id into a link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sitegen.addresses import (
    NOWHERE,
    Href,
    dataset_page,
    experiment_page,
    logged_model_page,
    run_page,
    version_address,
)
from sitegen.analysis.best import Ranking
from sitegen.analysis.relations import Forms, Relations
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import number
from sitegen.model import Catalog, LoggedModel, ModelFile, ModelVersion
from sitegen.pages.prompt_links import PromptLink, prompts_of_runs
from sitegen.pages.store_address import UNKNOWN_STORE, StoreAddress


@dataclass(frozen=True, slots=True)
class Link:
    """A string that may lead somewhere."""

    text: str
    """Its text; may be empty."""
    href: Href = NOWHERE
    """Where it leads; empty if there is no such page."""
    sub: str = ""
    """A note after it in smaller type; may be empty."""


NO_LINK = Link("")


class Library:
    """All runs, models and datasets of a site, by id. `files` are `MLmodel` files: of logged models by their id, of
    models among a run's artifacts by (run id, path)."""

    def __init__(
        self,
        catalog: Catalog,
        reports: Sequence[Report],
        relations: Iterable[Relations],
        forms: Forms,
        files: Mapping[Any, ModelFile],
        store: StoreAddress = UNKNOWN_STORE,
    ) -> None:
        self.catalog = catalog
        self.reports = reports
        self.rows: dict[str, RunRow] = {row.run_id: row for report in reports for row in report.table.rows}
        self.names = {r.table.experiment.experiment_id: r.table.experiment.name for r in reports}
        self.rankings: dict[str, Ranking | None] = {r.table.experiment.experiment_id: r.ranking for r in reports}
        self.relations = sorted(relations, key=lambda found: found.run_id)
        self.forms = forms
        self.files = files
        self.store = store
        self.logged: dict[str, LoggedModel] = {model.model_id: model for model in catalog.logged_models}
        self._made: dict[str, list[tuple[str, int]]] = {}
        self._used: dict[str, list[str]] = {}
        for found in self.relations:
            for output in found.models_made:
                self._made.setdefault(output.model_id, []).append((found.run_id, output.step))
            for model_id in found.models_used:
                self._used.setdefault(model_id, []).append(found.run_id)
        self.versions: dict[str, list[ModelVersion]] = {}
        for version in (v for m in catalog.registered_models if not m.is_prompt for v in m.versions):
            self.versions.setdefault(version.model_id or "", []).append(version)
        self.runs_of_prompts: dict[PromptLink, list[str]] = {}
        of_runs = prompts_of_runs(catalog, self.relations)
        for run_id in sorted(of_runs):
            for link in of_runs[run_id]:
                self.runs_of_prompts.setdefault(link, []).append(run_id)
        self._by_stage: dict[tuple[str, str], str] = {}
        for version in (v for m in catalog.registered_models for v in m.versions if v.stage not in ("", "None")):
            self._by_stage.setdefault((version.name, version.stage), version.version)

    def newest_of_stage(self, version: ModelVersion) -> bool:
        """Whether `version` has a stage, and none newer is in it: MLflow loads the newest by a stage's address."""
        return self._by_stage.get((version.name, version.stage)) == version.version

    def run(self, run_id: str | None) -> Link:
        """A run by its name; the id alone where the site has no such run."""
        row = self.rows.get(run_id or "")
        return Link(row.name, run_page(row.run_id)) if row else Link((run_id or "")[:8])

    def experiment(self, experiment_id: str) -> Link:
        name = self.names.get(experiment_id)
        return Link(name, experiment_page(experiment_id)) if name is not None else Link(experiment_id)

    def runs_of_model(self, model_id: str) -> tuple[list[tuple[str, int]], list[str]]:
        """The runs that made a logged model, with the step, and those that used it."""
        return self._made.get(model_id, []), self._used.get(model_id, [])

    def model(self, model_id: str) -> Link:
        """A logged model by its name."""
        found = self.logged.get(model_id)
        return Link(found.name, logged_model_page(model_id)) if found else Link(model_id)

    def dataset(self, name: str | None, digest: str | None) -> Link:
        known = (name or "") in self.forms.by_digest.get(digest or "", {})
        return Link(name or "", dataset_page(digest) if known and digest is not None else NOWHERE, digest or "")

    def objective(self, row: RunRow) -> tuple[str, float] | None:
        """The metric by which the run's experiment is ranked, with the run's value; None if there is none."""
        ranking = self.rankings.get(row.experiment_id)
        value = ranking.objective.value_of(row) if ranking else None
        return (ranking.objective.metric, value) if ranking and value is not None else None


def version_link(version: ModelVersion) -> Link:
    """A version of a registered model, on the model's page."""
    return Link(f"{version.name} version {version.version}", version_address(version.name, version.version))


def value_text(value: float | None) -> tuple[str, str]:
    """A number as a table shows it, and in full."""
    return ("", "") if value is None else (number(value), repr(value))
