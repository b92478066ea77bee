"""Simulated curves of which it is known what training did, to measure how often the sentence on them is right.

Each curve has 12 to 2,000 points, noise of up to a twentieth of its improvement, any scale, and either direction.
The truth is that of the curve without noise: `converged` gains less than 1.5% of its improvement in its last quarter,
`improving` more than 8%; what overfits or diverges goes back by at least a quarter of its improvement.

    python -m tests.analysis.simulated_curves          the table of 500 curves
    python -m tests.analysis.simulated_curves --seed 7001     the same of 500 others
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sitegen.analysis.curves import Curve, thin
from sitegen.analysis.direction import Better
from sitegen.analysis.training import Training, training_of
from tests.analysis.builders import history

Values = NDArray[np.float64]
SEED = 20261130


@dataclass(frozen=True, slots=True)
class SimulatedCurve:
    """A curve, its direction, that of training data, if there is one, and what training truly did."""

    truth: str
    curve: Curve
    better: Better
    training: Curve | None = None

    @property
    def found(self) -> Training:
        """What the rule says."""
        return training_of(self.curve, self.better, self.training)


def simulated_curve(number: int, seed: int = SEED) -> SimulatedCurve:
    """Curve `number`; the same number and seed give the same curve."""
    dice = random.Random(f"{seed}/{number}")
    noise = np.random.default_rng(dice.getrandbits(32))
    truth = list(_SHAPES)[number % len(_SHAPES)]
    n = dice.randrange(2, 8) if truth == "short" else int(12 * (2000 / 12) ** dice.random())
    x = np.linspace(0, 1, n)
    values, training = _SHAPES[truth](x, dice)
    spread = dice.uniform(0.002, 0.05)
    if truth == "improving":  # what it gains in its last quarter is more than its noise
        spread = min(spread, float(values[3 * n // 4] - values[-1]) / 5)
    better: Better = "min" if dice.random() < 0.5 else "max"
    offset, scale = dice.choice((0.05, 0.3, 2.0)), 10 ** dice.uniform(-3, 3)

    def curve(shape: Values, key: str) -> Curve:
        noisy = offset + shape + noise.normal(0, spread, n)
        turned = noisy if better == "min" else 3 - noisy
        return thin(history(*(scale * turned).tolist(), key=key))

    return SimulatedCurve(truth, curve(values, "val"), better, None if training is None else curve(training, "train"))


def _falling(x: Values, dice: random.Random) -> Values:
    """From 1 towards 0, of which more than 8% in the last quarter."""
    if dice.random() < 0.3:
        return 1 - x ** dice.uniform(0.7, 1.2)
    tau = dice.uniform(0.45, 2.0)
    return np.asarray((np.exp(-x / tau) - np.exp(-1 / tau)) / (1 - np.exp(-1 / tau)))


def _settled(x: Values, dice: random.Random) -> Values:
    return np.asarray(np.exp(-x / dice.uniform(0.03, 0.17)))


def _converged(x: Values, dice: random.Random) -> tuple[Values, Values | None]:
    return _settled(x, dice), _settled(x, dice) if dice.random() < 0.5 else None


def _improving(x: Values, dice: random.Random) -> tuple[Values, Values | None]:
    return _falling(x, dice), None


def _diverged(x: Values, dice: random.Random) -> tuple[Values, Values | None]:
    kind, at = dice.choice(("nan", "jump", "growth", "start")), dice.uniform(0.3, 0.8)
    values = _settled(x, dice) if kind != "start" else np.zeros(len(x))
    if kind == "nan":
        values[x >= at] = dice.choice((np.nan, np.inf))
    elif kind == "jump":
        values[x >= at] += dice.uniform(1.5, 50)
    else:
        at = 0.0 if kind == "start" else at
        values += np.where(x > at, np.expm1((x - at) / (1 - at) * dice.uniform(2, 6)), 0)
    return values, None


def _overfits(x: Values, dice: random.Random) -> tuple[Values, Values | None]:
    at = dice.uniform(0.2, 0.65)
    fall = np.exp(-x / (at / 4))
    return fall + np.where(x > at, (x - at) / (1 - at), 0) * dice.uniform(0.3, 1.5), np.exp(-x / 0.5) - 0.1


def _unchanged(x: Values, dice: random.Random) -> tuple[Values, Values | None]:
    return np.full(len(x), dice.random()), None


def _short(x: Values, dice: random.Random) -> tuple[Values, Values | None]:
    return _falling(x, dice), None


_SHAPES: dict[str, Callable[[Values, random.Random], tuple[Values, Values | None]]] = {
    "converged": _converged,
    "improving": _improving,
    "diverged": _diverged,
    "overfits": _overfits,
    "unchanged": _unchanged,
    "short": _short,
}


def main() -> None:
    """Print how often the rule is right, by what training truly did."""
    parser = argparse.ArgumentParser(description="Count how often the sentence on a simulated curve is right.")
    parser.add_argument("--seed", type=int, default=SEED)
    seed = parser.parse_args().seed
    found = {truth: Counter[str]() for truth in _SHAPES}
    for number in range(500):
        one = simulated_curve(number, seed)
        found[one.truth][one.found.verdict] += 1
    for truth, counts in found.items():
        said = ", ".join(f"{verdict} {count}" for verdict, count in counts.most_common())
        print(f"{truth:10} {counts[truth] / counts.total():6.1%}  of {counts.total()}: {said}")
    right = sum(counts[truth] for truth, counts in found.items())
    print(f"{'all':10} {right / 500:6.1%}; converged said of one that diverged: {found['diverged']['converged']}")


if __name__ == "__main__":
    main()
