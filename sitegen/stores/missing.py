"""Why there is no store at a path, as one sentence for the user."""

from __future__ import annotations

import os
from pathlib import Path

from sitegen.stores.disk import is_junk_file, printable, read_bytes, reason


def describe_missing(path: Path, location: str) -> str:
    """Why the file or folder `path`, which the user named as `location`, is no store."""
    return (_describe_folder if path.is_dir() else _describe_file)(path, location)


def _describe_file(path: Path, location: str) -> str:
    """Why the file `path` is no store, as one sentence for the user."""
    try:
        head = read_bytes(os.path.realpath(path))[:100]
    except OSError as error:
        return f"{location} cannot be read ({reason(error)}); check its permissions."
    if head.startswith(b"version https://git-lfs"):
        return f"{location} is a Git LFS pointer, not the file itself; fetch the file with: git lfs pull"
    if not head:
        return f"{location} is empty; give the path of an mlruns folder or an mlflow.db."
    return f"{location} is a file that holds no MLflow runs; give the path of an mlruns folder or an mlflow.db."


def _describe_folder(path: Path, location: str) -> str:
    """Why the folder `path` is no store, as one sentence for the user."""
    try:
        names = [name for name in os.listdir(path) if not is_junk_file(name)]
    except OSError as error:
        return f"{location} cannot be read ({reason(error)}); check its permissions."
    if not names:
        return f"{location} is empty; give the mlruns folder itself, the one with experiment folders in it."
    databases = sorted(printable(name) for name in names if name.endswith(".db"))
    hint = "give the mlruns folder itself, the one with experiment folders in it, or an mlflow.db"
    if databases:
        return f"{location} holds no MLflow runs, and {databases[0]} is no run store; {hint}."
    return f"{location} holds no MLflow runs; {hint}."
