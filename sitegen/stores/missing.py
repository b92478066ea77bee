"""Why there is no store at a path, as one sentence for the user."""

from __future__ import annotations

import os
from pathlib import Path

from sitegen.stores.disk import is_junk_file, printable, read_bytes, reason
from sitegen.stores.find import holds_artifacts, leaves


def describe_missing(path: Path, location: str, advice: str) -> str:
    """Why the file or folder `path`, which the user named as `location`, is not a store; `advice` is what to give."""
    return _describe_folder(path, location, advice) if path.is_dir() else _describe_file(path, location, advice)


def _describe_file(path: Path, location: str, advice: str) -> str:
    try:
        head = read_bytes(os.path.realpath(path))[:100]
    except OSError as error:
        return f"{location} cannot be read ({reason(error)}); check its permissions."
    if head.startswith(b"version https://git-lfs"):
        return f"{location} is a Git LFS pointer, not the file itself; fetch the file with: git lfs pull"
    if not head:
        return f"{location} is empty; {advice}."
    return f"{location} is a file that holds no MLflow runs; {advice}."


def _describe_folder(path: Path, location: str, advice: str) -> str:
    try:
        names = [name for name in os.listdir(path) if not is_junk_file(name)]
    except OSError as error:
        return f"{location} cannot be read ({reason(error)}); check its permissions."
    if not names:
        return f"{location} is empty; {advice}."
    databases = sorted(printable(name) for name in names if name.endswith(".db"))
    links = sorted(printable(name) for name in names if leaves(path / name, str(path)))
    if links:
        return (
            f"{location} holds no MLflow runs but links that leave it, which are not followed; "
            f"name what {links[0]} leads to."
        )
    if databases:
        return f"{location} holds no MLflow runs, and {databases[0]} is not a run store; {advice}."
    if holds_artifacts(str(path)):
        return (
            f"{location} holds only artifacts: MLflow 3 keeps runs in a database, mlflow.db by default, "
            "and there is none with runs beside it; give the path of the database."
        )
    return f"{location} holds no MLflow runs; {advice}."
