"""Values for every field of the model, made from the model's own types: a new field is tried as soon as it exists."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np
from hypothesis import strategies as st

from sitegen.model import Catalog, Experiment, MetricHistory, Problem, Run, RunRef, Trace
from sitegen.stores.contract import RunBatch

SECRET = "gh" + "p_" + "Ab1" * 12
MARKUP = "<canary onclick=x>"
TOKENS = (
    "", " ", MARKUP, f'"/>{MARKUP}', f"'{MARKUP}", f"</script>{MARKUP}", f"<!--<script>{MARKUP}", f"]]>{MARKUP}", "javascript:alert(1)",
    "{{ 7 * 7 }}", "{% raw %}", SECRET, f"token={SECRET}", f"https://ada:{SECRET}@host/x", "__proto__", "constructor", "../../etc/passwd",
    "\x00\x1b[31m\u202e", "\u2028", "\ud800", "a\r\n::error::b", "=cmd()", "[" * 400, "`" * 400, "![x](//evil/x.png)", "<img src=//evil/x>",
    "nan", "1e999", "9" * 400, "-0", "0x10", "null", "[1, 2]", '{"a": {"b": null}}', "x" * 3000, "models:/m-1", "deleted", "RUNNING", "CON",
)  # fmt: skip
TAGS = (
    "mlflow.note.content", "mlflow.parentRunId", "mlflow.runName", "mlflow.user", "mlflow.source.name", "mlflow.source.git.commit",
    "mlflow.source.git.repoURL", "mlflow.log-model.history", "mlflow.loggedArtifacts", "mlflow.experiment.primaryMetric.name", "mlflow.prompt.text",
)  # fmt: skip
TEXT = st.sampled_from(TOKENS) | st.text(st.characters(exclude_categories=()), max_size=12)
WHOLE = st.sampled_from((0, 1, -1, 1_700_000_000_000, 2**53 + 1, 2**63 - 1, -(2**63))) | st.integers(-(2**64), 2**64)
NUMBER = st.floats() | st.sampled_from((0.0, 1e308, 5e-324, -1.7976931348623157e308))
SPECIAL: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT, int: WHOLE, float: NUMBER, bool: st.booleans(), Path: st.none(), type(None): st.none(), Any: TEXT,
    Mapping[str, str]: st.dictionaries(st.sampled_from(TAGS) | TEXT, TEXT, max_size=4),
}  # fmt: skip


class _Word(str):
    """A string that MLflow makes or chooses from a few, not the user: an id, a status. It may be anything, but no secret."""


SPECIAL[_Word] = st.sampled_from([token for token in TOKENS if SECRET not in token]) | st.text(max_size=12)
WORDS = frozenset(
    ("status", "lifecycle_stage", "source_type", "state", "kind", "stage", "version", "article", "era", "where", "what", "digest",
     "model_inputs", "location", "expected", "missing_artifacts")
)  # fmt: skip


def _as_word(name: str, kind: Any) -> Any:
    """The type of a field of the model, with such strings where it holds them."""
    if not (name in WORDS or name.endswith("_id")):
        return kind
    return {str: _Word, str | None: _Word | None, tuple[str, ...]: tuple[_Word, ...]}.get(kind, kind)


@st.composite
def histories(draw: st.DrawFn) -> MetricHistory:
    """Some points in the order in which stores give them."""
    stamp = st.integers(-(2**63), 2**63 - 1) | st.integers(1_700_000_000_000, 1_700_000_000_009)
    point = st.tuples(st.integers(0, 3) | WHOLE, stamp, NUMBER)
    points = sorted(draw(st.lists(point, min_size=1, max_size=6)), key=lambda one: one[:2])
    is_huge = any(not -(2**63) <= step < 2**63 for step, _, _ in points)
    return MetricHistory(
        draw(TEXT),
        np.array([step for step, _, _ in points], object if is_huge else np.int64),
        np.array([time for _, time, _ in points], np.int64),
        np.array([value for _, _, value in points], np.float64),
        len(points) - 1,
    )


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type of the model, as its annotation says."""
    if kind in SPECIAL:
        return SPECIAL[kind]
    if kind is MetricHistory:
        return histories()
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        named = {field.name: hints[field.name] for field in fields(kind) if field.init}
        return st.builds(kind, **{name: values(_as_word(name, hint)) for name, hint in named.items()})
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return st.one_of([values(one) for one in inner])
    if origin is tuple:
        return st.lists(values(inner[0]), max_size=2).map(tuple)
    assert origin is not None and issubclass(origin, Mapping), kind
    return st.dictionaries(values(inner[0]), values(inner[1]), max_size=2)


class FieldsStore:
    """A store that holds what was drawn, made consistent: ids are unique, a metric has the key under which it is kept."""

    name = "drawn"

    def __init__(self, draw: st.DrawFn) -> None:
        experiments = {one.experiment_id: one for one in draw(st.lists(values(Experiment), min_size=1, max_size=2))}
        ids = st.sampled_from(sorted(experiments))
        self.runs: dict[str, Run] = {}
        for run in draw(st.lists(values(Run), min_size=1, max_size=3)):
            metrics = {key: replace(history, key=key) for key, history in run.metrics.items()}
            self.runs[run.run_id] = replace(run, experiment_id=draw(ids), metrics=metrics)
        self.listed = replace(
            draw(values(Catalog)),
            kind="drawn store",
            experiments=tuple(experiments.values()),
            runs=tuple(RunRef(run.run_id, run.experiment_id, run.run_id) for run in self.runs.values()),
        )
        self.shown_traces = {
            one.trace_id: replace(one, experiment_id=draw(ids)) for one in draw(st.lists(values(Trace), max_size=1))
        }

    def catalog(self) -> Catalog:
        return self.listed

    def read_runs(self, refs: Sequence[RunRef]) -> RunBatch:
        return RunBatch([self.runs[ref.run_id] for ref in refs])

    def traces(self, experiment_id: str, problems: list[Problem]) -> list[Trace]:
        return [one for one in self.shown_traces.values() if one.experiment_id == experiment_id]

    def trace_count(self, experiment_id: str) -> int:
        return len(self.traces(experiment_id, []))

    def signature(self) -> str:
        return ""

    def bytes_on_disk(self) -> int:
        return 0


@st.composite
def stores(draw: st.DrawFn) -> FieldsStore:
    return FieldsStore(draw)
