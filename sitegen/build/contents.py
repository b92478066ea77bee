"""The models, datasets and logged tables of all runs, gathered while the runs are read."""

from __future__ import annotations

from dataclasses import dataclass, field

from sitegen.analysis.evaluation import Evaluation
from sitegen.analysis.relations import Forms, Relations
from sitegen.model import ModelFile
from sitegen.viewers.models import ModelFolder

FileKey = str | tuple[str, str]
"""The key of an `MLmodel` file: a logged model's id, or a run's id and a path among its artifacts."""


@dataclass(slots=True)
class RunContents:
    """The relations of runs, the datasets they used, and the contents of the model files among their artifacts."""

    relations: list[Relations] = field(default_factory=list)
    forms: Forms = field(default_factory=Forms)
    files: dict[FileKey, ModelFile] = field(default_factory=dict)
    """The `MLmodel` files of registered versions and logged models."""
    model_folders: dict[str, ModelFolder] = field(default_factory=dict)
    """The content of the folder of each logged model, by model id."""
    evaluations: dict[str, Evaluation] = field(default_factory=dict)
    """The evaluations among the traces, by run id; none unless the user asks for traces."""
    has_figures: bool = False
    """Whether there are plotly figures among the artifacts."""

    def models(self) -> set[str]:
        """The ids of the logged models that the runs made or used."""
        found = {model_id for relations in self.relations for model_id in relations.models_used}
        return found | {made.model_id for relations in self.relations for made in relations.models_made}

    def join(self, other: RunContents) -> None:
        """Add the contents of other runs."""
        self.relations += other.relations
        self.forms.add(other.forms)
        self.files |= other.files
        self.model_folders |= other.model_folders
        self.evaluations |= other.evaluations
        self.has_figures |= other.has_figures
