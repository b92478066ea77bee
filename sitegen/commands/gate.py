"""`sitegen gate`: whether the runs of a job are good enough, by conditions on their metrics (docs/gate.md).

A condition is a query of the search language (`val_acc >= 0.93`), or compares a metric with the best run of a base:
`val_loss no worse than base by 1%`, `val_acc better than base`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sitegen.analysis.direction import direction_of
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import listed, number, plural, shortened
from sitegen.commands.standing import Standing, best_of
from sitegen.earlier import BestRun
from sitegen.errors import UsageError, did_you_mean
from sitegen.markup.markdown_text import markdown_text
from sitegen.query import Query, matcher, missing_keys, parse
from sitegen.query.nodes import Compare, Key

_RELATIVE = re.compile(
    r"\s*(?:(?P<way>min|max)\s+)?(?P<metric>\S.*?)\s+(?P<kind>no worse|better)\s+than\s+base"
    r"(?:\s+by\s+(?P<amount>[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*(?P<percent>%)?)?\s*",
    re.IGNORECASE,
)
_LIKE_RELATIVE = re.compile(r"\bbase\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Relative:
    """A comparison with the base. `amount` is a share of the base's value where it is in `percent`."""

    text: str
    key: Key
    way: str
    """`min` or `max`; '' if the experiment's objective or the metric's name says it."""
    better: bool
    amount: float
    percent: bool


Condition = Query | Relative


@dataclass(frozen=True, slots=True)
class Judgement:
    """One condition on one run. `value` and `limit` are as text; `note` says why it could not be compared."""

    run: RunRow
    condition: str
    value: str
    limit: str
    passed: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the gate found. Without a run to judge it is closed."""

    lines: tuple[Judgement, ...]
    why: str
    """Which runs were judged, in words."""
    passed: bool


def read_condition(text: str) -> Condition:
    """The condition in `text`. Raises UsageError, QueryError."""
    found = _RELATIVE.fullmatch(text)
    if found is None:
        if _LIKE_RELATIVE.search(text) and " than " in text:
            raise UsageError(
                f"The condition {text!r} cannot be read; write it as METRIC no worse than base by N%, "
                "or METRIC better than base."
            )
        if not text.strip():
            raise UsageError("A condition is empty; write one such as val_acc >= 0.93.")
        return parse(text)
    root = parse(f"{found['metric']} > 0").root
    if not isinstance(root, Compare) or root.key.group not in ("metric", "any"):
        raise UsageError(f"The condition {text!r} must compare a metric.")
    percent = found["percent"] is not None
    return Relative(
        text=text.strip(),
        key=root.key if root.key.group == "metric" else _metric(root.key.name),
        way=(found["way"] or "").lower(),
        better=found["kind"].lower() == "better",
        amount=_amount(found["amount"] or "0", text) / (100 if percent else 1),
        percent=percent,
    )


def _amount(written: str, condition: str) -> float:
    try:
        return float(written)
    except ValueError as error:
        raise UsageError(f"The condition {condition!r} has no number after by; write one such as 1%.") from error


def _metric(name: str) -> Key:
    root = parse(f"metrics.`{name}` > 0").root
    assert isinstance(root, Compare)
    return root.key


def judge_runs(
    store: Standing,
    conditions: Sequence[str],
    base: Standing | None = None,
    run: str = "",
    experiment: str = "",
    any_run: bool = False,
) -> Judged:
    """Judge runs of `store`.

    Those chosen by `run` (`latest`, an id, a name, or a filter), else those that `base` lacks, else the latest finished
    one. Every run has to meet every condition; with `any_run` one run has to meet all.

    Raises UsageError for what cannot be judged.
    """
    read = [read_condition(text) for text in conditions]
    rows = _of_experiment(store, experiment)
    _check_metrics(read, rows)
    if base is None and any(isinstance(one, Relative) for one in read):
        raise UsageError("A condition compares with a base, and there is none; give --base SITE_OR_STORE.")
    chosen, why = _chosen(rows, base, run)
    lines = tuple(
        _judgement(one, condition, store, base) for one in chosen for condition in read
    )  # fmt: skip
    good = {one.run_id for one in chosen} - {line.run.run_id for line in lines if not line.passed}
    return Judged(lines, why, bool(good) if any_run else bool(chosen) and len(good) == len(chosen))


def _of_experiment(store: Standing, experiment: str) -> list[RunRow]:
    if not experiment:
        return list(store.rows)
    ids = {id for id, one in store.record.best.items() if experiment in (id, one.experiment)}
    if not ids:
        hint = did_you_mean(experiment, (one.experiment for one in store.record.best.values()))
        raise UsageError(f"The store has no experiment {experiment!r} with runs.{hint}")
    return [row for row in store.rows if row.experiment_id in ids]


def _check_metrics(conditions: Sequence[Condition], rows: Sequence[RunRow]) -> None:
    """Raise UsageError where a condition names a metric, param or tag that no run has, with the nearest."""
    names: dict[str, set[str]] = {"metric": set(), "param": set(), "tag": set()}
    for row in rows:
        names["metric"].update(row.metrics)
        names["param"].update(row.params)
        names["tag"].update(row.tags)
    for one in conditions:
        if isinstance(one, Query):
            for sentence in missing_keys(one, (), names):
                raise UsageError(sentence)
        elif one.key.name not in names["metric"]:
            raise UsageError(f"No run has a metric called {one.key.name}.{did_you_mean(one.key.name, names['metric'])}")


def _chosen(rows: Sequence[RunRow], base: Standing | None, run: str) -> tuple[list[RunRow], str]:
    newest = sorted(rows, key=lambda row: (-(row.end_time or row.start_time or 0), row.run_id))
    if run and run != "latest":
        named = [row for row in newest if run in (row.run_id, row.name)]
        if named:
            return named[:1], f"the run {shortened(named[0].name)}"
        matches = _filter(run)
        return [row for row in newest if matches(row)], f"the runs that match {run!r}"
    if run != "latest" and base is not None:
        if base.record.runs is None:
            raise UsageError("The base does not list its runs; build it with this version of sitegen, or give --run.")
        return [row for row in newest if row.run_id not in base.record.runs], "the runs that the base lacks"
    return [row for row in newest if row.status == "FINISHED"][:1], "the latest finished run"


def _filter(run: str) -> Callable[[RunRow], bool]:
    """The filter in `run`. Raises UsageError for one word, which can only be meant as the id or the name of a run."""
    if re.fullmatch(r"[\w-]+", run):
        raise UsageError(f"There is no run {run}; give its id, its name, a filter, or latest.")
    return matcher(parse(run))


# Judging ------------------------------------------------------------------------------------------------------------


def _judgement(row: RunRow, condition: Condition, store: Standing, base: Standing | None) -> Judgement:
    if isinstance(condition, Query):
        root = condition.root
        value = _value(row, root.key) if isinstance(root, Compare) else None
        limit = f"{root.op} {root._value()}" if isinstance(root, Compare) else ""
        return Judgement(row, condition.text.strip(), _text(value), limit, matcher(condition)(row))
    assert base is not None
    now = store.record.best.get(row.experiment_id)
    name = now.experiment if now else ""
    was = best_of(base.record.best, now, name)
    value = _value(row, condition.key)
    of_base = _base_value(was, condition.key) if was else None
    if value is None or of_base is None:
        missing = (
            "the run has no such value" if value is None else f"the base has no best run of {name} with such a value"
        )
        return Judgement(row, condition.text, _text(value), "", False, missing)
    way = condition.way or _way(condition.key.name, now)
    bound = _limit(condition, of_base, way)
    ahead = value - bound if way == "max" else bound - value
    passed = ahead > 0 if condition.better and not condition.amount else ahead >= 0
    sign = {("max", True): ">", ("min", True): "<"}.get((way, condition.better and not condition.amount))
    sign = sign or (">=" if way == "max" else "<=")
    return Judgement(row, condition.text, _text(value), f"{sign} {_text(bound)} (base {_text(of_base)})", passed)


def _limit(condition: Relative, of_base: float, way: str) -> float:
    """The value that a run has to reach: the base's, with the amount added on the better or the worse side."""
    room = abs(of_base) * condition.amount if condition.percent else condition.amount
    better = 1 if way == "max" else -1
    return of_base + better * room if condition.better else of_base - better * room


