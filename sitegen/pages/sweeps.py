"""What an experiment's page says of a sweep: by which tool, its size, and when its best value changed."""

from __future__ import annotations

from sitegen.analysis.best import Ranking
from sitegen.analysis.sweeps.found import Sweep, best_so_far
from sitegen.analysis.sweeps.trials import State
from sitegen.analysis.words import number, plural, shortened

MAX_IMPROVEMENTS = 6
_STATES: tuple[tuple[State, str], ...] = (
    ("finished", "finished"),
    ("pruned", "pruned"),
    ("failed", "failed"),
    ("running", "not finished"),
)


def sweep_line(sweep: Sweep | None) -> str:
    """`Optuna sweep: 31 trials, 24 finished, 7 pruned`; '' if there is none."""
    if sweep is None:
        return ""
    ends = ", ".join(f"{sweep.states[state]:,} {words}" for state, words in _STATES if sweep.states.get(state))
    under = f" under {plural(sweep.parents, 'parent')}" if sweep.parents else ""
    what = f"{sweep.tool} sweep" if sweep.tool else "Nested sweep"
    return f"{what}: {plural(len(sweep.trials), 'trial')}{under}, {ends}"


def best_so_far_line(sweep: Sweep | None, ranking: Ranking | None) -> str:
    """`val_loss 0.52 (trial 0), 0.31 (trial 4)`, the best value and the trials that changed it; '' if unknown.

    With several objectives at once there is no best value.
    """
    if sweep is None or ranking is None or ranking.objective.also:
        return ""
    found = best_so_far(sweep, ranking.objective)
    if not found:
        return ""
    left = len(found) - MAX_IMPROVEMENTS
    shown = [found[0], *found[1 + left :]] if left > 0 else list(found)
    texts = [f"{number(one.value)} (trial {one.number})" for one in shown]
    if left > 0:
        texts.insert(1, "…")
    return f"{shortened(ranking.objective.label)} {', '.join(texts)}"
