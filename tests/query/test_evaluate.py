"""Which runs match, and in which order."""

from __future__ import annotations

import math

import pytest

from sitegen.query.evaluate import filter_of, matcher, ordered, texts_of
from sitegen.query.parser import parse, parse_order
from tests.analysis.builders import row

ROWS = [
    row("a", {"loss": (3.0, 1.0, 2.0)}, params={"lr": "1e-3"}, start_time=3),
    row("b", {"loss": math.nan}, params={"lr": "0.1"}, tags={"team": "x"}, start_time=2),
    row("c", {}, params={"lr": "auto"}, start_time=1),
    row("d", {"loss": 0.5}, start_time=None),
]


def ids(text: str) -> str:
    return "".join(found.run_id for found in ROWS if matcher(parse(text))(found))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "abcd"),
        ("metrics.loss < 2", "d"),
        ("metrics.loss <= 2", "ad"),
        ("metrics.loss.min < 2", "ad"),
        ("metrics.loss IS NULL", "c"),
        ("metrics.loss IS NOT NULL", "abd"),
        ("metrics.loss IS NAN", "b"),
        ("metrics.loss IS NOT NAN", "ad"),
        ("metrics.loss != 2", "bd"),
        ("params.lr < 0.05", "a"),
        ("NOT params.lr < 0.05", "bcd"),
        ("params.lr NOT BETWEEN 0.05 AND 1", "a"),
        ("params.lr LIKE 'A%'", ""),
        ("params.lr ILIKE 'A%'", "c"),
        ("params.lr RLIKE '^[0-9]'", "ab"),
        ("tags.team = 'x' OR metrics.loss = 0.5", "bd"),
        ("'team=x'", "b"),
    ],
)
def test_which_runs_match(text: str, found: str) -> None:
    assert ids(text) == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("", "abcd"),
        ("metrics.loss", "dabc"),
        ("metrics.loss DESC", "adbc"),
        ("params.lr DESC", "cabd"),
        ("run_id DESC", "dcba"),
    ],
)
def test_missing_values_are_last_and_ties_are_in_mlflows_order(order: str, found: str) -> None:
    assert "".join(one.run_id for one in ordered(ROWS, parse_order(order))) == found


def test_a_filter_without_a_word_lets_every_run_through() -> None:
    assert all(map(filter_of("  "), ROWS))
    assert [filter_of("'lr=auto'")(one) for one in ROWS] == [False, False, True, False]


def test_words_are_looked_for_in_each_text_by_itself() -> None:
    assert "lr=1e-3" in texts_of(ROWS[0])
    assert "team=x" in texts_of(ROWS[1])
