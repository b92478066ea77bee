"""The lock of an output folder: one build at a time, released however the build ends."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sitegen.errors import UsageError

LOCK_SECONDS = 60.0


@contextlib.contextmanager
def locked(path: Path, while_waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock of an output; the system releases it when the process ends, however it ends.

    `while_waiting` is called now and then, and may raise.
    """
    deadline = time.monotonic() + LOCK_SECONDS
    handle = _locked_handle(path)
    while handle is None:
        if time.monotonic() > deadline:
            raise UsageError(
                f"Another build has been writing to this output for {LOCK_SECONDS:.0f} s; wait for it, or stop it."
            )
        while_waiting()
        time.sleep(0.1)
        handle = _locked_handle(path)
    try:
        yield
    finally:
        # Removed while it is held: whoever opened it meanwhile sees that and opens anew. Windows keeps open files.
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(handle)


def _locked_handle(path: Path) -> int | None:
    """The lock file, open and locked, or None when another build has it.

    A file that was locked but is no longer the one at `path` was removed by the previous build, and does not count.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
    with contextlib.suppress(OSError):
        if _try_lock(handle) and os.path.samestat(os.fstat(handle), path.stat()):
            return handle
    os.close(handle)
    return None


if sys.platform == "win32":  # pragma: no cover

    def _try_lock(handle: int) -> bool:
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:

    def _try_lock(handle: int) -> bool:
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
