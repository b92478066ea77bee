"""Ctrl-C and a request to end (SIGTERM) wait while a site is put in place, so that nothing half-made is left."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType

PLACED, UNTOUCHED = "the new site is in place", "the previous site is untouched"
SIGNALS = (signal.SIGINT, signal.SIGTERM)

_is_placed = False


def outcome() -> str:
    """What an interrupt now leaves: for the message of the command."""
    return PLACED if _is_placed else UNTOUCHED


def forget() -> None:
    """Forget that a site was put in place: a new command begins."""
    global _is_placed
    _is_placed = False


class Interrupts:
    """Within it, signals that Python code handles are handled only while `allow` has been called, once.

    Others wait until the end, or until `check`. Nothing waits in threads but the main one, and a signal that the
    system handles (SIGTERM, unless the command line has a handler for it) ends the process at once.
    """

    def __init__(self) -> None:
        self._is_allowed = False
        self._waiting: list[int] = []
        self._before: dict[int, Callable[[int, FrameType | None], object]] = {}

    def __enter__(self) -> Interrupts:
        forget()
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                handler = signal.getsignal(number)
                if callable(handler):
                    self._before[number] = handler
                    signal.signal(number, self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self.check()

    def allow(self) -> None:
        """From now on an interrupt raises at once; the first one ends this."""
        self.check()
        self._is_allowed = True

    def defer(self) -> None:
        """From now on an interrupt waits."""
        self._is_allowed = False

    def placed(self) -> None:
        """The new site is in place: an interrupt that comes now, or has been waiting, does not change that."""
        global _is_placed
        _is_placed = True

    def check(self) -> None:
        """Raise the interrupt that waits, if there is one."""
        if self._waiting:
            number = self._waiting.pop()
            self._before[number](number, None)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if not self._is_allowed:
            self._waiting[:] = [number]
            return
        self._is_allowed = False
        self._before[number](number, frame)
