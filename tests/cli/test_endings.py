"""How commands end by a signal or a bug; what they print and return is in test_cli.py."""

from __future__ import annotations

import signal

import pytest

from sitegen.cli.endings import bug_report, ending_as_interrupt
from sitegen.errors import Terminated


def test_sigterm_raises_only_while_a_command_runs() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Terminated), ending_as_interrupt():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_handler_of_the_program_that_uses_sitegen_stays() -> None:
    seen = []
    before = signal.signal(signal.SIGTERM, lambda *_: seen.append("theirs"))
    try:
        with ending_as_interrupt():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert seen == ["theirs"]


def test_a_report_names_code_of_sitegen_and_no_value() -> None:
    try:
        bug_report(None)  # type: ignore[arg-type]
    except AttributeError as error:
        report = bug_report(error)
    assert "AttributeError at sitegen/cli/endings.py:" in report
    assert "\n" not in report and "NoneType" not in report
