"""The `MLmodel` file of a model among the artifacts of a run or of a logged model, what stands beside it, and where a
version's model lies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sitegen.model import ArtifactFolder, ModelFile
from sitegen.stores.artifacts import open_artifact
from sitegen.stores.disk import TEXT_LIMIT, printable
from sitegen.stores.input_example import input_example_of
from sitegen.stores.meta import MetaError, parse_meta

FILE = "MLmodel"
REQUIREMENTS = "requirements.txt"
MAX_REQUIREMENTS = 200
MAX_ENTRIES = 200
"""Files of a model's folder that are listed."""
MAX_METADATA = 50
MAX_RESOURCES = 50
_MAX_VALUE = 1000


def read_model_file(folder: ArtifactFolder, path: str) -> ModelFile | None:
    """The `MLmodel` of the model in `path` of the artifacts in `folder`; None if it cannot be read."""
    prefix = f"{path}/" if path else ""
    data = _read(folder, prefix + FILE)
    if data is None:
        return None
    try:
        meta = parse_meta(data)
    except MetaError:
        return None
    signature = meta.get("signature")
    signature = signature if isinstance(signature, dict) else {}
    own = [file for file in folder.files if file.path.startswith(prefix)]
    return ModelFile(
        path=path,
        flavors=_flavors(meta.get("flavors")),
        inputs=_text(signature.get("inputs")),
        outputs=_text(signature.get("outputs")),
        params=_text(signature.get("params")),
        mlflow_version=_text(meta.get("mlflow_version")),
        created=_text(meta.get("utc_time_created")),
        size=sum(file.size for file in own),
        files=len(own),
        requirements=_requirements(_read(folder, prefix + REQUIREMENTS)),
        entries=tuple(replace(file, path=file.path.removeprefix(prefix)) for file in own[:MAX_ENTRIES]),
        metadata=_metadata(meta.get("metadata")),
        code_paths=_code_paths(meta.get("flavors")),
        resources=tuple(_resources(meta.get("resources")))[:MAX_RESOURCES],
        is_from_type_hints=meta.get("is_signature_from_type_hint") is True,
        example=input_example_of(meta.get("saved_input_example_info"), lambda path: _read(folder, prefix + path)),
    )


def artifact_path_of(source: str, run_id: str) -> str | None:
    """Where among the artifacts of the run `run_id` a version's `source` lies, None if the source does

    not say. Understood are `runs:/<run id>/<path>` and any address that ends in `<run id>/artifacts/<path>`.
    """
    for start in (f"runs:/{run_id}/", f"/{run_id}/artifacts/"):
        before, found, path = source.partition(start)
        if found and (start[0] == "/" or not before) and path.strip("/"):
            return path.strip("/")
    return None


def _read(folder: ArtifactFolder, path: str) -> bytes | None:
    try:
        with open_artifact(folder, path) as file:
            data = file.read(TEXT_LIMIT + 1)
    except (OSError, ValueError):
        return None
    return data if len(data) <= TEXT_LIMIT else None


def _flavors(found: object) -> dict[str, Mapping[str, str]]:
    """Name of each flavor, with its facts that are not empty."""
    if not isinstance(found, dict):
        return {}
    return {
        printable(str(name)): {
            printable(str(key)): text for key, value in facts.items() if (text := _text(value)[:_MAX_VALUE])
        }
        if isinstance(facts, dict)
        else {}
        for name, facts in found.items()
    }


def _metadata(found: object) -> dict[str, str]:
    """The user's own metadata, values as text."""
    if not isinstance(found, dict):
        return {}
    kept = list(found.items())[:MAX_METADATA]
    return {printable(str(key))[:_MAX_VALUE]: _text(value)[:_MAX_VALUE] for key, value in kept}


def _code_paths(flavors: object) -> tuple[str, ...]:
    """The folders of code that any flavor names: a path, or a list of paths."""
    found = (
        [facts.get("code") for facts in flavors.values() if isinstance(facts, dict)]
        if isinstance(flavors, dict)
        else []
    )
    paths = [path for one in found for path in (one if isinstance(one, list) else [one]) if isinstance(path, str)]
    return tuple(dict.fromkeys(printable(path)[:_MAX_VALUE] for path in paths))[:MAX_RESOURCES]


def _resources(found: object) -> Iterator[str]:
    """A line for each resource: `{"databricks": {"serving_endpoint": [{"name": "chat"}]}}`."""
    for platform in found.values() if isinstance(found, dict) else ():
        for kind, listed in platform.items() if isinstance(platform, dict) else ():
            for one in listed if isinstance(listed, list) else ():
                name = one.get("name") if isinstance(one, dict) else None
                yield f"{printable(str(kind))}: {_text(name or one)}"[:_MAX_VALUE]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return printable(value if isinstance(value, str) else json.dumps(value, default=str, skipkeys=True))


def _requirements(data: bytes | None) -> tuple[str, ...]:
    """The lines of a `requirements.txt`, without comments."""
    lines = (data or b"").decode("utf-8", "replace").splitlines()
    kept = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return tuple(kept[:MAX_REQUIREMENTS])
