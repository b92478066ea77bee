"""The rows of CSV and TSV files in any dialect: any separator, comments, ragged rows, a `sep=` line. Nothing

is dropped silently: comments are returned, and so is how the rows were read.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sitegen.viewers.reading import Unreadable

MAX_COMMENTS = 50
"""Maximum number of comment lines above a table that its page shows."""
MAX_NAME = 80
"""Characters of the name of a column that a comment may hold."""
_SAMPLED_ROWS = 60
_SAMPLE = 64_000
"""Rows, and characters, by which separators are compared."""
SEPARATORS = (",", "\t", ";", "|", " ")
NAMES = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "vertical bars", " ": "spaces"}
_SEP_LINE = re.compile(r'"?sep=(.|\\t)"?[ \t]*\r?\n', re.IGNORECASE)
_GROUPED = r"[+-]?\d{1,3}(?:[.,' \u00a0]\d{3})+(?:[.,]\d+)?"
_PLAIN = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf|infinity)"
NUMBER = re.compile(rf"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?%?|{_GROUPED}|{_PLAIN}", re.IGNORECASE)
"""Strings that may be numbers in any locale."""
_WITH_COMMA = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+(?:[eE][+-]?\d+)?%?")
_WITH_POINT = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?%?")
_SENTENCE = re.compile(r"[A-Za-z][^\n]*[a-z)][.!?:]\s*")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table; `header` is empty if there is none. `comments` stood before it.

    `decimal_comma` says that numbers are written `1,5`.
    """

    header: tuple[str, ...]
    rows: list[list[str]]
    separator: str
    comments: tuple[str, ...] = ()
    decimal_comma: bool = False


def read_rows(text: str, tabs: bool = False) -> Rows:
    """The rows of a delimited text; `tabs` if its name implies tabs. Raises Unreadable."""
    if not text.strip():
        raise Unreadable("The file is empty.")
    said = _SEP_LINE.match(text)
    separator = "" if said is None else said[1].replace("\\t", "\t")
    comments, body = _without_comments(text[said.end() :] if said else text)
    # The lines of prose are as good as rows, with a comma here and there.
    if not separator and _is_prose(body):
        raise Unreadable("The file holds sentences, not a table.")
    separator = separator or separator_of(body, "\t" if tabs else ",")
    rows = _parsed(body, separator)
    header, comments = _header_in(comments, rows, separator)
    if not rows and not header:
        raise Unreadable("The file holds no rows.")
    if not header and rows and not _is_data(rows):
        header, rows = tuple(rows[0]), rows[1:]
    return Rows(header, rows, separator, comments, _has_decimal_commas(rows, separator))


def separator_of(text: str, expected: str) -> str:
    """The separator of the cells of `text`: the one that gives most rows the same number of cells, more than one."""
    sample = text[:_SAMPLE]
    scores = {one: _score(sample, one) for one in (expected, *SEPARATORS)}
    best = max(scores, key=lambda one: (scores[one], one == expected, -SEPARATORS.index(one)))
    return best if scores[best] > (0.8 if best == " " else 0) else expected


def _score(sample: str, separator: str) -> float:
    """How well `separator` fits: the part of rows that have the usual number of cells, 0 if that is one."""
    if separator not in sample:
        return 0.0
    rows = _parsed(sample, separator, _SAMPLED_ROWS)
    if len(rows) > 2 and len(sample) == _SAMPLE:
        rows = rows[:-1]
    widths = Counter(map(len, rows))
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    if width < 2:
        return 0.0
    # A head that is cut in several pieces as well makes a separator likely; numbers with a comma do not.
    fit = count / len(rows)
    head_fits = len(rows[0]) == width
    numeric = sum(1 for row in rows[1:] for cell in row if NUMBER.fullmatch(cell.strip()))
    if separator == " " and not numeric:
        return 0.0
    return fit if head_fits else fit * 0.5


def _parsed(text: str, separator: str, most: int | None = None) -> list[list[str]]:
    """The first `most` rows that are not blank.

    An unclosed quote would swallow the rest of the file, so quotes are then treated as ordinary characters.
    """
    csv.field_size_limit(max(1_000_000, len(text)))
    quoting: Any = csv.QUOTE_MINIMAL if text.count('"') % 2 == 0 or most else csv.QUOTE_NONE
    if separator == " ":
        text = "\n".join(line.strip(" \r") for line in text.split("\n"))
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, quoting=quoting, skipinitialspace=separator == " "
    )
    try:
        return [row for row in islice(reader, most) if any(row)]
    except csv.Error as error:
        raise Unreadable("The file is not a table that can be read.") from error


def _without_comments(text: str) -> tuple[tuple[str, ...], str]:
    """The lines that begin with `#` or `%` before the first row, and what follows them."""
    comments: list[str] = []
    while text.startswith(("#", "%")) and len(comments) < MAX_COMMENTS:
        line, _, text = text.partition("\n")
        comments.append(line.rstrip("\r"))
    return tuple(comments), text


def _header_in(
    comments: tuple[str, ...], rows: Sequence[Sequence[str]], separator: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The header, where the last comment is one (`# a b c`, as NumPy writes it), and the other comments."""
    if not comments:
        return (), ()
    last = comments[-1]
    # Where `#` is the name of the first column it stays.
    found = _parsed(last if last[1:2] == separator != " " else last.lstrip("#% "), separator)
    names = tuple(found[0]) if found and max(map(len, found[0])) <= MAX_NAME else ()
    fits = len(names) == len(rows[0]) if rows else len(names) > 1
    # Words of a comment are as many as the columns now and then.
    is_header = fits and (_is_data(rows) if rows and (separator == " " or len(names) == 1) else True)
    return (names, comments[:-1]) if is_header else ((), comments)


def _is_data(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row is data: numbers alone, and not the names 0, 1, 2 ... that pandas gives columns."""
    first = [cell.strip() for cell in rows[0]]
    if len(rows) < 2 or not all(NUMBER.fullmatch(cell) for cell in first):
        return False
    return first != [str(at) for at in range(len(first))]


def _is_prose(text: str) -> bool:
    """Whether all of a short text's lines are sentences."""
    lines = [line for line in text[:_SAMPLE].split("\n") if line.strip()][:_SAMPLED_ROWS]
    return bool(lines) and all(_SENTENCE.fullmatch(line) and line.count(" ") > 2 * line.count(",") for line in lines)


def _has_decimal_commas(rows: Sequence[Sequence[str]], separator: str) -> bool:
    """Whether numbers are written with a comma: some are, and none with a point alone."""
    if separator == ",":
        return False
    cells = [cell for row in rows[:200] for cell in row if "," in cell or "." in cell]
    commas = sum(
        1 for cell in cells if re.fullmatch(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+(?:[eE][+-]?\d+)?%?", cell.strip())
    )
    points = sum(1 for cell in cells if re.fullmatch(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?%?", cell.strip()))
    return commas > 0 and points < commas


def number_in(text: str, decimal_comma: bool) -> str:
    """The number in `text` in the form that programs read; empty if it is not a number."""
    plain = re.sub(r"[' \u00a0]", "", text.strip().removesuffix("%"))
    grouped, point = (".", ",") if decimal_comma else (",", ".")
    if re.fullmatch(rf"[+-]?\d{{1,3}}(?:\{grouped}\d{{3}})+(?:\{point}\d+)?", plain):
        plain = plain.replace(grouped, "")
    plain = plain.replace(",", ".") if decimal_comma else plain
    is_number = re.fullmatch(
        r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf|infinity)", plain, re.IGNORECASE
    )
    return plain if is_number else ""
