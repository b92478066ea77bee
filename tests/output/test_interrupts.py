"""When an interrupt raises and when it waits."""

from __future__ import annotations

import signal
import threading

import pytest

from sitegen.output.interrupts import PLACED, UNTOUCHED, Interrupts, forget, outcome


def interrupt() -> None:
    signal.raise_signal(signal.SIGINT)


def test_an_interrupt_waits_until_it_is_allowed() -> None:
    seen = []
    with pytest.raises(KeyboardInterrupt), Interrupts() as interrupts:
        interrupt()
        seen.append("waits")
        interrupts.allow()
        seen.append("too far")
    assert seen == ["waits"]


def test_the_first_one_raises_at_once_and_the_next_waits_for_the_end() -> None:
    seen = []
    with pytest.raises(KeyboardInterrupt), Interrupts() as interrupts:
        interrupts.allow()
        try:
            interrupt()
        except KeyboardInterrupt:
            seen.append("raised")
        interrupt()
        seen.append("cleaned up")
    assert seen == ["raised", "cleaned up"]


def test_one_that_comes_while_a_site_is_put_in_place_is_not_lost() -> None:
    with pytest.raises(KeyboardInterrupt), Interrupts() as interrupts:
        interrupts.allow()
        interrupts.defer()
        interrupts.check()
        interrupt()
        assert outcome() == UNTOUCHED
        interrupts.placed()
    assert outcome() == PLACED
    forget()
    assert outcome() == UNTOUCHED


def test_handlers_are_put_back_and_other_threads_are_left_alone() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts():
        assert signal.getsignal(signal.SIGINT) != before
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL, "the system ends the process"
    assert signal.getsignal(signal.SIGINT) == before

    def in_thread() -> None:
        with Interrupts():
            seen.append(signal.getsignal(signal.SIGINT))

    seen: list[object] = []
    thread = threading.Thread(target=in_thread)
    thread.start()
    thread.join()
    assert seen == [before]
