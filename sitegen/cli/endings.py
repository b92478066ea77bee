"""How a command ends that does not end well: by an interrupt, or by a bug of ours."""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from sitegen.errors import Terminated

PACKAGE = Path(__file__).parent.parent
INTERRUPTS = "sitegen.output.interrupts"
"""What knows whether a site is in place; not imported before a site is built."""
FRAMES = 4
"""Places of the code that the report of a bug names."""


@contextmanager
def ending_as_interrupt() -> Iterator[None]:
    """Within it, SIGTERM ends the command as Ctrl-C does: what it was making is taken away first."""
    if output := sys.modules.get(INTERRUPTS):
        output.forget()
    is_ours = (
        threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    )
    if is_ours:
        signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        if is_ours:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated


def interrupted(error: BaseException) -> int:
    """Say that the command was interrupted, and what is left of the site; returns the exit code."""
    traceback.clear_frames(error.__traceback__)  # ends what was being made, wherever the interrupt came
    output = sys.modules.get(INTERRUPTS)
    left = f"; {output.outcome()}" if output else ""
    is_terminated = isinstance(error, Terminated)
    click.echo(f"{'Terminated' if is_terminated else 'Interrupted'}{left}.", err=True)
    return 143 if is_terminated else 130


def bug_report(error: Exception) -> str:
    """One line about an error that should not have been let through. It names places of the code and nothing of the
    store, which may be secret."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(PACKAGE)
    ]
    places = " < ".join(
        f"{Path(frame.filename).relative_to(PACKAGE.parent).as_posix()}:{frame.lineno}"
        for frame in frames[: -FRAMES - 1 : -1]
    )
    return (
        f"Error: sitegen has a bug ({type(error).__name__} at {places}). Please report this line, and what "
        "`sitegen inspect` says of the store, where you got sitegen from."
    )
