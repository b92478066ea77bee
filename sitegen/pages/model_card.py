"""The model card, from the `MLmodel` file and what stands beside it: flavors, signature, input example, requirements,
files, and how to load the model."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sitegen.analysis.words import plural, size
from sitegen.model import InputExample, ModelFile
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
class ExampleView:
    """The input example."""

    hint: str
    """Its kind and size: `dataframe, 2 rows × 4 columns`."""
    columns: tuple[tuple[str, str], ...]
    """Name and type of its columns; empty if it is not a table."""
    rows: tuple[tuple[str, ...], ...]
    """Its first rows; at most 10."""
    text: str
    """An example that is not a table, as JSON; cut after 4,000 characters."""
    note: str
    """A sentence where rows are left out; else empty."""


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
    example: ExampleView | None = None
    """Its input example; none if it was logged without."""
    metadata: tuple[tuple[str, str], ...] = ()
    """Key and value of what the user wrote about it."""
    files: tuple[tuple[str, str], ...] = ()
    """Path and size of each of its files; at most 200."""
    files_line: str = ""
    """How many those are: `9 files, 12 kB`."""
    missing: str = ""
    """A sentence where there is no `MLmodel` file, and nothing else to show; else empty."""


def model_card(file: ModelFile | None, missing: str = "The files of this model are not with the store.") -> ModelCard:
    """The card of a model; `missing` is shown if there is no file."""
    if file is None:
        return ModelCard(missing=missing)
    signature = signature_tables(file.inputs, file.outputs, file.params)
    facts = [
        Fact("Flavors", ", ".join(file.flavors)),
        Fact("Files", _files_line(file)),
        Fact("Artifact path", file.path, mono=True),
        Fact("MLflow", file.mlflow_version),
        Fact("Python", file.flavors.get("python_function", {}).get("python_version", "")),
        Fact("Code", ", ".join(file.code_paths), mono=True),
        Fact("Uses", ", ".join(file.resources)),
        Fact("Made", file.created[:16] + (" UTC" if file.created else "")),
    ]
    return ModelCard(
        facts=tuple(fact for fact in facts if fact.value),
        flavors=tuple(Flavor(name, tuple(found.items())[:MAX_FACTS]) for name, found in file.flavors.items()),
        signature=signature,
        no_signature="" if signature else "This model has no signature.",
        requirements=file.requirements,
        requirements_line=plural(len(file.requirements), "requirement") if file.requirements else "",
        example=_example_view(file.example) if file.example else None,
        metadata=tuple(file.metadata.items()),
        files=tuple((entry.path, size(entry.size)) for entry in file.entries),
        files_line=_files_line(file) + (f"; the first {len(file.entries)}" if len(file.entries) < file.files else ""),
    )


def _files_line(file: ModelFile) -> str:
    return f"{plural(file.files, 'file')}, {size(file.size)}" if file.files else ""


def _example_view(example: InputExample) -> ExampleView:
    """The example; a public site has its schema and shape alone."""
    total = int(example.shape.partition(" ")[0].replace(",", "")) if example.columns else 0
    left_out = (
        f"The first {len(example.rows)} of {example.shape.partition(' ×')[0]}." if len(example.rows) < total else ""
    )
    is_hidden = not (example.rows or example.text)
    return ExampleView(
        hint=", ".join(filter(None, (example.kind.replace("_", " "), example.shape))),
        columns=example.columns,
        rows=example.rows,
        text=example.text,
        note="Its values are not shown on a public site." if is_hidden else left_out,
    )


def load_line(uri: str) -> str:
    """The line of Python that loads the model at `uri`."""
    return f"mlflow.pyfunc.load_model({json.dumps(uri, ensure_ascii=False)})"
