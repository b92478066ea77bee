"""The examples of evaluations: traces with assessments, or rows of the table that `mlflow.evaluate` logs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from sitegen.analysis.evaluation import (
    Evaluation,
    Example,
    Score,
    plain_text,
    score_of,
    score_of_value,
)
from sitegen.analysis.joined import Cell, LoggedTable
from sitegen.model import Assessment, Trace

MAX_EVALUATIONS = 50
"""Evaluations of an experiment that are shown: those of the newest runs."""
TABLE = "eval_results_table.json"
"""What `mlflow.evaluate` logs, in a folder of its own if several models are evaluated."""
RUN_TYPE = "mlflow.runType"
GENAI = "genai_evaluate"
_INPUTS = "mlflow.spanInputs"
_REQUEST_TAG = "mlflow.eval.requestId"
_REQUESTS = ("inputs", "input", "request", "question", "query", "prompt")
_RESPONSES = ("outputs", "output", "response", "prediction", "predictions", "answer", "out", "model_output")
_EXPECTATIONS = (
    "ground_truth",
    "targets",
    "target",
    "label",
    "labels",
    "expected",
    "expected_response",
    "expectations",
)
_SCORE_ENDS = ("/score", "/value")
_REASON_ENDS = ("/justification", "/rationale")


def is_evaluation(tags: Mapping[str, str]) -> bool:
    """Whether a run with these tags is an evaluation: MLflow says so, or names the table with its rows."""
    return tags.get(RUN_TYPE) == GENAI or TABLE in tags.get("mlflow.loggedArtifacts", "")


def is_results_table(path: str) -> bool:
    """Whether `path` is where `mlflow.evaluate` logs its rows."""
    return path.rpartition("/")[2] == TABLE


# Traces -------------------------------------------------------------------------------------------------------------


class Gathered:
    """The evaluations among the traces of an experiment, gathered one trace at a time."""

    def __init__(self, runs: Sequence[str]) -> None:
        """`runs` are the ids of the experiment's runs, the newest first."""
        self._place = {run_id: at for at, run_id in enumerate(runs)}
        self._found: dict[str, Evaluation] = {}
        self._sessions: dict[str, set[str]] = {}

    def add(self, trace: Trace) -> None:
        """Add the trace to the evaluations that it is part of; the evaluation of the oldest run goes if there are too
        many."""
        for run_id in runs_of(trace):
            if run_id not in self._place:
                continue
            evaluation = self._found.setdefault(run_id, Evaluation(run_id))
            evaluation.add(example_of(trace, run_id))
            evaluation.add_usage(tokens_of(trace), cost_of(trace))
            if trace.session:
                self._sessions.setdefault(run_id, set()).add(trace.session)
            if len(self._found) > MAX_EVALUATIONS:
                oldest = max(self._found, key=self._place.__getitem__)
                del self._found[oldest]
                self._sessions.pop(oldest, None)

    def evaluations(self, shown: Container[str]) -> list[Evaluation]:
        """The evaluations, that of the newest run first; `shown` are the traces that have pages."""
        for run_id, evaluation in self._found.items():
            evaluation.examples = [
                one if one.trace_id in shown else replace(one, trace_id="") for one in evaluation.first
            ]
            evaluation.sessions = len(self._sessions.get(run_id, ()))
        return [self._found[run_id] for run_id in sorted(self._found, key=self._place.__getitem__)]


def runs_of(trace: Trace) -> list[str]:
    """The evaluation runs that a trace is part of: those that assessed it, and that which recorded it."""
    found = {one.run_id for one in trace.assessments if one.run_id}
    if _REQUEST_TAG in trace.tags and trace.source_run_id:
        found.add(trace.source_run_id)
    return sorted(found)


def example_of(trace: Trace, run_id: str) -> Example:
    """The trace as an example of the evaluation in the run `run_id`."""
    own = [one for one in trace.assessments if one.run_id in ("", run_id)]
    return Example(
        key=key_of_trace(trace),
        request=plain_text(trace.request_preview),
        response=plain_text(trace.response_preview),
        expectations=tuple((one.name, plain_text(one.value)) for one in own if one.kind == "expectation"),
        scores=tuple(map(_score, (one for one in own if one.kind == "feedback" and one.run_id))),
        trace_id=trace.trace_id,
        duration=trace.duration,
        time=trace.request_time,
    )


def _score(one: Assessment) -> Score:
    return score_of(one.name, one.value, one.rationale)


def key_of_trace(trace: Trace) -> str:
    """What is equal for equal inputs: a digest of the first span's inputs, else of the beginning of the request."""
    root = next((span for span in trace.spans if not span.parent_id), None)
    text = (root.attributes.get(_INPUTS) if root else None) or trace.request_preview
    with suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def tokens_of(trace: Trace) -> dict[str, int]:
    """The tokens of a trace by kind (`input`, `output`, `total`), as far as MLflow recorded them."""
    found = _object(trace.metadata.get("mlflow.trace.tokenUsage", ""))
    counts = ((kind, found.get(f"{kind}_tokens")) for kind in ("input", "output", "total"))
    return {kind: count for kind, count in counts if isinstance(count, int) and 0 <= count < 1 << 53}


def cost_of(trace: Trace) -> float | None:
    """What the calls of a trace cost, as MLflow recorded it; None if it did not."""
    cost = _object(trace.metadata.get("mlflow.trace.cost", "")).get("total_cost")
    return float(cost) if isinstance(cost, int | float) and 0 <= cost < 1e12 else None


def _object(text: str) -> dict[str, object]:
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


# Tables -------------------------------------------------------------------------------------------------------------


def evaluation_of_table(table: LoggedTable, path: str) -> Evaluation:
    """The evaluation whose rows `mlflow.evaluate` logged at `path`."""
    names = list(table.columns)
    scores = {name: _scorer(name) for name in names if name.endswith(_SCORE_ENDS)}
    reasons = {_scorer(name): name for name in names if name.endswith(_REASON_ENDS)}
    request = next((name for name in _REQUESTS if name in names), names[0] if names else "")
    response = next((name for name in _RESPONSES if name in names and name != request), "")
    expected = [name for name in _EXPECTATIONS if name in names and name not in (request, response)]
    found = Evaluation(table.run_id, table=path)
    for at in range(table.rows):
        row = {name: cells[at] for name, cells in table.columns.items()}
        found.add(
            Example(
                key=hashlib.sha256(_text(row, request).encode("utf-8", "replace")).hexdigest()[:16],
                request=plain_text(_text(row, request)),
                response=plain_text(_text(row, response)),
                expectations=tuple((name, plain_text(_text(row, name))) for name in expected),
                scores=tuple(
                    _cell_score(scorer, row[name], _text(row, reasons.get(scorer, "")))
                    for name, scorer in scores.items()
                ),
            )
        )
    return found


def _scorer(column: str) -> str:
    """The scorer that a column belongs to: `toxicity` of `toxicity/v1/score`."""
    return column.rpartition("/")[0].removesuffix("/v1")


def _text(row: Mapping[str, Cell], name: str) -> str:
    return row[name].text if name in row else ""


def _cell_score(name: str, cell: Cell, reason: str) -> Score:
    if cell.number is not None and cell.text not in ("true", "false"):
        return score_of_value(name, cell.number, reason)
    return score_of_value(name, cell.text == "true" if cell.number is not None else cell.text or None, reason)
