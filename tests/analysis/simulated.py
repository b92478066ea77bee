"""Simulated experiments of which the best configuration is known, to measure how often the verdict on them is right.

Each experiment has two to eight configurations with true means, and repeats of each that scatter about the mean: seeds,
folds nested under a parent, folds logged as steps, or a mean with its logged standard deviation. `gap` is how far the
best true mean is ahead of the second, in true standard errors of the difference of the two sample means,
sqrt(s1² / n1 + s2² / n2). At gap 0 the best two are equal, so that whoever is called clearly best is called so wrongly.

Some experiments are made harder: configurations scatter unlike each other by up to a factor of four, one configuration
diverged, runs did not finish, some configurations were run once only.

    python -m tests.analysis.simulated          500 experiments for each gap, about five CPU seconds
"""

from __future__ import annotations

import math
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sitegen.analysis.judge import judge
from sitegen.analysis.runs_table import ExperimentTable, RunRow
from tests.analysis.builders import row, table

SEED = 20261130
GAPS: tuple[tuple[float, float], ...] = ((0, 0), (0.5, 0.5), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (4, 12))
"""Gaps that are measured: from, to. An experiment's gap is drawn evenly between the two."""
SIZES = (5, 8, 10)
DIVERGED = 1e6


@dataclass(frozen=True, slots=True)
class Simulated:
    """An experiment and the truth about it: run ids of the best configuration start with `best`; `gap` as above."""

    table: ExperimentTable
    kind: str
    best: str
    gap: float


@dataclass(frozen=True, slots=True)
class _Plan:
    """One configuration: its true mean, the scatter of its runs and how many there are."""

    name: str
    mean: float
    spread: float
    n: int


def simulated(number: int, low: float, high: float | None = None) -> Simulated:
    """Experiment `number` with a gap drawn between `low` and `high`. The same arguments give the same experiment."""
    dice = random.Random(f"{SEED}/{number}/{low}/{high}")
    gap = dice.uniform(low, low if high is None else high)
    kind = dice.choice(sorted(_KINDS))
    lower = dice.random() < 0.5
    plans = _plans(dice, gap, lower)
    metric = "val_loss" if lower else "val_accuracy"
    rows = list(_KINDS[kind](dice, metric, plans))
    if dice.random() < 0.3:
        rows += _extras(dice, f"mean_{metric}" if kind == "logged std" else metric, plans, lower)
    dice.shuffle(rows)
    return Simulated(table(rows), kind, plans[0].name, gap)


def _plans(dice: random.Random, gap: float, lower: bool) -> list[_Plan]:
    """Configurations, the best first: the second `gap` standard errors behind it, the others further behind."""
    count, n, scale = dice.randint(2, 8), dice.choice(SIZES), 10 ** dice.uniform(-3, 0)
    unlike = dice.random() < 0.3
    spreads = [scale * (2 ** dice.uniform(-1, 1) if unlike else 1.0) for _ in range(count)]
    worse, start = (1 if lower else -1), 20 * scale
    behind = gap * math.sqrt((spreads[0] ** 2 + spreads[1] ** 2) / n)
    names = [f"c{at}x" for at in range(count)]
    dice.shuffle(names)
    offsets = [0.0, behind] + [behind + dice.choice((0.0, 1.0, 5.0)) * scale * dice.random() for _ in spreads[2:]]
    return [
        _Plan(name, start + worse * offset, spread, n)
        for name, offset, spread in zip(names, offsets, spreads, strict=True)
    ]


def _values(dice: random.Random, plan: _Plan) -> list[float]:
    return [dice.gauss(plan.mean, plan.spread) for _ in range(plan.n)]


def _id(plan: _Plan, at: object) -> str:
    return f"{plan.name}{at}"


# The ways in which people repeat runs -------------------------------------------------------------------------------


def _seeds(dice: random.Random, metric: str, plans: Sequence[_Plan]) -> Iterator[RunRow]:
    for plan in plans:
        for seed, value in enumerate(_values(dice, plan)):
            yield row(_id(plan, seed), {metric: value}, params={"model": plan.name, "seed": str(seed)})


def _folds(dice: random.Random, metric: str, plans: Sequence[_Plan]) -> Iterator[RunRow]:
    """A parent that logs the mean of its folds, and the folds nested under it."""
    for plan in plans:
        values, parent = _values(dice, plan), _id(plan, "parent")
        yield row(parent, {metric: math.fsum(values) / plan.n}, params={"model": plan.name})
        for fold, value in enumerate(values):
            params = {"model": plan.name, "fold": str(fold)}
            yield row(_id(plan, fold), {metric: value}, params=params, parent_id=parent)


