"""How values are written."""

from __future__ import annotations

import pytest

from sitegen.analysis.words import day, duration, listed, number, percent, plural, shortened, size, when

INF = float("inf")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.04123456, "0.04123"),
        (0.5, "0.5"),
        (3.0, "3"),
        (1e-05, "1e-05"),
        (12345678.0, "12345678"),
        (999999.0, "999999"),
        (1000000.0, "1000000"),
        (0.99999, "0.99999"),
        (-123456.0, "-123456"),
        (-0.0, "0"),
        (float("nan"), "NaN"),
        (INF, "∞"),
        (-INF, "−∞"),
        (None, "–"),
    ],
)
def test_numbers_have_four_significant_digits(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (None, "–"),
        (0, "0 ms"),
        (450, "450 ms"),
        (999, "999 ms"),
        (1_000, "1 s"),
        (12_300, "12.3 s"),
        (59_949, "59.9 s"),
        (59_950, "1 min"),
        (245_000, "4 min 5 s"),
        (3_599_600, "1 h"),
        (7_380_000, "2 h 3 min"),
        (86_390_000, "1 d"),
        (273_600_000, "3 d 4 h"),
        (10**400, f"{(10**400 + 1_800_000) // 3_600_000 // 24} d {(10**400 + 1_800_000) // 3_600_000 % 24} h"),
    ],
)
def test_durations_have_two_units(milliseconds: int | None, text: str) -> None:
    assert duration(milliseconds) == text


def test_moments_are_utc() -> None:
    assert when(1_700_000_000_000) == "2023-11-14 22:13 UTC"
    assert day(1_700_000_000_000) == "2023-11-14"
    assert when(-1_000) == day(-1_000) == "1969-12-31 (wrong)"
    assert when(121_797_820_800_000) == "5829-08-15 (wrong)"
    assert when(None) == day(None) == "–"


def test_moments_beyond_the_calendar_are_given_as_logged() -> None:
    assert when(10**30) == f"{10**30} ms (wrong)"
    assert day(-(10**18)) == f"-{10**18} ms (wrong)"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (12_345, "12.3 kB"),
        (999_700, "1 MB"),
        (1_500_000_000, "1.5 GB"),
        (10**21, "1e+03 EB"),
    ],
)
def test_sizes_are_decimal(count: int, text: str) -> None:
    assert size(count) == text


def test_plurals() -> None:
    assert [plural(1, "run"), plural(0, "run"), plural(10_000, "entry")] == ["1 run", "0 runs", "10,000 entries"]
    assert [plural(2, "loss"), plural(2, "key")] == ["2 losses", "2 keys"]


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0.07, "7.0%"),
        (0.0012, "0.12%"),
        (0.00001, "less than 0.01%"),
        (1.5, "150%"),
        (0, "0%"),
        (1e9, "1.0e+11%"),
    ],
)
def test_percentages(fraction: float, text: str) -> None:
    assert percent(fraction) == text


def test_lists_and_long_texts() -> None:
    assert [listed([]), listed(["a"]), listed(["a", "b", "c"])] == ["", "a", "a, b and c"]
    assert shortened("a\n b", 3) == "a b"
    assert shortened("abcdef", 4) == "abc…"
