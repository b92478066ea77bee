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
THE_DISKS_FAULT = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENAMETOOLONG}
)
SCRATCH = ".scratch"
"""Below the folder of a stage: what a build keeps there meanwhile is not part of the site."""
SHARED = "thumbs/"
"""What is named after its content lies here; runs that hold the same write the same."""


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
        """Take into the manifest what a worker wrote; a file that several runs share (a thumbnail) is listed once."""
        for entry in written:
            if not entry.path.startswith(SHARED):
                self.written.append(entry)
            elif entry.path not in self.shared:
                self.shared.add(entry.path)
                self.written.append(entry)

    def finish(self) -> None:
        """Write the manifest, last of all; nothing stays in the folder that is not listed in it."""
        shutil.rmtree(Path(self.root, SCRATCH), ignore_errors=True)
        files = [list(entry) for entry in sorted(self.written)]
        self.write(MANIFEST, json.dumps({"generator": "sitegen", "files": files}, separators=(",", ":")) + "\n")


@contextlib.contextmanager
def staged(output: Path, *, stores: Iterable[Path | None], adopt: bool = False) -> Iterator[Stage]:
    """A stage for `output`; leaving the block without an error puts the new site in place.

    Raises UsageError when the output cannot be used: it overlaps a store, holds files that are not a site of ours
    (unless `adopt`), another build holds it, or the disk does not take the site.
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
        if error.errno not in THE_DISKS_FAULT:
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
    """Refuse an output whose replacement would lose something; a store is None that is not on this machine."""
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
