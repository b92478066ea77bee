"""Settings that name what the store does not have: a mistake where something is near, else a warning.

A metric that no run has may come with a later run, so in the file it is a warning; in a flag it is meant now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from sitegen.analysis.objective import read_objective
from sitegen.config import Config
from sitegen.errors import UsageError, did_you_mean
from sitegen.model import Experiment
from sitegen.query import QueryError, parse
from sitegen.query.nodes import keys_of


class Named(Protocol):
    """An experiment, and the names of its runs' metrics, params and tags by group."""

    @property
    def experiment(self) -> Experiment: ...
    @property
    def names(self) -> Mapping[str, Collection[str]]: ...


def check_folders(config: Config) -> None:
    """Raise UsageError for a folder of artifacts that does not exist, with the nearest beside it."""
    for folder in (*config.artifacts, *config.artifact_map.values()):
        if not folder.exists():
            beside = [one.name for one in _parent(folder).iterdir()] if _parent(folder).is_dir() else []
            hint = did_you_mean(folder.name, beside)
            raise UsageError(f"The artifact folder {folder} does not exist.{hint}")


def _parent(folder: Path) -> Path:
    return folder.absolute().parent


def warnings_of(config: Config, found: Iterable[Named]) -> Iterator[str]:
    """A sentence for each name of the settings that the store does not have. Raises UsageError for a misspelt one."""
    own = list(found)
    yield from _experiments(config, [one.experiment for one in own])
    yield from _objective_of_all(config, own)
    for one in own:
        experiment = one.experiment
        options = config.options_of(experiment.experiment_id, experiment.logged_name)
        for metric in _metrics(options.objective) if options.objective else ():
            if metric not in one.names["metric"]:
                said = f"No run of the experiment {experiment.name} has the metric {metric} of its objective yet."
                yield said + did_you_mean(metric, one.names["metric"])
        for key in options.groups:
            yield from _group(key, one)


def _experiments(config: Config, experiments: Iterable[Experiment]) -> Iterator[str]:
    known = {name for one in experiments for name in (one.experiment_id, one.logged_name)}
    for name in config.experiments:
        if name not in known:
            if hint := did_you_mean(name, known):
                raise UsageError(f"The settings have options for the experiment {name}, which the store has not.{hint}")
            yield f"The settings have options for the experiment {name}, which the store has not."


def _objective_of_all(config: Config, own: Iterable[Named]) -> Iterator[str]:
    if not config.objective:
        return
    known = {metric for one in own for metric in one.names["metric"]}
    for metric in _metrics(config.objective):
        if known and metric not in known:
            hint = did_you_mean(metric, known)
            if "objective" in config.given:
                raise UsageError(f"No run has the metric {metric} of the objective.{hint}")
            yield f"No run has the metric {metric} of the objective yet.{hint}"


def _metrics(written: object) -> list[str]:
    objective = read_objective(written)  # type: ignore[arg-type]
    return [target.metric for target in objective.targets]


def _group(key: str, one: Named) -> Iterator[str]:
    try:
        keys = list(keys_of(parse(f"{key} = ''").root))
    except QueryError:
        return
    for found in keys:
        known = one.names.get(found.group)
        if known is not None and found.name not in known:
            hint = did_you_mean(found.name, known)
            of = one.experiment.name
            if hint:
                raise UsageError(
                    f"No run of the experiment {of} has the {found.group} {found.name} of its groups.{hint}"
                )
            yield f"No run of the experiment {of} has the {found.group} {found.name} of its groups."
