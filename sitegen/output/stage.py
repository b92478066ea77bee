"""The folder that a build fills, beside the output: a build that fails leaves the previous site as it was."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from sitegen.errors import UsageError
from sitegen.output.files import UMASK, Written, write_file
from sitegen.output.lock import locked
from sitegen.output.manifest import MANIFEST, listed
from sitegen.output.place import Places, put_in_place, repair

# What a disk or its owner can do to a build. Any other error of the system is a bug of ours, to be seen as one.
DISK_ERRORS = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENAMETOOLONG}
)
SCRATCH = ".scratch"
"""A folder of the stage for temporary files of the build, which are not part of the site."""
SHARED = "thumbs/"
"""Folders of files that are named after their content; several runs may write the same file."""


class Stage:
    """A folder being filled: `root`, as text; `previous` is the folder of the site before it, '' for none."""

    def __init__(self, root: Path, previous: Path | None = None) -> None:
        self.root = str(root)
        self.previous = str(previous) if previous else ""
        self.written: list[Written] = []
        self.shared: set[str] = set()

    def write(self, path: str, content: str | bytes) -> None:
        Path(self.root, path).parent.mkdir(parents=True, exist_ok=True)
        self.written.append(write_file(self.root, path, content, self.previous))

    def record(self, written: Iterable[Written]) -> None:
        """Add what a worker wrote to the manifest; a file that several runs share (a thumbnail) is listed once."""
        for entry in written:
            if not entry.path.startswith(SHARED):
                self.written.append(entry)
            elif entry.path not in self.shared:
                self.shared.add(entry.path)
                self.written.append(entry)

    def finish(self) -> None:
        """Remove the scratch folder, and write the manifest, last of all."""
        shutil.rmtree(Path(self.root, SCRATCH), ignore_errors=True)
        files = [list(entry) for entry in sorted(self.written)]
        self.write(MANIFEST, json.dumps({"generator": "sitegen", "files": files}, separators=(",", ":")) + "\n")


@contextlib.contextmanager
def staged(output: Path, *, stores: Iterable[Path | None], adopt: bool = False) -> Iterator[Stage]:
    """A stage for `output`; leaving the block without an error puts the new site in place.

    Raises UsageError when the output cannot be used: it overlaps a store, holds files that sitegen did not make
    (unless `adopt`), another build holds it, or the site cannot be written to the disk.
    """
    output = output.absolute()
    places = Places(output)
    try:
        check_output(output, stores, adopt)
        output.parent.mkdir(parents=True, exist_ok=True)
        with locked(places.lock), masked():
            repair(places)
            places.stage.mkdir()
            try:
                stage = Stage(places.stage, output if output.is_dir() else None)
                yield stage
                stage.finish()
                put_in_place(places)
            finally:
                shutil.rmtree(places.stage, ignore_errors=True)
    except OSError as error:
        if error.errno not in DISK_ERRORS:
            raise
        raise UsageError(
            f"Cannot write to {output}: {error.strerror}; make room, or choose another folder with -o."
        ) from error


@contextlib.contextmanager
def masked() -> Iterator[None]:
    """Make new files and folders readable by all, also those of the worker processes started meanwhile."""
    before = os.umask(UMASK)
    try:
        yield
    finally:
        os.umask(before)


def check_output(output: Path, stores: Iterable[Path | None], adopt: bool) -> None:
    """Refuse an output whose replacement would lose something; a store that is not on this machine is None."""
    real = output.resolve()
    if real == Path(real.anchor) or real == Path.home().resolve():
        raise UsageError(f"{output} cannot be the output; give a folder of its own with -o.")
    for place in (store.resolve() for store in stores if store is not None):
        if real == place or real.is_relative_to(place):
            raise UsageError(f"The output {output} is inside the store; choose a folder outside it with -o.")
        if place.is_relative_to(real):
            raise UsageError(
                f"The store is inside the output {output}, which a build replaces; choose another with -o."
            )
    if os.path.lexists(output) and not output.is_dir():
        raise UsageError(f"The output {output} is a file; give a folder with -o.")
    if output.is_dir() and not adopt and not listed(output) and any(path.name != ".git" for path in output.iterdir()):
        raise UsageError(
            f"{output} holds files that sitegen did not make; give an empty folder, or --force-adopt to build there."
        )
