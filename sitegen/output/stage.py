"""The folder that a build fills, beside the output: a build that fails leaves the previous site as it was."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sitegen.errors import UsageError
from sitegen.output.carried import Renamed
from sitegen.output.files import UMASK, Written, write_file
from sitegen.output.interrupts import Interrupts
from sitegen.output.lock import locked
from sitegen.output.manifest import MANIFEST, listed
from sitegen.output.place import STAGE_INSIDE, Places, put_in_place, remove, repair

# What a disk or its owner can do to a build. Any other error of the system is a bug of ours, to be seen as one.
DISK_ERRORS = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENAMETOOLONG}
)
OURS = frozenset({".git", STAGE_INSIDE})
"""What an output may hold although no site is in it: a worktree without files, what a killed build left."""
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
        self.renamed: list[Renamed] = []
        """Files of the user that had to be renamed, once the site is in place."""
        self.when_placed: Callable[[], None] = _nothing
        """Called when the site is in its place, while no other build can replace it."""
        self.is_dropped = False

    def drop(self) -> None:
        """Leave the previous site as it is."""
        self.is_dropped = True

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
    (unless `adopt`), another build holds it, or the site cannot be written to the disk. An interrupt raises inside the
    block; before and after it, it waits until nothing of this build is left but a whole site.
    """
    places = Places(_absolute(output))
    with Interrupts() as interrupts, _errors_of_disk(places):
        check_output(places.output, stores, adopt)
        with _parents(places.output), locked(places.lock, interrupts.check), masked():
            repair(places)
            try:
                places.stage.mkdir()
                stage = Stage(places.stage, places.output if places.output.is_dir() else None)
                try:
                    interrupts.allow()
                    yield stage
                    if not stage.is_dropped:
                        stage.finish()
                finally:
                    interrupts.defer()
                interrupts.check()
                if not stage.is_dropped:
                    stage.renamed = put_in_place(places)
                    interrupts.placed()
                    stage.when_placed()
            finally:
                with contextlib.suppress(OSError):
                    remove(places.stage)


def _absolute(output: Path) -> Path:
    try:
        return output.absolute()
    except FileNotFoundError:
        raise UsageError("The folder that the command runs in is gone; change to another one.") from None


@contextlib.contextmanager
def _errors_of_disk(places: Places) -> Iterator[None]:
    """Turns what the disk or its owner does to a build into a sentence. Any other error is a bug, to be seen as one."""
    try:
        yield
    except OSError as error:
        if error.errno not in DISK_ERRORS and not _is_in_output(error, places):
            raise
        raise UsageError(
            f"Cannot write to {places.output}: {error.strerror}; make room, or choose another folder with -o."
        ) from error


def _is_in_output(error: OSError, places: Places) -> bool:
    files = [name for name in (error.filename, error.filename2) if isinstance(name, str | os.PathLike)]
    around = (places.output, places.stage, places.old, places.lock, *places.output.parents)
    return any(Path(name) in around or Path(name).is_relative_to(one) for name in files for one in around[:4])


@contextlib.contextmanager
def _parents(output: Path) -> Iterator[None]:
    """Makes the folders above the output; takes them away again where there is no site in the end."""
    missing = [one for one in output.parents if not os.path.lexists(one)]
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        for folder in missing:
            with contextlib.suppress(OSError):  # which are not empty stay
                folder.rmdir()


def _nothing() -> None:
    """Nothing is to be done."""


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
    real = Path(os.path.realpath(output))
    if real == Path(real.anchor) or real == Path(os.path.realpath(os.path.expanduser("~"))):
        raise UsageError(f"{output} cannot be the output; give a folder of its own with -o.")
    for place in (Path(os.path.realpath(store)) for store in stores if store is not None):
        if real == place or real.is_relative_to(place):
            raise UsageError(f"The output {output} is inside the store; choose a folder outside it with -o.")
        if place.is_relative_to(real):
            raise UsageError(
                f"The store is inside the output {output}, which a build replaces; choose another with -o."
            )
    there = next(one for one in (output, *output.parents) if os.path.lexists(one))
    if not there.is_dir():
        if there != output:
            raise UsageError(f"The output {output} is below {there}, which is a file; give a folder with -o.")
        raise UsageError(f"The output {output} is a file; give a folder with -o.")
    if output.is_dir() and not adopt and not listed(output) and any(path.name not in OURS for path in output.iterdir()):
        raise UsageError(
            f"{output} holds files that sitegen did not make; give an empty folder, or --force-adopt to build there."
        )
