"""The keys of the language: groups and their other names, attributes, and what each is compared with. The

first part is exactly MLflow's (`mlflow.utils.search_utils.SearchUtils`, MLflow 3.17); the second is sitegen's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sitegen.query.nodes import Group, Key

GROUPS: Mapping[str, Group] = {
    "attribute": "attribute",
    "attributes": "attribute",
    "attr": "attribute",
    "run": "attribute",
    "metric": "metric",
    "metrics": "metric",
    "parameter": "param",
    "parameters": "param",
    "param": "param",
    "params": "param",
    "tag": "tag",
    "tags": "tag",
    "dataset": "dataset",
    "datasets": "dataset",
}
"""The names of groups; case matters, as in MLflow."""

TEXTS = frozenset(["run_id", "run_name", "status", "user_id", "artifact_uri"])
TIMES = frozenset(["start_time", "end_time"])
ALIASES: Mapping[str, str] = {
    "created": "start_time",
    "Created": "start_time",
    "run name": "run_name",
    "Run name": "run_name",
    "Run Name": "run_name",
}
DATASET_KEYS = frozenset(["name", "digest", "context"])

OUR_TEXTS = frozenset(["experiment_id", "lifecycle_stage", "parent_run_id", "source_name", "git_commit"])
OUR_NUMBERS = frozenset(["duration"])
ATTRIBUTES = TEXTS | TIMES | OUR_TEXTS | OUR_NUMBERS

Kind = Literal["number", "text", "either"]


def attribute_of(name: str) -> str | None:
    """The attribute that `name` means, None if there is none."""
    name = ALIASES.get(name, name)
    return name if name in ATTRIBUTES else None


def kind_of(key: Key) -> Kind:
    """What `key` is compared with: params and tags with strings, and with numbers if they can be read as numbers."""
    if key.group in ("param", "tag", "any"):
        return "either"
    return "number" if key.group == "metric" or key.name in TIMES | OUR_NUMBERS else "text"


def is_mlflows(key: Key) -> bool:
    """Whether `key` exists in MLflow with the same meaning."""
    return not key.reducer and not (key.group == "attribute" and key.name in OUR_TEXTS | OUR_NUMBERS)
