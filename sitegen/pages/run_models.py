"""The models, prompts and datasets of a run, with links to their pages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sitegen.addresses import (
    NOWHERE,
    Href,
    dataset_page,
    logged_model_page,
    prompt_page,
    version_address,
    version_anchor,
    with_anchor,
)
from sitegen.analysis.runs_table import natural
from sitegen.model import ModelVersion, Run
from sitegen.pages.prompt_links import PromptsOfRuns


@dataclass(frozen=True, slots=True)
class DatasetLine:
    """A dataset that a run used."""

    name: str
    """The dataset's name."""
    context: str
    """What it was used for: `training`."""
    digest: str
    """MLflow's digest of the data."""
    source: str
    """Where the data came from: an address or a path."""
    profile: str
    """What is known of its size: `num rows 150`."""
    href: Href
    """Where the dataset's page is."""


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A model that a run registered, logged or used."""

    name: str
    """The model's name, or its path among the artifacts."""
    what: str
    """The relation to the run: `logged at step 3`, `registered model, @champion`."""
    id: str
    """The model's id, version or path."""
    href: Href = NOWHERE
    """Where the model's page is; empty if it has none."""


@dataclass(frozen=True, slots=True)
class Models:
    """The models that run pages may mention: names of logged models by id, registered versions by their source run,
    versions of prompts by the run that used them."""

    logged: Mapping[str, str]
    versions: Mapping[str, Sequence[ModelVersion]]
    prompts: PromptsOfRuns = field(default_factory=dict)


NO_MODELS = Models({}, {})


def made_models(run: Run, models: Models) -> dict[str, str]:
    return {output.model_id: models.logged.get(output.model_id, "") for output in run.model_outputs}


def dataset_lines(run: Run) -> list[DatasetLine]:
    """The datasets in order of their names, since the order differs between kinds of stores."""
    lines = (
        DatasetLine(
            d.dataset.name,
            d.context,
            d.dataset.digest,
            _dataset_source(d.dataset.source),
            _profile(d.dataset.profile),
            dataset_page(d.dataset.digest),
        )
        for d in run.inputs
    )
    return sorted(lines, key=lambda line: (natural(line.name), line.digest, line.context))


def _dataset_source(text: str) -> str:
    """The place inside the JSON that MLflow stores, or the text as it is."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text[:200]
    if isinstance(value, dict):
        place = next((value[k] for k in ("uri", "url", "path", "table_name") if isinstance(value.get(k), str)), "")
        return place[:200]
    return text[:200]


def _profile(text: str | None) -> str:
    try:
        value = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return ""
    if not isinstance(value, dict):
        return ""
    return ", ".join(
        f"{k.replace('_', ' ')} {v}" for k, v in list(value.items())[:4] if isinstance(v, (int, float, str))
    )[:200]


def model_lines(run: Run, models: Models) -> list[ModelLine]:
    names = models.logged
    made = [
        ModelLine(
            names.get(o.model_id, o.model_id), f"logged at step {o.step}", o.model_id, _logged_href(o.model_id, models)
        )
        for o in run.model_outputs
    ]
    used = [ModelLine(names.get(i, i), "used as input", i, _logged_href(i, models)) for i in run.model_inputs]
    registered = [
        ModelLine(v.name, _registration(v), f"version {v.version}", version_address(v.name, v.version))
        for v in models.versions.get(run.run_id, ())
    ]
    prompts = [
        ModelLine(name, "prompt", f"version {version}", with_anchor(prompt_page(name), version_anchor(version)))
        for name, version in models.prompts.get(run.run_id, ())
    ]
    return [*registered, *made, *_model_history(run), *used, *prompts]


def _logged_href(model_id: str, models: Models) -> Href:
    return logged_model_page(model_id) if model_id in models.logged else NOWHERE


def _registration(version: ModelVersion) -> str:
    stage = version.stage if version.stage not in ("", "None") else ""
    return ", ".join(["registered model", *([stage] if stage else []), *(f"@{alias}" for alias in version.aliases)])


def _model_history(run: Run) -> list[ModelLine]:
    """Models that MLflow 2 logged into the run itself."""
    try:
        entries = json.loads(run.tags.get("mlflow.log-model.history", "[]"))
        found = [(str(e["artifact_path"]), ", ".join(sorted(map(str, e.get("flavors", {}))))) for e in entries]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return []
    return [
        ModelLine(path, f"logged model ({flavors})" if flavors else "logged model", path) for path, flavors in found
    ]
