"""Metric files: every shape of line, and the fast ways agree with the slow one."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.model import MetricHistory
from sitegen.stores.files import histories
from sitegen.stores.files.histories import columns_by_arrow, columns_by_python, parse_files, parse_lines
from sitegen.stores.history import restored

NUMBERS = st.one_of(st.floats(), st.sampled_from([0.0, -0.0, math.nan, math.inf, -math.inf, 5e-324, 1e16]))
POINTS = st.tuples(st.integers(0, 2 * 10**12), NUMBERS, st.integers(-3, 3) | st.integers(-(2**62), 2**62))
FILES = st.lists(st.lists(POINTS, min_size=1, max_size=6), min_size=1, max_size=4)
JUNK = st.text("0123456789 .e+-naif\n\r_x<=\t", max_size=40).map(str.encode)


def content(points: list[tuple[int, float, int]]) -> bytes:
    return "".join(f"{timestamp} {value!r} {step}\n" for timestamp, value, step in points).encode()


def points(history: MetricHistory) -> list[tuple[int, int, str]]:
    rows = zip(history.steps.tolist(), history.timestamps.tolist(), history.values.tolist(), strict=True)
    return [(step, timestamp, repr(value)) for step, timestamp, value in rows]


def parse(text: str | bytes) -> tuple[list[tuple[int, int, str]], str]:
    parsed = parse_lines("m", text.encode() if isinstance(text, str) else text)
    return points(parsed.history), parsed.problem


def same(one: MetricHistory, other: MetricHistory) -> bool:
    return points(one) == points(other) and one.last == other.last and one.key == other.key


@given(FILES)
def test_joined_files_read_as_each_does_line_by_line(logged: list[list[tuple[int, float, int]]]) -> None:
    files = [(f"m{number}", content(file)) for number, file in enumerate(logged)]
    for parsed, (key, data) in zip(parse_files(files), files, strict=True):
        assert same(parsed.history, parse_lines(key, data).history)


@given(FILES, JUNK)
def test_a_damaged_file_does_not_change_how_the_others_read(
    logged: list[list[tuple[int, float, int]]], junk: bytes
) -> None:
    files = [(f"m{number}", content(file)) for number, file in enumerate(logged)]
    files.insert(1, ("junk", junk))
    for parsed, (key, data) in zip(parse_files(files), files, strict=True):
        alone = parse_lines(key, data)
        assert same(parsed.history, alone.history) and parsed.problem == alone.problem


@given(JUNK)
def test_both_fast_ways_agree_with_python_numbers_or_refuse(junk: bytes) -> None:
    data = junk + b"\n"
    if data.translate(None, b"0123456789+-. \nenaifENAIFtyTY"):
        return
    lines = [line.split(b" ") for line in data.split(b"\n")[:-1]]
    for columns in (columns_by_python(data), columns_by_arrow(data)):
        if columns is not None and len(columns[0]) == len(lines):
            assert columns[0].tolist() == [int(fields[2]) for fields in lines]
            assert columns[1].tolist() == [int(fields[0]) for fields in lines]
            np.testing.assert_array_equal(columns[2], [float(fields[1]) for fields in lines])


@given(FILES)
def test_arrow_and_python_columns_are_equal(logged: list[list[tuple[int, float, int]]]) -> None:
    data = b"".join(map(content, logged))
    by_python, by_arrow = columns_by_python(data), columns_by_arrow(data)
    if by_python is not None:
        assert by_arrow is not None
        for one, other in zip(by_python, by_arrow, strict=True):
            np.testing.assert_array_equal(one, other)


@given(st.lists(POINTS, min_size=1, max_size=8))
def test_the_last_point_is_the_one_that_mlflow_calls_the_latest(logged: list[tuple[int, float, int]]) -> None:
    history = parse_files([("m", content(logged))])[0].history
    rows = [(step, t * 1000 if 0 < t < 10**11 else t, restored(value)) for t, value, step in logged]
    want = max(rows, key=lambda row: row)
    assert (history.steps[history.last], history.timestamps[history.last]) == want[:2]
    assert repr(float(history.values[history.last])) == repr(want[2])


@pytest.mark.parametrize(
    ("values", "latest"),
    [("nan -1", "nan"), ("nan 1", "nan"), ("-1 nan", "-1.0"), ("1 nan 2", "2.0"), ("2 2 1", "2.0")],
)
def test_nan_wins_a_tie_only_where_it_was_logged_first(values: str, latest: str) -> None:
    text = "".join(f"1700000000000 {value} 1\n" for value in values.split())
    history = parse_files([("m", text.encode())])[0].history
    assert repr(float(history.values[history.last])) == latest


def test_points_come_by_step_then_time_then_order_of_logging() -> None:
    text = "1700000000002 1.0 2\n1700000000003 2.0 1\n1700000000001 3.0 2\n1700000000001 4.0 2\n"
    assert parse(text)[0] == [
        (1, 1700000000003, "2.0"),
        (2, 1700000000001, "3.0"),
        (2, 1700000000001, "4.0"),
        (2, 1700000000002, "1.0"),
    ]


def test_lines_of_all_versions_are_read() -> None:
    assert parse("1500000000 3.0\n") == ([(0, 1500000000000, "3.0")], "")
    assert parse("1700000000000 3.0 4\n") == ([(4, 1700000000000, "3.0")], "")
    assert parse("1700000000000 3.0 4 train b690e535\n") == ([(4, 1700000000000, "3.0")], "")
    assert parse("1700000000000 3.0 4 my train set b690e535\n") == ([(4, 1700000000000, "3.0")], "")


def test_crlf_byte_order_mark_and_blank_lines_are_no_problem() -> None:
    assert parse("\ufeff1700000000000 1 1\r\n\r\n1700000000001 2 2\r\n") == (
        [(1, 1700000000000, "1.0"), (2, 1700000000001, "2.0")],
        "",
    )


def test_junk_lines_are_counted_and_left_out() -> None:
    found, problem = parse("1700000000000 1 1\n<<<<<<< HEAD\n=======\n1700000000001 2 2\n")
    assert len(found) == 2
    assert problem == "has 2 lines that are not points; skipped"


@pytest.mark.parametrize(
    ("text", "count", "is_cut"),
    [
        ("1700000000000 1.0 1\n1700000000001 2.", 1, True),
        ("1700000000000 1.0 1\n1700000000001 2. 2", 2, False),
        ("1700000000000 1.0 1 train abc\n1700000000001 2.0 2", 1, True),
        ("1700000000001 2.0 2", 1, False),
        ("1700000000001 2.0", 0, True),
        ("1500000000 1.0\n1500000001 2.0", 2, False),
    ],
)
def test_an_unterminated_last_line_counts_only_with_as_many_fields_as_the_others(
    text: str, count: int, is_cut: bool
) -> None:
    found, problem = parse(text)
    assert len(found) == count
    assert ("cut" in problem) == is_cut


def test_steps_beyond_int64_are_kept_and_times_beyond_it_are_junk() -> None:
    found, problem = parse(f"1700000000000 1 {2**70}\n{2**70} 1 1\n1700000000000 2 -3\n")
    assert found == [(-3, 1700000000000, "2.0"), (2**70, 1700000000000, "1.0")]
    assert problem == "has 1 line that is not a point; skipped"


def test_an_empty_file_is_a_history_without_points() -> None:
    parsed = parse_files([("m", b""), ("n", b"1700000000000 1 1\n")])
    assert (len(parsed[0].history), parsed[0].history.last, parsed[0].problem) == (0, -1, "has no points")
    assert len(parsed[1].history) == 1
    assert parse_files([]) == []


def test_a_long_file_costs_little_whatever_its_lines() -> None:
    plain = b"".join(b"%d 0.5 %d\n" % (1_700_000_000_000 + at, at) for at in range(150_000))
    with_dataset = plain.replace(b"\n", b" data digest\n")
    for content in (
        b"1700000000000 0.5 0 data digest\n" + plain,
        with_dataset + b"x\n",
        plain + b"1700000900000 0.5 150000",
    ):
        start = time.process_time()
        [found] = parse_files([("loss", content)])
        assert time.process_time() - start < 0.6
        assert len(found.history) >= 150_000


def test_a_file_of_several_pieces_is_read_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"".join(b"17000000000%02d %d %d%s\n" % (at, at, at % 3, b" d e" * (at % 5 == 0)) for at in range(40))
    content += b"no point\n99999999999999999999999 1 1\n1700000000001 2 3"
    whole = parse_lines("loss", content)
    monkeypatch.setattr(histories, "_PIECE", 50)
    parts = parse_lines("loss", content)
    assert parts.problem == whole.problem == "has 2 lines that are not points; skipped"
    assert parts.history.values.tolist() == whole.history.values.tolist()
    assert (parts.history.last, len(parts.history)) == (whole.history.last, 41)
