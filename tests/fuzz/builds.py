"""One build in this process, as the command runs it: what it printed, how it ended, how long it took."""

from __future__ import annotations

import contextlib
import io
import signal
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from sitegen.cli import main

SECONDS = 10
"""A build of a small store that takes more CPU time hangs."""
WAIT_SECONDS = 100
"""So does one that takes as long by the clock: it waits for something. The machine may be busy."""


class Hang(BaseException):
    """The build took too long."""


@dataclass(frozen=True)
class Outcome:
    """How a build ended: its exit code, what it printed, the traceback of an error that it let through."""

    code: int
    out: str
    err: str
    seconds: float
    crash: str = ""

    def faults(self) -> list[str]:
        """What is wrong with the way it ended, whatever the store."""
        found = []
        if self.crash:
            found.append(self.crash)
        elif self.code not in (0, 3, 4):
            found.append(f"exit code {self.code}: {self.err}")
        if self.code and not is_a_sentence(self.err):
            found.append(f"not a sentence: {self.err!r}")
        if "Traceback" in self.out + self.err:
            found.append("a traceback is printed")
        if self.seconds > SECONDS:
            found.append(f"{self.seconds:.0f} s")
        return found


def is_a_sentence(text: str) -> bool:
    lines = text.rstrip("\n").split("\n")
    return len(lines) == 1 and lines[0].startswith("Error: ") and len(lines[0]) > 20


def build(store: Path, output: Path, *options: str) -> Outcome:
    """The outcome of `sitegen build STORE -o OUTPUT`."""
    arguments = ["build", str(store), "-o", str(output), "--jobs", "1", *options]
    started = time.process_time()
    out, err, crash, code = io.StringIO(), io.StringIO(), "", 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), _time_limit():
            run(arguments)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except (Exception, Hang):
        crash, code = traceback.format_exc(), 1
    return Outcome(code, out.getvalue(), err.getvalue(), time.process_time() - started, crash)


def run(arguments: Sequence[str]) -> None:
    main.main(list(arguments), prog_name="sitegen")


@contextlib.contextmanager
def _time_limit() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Hang

    timers = ((signal.SIGVTALRM, signal.ITIMER_VIRTUAL, SECONDS), (signal.SIGALRM, signal.ITIMER_REAL, WAIT_SECONDS))
    before = [signal.signal(number, stop) for number, _, _ in timers]
    for _, timer, seconds in timers:
        signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        for (number, timer, _), handler in zip(timers, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)