def _fold_steps(dice: random.Random, metric: str, plans: Sequence[_Plan]) -> Iterator[RunRow]:
    """Each fold is a step of the one run, which says how many there are."""
    for plan in plans:
        params = {"model": plan.name, "n_splits": str(plan.n)}
        yield row(_id(plan, "run"), {metric: tuple(_values(dice, plan))}, params=params)


def _logged_std(dice: random.Random, metric: str, plans: Sequence[_Plan]) -> Iterator[RunRow]:
    """The mean over folds and its standard deviation (numpy's: divided by n), as scikit-learn's searches log them."""
    for plan in plans:
        values = _values(dice, plan)
        mean = math.fsum(values) / plan.n
        std = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / plan.n)
        metrics = {f"mean_{metric}": mean, f"std_{metric}": std}
        yield row(_id(plan, "run"), metrics, params={"model": plan.name, "cv": str(plan.n)})


_KINDS: dict[str, Callable[[random.Random, str, Sequence[_Plan]], Iterator[RunRow]]] = {
    "seeds": _seeds,
    "folds": _folds,
    "fold steps": _fold_steps,
    "logged std": _logged_std,
}


def _extras(dice: random.Random, metric: str, plans: Sequence[_Plan], lower: bool) -> Iterator[RunRow]:
    """What is beside the repeats in real stores: a run that diverged, one that did not finish, one that has no repeat.

    The diverged run is far worse than all; the unfinished one is far better, and counts for nothing; the one without
    repeats is far behind.
    """
    worse, far = (1 if lower else -1), 40 * max(plan.spread for plan in plans)
    start = plans[0].mean
    if lower:
        yield row("diverged", {metric: start * DIVERGED}, params={"model": "diverged"})
    yield row("killed", {metric: start - worse * far / 10}, params={"model": "killed"}, status="KILLED")
    yield row("single", {metric: start + worse * far * (1 + dice.random())}, params={"model": "single"})


# Experiments of which the verdict is known exactly ------------------------------------------------------------------


def exact() -> dict[str, tuple[ExperimentTable, str, str]]:
    """Experiments by what is special about them: the table, the lead and the source of the metric that are expected."""
    lrs = [{"lr": lr} for lr in ("0.1", "0.01", "0.001")]

    def runs(values: Sequence[float], metric: str = "val_loss", **fields: Any) -> list[RunRow]:
        return [
            row(f"r{at}", {metric: value}, params=lr, **fields)
            for at, (value, lr) in enumerate(zip(values, lrs, strict=False))
        ]

    primary = {"mlflow.experiment.primaryMetric.name": "m", "mlflow.experiment.primaryMetric.greaterIsBetter": "true"}
    return {
        "only one run": (table(runs([0.5])), "only one run", "guessed"),
        "one run with a value": (table([*runs([0.5]), row("none")]), "only one run", "guessed"),
        "all equal": (table(runs([0.5, 0.5, 0.5])), "tie", "guessed"),
        "best two equal": (table(runs([0.5, 0.5, 0.7])), "tie", "guessed"),
        "no finished run": (table(runs([0.5, 0.6, 0.7], status="RUNNING")), "no verdict", "guessed"),
        "no finite value": (table(runs([math.nan, math.inf])), "no verdict", "guessed"),
        "no repeats": (table(runs([0.5, 0.6, 0.7])), "ahead, spread unknown", "guessed"),
        "metric recorded": (table(runs([0.5, 0.6], metric="m"), primary), "ahead, spread unknown", "recorded"),
    }


# Measuring ----------------------------------------------------------------------------------------------------------


def measured(count: int, low: float, high: float) -> Counter[tuple[str, bool]]:
    """How many of `count` experiments got each lead, and whether the run that is first is of the best configuration."""
    found: Counter[tuple[str, bool]] = Counter()
    for number in range(count):
        one = simulated(number, low, high)
        ranking = judge(one.table).ranking
        assert ranking is not None
        found[ranking.verdict.lead, ranking.ranked[0].row.run_id.startswith(one.best)] += 1
    return found


def main(count: int) -> None:
    print(f"{count} experiments for each gap; seed {SEED}")
    print("gap (standard errors)   clear and right   clear and wrong   within noise   other")
    for low, high in GAPS:
        found = measured(count, low, high)
        right, wrong = found["clear", True], found["clear", False]
        if high == 0:  # nobody is really ahead
            right, wrong = 0, right + wrong
        noise = found["within noise", True] + found["within noise", False]
        rest = count - right - wrong - noise
        gap = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        print(f"{gap:>21}   {right / count:>15.1%}   {wrong / count:>15.1%}   {noise / count:>12.1%}   {rest:>5}")
    for name, (made, lead, source) in exact().items():
        verdict = judge(made).verdict
        exactly = (verdict.lead, verdict.metric) == (lead, source)
        print(f"{name}: {verdict.lead}, metric {verdict.metric}: {'as expected' if exactly else 'WRONG'}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
