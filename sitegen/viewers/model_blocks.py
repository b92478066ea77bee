"""The preview of an `MLmodel` file, with the content of its model folder."""

from __future__ import annotations

from sitegen.analysis.words import plural, size
from sitegen.viewers import csv, texts
from sitegen.viewers.blocks import Block, Facts, Heading, Text
from sitegen.viewers.models import ModelFolder


def model_blocks(model: ModelFolder) -> tuple[Block, ...]:
    """The blocks of a model folder: flavors, signature, requirements."""
    flavors = ", ".join(f"{name} {version}".strip() for name, version in model.flavors)
    named = [("Flavors", flavors), ("Python", model.python), ("MLflow", model.mlflow)]
    named.append(("Size", f"{size(model.size)} in {plural(model.files, 'file')}"))
    blocks: list[Block] = [Facts(tuple((label, value) for label, value in named if value))]
    for title, columns in (("Inputs", model.inputs), ("Outputs", model.outputs), ("Params of a call", model.params)):
        if columns:
            blocks += [Heading(title), csv.table_of(["Name", "Type"], columns, len(columns))]
    if model.requirements:
        blocks += [Heading("Requirements"), Text("\n".join(map(_escaped, model.requirements)), label="Requirements")]
    return tuple(blocks)


def _escaped(text: str) -> str:
    return texts.marked(text, "")
