"""Numbers, times and counts in words: the one place that says how a value is written for a reader.

Nothing here depends on the locale, the time zone or the clock: times are UTC, the decimal mark is a dot.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from sitegen.model import is_possible

MISSING = "–"
"""Shown where there is no value."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_LIKE_ENDS = frozenset(("1", "-1", "100", "-100"))
_UNITS = ("kB", "MB", "GB", "TB", "PB", "EB")


def number(value: float | None) -> str:
    """One number on its own: whole numbers up to 2**53 whole, others with 4 significant digits as `%.4g` writes them.

    More digits where four would make it look like 1 or 100, where many metrics end. Numbers that stand together are
    written by `digits.py`.
    """
    if value is None:
        return MISSING
    if value != value:
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == int(value) and abs(value) <= 2**53:
        return str(int(value))
    text = f"{value:.4g}"
    if text not in _LIKE_ENDS:
        return text
    texts = (f"{value:.{digits}g}" for digits in range(5, 13))
    return next((text for text in texts if text not in _LIKE_ENDS), f"{value:.12g}")


def percent(fraction: float) -> str:
    """A fraction as a percentage with two significant digits, three from 100% on: `7.0%`, `0.12%`, `150%`."""
    value = abs(fraction) * 100
    if value == 0 or value >= 9.95:
        return f"{value:.0f}%" if value < 1e6 else f"{value:.1e}%"
    if value < 0.01:
        return "less than 0.01%"
    return f"{value:.1f}%" if value >= 0.995 else f"{value:.2f}%"


def duration(milliseconds: int | None) -> str:
    """A span in its two largest units: `450 ms`, `12.3 s`, `4 min 5 s`, `2 h 3 min`, `3 d 4 h`."""
    if milliseconds is None:
        return MISSING
    if milliseconds < 1_000:
        return f"{milliseconds} ms"
    if milliseconds < 59_950:
        return f"{milliseconds / 1000:.1f}".removesuffix(".0") + " s"
    seconds = _rounded(milliseconds, 1_000)
    if seconds < 3_600:
        return _two(seconds, 60, "min", "s")
    minutes = _rounded(milliseconds, 60_000)
    if minutes < 24 * 60:
        return _two(minutes, 60, "h", "min")
    return _two(_rounded(milliseconds, 3_600_000), 24, "d", "h")


def _rounded(value: int, unit: int) -> int:
    # Whole-number rounding: a hostile time may be too large for a float.
    return (2 * value + unit) // (2 * unit)


def _two(value: int, base: int, large: str, small: str) -> str:
    whole, rest = divmod(value, base)
    return f"{whole} {large} {rest} {small}" if rest else f"{whole} {large}"


def when(milliseconds: int | None) -> str:
    """A moment in UTC to the minute: `2023-11-14 22:13 UTC`; one that cannot be right is marked as wrong."""
    return _moment(milliseconds, len("2023-11-14 22:13"), " UTC")


def day(milliseconds: int | None) -> str:
    """The day of a moment in UTC: `2023-11-14`; one that cannot be right is marked as wrong."""
    return _moment(milliseconds, len("2023-11-14"), "")


def dates(first: int, last: int) -> str:
    """The days from one moment to another in UTC, each part said once: `8 Sep to 10 Nov 2026`, `3 to 9 May 2026`."""
    start, end = (_EPOCH + timedelta(milliseconds=time) for time in (first, last))
    until = f"{end.day} {_MONTHS[end.month - 1]} {end.year}"
    if start.date() == end.date():
        return until
    month = f" {_MONTHS[start.month - 1]}" if (start.year, start.month) != (end.year, end.month) else ""
    year = f" {start.year}" if start.year != end.year else ""
    return f"{start.day}{month}{year} to {until}"


def _moment(milliseconds: int | None, length: int, suffix: str) -> str:
    if milliseconds is None:
        return MISSING
    try:
        moment = _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        # No calendar holds it; the number as logged is all that can be said.
        return f"{milliseconds} ms (wrong)"
    if not is_possible(milliseconds):
        return moment.isoformat(" ")[: len("2023-11-14")] + " (wrong)"
    return moment.isoformat(" ")[:length] + suffix


def size(count: int) -> str:
    """A number of bytes in decimal units with three significant digits: `450 B`, `12.3 kB`, `1.5 GB`."""
    if count < 1_000:
        return f"{count} B"
    value, unit = count / 1_000, 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1_000, unit + 1
    return f"{value:.3g} {_UNITS[unit]}"


def plural(count: int, word: str) -> str:
    """`1 run`, `2 runs`, `10,000 entries`."""
    return f"{count:,} {word if count == 1 else _plural_of(word)}"


def _plural_of(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


def listed(names: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + " and " + names[-1]


def shortened(text: str, most: int = 60) -> str:
    """`text` on one line, cut with an ellipsis where it is longer than `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
