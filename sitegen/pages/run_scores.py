"""Confusion matrices and tables of scores on a run's page, and what the compare page needs of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sitegen.addresses import Href
from sitegen.analysis.direction import direction_of
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.scores import MAX_TABLES, scores_in
from sitegen.analysis.scores.values import Matrix, Score, Scores, ScoreTable, joined
from sitegen.pages.run_data import json_number
from sitegen.viewers.blocks import ScoreBlock
from sitegen.viewers.copies import CopiedArtifact
from sitegen.viewers.score_blocks import score_block

Json = dict[str, object]
_Known = tuple[Score, tuple[CopiedArtifact, ...]]
MAX_CELLS = 3_000
"""Cells of all matrices and tables of one run; what a file holds beyond that is on the file's page alone."""


@dataclass(frozen=True, slots=True)
class RunScores:
    """A matrix or a table of scores of a run."""

    block: ScoreBlock
    """What is shown."""
    sources: tuple[tuple[str, Href], ...]
    """The files that hold it, by path, and where they are shown; none for one that is among the metrics alone."""


def run_scores(row: RunRow, copies: Sequence[CopiedArtifact]) -> tuple[tuple[RunScores, ...], frozenset[str]]:
    """The matrices and tables of a run, and the metrics that are in them."""
    found, keys = scores_in(row.metrics)
    known = _with_files(found, copies)
    return tuple(RunScores(score_block(score), tuple(map(_source, files))) for score, files in known), keys


def scores_record(row: RunRow, copies: Sequence[CopiedArtifact]) -> Json:
    """The matrices and tables of a run in its record in `data/runs`; nothing for a run without.

    `{scores: {matrices: [[name, labels, rows]], tables: [[name, head, [[column, 1 | -1 | 0]], [[label, values]],
    averages, accuracy]]}}`; the number of a column says which way it is better.
    """
    found, _ = scores_in(row.metrics)
    known = _with_files(found, copies)
    of_metrics = len(found.all)
    named = [(files[0].file.path if at >= of_metrics else "", score) for at, (score, files) in enumerate(known)]
    matrices = [_matrix(source, score) for source, score in named if isinstance(score, Matrix)]
    tables = [_table(source, score) for source, score in named if isinstance(score, ScoreTable)]
    return {"scores": {"matrices": matrices, "tables": tables}} if known else {}


def _with_files(found: Scores, copies: Sequence[CopiedArtifact]) -> list[_Known]:
    """The scores `found` among metrics, and behind them those of files; with each the files that hold it."""
    known: list[_Known] = [(score, ()) for score in found.all]
    for one in copies:
        for score in one.scores.all if one.scores else ():
            wholes = ((at, joined(other, score)) for at, (other, _) in enumerate(known))
            at, whole = next((pair for pair in wholes if pair[1]), (0, None))
            if whole is not None:
                known[at] = whole, (*known[at][1], one)
            elif len(known) < MAX_TABLES and _cells(score) + sum(_cells(other) for other, _ in known) <= MAX_CELLS:
                known.append((score, (one,)))
    return known


def _cells(score: Score) -> int:
    return len(score.labels) ** 2 if isinstance(score, Matrix) else len(score.rows) * len(score.columns)


def _source(copy: CopiedArtifact) -> tuple[str, Href]:
    return copy.file.path, Href(copy.view or copy.file.href)


def _name(source: str, title: str) -> str:
    return ", ".join(filter(None, (source, title)))


def _matrix(source: str, matrix: Matrix) -> list[object]:
    return [_name(source, matrix.title), list(matrix.labels), [list(map(json_number, row)) for row in matrix.counts]]


def _table(source: str, table: ScoreTable) -> list[object]:
    def lines(rows: Sequence[tuple[str, Sequence[float | None]]]) -> list[object]:
        return [[label, [None if value is None else json_number(value) for value in values]] for label, values in rows]

    name = _name(source, table.title)
    columns = [[column, _way(column)] for column in table.columns]
    accuracy = None if table.accuracy is None else json_number(table.accuracy)
    return [name, table.head, columns, lines(table.rows), lines(table.averages), accuracy]


def _way(column: str) -> int:
    known = direction_of(column)
    return 0 if known is None else 1 if known.value == "max" else -1
