"""docs/what-mattered.md and docs/health.md say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from sitegen import model
from sitegen.analysis import effects, matters
from sitegen.analysis.health import _CHECKS, endings
from sitegen.pages.matters import WORDS

DOCS = Path(__file__).parents[2] / "docs"
MATTERS = (DOCS / "what-mattered.md").read_text("utf-8")
HEALTH = (DOCS / "health.md").read_text("utf-8")


def table(page: str) -> list[list[str]]:
    rows = re.findall(r"^\| (.*) \|$", page, re.MULTILINE)
    return [row.split(" | ") for row in rows[1:]]


def test_the_words_and_their_limits() -> None:
    limits = [(word, re.match(r"\d+", share)) for word, share in table(MATTERS)]
    assert [word for word, _ in limits] == list(WORDS.values())
    found = [int(limit[0]) / 100 for _, limit in limits if limit]
    assert found == [matters.STRONG, matters.CLEAR, matters.WEAK]


def test_the_other_numbers() -> None:
    for wanted in (
        f"fewer than {effects.FEWEST_RUNS} runs",
        f"for every {effects.FEWEST_A_LEVEL} runs",
        f"at most {effects.MAX_LEVELS} values, else {effects.PARTS} parts",
        f"fewer below {effects.PARTS * effects.FEWEST_A_PART}",
        f"at least {effects.BENT * 100:.0f} points",
        f"at {effects.CHANCE * 50}%",
        f"{effects.STEP} standard errors",
        f"{matters.NEARLY} or more",
        f"1 time in {1 / effects.CHANCE:.0f}",
    ):
        assert wanted in " ".join(MATTERS.split()), wanted


def test_every_check_is_in_the_table() -> None:
    """One of them finds two things: values at the end and on the way; so does the one of missing metrics."""
    assert len(table(HEALTH)) == len(_CHECKS) + 2
    assert {severity for _, severity, _ in table(HEALTH)} == {"problem", "hint"}
    assert endings.SILENCE == 24 * 3600 * 1000 and "in the day before" in HEALTH
    assert (model.FIRST_TIME, model.LAST_TIME) == (
        946684800000,
        4102444800000,
    ) and "before 2000 or after 2100" in HEALTH
