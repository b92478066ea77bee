"""The health of an experiment's runs, as shown on pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sitegen.addresses import Href, run_page
from sitegen.analysis.health import Health, HealthFinding
from sitegen.analysis.words import plural


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding: `runs` are (address, name, note), `rest` counts those that are not named."""

    problem: bool
    """Whether it is a problem, not a hint."""
    label: str
    """What it is, in a word: `Problem` or `Hint`."""
    sentence: str
    """What was found."""
    advice: str
    """What can be done about it."""
    runs: tuple[tuple[Href, str, str], ...]
    """The runs that it is about: address, name, and a note that may be empty."""
    rest: str
    """How many more runs there are: `and 3 more`; empty if all are named."""


@dataclass(frozen=True, slots=True)
class HealthView:
    """The section: problems open, hints folded below `hints_line`; `fine` says what is in order."""

    heading: str
    """How many problems there are: `2 problems`; empty if there are none."""
    fine: str
    """What is in order, in a sentence."""
    problems: tuple[FindingLine, ...]
    """The problems."""
    hints: tuple[FindingLine, ...]
    """The hints."""
    hints_line: str
    """How many hints there are: `3 hints`."""
    unlike_data: str
    """A warning if the ranked runs used different data; else empty."""


def health_view(health: Health | None) -> HealthView | None:
    """The section of an experiment's page, None if there are no runs."""
    if health is None or not (health.findings or health.fine):
        return None
    problems, hints = _lines(health.problems), _lines(health.hints)
    return HealthView(
        heading=problem_count(health),
        fine=_fine(health),
        problems=problems,
        hints=hints,
        hints_line=plural(len(hints), "hint") if hints else "",
        unlike_data=unlike_data(health),
    )


def problem_count(health: Health | None) -> str:
    """`2 problems`, '' if there is none."""
    return plural(len(health.problems), "problem") if health and health.problems else ""


def unlike_data(health: Health | None) -> str:
    """The warning that ranked runs used different data, '' if they did not."""
    return next((finding.sentence for finding in health.findings if finding.kind == "datasets"), "") if health else ""


def _fine(health: Health) -> str:
    if not health.fine:
        return ""
    sentence = f"{health.fine}." if health.problems else f"No problems found: {health.fine}."
    return sentence[0].upper() + sentence[1:]


def _lines(findings: Sequence[HealthFinding]) -> tuple[FindingLine, ...]:
    return tuple(_line(finding) for finding in findings)


def _line(finding: HealthFinding) -> FindingLine:
    rest = finding.count - len(finding.runs)
    return FindingLine(
        problem=finding.severity == "problem",
        label=finding.severity.capitalize(),
        sentence=finding.sentence,
        advice=finding.advice,
        runs=tuple((run_page(run.run_id), run.name, run.note) for run in finding.runs),
        rest=f"and {rest:,} more" if finding.runs and rest > 0 else "",
    )
