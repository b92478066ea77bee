"""Which of an experiment's metrics is the soundest to judge runs by, as far as names and counts show.

docs/objectives.md explains the same order to users.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from sitegen.analysis.direction import is_cost, is_word, matches, words_of
from sitegen.analysis.runs_table import ExperimentTable, RunRow, metric_keys
from sitegen.analysis.vocabulary import LOSS, PARTIAL

VALIDATION_WORDS = frozenset(["val", "valid", "validation", "eval", "evaluation", "dev", "cv", "oof", "metrics"])
"""`metrics/` is where Ultralytics (YOLO) puts what it measures on validation data."""

TEST_WORDS = frozenset(["test", "testing", "holdout"])
TRAINING_WORDS = frozenset(["train", "training", "learn"])
VARIANT_WORDS = frozenset(["class", "label", "fold", "split", "group"])
DATA_NAMES = ("validation data", "test data", "", "training data")

_CROSS_VALIDATED = re.compile(r"(?:mean|rank|split\d+)_test_")
"""scikit-learn's test scores of a cross-validation are measured on validation data."""
_FITTED = frozenset(["aic", "bic", "llf"])
"""What MLflow's autologging of statsmodels writes of every model that has a likelihood."""
_CRITERIA = ("aic", "bic")
"""Of what statsmodels measures, all on the data that it fitted, these alone count the params against the model."""
_VARIANT = re.compile(r"(?:class|label|fold|split|group)\d+")


def judged_rows(table: ExperimentTable) -> list[RunRow]:
    """The runs from which the usual metrics are taken: the finished ones, or all if none has finished."""
    alive = [row for row in table.rows if row.lifecycle_stage != "deleted"]
    return [row for row in alive if row.status == "FINISHED"] or alive


def finite_counts(table: ExperimentTable, rows: Sequence[RunRow]) -> dict[str, int]:
    """How many of `rows` have a finite last value of each metric; metrics that none has are left out."""
    counts = Counter(key for row in rows for key, summary in row.metrics.items() if summary.last - summary.last == 0)
    return {key: counts[key] for key in metric_keys(table) if counts[key]}


def is_constant(metric: str, rows: Sequence[RunRow]) -> bool:
    """Whether `metric` has the same finite last value in several of `rows` and no other value in any."""
    first, n = None, 0
    for row in rows:
        value = row.metrics[metric].last if metric in row.metrics else math.nan
        if value - value == 0:
            first, n = (value if first is None else first), n + 1
            if value != first:
                return False
    return n > 1


def in_order(counts: dict[str, int], rows: Sequence[RunRow]) -> list[str]:
    """The metrics of `counts` (finite values by metric), the soundest first.

    Costs last; validation data before test data before what is not said before training data; what every run has;
    metrics of the whole task before partial ones (precision, recall) before losses; averages before one class or fold;
    what most runs have; then short names and the alphabet. Of fits by statsmodels, AIC comes first. A constant gives
    way to an average on the same data that differs between runs.
    """
    variants, ordered = _by_name(tuple(counts.items()), len(rows))
    if not ordered or not is_constant(ordered[0], rows):
        return list(ordered)
    # The first average on the same data that differs between runs comes to the front.
    alike = (key for key in ordered if data_of(key) <= data_of(ordered[0]) and is_cost(key) == is_cost(ordered[0]))
    better = next((key for key in alike if key not in variants and not is_constant(key, rows)), None)
    return [better, *(key for key in ordered if key != better)] if better else list(ordered)


@lru_cache(maxsize=256)
def _by_name(counts: tuple[tuple[str, int], ...], runs: int) -> tuple[frozenset[str], tuple[str, ...]]:
    """The metrics of one class, fold or part, and all of `counts` in order as far as names and counts tell.

    Kept, since the runs of an experiment mostly have the same metrics, and each run's page asks.
    """
    found = dict(counts)
    variants = find_variants(found)
    criteria = _CRITERIA if found.keys() >= _FITTED else ()

    def key(metric: str) -> tuple[bool, int, bool, int, bool, int, int, str]:
        use = is_cost(metric), data_of(metric), found[metric] < runs
        kind = -1 if metric in criteria else kind_of(metric)
        return *use, kind, metric in variants, -found[metric], len(words_of(metric)), metric

    return frozenset(variants), tuple(sorted(found, key=key))


def data_of(metric: str) -> int:
    """Which data a metric was measured on, by its name: 0 validation, 1 test, 2 not said, 3 training."""
    words = set(words_of(metric))
    if _CROSS_VALIDATED.match(metric):
        return 0
    if words & TRAINING_WORDS:
        return 3
    if words & VALIDATION_WORDS:
        return 0
    return 1 if words & TEST_WORDS else 2


def kind_of(metric: str) -> int:
    """0 for a metric of the whole task, 1 for a partial one such as recall, 2 for a loss."""
    found = set(matches(metric))
    if found & LOSS:
        return 2
    return 1 if found & PARTIAL else 0


def find_variants(metrics: Iterable[str]) -> set[str]:
    """Those of `metrics` that are of one class, fold or part only.

    They name one (`f1_class_2`), end with a number of their own, or are alike but for a first or last word that means
    nothing else: `f1_setosa` beside `f1_virginica`, `box_loss` beside `cls_loss`.
    """
    words = {metric: words_of(metric) for metric in metrics}
    found = {metric for metric, own in words.items() if own and _names_variant(own)}
    alike: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    for metric, own in words.items():
        for at in (0, -1):
            if len(own) > 1 and not is_word(own[at]) and own[at] not in _PLAIN and not own[at].isdecimal():
                alike.setdefault((at, tuple(own[1:] if at == 0 else own[:-1])), []).append(metric)
    return found.union(*(group for group in alike.values() if len(group) > 1))


def _names_variant(words: Sequence[str]) -> bool:
    return any(word in VARIANT_WORDS or _VARIANT.fullmatch(word) for word in words) or words[-1].isdecimal()


_AVERAGES = frozenset(
    ["macro", "micro", "weighted", "avg", "average", "mean", "median", "overall", "all", "global", "samples", "binary"]
    + ["max", "min", "best", "final", "last", "sum"]
)
_PLAIN = VALIDATION_WORDS | TEST_WORDS | TRAINING_WORDS | _AVERAGES
"""Words that do not make a metric one of a part: those of data, and of averages."""
