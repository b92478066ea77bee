"""Matrices and tables of scores of a run: from its metrics and its files, each once; the record for the compare page."""

from __future__ import annotations

from dataclasses import replace

from sitegen.analysis.scores.values import Matrix, Scores, ScoreTable
from sitegen.pages.run_scores import MAX_CELLS, run_scores, scores_record
from sitegen.viewers.copies import CopiedArtifact
from sitegen.viewers.copying import CopiedFile
from tests.analysis.builders import row

RUN = row(
    "a", {"tp": 3, "fp": 1, "tn": 5, "fn": 2, "p_1_latency": 0.5, "loss": 0.5, "latency_p50": 2.0, "latency_p9": 1.0}
)
MATRIX = Matrix("", ("negative", "positive"), ((5.0, 1.0), (2.0, 3.0)))
OTHER = Matrix("", ("x", "y"), ((4.0, 0.0), (0.0, 4.0)))
REPORT = ScoreTable("", "Class", ("precision", "log loss"), (("x", (0.5, 1.0)), ("y", (0.25, None))), (), 0.75)


def copied(path: str, *matrices: Matrix, tables: tuple[ScoreTable, ...] = ()) -> CopiedArtifact:
    file = CopiedFile(path, 10, "json", f"artifacts/{path}")
    return CopiedArtifact(file, f"files/{path}.html", scores=Scores(matrices, tables) if matrices or tables else None)


def test_what_files_say_again_is_shown_once_with_links_to_them() -> None:
    found, keys = run_scores(
        RUN, [copied("cm.json", MATRIX), copied("else.txt"), copied("b/cm.json", OTHER, tables=(REPORT,))]
    )
    assert [one.block.title for one in found] == [
        "Confusion matrix",
        "Percentiles",
        "Confusion matrix",
        "Scores by class",
    ]
    assert [[path for path, _ in one.sources] for one in found] == [["cm.json"], [], ["b/cm.json"], ["b/cm.json"]]
    assert found[0].sources[0][1] == "files/cm.json.html"
    assert keys == {"tp", "fp", "tn", "fn", "latency_p50", "latency_p9"}


def test_a_run_without_any_has_none_and_no_record() -> None:
    plain = row("b", {"loss": 0.5, "tp": 3})
    assert run_scores(plain, [copied("a.json")]) == ((), frozenset())
    assert scores_record(plain, [copied("a.json")]) == {}


def test_the_record_names_each_by_its_file_and_says_which_way_is_better() -> None:
    record = scores_record(
        RUN, [copied("cm.json", MATRIX), copied("b/cm.json", replace(OTHER, title="val"), tables=(REPORT,))]
    )
    assert record["scores"] == {
        "matrices": [
            ["", ["negative", "positive"], [[5, 1], [2, 3]]],
            ["b/cm.json, val", ["x", "y"], [[4, 0], [0, 4]]],
        ],
        "tables": [
            ["", "Percentile", [["latency", -1]], [["9", [1]], ["50", [2]]], [], None],
            [
                "b/cm.json",
                "Class",
                [["precision", 1], ["log loss", -1]],
                [["x", [0.5, 1]], ["y", [0.25, None]]],
                [],
                0.75,
            ],
        ],
    }


def test_a_page_has_a_bounded_number_of_cells() -> None:
    large = [Matrix("", tuple(map(str, range(30))), tuple((float(at),) * 30 for _ in range(30))) for at in range(1, 9)]
    found, _ = run_scores(row("c"), [copied(f"{at}.json", one) for at, one in enumerate(large)])
    assert len(found) == MAX_CELLS // 900
