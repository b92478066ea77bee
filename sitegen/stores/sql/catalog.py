"""An MLflow store in a SQL database: its catalog, which SQLite and the servers share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sitegen.model import Catalog, Experiment, RunRef, id_order
from sitegen.stores.artifacts import UriFinder
from sitegen.stores.disk import ProblemLog
from sitegen.stores.meta import text_of, time_of
from sitegen.stores.sql.models import read_logged_models, read_registered_models
from sitegen.stores.sql.schema import REQUIRED, Row, Tables, grouped, records, text, texts

_EXPERIMENT = ("experiment_id", "name", "lifecycle_stage", "artifact_location", "creation_time", "last_update_time")

# Every state in which an MLflow release up to 3.18 leaves its tables; 0.9 has no `alembic_version` yet.
_REVISIONS = """
    0584bdc529eb 0a8213491aaa 0c779009ac13 17e22815139b 181f10493468 1971f2d9a75b 1a0cddfcaa16 1b5f0d9ad7c1
    1bd49d398cd23 27a6a02d2cf1 2b4d017a5e9b 2c33131f4dae 2d6e25af4d3e 3500859a5d39 39d1c3be5f05 3da73c924c2f
    400f98739977 4465047574b1 451aebb31d03 534353b11cbc 5b0e9adcef9c 5d2d30f0abce 6953534de441 6f8d9c3b2a1e
    71994744cf8e 728d730b5ebd 75868b020152 76601a5f987d 770bee3ae1dd 7ac759974ad8 7d34483879f0 7f2a7d5fae7d
    84291f40a231 867495a8f9d4 89d3d66ed43f 89d4b8295536 90e64c465722 97727af70f4d a1b2c3d4e5f6 a5b4c3d2e1f0
    a8b9c0d1e2f3 a8c4a736bde6 acf3f17fdcc7 ae8bbe7743c9 b7c8d9e0f1a2 b7e2c1a4d9f3 b7e4c1a90f23 bd07f7e963c5
    bda7b8c39065 bf29a5ff90ea c1d2e3f4a5b6 c3d6457b6d8a c3d9e7f1a2b4 c48cb773bb87 c8d9e0f1a2b3 c9d4e5f6a7b8
    cbc13b556ace cc1f77228345 cfd24bdc0731 d0e1f2a3b4c5 d3e4f5a6b7c8 da6fb0208061 dc11669786a5 de4033877273
    df50e92ffc5e e1f2a3b4c5d6 f4a9b2c7d1e6 f5a4f2784254
    """

_ERAS = {
    "90e64c465722": "1.0", "2b4d017a5e9b": "1.4", "27a6a02d2cf1": "1.10", "bd07f7e963c5": "1.27",
    "cc1f77228345": "1.28", "97727af70f4d": "1.29 to 2.2", "3500859a5d39": "2.3", "7f2a7d5fae7d": "2.4 to 2.7",
    "acf3f17fdcc7": "2.8 to 2.12",
    "867495a8f9d4": "2.13", "5b0e9adcef9c": "2.14", "4465047574b1": "2.15 or 2.16", "0584bdc529eb": "2.20 to 2.22",
    "bda7b8c39065": "3.0 or 3.1", "770bee3ae1dd": "3.2", "1a0cddfcaa16": "3.3", "71994744cf8e": "3.4",
    "bf29a5ff90ea": "3.5 to 3.7", "1bd49d398cd23": "3.8", "d3e4f5a6b7c8": "3.9", "1b5f0d9ad7c1": "3.10",
    "c3d6457b6d8a": "3.11", "7d34483879f0": "3.12", "da6fb0208061": "3.13", "b7e4c1a90f23": "3.14",
    "6f8d9c3b2a1e": "3.15", "b7e2c1a4d9f3": "3.16", "dc11669786a5": "3.17", "f4a9b2c7d1e6": "3.18",
}  # fmt: skip
"""The release that introduced each revision of the tables; releases that changed nothing are not listed."""

_BESIDE = {"scorer": "scorers", "evaluation dataset": "evaluation_datasets"}
"""The table of each of `Catalog.beside`."""


def missing_tables(tables: Tables) -> list[str]:
    """Those of the tables that every run store has that are missing."""
    return [table for table in REQUIRED if not tables.has(table)]


class Cataloguer:
    """Gathers one catalog; lives as long as that takes."""

    def __init__(self, tables: Tables, finder: UriFinder, log: ProblemLog, deleted: bool) -> None:
        self.tables = tables
        self.finder = finder
        self.log = log
        self.with_deleted = deleted
        self.deleted = 0

    def catalog(self, kind: str, location: str) -> Catalog:
        """The catalog of what is in the tables; `kind` and `location` are shown as given."""
        revisions = self._revisions()
        experiments = self._experiments()
        runs = self._runs(experiments)
        shown = [e for e in experiments.values() if self._is_shown(e.lifecycle_stage)]
        self.deleted += len(experiments) - len(shown)
        ids = [experiment.experiment_id for experiment in shown]
        return Catalog(
            kind=kind,
            location=location,
            experiments=tuple(sorted(shown, key=lambda experiment: id_order(experiment.experiment_id))),
            runs=tuple(sorted(runs, key=lambda ref: (id_order(ref.experiment_id), ref.run_id))),
            registered_models=tuple(read_registered_models(self.tables, self.log)),
            logged_models=tuple(read_logged_models(self.tables, ids, self.with_deleted, self.finder)),
            problems=tuple(self.log.problems),
            deleted=self.deleted,
            missing_artifacts=self._missing_artifacts(shown) if runs else "",
            era=_era(revisions),
            beside=self._beside(),
        )

    def _beside(self) -> dict[str, int]:
        """See `Catalog.beside`; what MLflow does not keep in these tables is left out."""
        found = {word: table for word, table in _BESIDE.items() if self.tables.has(table)}
        counts = {
            word: int(self.tables.fetch(f'SELECT COUNT(*) FROM "{table}"')[0][0]) for word, table in found.items()
        }
        return {word: count for word, count in counts.items() if count}

    def _missing_artifacts(self, experiments: Iterable[Experiment]) -> str:
        """The folders that artifacts were logged to and that do not exist, each once."""
        places = (self.finder.missing_place(experiment.artifact_location) for experiment in experiments)
        return " and ".join(dict.fromkeys(filter(None, places)))

    def has_runs(self) -> bool:
        """Whether there is a run to be shown."""
        experiments = self._experiments()
        stages = {key: experiment.lifecycle_stage for key, experiment in experiments.items()}
        rows = self.tables.pages("runs", ("run_uuid", "experiment_id", "lifecycle_stage"), "run_uuid")
        return any(self._is_shown(text(row[2])) and self._is_shown(stages.get(text(row[1]), "active")) for row in rows)

    def _is_shown(self, lifecycle_stage: str) -> bool:
        return self.with_deleted or lifecycle_stage != "deleted"

    def _revisions(self) -> list[str]:
        """The revision of the tables; an unknown one is recorded as a problem."""
        found = sorted(text(row[0]) for row in self.tables.read("alembic_version", ("version_num",)))
        if not all(revision in _REVISIONS.split() for revision in found):
            self._note(
                "alembic_version", "is newer than this version of sitegen; what it supports of the tables is read"
            )
        return found

    def _experiments(self) -> dict[str, Experiment]:
        with self.tables.moment():
            rows = records(_EXPERIMENT, self.tables.read("experiments", _EXPERIMENT))
            tags = grouped(self.tables.read("experiment_tags", ("experiment_id", "key", "value")), ())
        found = (self._experiment(row, tags) for row in rows)
        return {experiment.experiment_id: experiment for experiment in found}

    def _experiment(self, record: Mapping[str, Any], tags: Mapping[str, list[Row]]) -> Experiment:
        experiment_id = text_of(record, "experiment_id")
        where = f"{self.log.root}/experiments/{experiment_id}"
        return Experiment(
            experiment_id=experiment_id,
            name=text_of(record, "name") or experiment_id,
            lifecycle_stage="deleted" if record["lifecycle_stage"] == "deleted" else "active",
            artifact_location=text_of(record, "artifact_location"),
            creation_time=time_of(record, "creation_time"),
            last_update_time=time_of(record, "last_update_time"),
            tags=texts(tags.get(experiment_id, []), where, self.log),
        )

    def _runs(self, experiments: dict[str, Experiment]) -> list[RunRef]:
        """All runs that are to be shown; an experiment that exists only in its runs is added."""
        refs: dict[str, RunRef] = {}
        for row in self.tables.pages("runs", ("run_uuid", "experiment_id", "lifecycle_stage"), "run_uuid"):
            run_id, experiment_id = text(row[0]), text(row[1])
            if not run_id or run_id in refs:
                self._note("runs", "has a row without an id of its own; the run is left out", left_out=True)
                continue
            if experiment_id not in experiments:
                self._note(f"runs/{run_id}", "belongs to an experiment that does not exist; shown under its id")
                experiments[experiment_id] = Experiment(experiment_id, experiment_id or "(no experiment)")
            if self._is_shown(text(row[2])) and self._is_shown(experiments[experiment_id].lifecycle_stage):
                refs[run_id] = RunRef(run_id, experiment_id, run_id)
            else:
                self.deleted += 1
        return list(refs.values())

    def _note(self, where: str, what: str, left_out: bool = False) -> None:
        self.log.add(f"{self.log.root}/{where}", what, left_out)


def _era(revisions: list[str]) -> str:
    """`MLflow 3.17, revision dc11669786a5`, or as much of it as is known."""
    if not revisions:
        return "MLflow 0.9"
    known = [f"MLflow {_ERAS[revision]}" for revision in revisions if revision in _ERAS]
    return ", ".join([*known, f"revision {' '.join(revisions)}"])
