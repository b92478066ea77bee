"""The metric that an experiment's note says decides."""

from __future__ import annotations

import pytest

from sitegen.analysis.note import find_noted

METRICS = ("val_acc", "val_loss", "val", "loss", "f1", "test/f1", "a.b+c")


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("The objective is val_loss.", ("val_loss", None)),
        ("Primary metric: **test/f1** (higher is better)", ("test/f1", "max")),
        ("# Runs\n\nWe minimise `loss` here. val_acc and f1 are logged as well.", ("loss", "min")),
        ("Runs are ranked by a.b+c, lowest first.", ("a.b+c", "min")),
        ("We log val_loss and val_acc.", None),
        ("The objective is val_loss or f1.", None),
        ("The objective is unclear. All val_acc are logged.", None),
        ("The objective is my_val_loss.", None),
        ("", None),
    ],
)
def test_a_note_names_what_decides(note: str, expected: tuple[str, str | None] | None) -> None:
    assert find_noted(note, METRICS) == expected


def test_a_long_note_is_looked_at_up_to_a_limit() -> None:
    assert find_noted("x " * 20_000 + "The objective is f1.", METRICS) is None
