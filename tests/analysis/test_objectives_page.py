"""docs/objectives.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sitegen.analysis.metric_order import TEST_WORDS, TRAINING_WORDS, VALIDATION_WORDS
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.vocabulary import BAD, COUNTS, DEVICES, FIELDS, GOOD, NEITHER, SPREADS, SUFFIXES, THINGS, TURNS

PAGE = (Path(__file__).parents[2] / "docs" / "objectives.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FIELDS)
def test_the_table_of_fields_equals_the_vocabulary(name: str) -> None:
    field = FIELDS[name]
    assert f"| {name} | {', '.join(field.lower)} | {', '.join(field.higher)} |" in PAGE


@pytest.mark.parametrize(
    ("kind", "entries"),
    [
        ("bad", BAD),
        ("good", GOOD),
        ("counts", COUNTS),
        ("things", THINGS),
        ("neither", NEITHER),
        ("averaged over", SUFFIXES),
        ("spread", SPREADS),
        ("devices", DEVICES),
        ("turns", TURNS),
    ],
)
def test_the_table_of_other_words_equals_the_vocabulary(kind: str, entries: tuple[str, ...]) -> None:
    assert f"| {kind} | {', '.join(entries)} |" in PAGE


def test_the_words_for_data_equal_the_data() -> None:
    (text,) = re.findall(r"validation data \(.*?training data \([^)]*\)", PAGE, re.DOTALL)
    assert set(re.findall("`(.*?)`", text)) == VALIDATION_WORDS | TEST_WORDS | TRAINING_WORDS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("min val_loss", ("val_loss", "min", "last")),
        ("max val/acc", ("val/acc", "max", "last")),
        ("min val_loss min", ("val_loss", "min", "min")),
        ('max "val acc"', ("val acc", "max", "last")),
        ("val_loss", ("val_loss", "min", "last")),
        ('max "min"', ("min", "max", "last")),
    ],
)
def test_the_examples_mean_what_the_page_says(text: str, expected: tuple[str, str, str]) -> None:
    assert f"| `{text}` |" in PAGE
    found = parse_objective(text)
    assert (found.metric, found.direction, found.reducer) == expected
