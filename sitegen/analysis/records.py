"""What frameworks recorded in the runs of an experiment about how they chose their best model.

docs/objectives.md lists for users which records are read, and where each framework writes them. A record counts where
at least half of the runs have it; where runs differ, the commonest one does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from sitegen.analysis.direction import Better, direction_of, is_cost
from sitegen.analysis.metric_order import data_of
from sitegen.analysis.runs_table import RunRow, natural
from sitegen.analysis.words import shortened

Vote = tuple[str, Better | None]
"""A metric that the run logged, and which way it is better by the record; None if the record leaves that open."""

_Reader = tuple[Callable[[RunRow], Vote | None], str]
"""A function that reads a record of one run, and the sentence on it."""


class Record(NamedTuple):
    """What runs recorded. `sentence` says by what, with `{}` for the metric."""

    metric: str
    direction: Better | None
    sentence: str


_WAYS: dict[str, Better] = {
    "true": "max", "false": "min", "max": "max", "min": "min", "maximize": "max", "minimize": "min",
    "maximise": "max", "minimise": "min", "studydirection.maximize": "max", "studydirection.minimize": "min",
}  # fmt: skip
_UNSET = ("", "None", "null")
_NAMES = re.compile(r"[\w@.:-]+")
_PARTS = re.compile(r"[/.:]+")
_MONITORS = (
    "monitor", "monitor_metric", "checkpoint_metric", "checkpoint_monitor", "early_stopping_metric",
    "early_stopping_monitor", "early_stop_metric", "optimized_metric", "primary_metric", "objective_metric",
    "target_metric", "optimization_metric", "metric", "eval_metric",
)  # fmt: skip
"""Last parts of params and tags that name a metric; `mode` or `direction` beside one says which way is better."""
_VAGUE = ("metric", "eval_metric")
"""Those of them that count only with a direction beside them."""
_MODES = ("mode", "direction", "monitor_mode", "checkpoint_mode", "metric_mode", "goal")
_STUDIES = ("direction", "study_direction", "optimization_direction", "optuna.direction", "optuna.study_direction")
_STUDY_VALUES = ("value", "best_value", "objective_value", "objective")


def find_records(rows: Sequence[RunRow]) -> Iterator[Record]:
    """The records in `rows`, the most telling first: those of runs without a parent among them, then those of all."""
    logged = [row for row in rows if row.metrics and row.lifecycle_stage != "deleted"]
    ids = {row.run_id for row in logged}
    first = [*_FIRST, *_study_readers(rows)]
    top = [row for row in logged if row.parent_id not in ids]
    for group in [top, logged] if 1 < len(top) < len(logged) else [logged]:
        for read, sentence in [*first, *_monitor_readers(group), *_refit_readers(logged), *_LAST]:
            if found := _commonest(group, read):
                yield Record(*found, sentence)


def _commonest(rows: Sequence[RunRow], read: Callable[[RunRow], Vote | None]) -> Vote | None:
    votes = Counter(vote for row in rows if (vote := read(row)) is not None)
    if not votes or 2 * votes.total() < len(rows):
        return None
    return min(votes, key=lambda vote: (-votes[vote], vote[0], vote[1] or ""))


def _trainer(row: RunRow) -> Vote | None:
    """Hugging Face's Trainer: `eval_` is added to the name; the default is `loss`, with the Trainer's own default
    direction."""
    name = row.params.get("metric_for_best_model", "")
    kept = row.params.get("load_best_model_at_end", "").lower() == "true"
    if name in _UNSET:
        if not kept:
            return None
        name = "loss"
    bare = name.removeprefix("eval_")
    metric = next((key for key in (f"eval_{bare}", f"eval/{bare}", name) if key in row.metrics), None)
    direction = _WAYS.get(row.params.get("greater_is_better", "").lower())
    if direction is None and kept:
        direction = "min" if bare.endswith("loss") else "max"
    return (metric, direction) if metric else None


def _checkpoint(row: RunRow) -> Vote | None:
    """Lightning's MLFlowLogger: `monitor` and `mode` in the metadata.yaml beside a checkpoint."""
    if row.checkpoint is None or row.checkpoint[0] not in row.metrics:
        return None
    return row.checkpoint[0], _WAYS.get(row.checkpoint[1].lower())


def _monitor_readers(rows: Sequence[RunRow]) -> Iterator[_Reader]:
    """A reader for each param and tag whose last part names a metric: callbacks of Lightning and Keras, configs."""
    keys = set().union(*(row.params for row in rows), *(row.tags for row in rows))
    found = [(_rank(key), natural(key), key) for key in keys if _PARTS.split(key)[-1] in _MONITORS]
    for _, _, key in sorted(found):
        kind = "param" if any(key in row.params for row in rows) else "tag"
        yield partial(_monitored, key), _because(kind, key)


def _rank(key: str) -> int:
    """Checkpoints count before early stopping, that before a plain `monitor`, and a learning-rate schedule's comes
    last."""
    lower = key.lower()
    words = ("checkpoint", "stop")
    if "scheduler" in lower or "plateau" in lower or "lr_" in lower:
        return len(words) + 1
    return next((at for at, word in enumerate(words) if word in lower), len(words))


