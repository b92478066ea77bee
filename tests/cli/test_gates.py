"""The report of a gate as a file; what the gates find is tested beside `sitegen.commands` and `sitegen.check`."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.cli.gates import write_report
from sitegen.errors import UsageError
from tests.stores.mlruns_builder import experiment


def test_a_report_ends_with_a_line_and_an_empty_one_is_empty(tmp_path: Path) -> None:
    for text, content in (("a\nb", "a\nb\n"), ("", "")):
        write_report(tmp_path / "report.txt", text)
        assert (tmp_path / "report.txt").read_text("utf-8") == content


def test_a_report_is_not_written_into_a_store(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "mlruns", "1")
    with pytest.raises(UsageError, match="is inside a store"):
        write_report(folder / "report.txt", "x")
    with pytest.raises(UsageError, match="Cannot write"):
        write_report(tmp_path / "gone" / "report.txt", "x")
