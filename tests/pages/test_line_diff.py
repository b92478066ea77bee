"""Diffs of texts: what differs, with its surroundings, in bounded time."""

from __future__ import annotations

from sitegen.pages.line_diff import MAX_LINES, line_diff


def test_lines_far_from_a_change_are_left_out() -> None:
    before = [str(at) for at in range(20)]
    after = [*before[:3], "new", *before[3:15], *before[16:]]
    shown = [(line.sign, line.text) for line in line_diff("\n".join(before), "\n".join(after))]
    assert shown == [
        (" ", "1"), (" ", "2"), ("+", "new"), (" ", "3"), (" ", "4"), ("…", ""),
        (" ", "13"), (" ", "14"), ("-", "15"), (" ", "16"), (" ", "17"),
    ]  # fmt: skip


def test_equal_and_very_long_texts_have_no_diff() -> None:
    assert line_diff("a\nb", "a\r\nb") == ()
    assert line_diff("a\n" * (MAX_LINES + 1), "b") == ()
