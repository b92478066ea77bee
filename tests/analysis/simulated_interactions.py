"""How often an interaction is named in simulated experiments without one, and with one.

python -m tests.analysis.simulated_interactions          380 experiments, about two CPU seconds
python -m tests.analysis.simulated_interactions --seed 7001     others, of which no threshold was chosen
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Mapping

from sitegen.analysis.best import rank
from sitegen.analysis.interactions import Interaction
from sitegen.analysis.matters import what_mattered
from sitegen.analysis.objective import parse_objective
from tests.analysis.builders import row, table

SEED = 20261201
COUNTS: Mapping[str, int] = {"none": 300, "only": 40, "crossed": 40}
"""Experiments by kind: params that add up; `lr` matters with `sgd` alone; the best `lr` depends on the optimizer."""
OFFSETS = {"sgd": 0.0, "adam": 0.7, "lion": 1.0}


def loss(kind: str, lr: float, optimizer: str) -> float:
    size = math.log10(lr)
    if kind == "only":
        return 0.8 * size if optimizer == "sgd" else 0.0
    if kind == "crossed":
        return 0.6 * size if optimizer == "sgd" else -0.6 * size
    return 0.5 * size + OFFSETS[optimizer]


def found(kind: str, number: int, seed: int = SEED) -> tuple[Interaction, ...]:
    """The interactions that are named in experiment `number` of a kind; the same arguments give the same ones."""
    dice = random.Random(f"{seed}/{kind}/{number}")
    rows = []
    for at in range(dice.randint(24, 80)):
        optimizer, lr = dice.choice(sorted(OFFSETS)), dice.choice([1e-4, 1e-3, 1e-2])
        width, dropout = dice.choice([32, 64]), dice.uniform(0, 0.5)
        value = loss(kind, lr, optimizer) + 0.3 * width / 64 + dropout + dice.gauss(0, 0.3)
        params = {"lr": str(lr), "optimizer": optimizer, "width": str(width), "dropout": str(dropout)}
        rows.append(row(f"r{at:02}", {"loss": value}, params=params))
    return what_mattered(rank(table(rows), parse_objective("min loss"))).interactions


def main() -> None:
    parser = argparse.ArgumentParser(description="Count the interactions that are named in simulated experiments.")
    parser.add_argument("--seed", type=int, default=SEED)
    seed = parser.parse_args().seed
    for kind, count in COUNTS.items():
        named = [found(kind, number, seed) for number in range(count)]
        right = sum(any({one.key, one.on} == {"lr", "optimizer"} for one in ones) for ones in named)
        only = sum(any(one.only == "sgd" for one in ones) for ones in named)
        print(f"{kind}: {sum(map(bool, named))} of {count} named; lr and optimizer in {right}, only sgd in {only}")


if __name__ == "__main__":
    main()