def _monitored(key: str, row: RunRow) -> Vote | None:
    values = row.params if key in row.params else row.tags
    metric = values.get(key, "")
    if metric not in row.metrics:
        return None
    last = _PARTS.split(key)[-1]
    modes = (values.get(key[: -len(last)] + mode, "").lower() for mode in _MODES)
    direction = next((_WAYS[mode] for mode in modes if mode in _WAYS), None)
    return None if last in _VAGUE and direction is None else (metric, direction)


def _because(kind: str, key: str) -> str:
    shown = shortened(key).replace("{", "{{").replace("}", "}}")
    return f"The runs' {kind} {shown} is {{}}"


def _search(row: RunRow) -> Vote | None:
    """scikit-learn's searches, as MLflow logs them: for scorers, higher is always better."""
    if "best_cv_score" in row.metrics:
        return "best_cv_score", "max"
    beside = {"rank_test_score", "std_test_score", "split0_test_score", "mean_fit_time"} & row.metrics.keys()
    return ("mean_test_score", "max") if "mean_test_score" in row.metrics and beside else None


def _refit_readers(rows: Sequence[RunRow]) -> Iterator[_Reader]:
    """A reader for the score by which searches with several scorers chose: their param `refit`."""
    names = {row.params.get("refit", "") for row in rows if "best_cv_score" in row.metrics}
    for name in sorted(names - {"True", *_UNSET}):
        yield partial(_refitted, f"mean_test_{name}"), "The searches of scikit-learn chose by {}"


def _refitted(metric: str, row: RunRow) -> Vote | None:
    return (metric, "max") if metric in row.metrics else None


def _study_readers(rows: Sequence[RunRow]) -> Iterator[_Reader]:
    """A reader for the trials of Optuna, if any of `rows` has a study's direction: a trial, or the parent of trials."""
    directions = {row.run_id: way for row in rows if (way := _study_direction(row)) is not None}
    if directions:
        yield partial(_trial, directions), "The runs are trials of a study of Optuna, whose objective is {}"


def _study_direction(row: RunRow) -> Better | None:
    """The recorded direction of a study; of several objectives it is a list, which counts for none."""
    said = (row.tags.get(key, row.params.get(key, "")).lower() for key in _STUDIES)
    return next((_WAYS[one] for one in said if one in _WAYS and one not in ("true", "false")), None)


def _trial(directions: Mapping[str, Better], row: RunRow) -> Vote | None:
    """`value`, or the run's only metric; of several, the only one that is better this way by its name."""
    direction = directions.get(row.run_id) or directions.get(row.parent_id or "")
    if direction is None:
        return None
    own = [key for key in row.metrics if not key.startswith("system/")]
    named = [key for key in own if not is_cost(key) and (way := direction_of(key)) and way.value == direction]
    for keys in ([key for key in _STUDY_VALUES if key in own][:1], own, named):
        if len(keys) == 1:
            return keys[0], direction
    return None


def _boosting(row: RunRow) -> Vote | None:
    """XGBoost, LightGBM and CatBoost with early stopping: the metric that they monitored on held-out data."""
    params = row.params
    rounds = (params.get(key, "") for key in ("early_stopping_rounds", "early_stopping_round", "early_stopping"))
    if "best_iteration" not in row.metrics and all(value in _UNSET for value in rounds):
        return None
    # XGBoost stops by the last of its metrics, LightGBM by the first.
    names = _NAMES.findall(params.get("eval_metric", ""))[-1:] or _NAMES.findall(params.get("metric", ""))[:1]
    ends = [name.replace("@", "_at_") for name in names]
    named = _ending("-", ends, row) or _ending("_", ends, row)
    keys = named or (
        [] if names else [key for key in row.metrics if key.startswith(("validation_", "valid_", "eval-"))]
    )
    watched = [key for key in keys if data_of(key) != 3]
    watched = [key for key in watched if key.startswith("best_")] or watched
    if not watched or len({key.partition("-")[2] for key in watched}) > 1:
        return None
    return max(watched, key=natural), None


def _ending(mark: str, names: Sequence[str], row: RunRow) -> list[str]:
    """The metrics that end with `mark` and one of `names`: XGBoost's `eval-auc`, CatBoost's `validation_AUC`."""
    ends = tuple(mark + name for name in names)
    return [key for key in row.metrics if key.endswith(ends)] if ends else []


_FIRST: tuple[_Reader, ...] = (
    (_trainer, "The runs' params say that Hugging Face's Trainer chose the best model by {}"),
    (_checkpoint, "The runs' checkpoints were chosen by {}, as metadata.yaml beside them says"),
)
_LAST: tuple[_Reader, ...] = (
    (_search, "The runs are searches of scikit-learn, whose result is {}"),
    (_boosting, "The runs' boosting stopped early by {}"),
)
"""The readers that are tried after the params and tags that name a metric."""