def _way(metric: str, now: BestRun | None) -> str:
    """Which way the metric is better: as the experiment's objective has it, else by its name. Raises UsageError."""
    if now is not None and now.metric == metric:
        return now.direction
    known = direction_of(metric)
    if known is None:
        raise UsageError(f"It is not known which way {metric} is better; write min {metric} or max {metric}.")
    return known.value


def _value(row: RunRow, key: Key) -> float | None:
    """The number that a condition is about; None if the run has none that is a number."""
    if key.group not in ("metric", "any"):
        return None
    if key.literal_first and f"{key.name}.{key.reducer}" in row.metrics:
        value = row.metrics[f"{key.name}.{key.reducer}"].last
    elif key.name in row.metrics:
        value = float(getattr(row.metrics[key.name], key.reducer or "last"))
    else:
        return None
    return None if math.isnan(value) else value


def _base_value(best: BestRun, key: Key) -> float | None:
    """The value of the base's best run: the one that it was judged by, where the condition is on that metric."""
    if key.reducer in ("", "last") and key.name == best.metric and best.value is not None:
        return best.value
    return best.metrics.get(key.name) if key.reducer in ("", "last") else None


def _text(value: float | None) -> str:
    return number(value) if value is not None else ""


# Saying -------------------------------------------------------------------------------------------------------------


def text_lines(found: Judged) -> Iterator[str]:
    """The table for a terminal, and what was judged."""
    yield f"Judged: {found.why}."
    for line in found.lines:
        limit = f" ({line.limit})" if line.limit else ""
        value = line.note or line.value
        mark = "pass" if line.passed else "FAIL"
        yield f"  {mark}  {shortened(line.run.name, 40)}  {line.condition}: {value}{limit}".rstrip(": ")


def markdown_lines(found: Judged) -> Iterator[str]:
    """The same as a table of Markdown, for the summary of a job."""
    yield "| | Run | Condition | Value | Limit |"
    yield "|---|---|---|---|---|"
    for line in found.lines:
        cells = (line.run.name, line.condition, line.note or line.value, line.limit)
        yield f"| {'✅' if line.passed else '❌'} | {' | '.join(map(markdown_text, cells))} |"


def json_text(found: Judged) -> str:
    """The same for programs."""
    lines = [
        {
            "run_id": line.run.run_id,
            "name": line.run.name,
            "condition": line.condition,
            "value": line.value,
            "limit": line.limit,
            "passed": line.passed,
            "note": line.note,
        }
        for line in found.lines
    ]
    return json.dumps({"schema": 1, "passed": found.passed, "judged": found.why, "results": lines}, indent=2)


def gate_sentence(found: Judged) -> str:
    """The sentence about a gate that is closed."""
    if not found.lines:
        return f"The gate is closed: there is no run to judge ({found.why})."
    failed = list(dict.fromkeys(line.run.name for line in found.lines if not line.passed))
    shown = listed([shortened(name, 40) for name in failed[:5]])
    return f"The gate is closed: {plural(len(failed), 'run')} did not meet the conditions ({shown})."
