"""Pages of evaluations: what a run's page shows, what is linked, what is compared."""

from __future__ import annotations

from typing import Any

from sitegen.addresses import Href, evaluation_page
from sitegen.analysis.evaluation import Evaluation, Example, score_of_value
from sitegen.model import ArtifactFolder, Experiment, Run
from sitegen.pages.evaluation_rows import example_table, score_cell, scorer_line, usage_facts
from sitegen.pages.evaluations import (
    MAX_CHANGES,
    MAX_COMPARED,
    RUN_ROWS,
    EvaluationsPage,
    evaluation_page_of,
    evaluation_section,
    evaluations_page_of,
)

EXPERIMENT = Experiment("1", "qa")


def evaluation(run_id: str, *values: Any, table: str = "") -> Evaluation:
    found = Evaluation(run_id, table=table)
    for at, value in enumerate(values):
        scores = (score_of_value("right", value, "why"),)
        found.add(Example(f"q{at}", f"q{at}", "a", (("expected", "e"),), scores, f"t{at}", duration=10))
    return found


def run(**tags: str) -> Run:
    named = {key.replace("_", "."): value for key, value in tags.items()}
    return Run("r", "1", "first", "FINISHED", "active", 0, 1, "", "", "", ArtifactFolder("", None), tags=named)


def page(*evaluations: Evaluation) -> EvaluationsPage:
    return evaluations_page_of(EXPERIMENT, evaluations, {one.run_id: f"run {one.run_id}" for one in evaluations})


def test_a_short_evaluation_is_on_the_runs_page_as_a_whole() -> None:
    found = evaluation_section(run(), evaluation("r", True, False))
    assert found and found.table and len(found.table.rows) == 2
    assert (found.hint, found.line, found.all.text) == ("2 examples, 1 scorer", "", "")
    line = found.scorers[0]
    assert (line.name, line.result, line.share, line.full) == ("right", "1 of 2 true", "50%", "0.5")


def test_a_long_one_leads_to_the_whole_table() -> None:
    long = evaluation("r", *[True] * (RUN_ROWS + 1))
    found = evaluation_section(run(), long)
    assert found and found.table and len(found.table.rows) == RUN_ROWS
    assert found.line == "The first 20 of 21 examples are shown." and found.all.href == evaluation_page("r")
    assert len(evaluation_page_of(EXPERIMENT, "first", long).table.rows) == RUN_ROWS + 1
    long.table = "eval_results_table.json"
    logged = evaluation_section(run(), long, Href("files/x.html"))
    assert logged and logged.all.href == "files/x.html"


def test_private_rows_are_named_and_a_run_of_another_kind_has_no_section() -> None:
    found = evaluation_section(run(mlflow_runType="genai_evaluate"), None)
    assert found and found.table is None and "sitegen build --traces" in found.line
    assert evaluation_section(run(), None) is None


def test_scores_are_coloured_where_it_is_known_which_is_better() -> None:
    looks = [
        score_cell(score_of_value(*one)).look for one in (("right", True), ("toxic", True), ("n", 3), ("mood", "ok"))
    ]
    assert looks == ["good", "bad", "", ""]
    assert score_cell(None).text == "" and score_cell(score_of_value("right", None)).text == "none"


def test_a_mean_is_not_a_share_and_words_are_only_counted() -> None:
    found = evaluation("r", 2, 3)
    assert scorer_line(found.scorers["right"]).result == "mean 2.5"
    assert scorer_line(evaluation("r", "a", "b").scorers["right"]).result == "2 values"


def test_tokens_cost_and_latency_are_facts() -> None:
    found = evaluation("r", True, True)
    found.add_usage({"input": 1200, "output": 30}, 0.0125)
    facts = {fact.label: fact.value for fact in usage_facts(found)}
    assert facts == {
        "Examples": "2", "Tokens": "1,200 input, 30 output", "Cost": "$0.0125", "Median latency": "10 ms",
        "Total latency": "20 ms",
    }  # fmt: skip


def test_only_expectations_of_several_kinds_are_named() -> None:
    one = example_table(evaluation("r", True), 5).rows[0]
    assert one.expectations == (("", "e"),) and (one.trace.text, one.trace.href) == ("10 ms", "traces/t0.html")


def test_the_newest_evaluation_is_compared_with_the_one_before_it_first() -> None:
    found = page(evaluation("c", True, False), evaluation("b", False, True), evaluation("a", True, True))
    titles = [(one.after.text, one.before.text, one.open) for one in found.comparisons]
    assert titles == [("run c", "run b", True), ("run b", "run a", False), ("run c", "run a", False)]
    first = found.comparisons[0]
    assert first.summary == "1 regression and 1 improvement" and first.line == "0 examples as before."
    assert [row.verdict for row in first.rows] == ["Regression", "Improvement"]
    name, before, after = first.rows[0].scores[0]
    assert (name, before.text, after.text, after.look) == ("right", "true", "false", "bad")


def test_what_is_not_compared_is_said() -> None:
    many = page(*(evaluation(str(at), *[at % 2 == 0] * (MAX_CHANGES + 5)) for at in range(MAX_COMPARED + 1)))
    assert len(many.lines) == MAX_COMPARED + 1 and many.comparisons_hint == "each two of the newest 6"
    assert len(many.comparisons) == 15 and "The first 50 of 55 that differ are shown." in many.comparisons[0].line
    alone = page(evaluation("a", True), Evaluation("b", [Example("other", "", "")], 1))
    assert alone.comparisons == ()
