"""Evaluations out of traces and tables: what real MLflow recorded, and which trace is part of which."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sitegen.analysis import evaluated
from sitegen.analysis.evaluated import Gathered, cost_of, evaluation_of_table, is_evaluation, key_of_trace, tokens_of
from sitegen.analysis.evaluation import Evaluation, compare
from sitegen.analysis.joined import read_table
from sitegen.model import Assessment, Trace
from sitegen.stores import open_store
from sitegen.stores.contract import with_traces

FIXTURES = Path(__file__).parents[1] / "stores" / "fixtures"


def trace(name: str, run_id: str, request: str = "?", **fields: Any) -> Trace:
    judged = Assessment(f"a-{name}", "right", "feedback", "true", "CODE", "right", run_id=run_id)
    return replace(Trace(name, "1", 1, 5, "OK", json.dumps({"q": request}), '"a"', assessments=(judged,)), **fields)


def gathered(runs: list[str], *traces: Trace) -> list[Evaluation]:
    found = Gathered(runs)
    for one in traces:
        found.add(one)
    return found.evaluations({one.trace_id for one in traces})


@pytest.fixture(scope="module")
def recorded() -> list[Evaluation]:
    """The evaluations of the recorded store, the older first."""
    store = open_store(str(FIXTURES / "evaluations.db"))
    reader = with_traces(store)
    assert reader is not None
    runs = [run.run_id for run in store.catalog().runs]
    found = Gathered(runs)
    traces = list(reader.traces("1", []))
    for one in traces:
        found.add(one)
    order = [one["run_id"] for one in json.loads((FIXTURES / "evaluations.json").read_text("utf-8"))]
    evaluations = found.evaluations({one.trace_id for one in traces})
    return sorted(evaluations, key=lambda one: order.index(one.run_id))


def test_what_real_mlflow_recorded_equals_what_its_client_says(recorded: list[Evaluation]) -> None:
    told = json.loads((FIXTURES / "evaluations.json").read_text("utf-8"))
    assert len(recorded) == 2
    for evaluation, client in zip(recorded, told, strict=True):
        means = {f"{name}/mean": scorer.mean for name, scorer in evaluation.scorers.items()}
        assert means == client["metrics"]
        examples = {one.trace_id: one for one in evaluation.examples}
        assert set(examples) == {one["trace_id"] for one in client["examples"]}
        for one in client["examples"]:
            mine = examples[one["trace_id"]]
            assert mine.request == json.loads(one["request"])["question"] and mine.response == json.loads(
                one["response"]
            )
            assert dict(mine.expectations) == one["expectations"]
            assert {s.name: s.rationale or None for s in mine.scores} == {k: v[1] for k, v in one["feedback"].items()}
            shown = {k: json.dumps(v[0]).strip('"').removesuffix(".0") for k, v in one["feedback"].items()}
            assert {s.name: s.value for s in mine.scores} == shown
        assert evaluation.tokens == {
            kind: sum(one["tokens"][f"{kind}_tokens"] for one in client["examples"])
            for kind in ("input", "output", "total")
        }


def test_of_the_recorded_runs_the_second_is_worse_in_one_example_and_better_in_one(recorded: list[Evaluation]) -> None:
    found = compare(recorded[0].examples, recorded[1].examples)
    assert [(one.verdict, one.after.request) for one in found.changes] == [
        ("worse", "What is 3+3?"), ("better", "What is 1+1?")
    ]  # fmt: skip
    assert (found.same, found.only_before, found.only_after) == (2, 0, 0)


def test_a_trace_is_part_of_each_evaluation_that_assessed_it() -> None:
    one = trace("t", "a")
    both = replace(one, assessments=(*one.assessments, replace(one.assessments[0], value="false", run_id="b")))
    found = gathered(["a", "b"], both)
    assert [(e.run_id, e.scorers["right"].mean) for e in found] == [("a", 1.0), ("b", 0.0)]


def test_judgements_of_people_and_runs_that_are_not_in_the_site_are_no_evaluation() -> None:
    assert gathered(["a"], trace("t", ""), trace("u", "elsewhere")) == []
    person = Assessment("h", "liked", "feedback", "true", "HUMAN", "ada")
    judged = trace("t", "a")
    assert set(gathered(["a"], replace(judged, assessments=(*judged.assessments, person)))[0].scorers) == {"right"}


def test_a_trace_without_scores_is_an_example_of_the_run_that_evaluated_it() -> None:
    bare = trace("t", "", tags={"mlflow.eval.requestId": "x"}, metadata={"mlflow.sourceRun": "a"}, assessments=())
    assert [one.total for one in gathered(["a"], bare)] == [1]
    assert gathered(["a"], replace(bare, tags={})) == []


def test_the_evaluations_of_the_newest_runs_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluated, "MAX_EVALUATIONS", 2)
    order = ["d", "b", "a", "c"]
    found = gathered(["a", "b", "c", "d"], *(trace(f"t{run}", run) for run in [*order, *order]))
    assert [one.run_id for one in found] == ["a", "b"]


def test_a_trace_without_a_page_is_not_linked() -> None:
    found = Gathered(["a"])
    found.add(trace("t", "a"))
    assert found.evaluations(set())[0].examples[0].trace_id == ""


def test_sessions_tokens_and_cost_add_up() -> None:
    metadata = {
        "mlflow.trace.session": "s",
        "mlflow.trace.tokenUsage": '{"input_tokens": 3, "output_tokens": 1, "total_tokens": 4}',
        "mlflow.trace.cost": '{"total_cost": 0.5}',
    }
    found = gathered(["a"], *(trace(name, "a", metadata=metadata) for name in "xyz"))[0]
    assert (found.sessions, found.tokens, found.cost) == (1, {"input": 9, "output": 3, "total": 12}, 1.5)
    odd = trace("t", "a", metadata={"mlflow.trace.tokenUsage": '{"input_tokens": -1}', "mlflow.trace.cost": "[1]"})
    assert (tokens_of(odd), cost_of(odd)) == ({}, None)


def test_equal_inputs_have_equal_keys_whatever_the_order_of_their_members() -> None:
    one, other = (trace("t", "a", request_preview=text) for text in ('{"a": 1, "b": 2}', '{"b": 2, "a": 1}'))
    assert key_of_trace(one) == key_of_trace(other) != key_of_trace(trace("t", "a"))


def test_the_table_of_mlflow_evaluate_is_an_evaluation() -> None:
    columns = ["inputs", "ground_truth", "outputs", "token_count", "right/v1/score", "right/v1/justification"]
    data = [["q0", "0", "0", 1, 1, "0 vs 0"], ["q1", "1", "x", 1, 0, "x vs 1"]]
    table = read_table("r", json.dumps({"columns": columns, "data": data}))
    assert table is not None
    found = evaluation_of_table(table, "eval_results_table.json")
    first = found.examples[0]
    assert (first.request, first.response, first.expectations) == ("q0", "0", (("ground_truth", "0"),))
    assert [(s.name, s.number, s.rationale) for s in first.scores] == [("right", 1.0, "0 vs 0")]
    assert (found.scorers["right"].mean, found.total) == (0.5, 2)


def test_an_evaluation_is_known_by_its_tags() -> None:
    assert is_evaluation({"mlflow.runType": "genai_evaluate"})
    assert is_evaluation({"mlflow.loggedArtifacts": '[{"path": "eval_results_table.json", "type": "table"}]'})
    assert not is_evaluation({"mlflow.loggedArtifacts": '[{"path": "t.json", "type": "table"}]'})
