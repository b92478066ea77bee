"""Confusion matrices and tables of scores as a page lays them out, whether made of metrics or read from a file."""

from __future__ import annotations

from collections.abc import Sequence

from sitegen.analysis.digits import Digits, digits_of
from sitegen.analysis.labels import one_line
from sitegen.analysis.scores.rates import rates, shares
from sitegen.analysis.scores.values import Matrix, Score, Scores, ScoreTable
from sitegen.analysis.words import number, percent, plural
from sitegen.viewers.blocks import MatrixCell, MatrixRow, MatrixTable, ScoreBlock, ScoreGrid, ScoreRow

MAX_LABEL = 80
"""Characters of a class."""
HEATS = 8
_TITLES = {"Class": "Scores by class", "Label": "Scores by label", "k": "Scores at k", "Top k": "Scores at top k",
           "Threshold": "Scores by threshold", "Percentile": "Percentiles"}  # fmt: skip


def score_blocks(found: Scores) -> tuple[ScoreBlock, ...]:
    """The matrices and tables of `found`."""
    return tuple(map(score_block, found.all))


def score_block(score: Score) -> ScoreBlock:
    """A matrix or a table as a page lays it out."""
    return _matrix(score) if isinstance(score, Matrix) else _table(score)


def _titled(what: str, title: str) -> str:
    return f"{what}, {_label(title)}" if title else what


def _label(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= MAX_LABEL else line[: MAX_LABEL - 1] + "…"


def _matrix(matrix: Matrix) -> MatrixTable:
    counts = matrix.counts
    is_shares = matrix.is_normalised
    digits = digits_of([value for row in counts for value in row])
    rows = tuple(
        MatrixRow(_label(label), tuple(_cells(row, digits, is_shares)), "" if is_shares else number(sum(row)))
        for label, row in zip(matrix.labels, counts, strict=True)
    )
    known = () if is_shares else rates(matrix)
    named = tuple((name, number(value) if value is not None else "not defined") for name, value in known)
    labels = tuple(map(_label, matrix.labels))
    return MatrixTable(_titled("Confusion matrix", matrix.title), labels, rows, named)


def _cells(row: Sequence[float], digits: Digits, is_shares: bool) -> list[MatrixCell]:
    parts = shares(row)
    return [
        MatrixCell(
            digits.text(value),
            "" if part is None or is_shares else percent(part),
            round((part or 0) * HEATS),
        )
        for value, part in zip(row, parts, strict=True)
    ]


def _table(table: ScoreTable) -> ScoreGrid:
    lines = (*table.rows, *table.averages)
    digits = [digits_of([row[at] for _, row in lines if row[at] is not None]) for at in range(len(table.columns))]

    def drawn(line: tuple[str, tuple[float | None, ...]]) -> ScoreRow:
        texts = tuple("" if v is None else one.text(v) for v, one in zip(line[1], digits, strict=True))
        return ScoreRow(_label(line[0]), texts, tuple(map(_full, line[1], texts)))

    return ScoreGrid(
        _titled(_TITLES.get(table.head, "Scores"), table.title),
        table.head,
        tuple(map(_label, table.columns)),
        tuple(map(drawn, table.rows)),
        tuple(map(drawn, table.averages)),
        "" if table.accuracy is None else number(table.accuracy),
        f"{plural(table.missing, 'more row')} not shown." if table.missing else "",
    )


def _full(value: float | None, text: str) -> str:
    """`value` in all its digits, where `text` has not all of them."""
    return "" if value is None or value.is_integer() or repr(value) == text else repr(value)
