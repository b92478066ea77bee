"""A build in a process of its own, forked from this one, in which a file operation fails or the process is stopped."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import traceback
import warnings
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.builds import run

SECONDS = 100


@dataclass(frozen=True)
class Ended:
    """How a forked build ended: its exit code, negative for a signal; what it printed on standard error."""

    code: int
    err: str
    marks: str
    """What was written to the file of `Sabotage`."""


Sabotage = Callable[[Path], None]
"""Prepares the child for its end; it may write to the file."""


def forked_build(store: Path, output: Path, work: Path, sabotage: Sabotage) -> Ended:
    """The end of `sitegen build STORE -o OUTPUT` in a forked process; its temporary files go to `work/tmp`."""
    printed, marks, temporary = work / "stderr", work / "marks", work / "tmp"
    temporary.mkdir(exist_ok=True)
    marks.write_text("")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of libraries do nothing here
        child = os.fork()
    if not child:
        _be_child(store, output, printed, marks, temporary, sabotage)
    _, status = os.waitpid(child, 0)
    return Ended(os.waitstatus_to_exitcode(status), printed.read_text("utf-8"), marks.read_text("utf-8"))


def _be_child(store: Path, output: Path, printed: Path, marks: Path, temporary: Path, sabotage: Sabotage) -> None:
    """Run the build and end the process, which must not return into the tests that it was forked from."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        for handle in (1, 2):
            os.dup2(
                os.open(os.devnull if handle == 1 else printed, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), handle
            )
        sys.stdout, sys.stderr = (os.fdopen(handle, "w") for handle in (1, 2))
        tempfile.tempdir = str(temporary)
        weakref.finalize._registry.clear()  # what the parent would clean up at its own end
        sabotage(marks)
        run(["build", str(store), "-o", str(output), "--jobs", "1"])
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.setprofile(None)
        sys.stderr.flush()
        weakref.finalize._exitfunc()
        os._exit(code)
