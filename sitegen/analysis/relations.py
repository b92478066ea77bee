"""How a run is related to things with pages of their own: datasets, models, logged tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sitegen.model import Dataset, ModelOutput, Run

MAX_FORMS = 20
"""Maximum number of forms kept of one dataset: with MLflow's source type `code` each run has a form of its own."""
LINKED_PROMPTS = "mlflow.linkedPrompts"
MAX_PROMPTS = 100
"""Prompts of one run that are looked at."""


@dataclass(frozen=True, slots=True)
class Use:
    """A run's use of a dataset, which is known by its digest and name."""

    digest: str
    name: str
    context: str


@dataclass(frozen=True, slots=True)
class Relations:
    """The relations of one run. `tables` are the paths of the tables among its artifacts that MLflow knows as such."""

    run_id: str
    uses: tuple[Use, ...] = ()
    models_made: tuple[ModelOutput, ...] = ()
    models_used: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    prompts: tuple[tuple[str, str], ...] = ()
    """Name and version of the prompts that it used."""


def relations_of(run: Run) -> Relations | None:
    """The relations of `run`, None if it has none."""
    found = Relations(
        run.run_id,
        tuple(Use(used.dataset.digest, used.dataset.name, used.context) for used in run.inputs),
        run.model_outputs,
        run.model_inputs,
        tables_of(run.tags),
        prompts_of(run.tags) if LINKED_PROMPTS in run.tags else (),
    )
    has_any = found.uses or found.models_made or found.models_used or found.tables or found.prompts
    return found if has_any else None


def prompts_of(tags: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Name and version of the prompts that the tags of a run or a logged model name (MLflow 3)."""
    try:
        found = json.loads(tags.get(LINKED_PROMPTS, "[]"))
        return tuple((str(one["name"]), str(one["version"])) for one in found[:MAX_PROMPTS])
    except (ValueError, TypeError, KeyError, RecursionError):
        return ()


def tables_of(tags: Mapping[str, str]) -> tuple[str, ...]:
    """The paths of the tables that `mlflow.log_table` and `mlflow.evaluate` wrote, as MLflow's own tag names them."""
    try:
        entries = json.loads(tags.get("mlflow.loggedArtifacts", "[]"))
        found = [entry["path"] for entry in entries if entry.get("type") == "table"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ()
    return tuple(dict.fromkeys(path for path in found if isinstance(path, str)))


class Forms:
    """The datasets that were met, each in the forms (source, schema, profile) in which it was met."""

    def __init__(self, datasets: Iterable[Dataset] = ()) -> None:
        self.by_digest: dict[str, dict[str, list[Dataset]]] = {}
        self.add(datasets)

    def add(self, datasets: Iterable[Dataset]) -> None:
        """Add more datasets; beyond `MAX_FORMS`, further forms of a dataset are dropped."""
        for dataset in datasets:
            forms = self.by_digest.setdefault(dataset.digest, {}).setdefault(dataset.name, [])
            if len(forms) < MAX_FORMS and dataset not in forms:
                forms.append(dataset)

    def __iter__(self) -> Iterator[Dataset]:
        return (one for names in self.by_digest.values() for forms in names.values() for one in forms)
