"""The content of a model folder: flavors, signature, Python, requirements. The model is never loaded."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sitegen.model import Artifact, ArtifactFolder
from sitegen.privacy import NO_NAMES, Names, Privacy, clean_text
from sitegen.viewers.encodings import as_text
from sitegen.viewers.reading import Unreadable, parse_json, parse_yaml, read_bytes

MAX_COLUMNS = 100
"""Columns of a signature that are listed."""
MAX_REQUIREMENTS = 300
MAX_MODELS = 50
"""Maximum number of model folders of one run that are read."""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder with an `MLmodel` file; `path` is the folder below the artifacts, `size` in bytes of all its files.

    `inputs` and `outputs` are (name, type) pairs of the signature, `requirements` lines for pip. `problem` is a
    sentence when the `MLmodel` could not be read; then the rest is empty.
    """

    path: str
    size: int
    files: int
    flavors: tuple[tuple[str, str], ...] = ()
    python: str = ""
    mlflow: str = ""
    requirements: tuple[str, ...] = ()
    inputs: tuple[tuple[str, str], ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    params: tuple[tuple[str, str], ...] = ()
    problem: str = ""


def model_paths(files: Iterable[Artifact]) -> list[str]:
    """The folders among `files` that hold a model; '' for the root."""
    return [posixpath.dirname(file.path) for file in files if posixpath.basename(file.path) == "MLmodel"]


def read_model(folder: ArtifactFolder, path: str, privacy: Privacy, names: Names = NO_NAMES) -> ModelFolder:
    """The model in the folder `path` of `folder`, its strings as the site may show them.

    `names` are those that its run's fields hold.
    """
    prefix = f"{path}/" if path else ""
    inside = {f.path.removeprefix(prefix): f.size for f in folder.files if f.path.startswith(prefix)}
    reader = _Reader(folder, prefix, privacy, inside, names)
    size, count = sum(inside.values()), len(inside)
    try:
        description = parse_yaml(reader.text("MLmodel"))
        if not isinstance(description, Mapping):
            raise Unreadable("The file MLmodel does not describe a model.")
    except Unreadable as problem:
        return ModelFolder(path, size, count, problem=str(problem))
    signature = _mapping(description.get("signature"))
    return ModelFolder(
        path,
        size,
        count,
        flavors=tuple(
            sorted((str(name), _version(name, given)) for name, given in _mapping(description.get("flavors")).items())
        ),
        python=reader.python(description),
        mlflow=_word(description.get("mlflow_version")),
        requirements=reader.requirements(),
        inputs=_columns(signature.get("inputs")),
        outputs=_columns(signature.get("outputs")),
        params=_columns(signature.get("params")),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """The small text files of one model folder."""

    folder: ArtifactFolder
    prefix: str
    privacy: Privacy
    inside: Mapping[str, int]
    names: Names

    def text(self, name: str) -> str:
        """A file's text, secrets masked. Raises Unreadable."""
        if name not in self.inside:
            raise Unreadable(f"The file {name} does not exist.")
        text = as_text(read_bytes(self.folder, self.prefix + name))
        return clean_text(text, self.privacy, names=self.names)[0]

    def yaml(self, name: str) -> Mapping[str, Any]:
        try:
            return _mapping(parse_yaml(self.text(name)))
        except Unreadable:
            return {}

    def python(self, description: Mapping[str, Any]) -> str:
        """The version of Python that the model was made with."""
        flavor = _mapping(_mapping(description.get("flavors")).get("python_function"))
        conda = (
            d.removeprefix("python=").lstrip("=")
            for d in _dependencies(self.yaml("conda.yaml"))
            if d.startswith("python=")
        )
        return (
            _word(flavor.get("python_version")) or _word(self.yaml("python_env.yaml").get("python")) or next(conda, "")
        )

    def requirements(self) -> tuple[str, ...]:
        """The lines of requirements.txt, else what conda.yaml leaves to pip."""
        try:
            lines = self.text("requirements.txt").splitlines()
        except Unreadable:
            lines = _pip_part(self.yaml("conda.yaml"))
        kept = (line.strip() for line in lines)
        return tuple(line for line in kept if line and not line.startswith("#"))[:MAX_REQUIREMENTS]


def _dependencies(conda: Mapping[str, Any]) -> list[str]:
    found = conda.get("dependencies")
    return [d for d in found if isinstance(d, str)] if isinstance(found, list) else []


def _pip_part(conda: Mapping[str, Any]) -> list[str]:
    found = conda.get("dependencies")
    parts = [d["pip"] for d in found if isinstance(d, Mapping) and "pip" in d] if isinstance(found, list) else []
    return [line for part in parts if isinstance(part, list) for line in part if isinstance(line, str)]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _word(value: object) -> str:
    return str(value)[:40] if isinstance(value, str | int | float) else ""


def _version(name: object, flavor: object) -> str:
    """The version of the flavor's library, which most flavors write under a key of their own."""
    description = _mapping(flavor)
    keys = (f"{name}_version", "pytorch_version", "sklearn_version", "xgb_version", "lgb_version", "keras_version")
    return next((_word(description[key]) for key in keys if key in description), "")


def _columns(text: object) -> tuple[tuple[str, str], ...]:
    """A part of a signature, which is JSON inside the YAML."""
    try:
        found = parse_json(text) if isinstance(text, str) else []
    except Unreadable:
        return ()
    if not isinstance(found, list):
        return ()
    return tuple((_word(c.get("name")) or "(unnamed)", _type(c)) for c in found[:MAX_COLUMNS] if isinstance(c, Mapping))


def _type(column: Mapping[str, Any]) -> str:
    spec = _mapping(column.get("tensor-spec"))
    if spec:
        return f"{_word(spec.get('dtype'))} {str(spec.get('shape'))[:60]}".strip()
    optional = ", optional" if column.get("required") is False else ""
    return (_word(column.get("type")) or "any") + optional
