"""The list of datasets and the page of a digest: who used what, in which order, how much of it is shown."""

from __future__ import annotations

from sitegen.analysis.relations import Relations, Use
from sitegen.analysis.runs_table import RunRow
from sitegen.model import Dataset, LoggedModel, ModelMetric
from sitegen.pages.datasets import MAX_SOURCES, DatasetPage, DatasetsPage, dataset_pages
from tests.analysis.builders import row
from tests.pages.library_builder import library, logged_model

IRIS = Dataset("iris", "d1", "http", "https://example.org/iris.csv", None, '{"num_rows": 150}')


def used(run_id: str, *uses: tuple[str, str, str]) -> Relations:
    return Relations(run_id, tuple(Use(*one) for one in uses))


def pages(
    *relations: Relations,
    rows: tuple[RunRow, ...] = (),
    datasets: tuple[Dataset, ...] = (IRIS,),
    logged: tuple[LoggedModel, ...] = (),
) -> tuple[DatasetsPage, list[DatasetPage]]:
    known = library(*rows, relations=relations, datasets=datasets, logged=logged, objective="min loss")
    first, *rest = dataset_pages(known)
    assert isinstance(first, DatasetsPage)
    return first, [page for page in rest if isinstance(page, DatasetPage)]


def test_there_is_no_page_of_a_dataset_that_no_run_of_the_site_used() -> None:
    assert dataset_pages(library(row("a"), relations=[used("elsewhere", ("d1", "iris", ""))], datasets=[IRIS])) == []


def test_the_list_says_size_contexts_runs_and_experiments() -> None:
    rows = (row("a", experiment_id="10"), row("b", experiment_id="2"))
    found, _ = pages(
        used("a", ("d1", "iris", "train"), ("d1", "iris", "eval")), used("b", ("d1", "iris", "")), rows=rows
    )
    (line,) = found.lines
    assert (line.size, line.contexts, line.runs, line.source_type) == ("150 rows", "eval, train", "2", "http")
    assert [one.text for one in line.experiments] == ["experiment 2", "experiment 10"]
    assert found.lede == "1 dataset, used by 2 runs." and found.nav[0].count == 1


def test_a_dataset_of_one_row_is_said_in_the_singular_and_the_list_is_in_natural_order() -> None:
    sets = (
        Dataset("set 10", "x", "", "", None, '{"num_rows": 1}'),
        Dataset("set 2", "z", "", ""),
        Dataset("", "a", "", ""),
    )
    found, _ = pages(used("a", ("x", "set 10", ""), ("z", "set 2", ""), ("a", "", "")), rows=(row("a"),), datasets=sets)
    names = {line.dataset.text: line.size for line in found.lines}
    assert names == {"(no name)": "", "set 2": "", "set 10": "1 row"}
    assert [name for name in names if name.startswith("set")] == ["set 2", "set 10"]


def test_the_runs_that_used_it_stand_best_first_and_those_without_a_rank_last() -> None:
    rows = (row("a"), row("b", {"loss": 0.75}), row("c", {"loss": 0.5}))
    _, (page,) = pages(*(used(one.run_id, ("d1", "iris", "train")) for one in rows), rows=rows)
    (table,) = page.named[0].tables
    assert [(one.run.text, one.rank, one.value) for one in table.rows] == [
        ("c", "1", ("0.5", "0.5")), ("b", "2", ("0.75", "0.75")), ("a", "", ("", ""))
    ]  # fmt: skip
    assert (table.metric, table.hint, table.has_ranks, table.id) == ("loss", "3 runs", True, "data-1-1")
    assert page.description == "Dataset iris, used by 3 runs."


def test_one_digest_under_several_names_is_one_page() -> None:
    other = Dataset("copy", "d1", "local", "/x")
    _, (page,) = pages(used("a", ("d1", "iris", ""), ("d1", "copy", "")), rows=(row("a"),), datasets=(IRIS, other))
    assert (page.title, page.several) == ("copy and iris", "The same digest stands under 2 names.")
    assert [(one.id, one.name) for one in page.named] == [("data-1", "copy"), ("data-2", "iris")]
    assert [text for text, _ in page.search.fields] == ["d1", "copy", "iris"]
    _, (single,) = pages(used("a", ("d1", "iris", "")), rows=(row("a"),))
    assert single.several == "" and single.path == "datasets/d1.html"


def test_sources_are_bounded_and_empty_ones_left_out() -> None:
    def named(count: int) -> tuple[int, str]:
        sets = tuple(Dataset("iris", "d1", "code", f"/data/{at}") for at in range(count))
        _, (page,) = pages(used("a", ("d1", "iris", "")), rows=(row("a"),), datasets=sets)
        return len(page.named[0].sources), page.named[0].sources_hint

    assert named(MAX_SOURCES) == (MAX_SOURCES, "") and named(MAX_SOURCES + 1) == (MAX_SOURCES, "the first 5 of several")
    _, (page,) = pages(used("a", ("d1", "iris", "")), rows=(row("a"),), datasets=(Dataset("iris", "d1", "", "{}"),))
    assert page.named[0].sources == ()


def test_models_that_were_measured_on_it_are_named() -> None:
    metrics = (ModelMetric("acc", 0.5, 3, 0, "a", "iris", "d1"), ModelMetric("acc", 0.75, 3, 0, "a", "other", "d1"))
    found = pages(used("a", ("d1", "iris", "")), rows=(row("a"),), logged=(logged_model("m-1", *metrics),))
    (line,) = found[1][0].named[0].models
    assert (line.model.href, line.key, line.value, line.step) == ("logged-models/m-1.html", "acc", ("0.5", "0.5"), "3")
