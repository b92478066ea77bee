"""The model card, from the `MLmodel` file: flavors, signature, requirements, size, and how to load the model."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sitegen.analysis.words import plural, size
from sitegen.model import ModelFile
from sitegen.pages.page import Fact
from sitegen.pages.signature import SchemaTable, signature_tables

MAX_FACTS = 30


@dataclass(frozen=True, slots=True)
class Flavor:
    """A way in which the model can be loaded, with what is known of it."""

    name: str
    """The flavor's name: `sklearn`."""
    facts: tuple[tuple[str, str], ...]
    """What is known of it, as label and value; at most 30."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The card; every part may be empty. `missing` is a sentence if there is no `MLmodel` file at all."""

    facts: tuple[Fact, ...] = ()
    """Flavors, files, artifact path, MLflow's version, time."""
    flavors: tuple[Flavor, ...] = ()
    """The ways in which the model can be loaded."""
    signature: tuple[SchemaTable, ...] = ()
    """Its inputs, outputs and params, as far as it has a signature."""
    no_signature: str = ""
    """A sentence where it has no signature; else empty."""
    requirements: tuple[str, ...] = ()
    """The packages that it needs, a line each: `scikit-learn==1.4.2`."""
    requirements_line: str = ""
    """How many those are: `4 requirements`."""
    missing: str = ""
    """A sentence where there is no `MLmodel` file, and nothing else to show; else empty."""


def model_card(file: ModelFile | None, missing: str = "The files of this model are not with the store.") -> ModelCard:
    """The card of a model; `missing` is shown if there is no file."""
    if file is None:
        return ModelCard(missing=missing)
    signature = signature_tables(file.inputs, file.outputs, file.params)
    facts = [
        Fact("Flavors", ", ".join(file.flavors)),
        Fact("Files", f"{plural(file.files, 'file')}, {size(file.size)}" if file.files else ""),
        Fact("Artifact path", file.path, mono=True),
        Fact("MLflow", file.mlflow_version),
        Fact("Made", file.created[:16] + (" UTC" if file.created else "")),
    ]
    return ModelCard(
        facts=tuple(fact for fact in facts if fact.value),
        flavors=tuple(Flavor(name, tuple(found.items())[:MAX_FACTS]) for name, found in file.flavors.items()),
        signature=signature,
        no_signature="" if signature else "This model has no signature.",
        requirements=file.requirements,
        requirements_line=plural(len(file.requirements), "requirement") if file.requirements else "",
    )


def load_line(uri: str) -> str:
    """The line of Python that loads the model at `uri`."""
    return f"mlflow.pyfunc.load_model({json.dumps(uri, ensure_ascii=False)})"
