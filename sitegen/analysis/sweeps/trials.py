"""What a search records about one of its trials: its number, and whether it was pruned or failed.

Two integrations of Optuna record states. `MLflowCallback` ends every run as finished, writes the state into a tag and
logs the last intermediate value of a pruned trial as if it were its result. MLflow's `MlflowStorage` ends the run of a
pruned trial as killed.
"""

from __future__ import annotations

from typing import Literal

from sitegen.analysis.runs_table import RunRow

State = Literal["finished", "pruned", "failed", "running"]

_CALLBACK_STATES: dict[str, State] = {
    "COMPLETE": "finished", "PRUNED": "pruned", "FAIL": "failed", "RUNNING": "running", "WAITING": "running",
}  # fmt: skip
_STATUSES: dict[str, State] = {"FINISHED": "finished", "FAILED": "failed", "KILLED": "failed"}
MAX_DIGITS = 9


def is_callback_trial(row: RunRow) -> bool:
    """Whether Optuna's `MLflowCallback` wrote the run: its tags have the trial's number, state and direction."""
    tags = row.tags
    return "number" in tags and "direction" in tags and _callback_state(row) is not None


def is_storage_trial(row: RunRow) -> bool:
    """Whether MLflow's `MlflowStorage` wrote the run: its tags have the trial's number and distributions."""
    return row.parent_id is not None and "numbers" in row.tags and "param_directions" in row.tags


def is_pruned(row: RunRow) -> bool:
    """Whether the run is a trial that its search stopped early, so that its last value is not a result."""
    return state_of(row) == "pruned"


def state_of(row: RunRow) -> State:
    """How the trial ended: what the search says, else the status of the run."""
    if is_callback_trial(row) and (state := _callback_state(row)):
        return state
    if row.status == "KILLED" and is_storage_trial(row):
        return "pruned"
    return _STATUSES.get(row.status, "running")


def number_of_trial(row: RunRow) -> int | None:
    """The trial's number as Optuna counts, from 0; None if the run has none."""
    text = row.tags.get("number" if is_callback_trial(row) else "numbers", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None


def _callback_state(row: RunRow) -> State | None:
    return _CALLBACK_STATES.get(row.tags.get("state", "").removeprefix("TrialState."))
