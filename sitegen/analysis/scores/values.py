"""What classification scores are: a confusion matrix, and a table of scores by class, by threshold or by k."""

from __future__ import annotations

from dataclasses import dataclass, replace

MAX_CLASSES = 30
"""Classes of a confusion matrix that is drawn."""
MAX_ROWS = 200
"""Rows of a table of scores."""
MAX_COLUMNS = 12
"""Columns of a table of scores."""
_ROUNDED = 0.0051
"""How far a score that was printed with two digits may be from the score."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """A confusion matrix. Rows are the true classes and columns the predicted ones, as in scikit-learn.

    `title` says what it was measured on, as the metrics or the file say it: `val`, `confusion_matrix.json`; it may be
    empty. Of two classes the second is the positive one. `counts` may have fractions, where samples have weights or
    the rows were normalised.
    """

    title: str
    labels: tuple[str, ...]
    counts: tuple[tuple[float, ...], ...]

    @property
    def is_normalised(self) -> bool:
        """Whether shares were logged in place of counts: no value above 1, and not all of them whole."""
        values = [value for row in self.counts for value in row]
        return max(values, default=0) <= 1 and any(value != int(value) for value in values)


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Scores as a table; `head` says what its rows are: `Class`, `k`, `Threshold`, `Percentile`.

    `rows` and `averages` are names with a value for each column, None where there is none.
    """

    title: str
    head: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]
    averages: tuple[tuple[str, tuple[float | None, ...]], ...] = ()
    accuracy: float | None = None
    """The accuracy over all classes, which a report has beside its columns."""
    missing: int = 0
    """Rows beyond `MAX_ROWS` that are left out."""


Score = Matrix | ScoreTable


@dataclass(frozen=True, slots=True)
class Scores:
    """The matrices and tables of a run, or of one of its files."""

    matrices: tuple[Matrix, ...] = ()
    tables: tuple[ScoreTable, ...] = ()

    @property
    def all(self) -> tuple[Score, ...]:
        """The matrices, then the tables."""
        return (*self.matrices, *self.tables)

    def __bool__(self) -> bool:
        return bool(self.matrices or self.tables)


NO_SCORES = Scores()


def joined(one: Score, other: Score) -> Score | None:
    """The one of two matrices, or two tables, that says all that the other says, under the title of the first; None if
    they differ. Scores may be rounded to two digits, as in printed reports."""
    if isinstance(one, Matrix) or isinstance(other, Matrix):
        is_equal = isinstance(one, Matrix) and isinstance(other, Matrix) and replace(one, title=other.title) == other
        return one if is_equal else None
    if _holds(one, other):
        return one
    return replace(other, title=one.title) if _holds(other, one) else None


def _holds(whole: ScoreTable, part: ScoreTable) -> bool:
    """Whether every class, average and score of `part` is in `whole`, with the same value."""
    if whole.head != part.head or whole.missing or part.missing or not {*part.columns} <= {*whole.columns}:
        return False
    if part.accuracy is not None and not (whole.accuracy is None or _are_close(whole.accuracy, part.accuracy)):
        return False
    if {label for label, _ in part.rows} != {label for label, _ in whole.rows}:
        return False
    known = {label: dict(zip(whole.columns, values, strict=True)) for label, values in (*whole.rows, *whole.averages)}
    return all(
        label in known and (value is None or _are_close(known[label][column], value))
        for label, values in (*part.rows, *part.averages)
        for column, value in zip(part.columns, values, strict=True)
    )


def _are_close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _ROUNDED or (one != one and other != other)
