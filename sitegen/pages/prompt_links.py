"""Which runs used which versions of prompts, from the records of both sides.

A run names prompts in its tag `mlflow.linkedPrompts` (MLflow 3: a JSON list of name and version), a version of a
prompt names runs in `mlflow.prompt.associatedRunIds` (earlier: ids with commas between).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sitegen.analysis.relations import Relations
from sitegen.model import Catalog, RegisteredModel

RUN_IDS = "mlflow.prompt.associatedRunIds"
MAX_LINKS = 100
"""Runs of one version that are looked at."""


class PromptLink(NamedTuple):
    """A version of a prompt."""

    name: str
    version: str


PromptsOfRuns = Mapping[str, tuple[PromptLink, ...]]
"""The versions of prompts that each run used, by run id, in order."""


def prompts_of_runs(catalog: Catalog, relations: Iterable[Relations]) -> PromptsOfRuns:
    """The prompts that runs used, as far as the store has them."""
    prompts = [model for model in catalog.registered_models if model.is_prompt]
    if not prompts:
        return {}
    known = {PromptLink(model.name, version.version) for model in prompts for version in model.versions}
    found: dict[str, set[PromptLink]] = {}
    for one in relations:
        for name, version in one.prompts:
            found.setdefault(one.run_id, set()).add(PromptLink(name, version))
    for run_id, link in _named_by_prompts(prompts):
        found.setdefault(run_id, set()).add(link)
    return {run_id: tuple(sorted(links & known, key=_order)) for run_id, links in found.items() if links & known}


def _named_by_prompts(prompts: Iterable[RegisteredModel]) -> Iterable[tuple[str, PromptLink]]:
    for model in prompts:
        for version in model.versions:
            for run_id in version.tags.get(RUN_IDS, "").split(",")[:MAX_LINKS]:
                if run_id.strip():
                    yield run_id.strip(), PromptLink(model.name, version.version)


def _order(link: PromptLink) -> tuple[str, int, str]:
    is_number = link.version.isascii() and link.version.isdigit() and len(link.version) < 20
    return link.name, int(link.version) if is_number else 0, link.version
