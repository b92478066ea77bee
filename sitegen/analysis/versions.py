"""Which code and which data a run was made from: MLflow's own tags, else what people and other tools write into tags
and params.

The names are those of MLflow (`mlflow/utils/mlflow_tags.py`), of the variables that GitHub Actions, GitLab CI, Azure
Pipelines and Databricks set, of Kedro (`git_sha` of a session), DVC (`dvc.*`, as DVCLive logs them), and those that
people set by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from sitegen.model import Run

MAX_VALUE = 100
"""Characters of a version; what is longer is not one."""
MAX_VERSIONS = 8
_COMMITS = (
    "mlflow.source.git.commit",
    "mlflow.databricks.gitRepoCommit",
    "git_commit",
    "git.commit",
    "git_sha",
    "git.sha",
    "git_hash",
    "git_commit_hash",
    "git_commit_sha",
    "commit",
    "commit_hash",
    "commit_sha",
    "code_version",
    "kedro.git_sha",
    "dvc.git_commit",
    "GITHUB_SHA",
    "CI_COMMIT_SHA",
    "BUILD_SOURCEVERSION",
    "Build.SourceVersion",
)
_VERSIONS = (
    "data_version",
    "dataset_version",
    "data.version",
    "dataset.version",
    "data_hash",
    "dataset_hash",
    "data_commit",
    "data_revision",
    "dataset_revision",
    "delta_version",
    "delta_table_version",
    "delta.version",
)
_DATASET = "dataset"
"""As a tag a version that was set by hand; as a param it is a setting like any other."""
_DVC = "dvc."
_OF_SOURCE = ("delta_table_version", "revision")
"""Members of a dataset's source, JSON, that say which version of a Delta table or Hugging Face dataset it is."""
_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}(?:-dirty)?", re.ASCII)


def commit_of(run: Run) -> str:
    """The commit of the code that made a run, else the version that `code_version` names; '' if nothing says it."""
    for pairs in (run.tags, run.params):
        for key in _COMMITS:
            value = pairs.get(key)
            if value and (key == _COMMITS[0] or _is_commit(key, value.strip())):
                return value if key == _COMMITS[0] else value.strip()
    return ""


def _is_commit(key: str, value: str) -> bool:
    return bool(_COMMIT.fullmatch(value)) or key == "code_version" and 0 < len(value) <= MAX_VALUE


def data_versions_of(run: Run) -> tuple[tuple[str, str], ...]:
    """Name and version of the data of a run, as tags, params, sources of datasets and files of DVC say them."""
    found = dict(_versions(run))
    return tuple(sorted(found.items())[:MAX_VERSIONS])


def _versions(run: Run) -> Iterable[tuple[str, str]]:
    yield from ((one.path, one.digest) for one in run.tracked)
    for used in run.inputs:
        yield from _of_source(used.dataset.name, used.dataset.source)
    for pairs in (run.params, run.tags):
        yield from ((key, pairs[key].strip()) for key in _VERSIONS if _is_version(pairs.get(key, "")))
    yield from ((key, value.strip()) for key, value in _set_by_hand(run.tags) if _is_version(value))


def _set_by_hand(tags: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    return ((key, value) for key, value in tags.items() if key == _DATASET or key.startswith(_DVC))


def _is_version(value: str) -> bool:
    return 0 < len(value.strip()) <= MAX_VALUE


def _of_source(name: str, source: str) -> Iterable[tuple[str, str]]:
    """The version of a Delta table or a Hugging Face dataset, out of the source that MLflow recorded."""
    if not any(member in source for member in _OF_SOURCE):
        return
    try:
        found = json.loads(source)
    except (ValueError, RecursionError):
        return
    for member in _OF_SOURCE if isinstance(found, dict) else ():
        if isinstance(found.get(member), str | int) and found[member] != "":
            yield f"{name} {member.replace('_', ' ')}".strip(), str(found[member])[:MAX_VALUE]
