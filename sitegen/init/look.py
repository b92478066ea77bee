"""What a new site is about: which store was found, where it is from the current folder, what would be best in it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sitegen.commands.standing import read_standing
from sitegen.config import Config
from sitegen.stores import find_stores
from sitegen.stores.contract import Progress, ReadOptions, no_progress

MAX_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Seen:
    """`store` is what `sitegen.toml` names: a path from the folder of the file, or an address."""

    store: str
    sentence: str
    """Which store was found and why."""
    runs: int
    objectives: tuple[tuple[str, str], ...]
    """Experiments with what decides in them, as found: `("cifar-cnn", "min val_loss")`; at most 10."""
    committed: bool
    """Whether git has the store, so that a job that checks out the repository has it too."""
    is_address: bool
    """Whether it is a server or a bucket."""


def look(store: str, folder: Path, progress: Progress = no_progress) -> Seen:
    """Find the store, as a build would, and look into it. Raises StoreError, UsageError."""
    found = find_stores([store] if store else [], ReadOptions())
    location = found.locations[0]
    is_address = "://" in location and not location.startswith(("file:", "sqlite:"))
    path = Path(location.removeprefix("file://").removeprefix("sqlite:///"))
    named = location if is_address else _from_folder(path, folder)
    standing = read_standing(location, Config(), progress) if not is_address else None
    best = standing.record.best.values() if standing else ()
    runs = sum(one.runs for one in best)
    decided = [(one.experiment, one.objective) for one in best if one.objective]
    committed = not is_address and _is_committed(path)
    return Seen(named, found.sentence, runs, tuple(decided[:MAX_SHOWN]), committed, is_address)


def _from_folder(path: Path, folder: Path) -> str:
    """The path from the folder of the settings, with `/` between its parts; the whole path where it is elsewhere."""
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return path.resolve().as_posix()


def _is_committed(path: Path) -> bool:
    folder = path if path.is_dir() else path.parent
    try:
        command = ["git", "ls-files", "--", os.fspath(path.resolve())]
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and bool(done.stdout.strip())
