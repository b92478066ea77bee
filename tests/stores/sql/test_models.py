"""Logged and registered models out of MLflow's tables: order, what is deleted, and what belongs to which."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sitegen.model import LoggedModel, RegisteredModel
from sitegen.stores.artifacts import finder_beside
from sitegen.stores.contract import ReadOptions
from sitegen.stores.disk import ProblemLog
from sitegen.stores.sql.models import read_logged_models, read_registered_models
from sitegen.stores.sql.sqlite_file import opened
from tests.stores.databases import database

HUGE = 1.7976931348623157e308
LOGGED = """
CREATE TABLE logged_models(model_id text primary key, experiment_id integer, name text, status integer,
  lifecycle_stage text, source_run_id text, artifact_location text);
CREATE TABLE logged_model_params(model_id text, param_key text, param_value text);
CREATE TABLE logged_model_metrics(model_id text, metric_name text, metric_value float, metric_step bigint,
  metric_timestamp_ms bigint, run_id text, dataset_name text, dataset_digest text);
INSERT INTO logged_models VALUES ('m-b', 1, 'net', 2, 'active', 'r', ''), ('m-a', 1, '', 9, 'active', '', ''),
  ('m-c', 1, 'gone', 3, 'deleted', '', ''), ('m-d', 2, 'elsewhere', 1, 'active', '', '');
"""
REGISTERED = """
CREATE TABLE registered_models(name text, workspace text, description text);
CREATE TABLE registered_model_aliases(name text, workspace text, alias text, version integer);
CREATE TABLE model_versions(name text, workspace text, version integer, current_stage text, source text, run_id text);
CREATE TABLE model_version_tags(name text, workspace text, version integer, "key" text, value text);
INSERT INTO registered_models VALUES ('net', 'b', 'second'), ('net', 'a', 'first'), ('alpha', 'z', '');
INSERT INTO registered_model_aliases VALUES ('net', 'a', 'champion', 10), ('net', 'b', 'other', 2);
INSERT INTO model_versions VALUES ('net', 'a', 2, '', 'models:/m-b', ''), ('net', 'a', 10, 'Production', 's3://x', 'r'),
  ('net', 'a', 11, 'Deleted_Internal', '', ''), ('net', 'b', 2, '', '', '');
INSERT INTO model_version_tags VALUES ('net', 'a', 2, 'k', 'a2'), ('net', 'b', 2, 'k', 'b2');
"""


def logged(folder: Path, script: str, *experiments: str, deleted: bool = False) -> list[LoggedModel]:
    path, log = folder / "x.db", ProblemLog(str(folder))
    with database(path) as connection:
        connection.executescript(script)
    with opened(str(path), "", log) as tables:
        return read_logged_models(tables, experiments, deleted, finder_beside(str(folder), ReadOptions(), log))


def registered(folder: Path, change: Callable[[sqlite3.Connection], object]) -> list[RegisteredModel]:
    path, log = folder / "x.db", ProblemLog(str(folder))
    with database(path) as connection:
        change(connection)
    with opened(str(path), "", log) as tables:
        return read_registered_models(tables, log)


def test_logged_models_of_the_wanted_experiments_are_read_by_id(tmp_path: Path) -> None:
    found = logged(tmp_path, LOGGED, "1")
    assert [(one.model_id, one.name, one.status, one.source_run_id) for one in found] == [
        ("m-a", "m-a", "UNKNOWN", None),
        ("m-b", "net", "READY", "r"),
    ]


def test_deleted_logged_models_are_read_on_demand(tmp_path: Path) -> None:
    found = logged(tmp_path, LOGGED, "1", deleted=True)
    assert [(one.model_id, one.lifecycle_stage) for one in found] == [
        ("m-a", "active"), ("m-b", "active"), ("m-c", "deleted")
    ]  # fmt: skip


def test_a_database_without_logged_models_has_none(tmp_path: Path) -> None:
    assert logged(tmp_path, "", "1") == []


def test_params_and_latest_metrics_are_those_of_the_model(tmp_path: Path) -> None:
    rows = f"""
    INSERT INTO logged_model_params VALUES ('m-b', 'lr', '0.1'), ('m-a', 'lr', '0.2');
    INSERT INTO logged_model_metrics VALUES ('m-b', 'z', 1.0, 1, 5, 'r', '', ''), ('m-b', 'z', 2.0, 0, 5, 'r', '', ''),
      ('m-b', 'z', 3.0, 0, 5, 'r', 'iris', 'd'), ('m-b', 'a', {HUGE}, NULL, NULL, 'r', NULL, NULL),
      ('m-a', 'n', NULL, 0, 0, 'r', NULL, NULL);
    """
    one, two = logged(tmp_path, LOGGED + rows, "1")
    assert (dict(one.params), dict(two.params)) == ({"lr": "0.2"}, {"lr": "0.1"})
    assert [(m.key, m.value, m.step, m.timestamp, m.dataset_name, m.dataset_digest) for m in two.metrics] == [
        ("a", math.inf, 0, 0, None, None),
        ("z", 1.0, 1, 5, None, None),
        ("z", 3.0, 0, 5, "iris", "d"),
    ]
    assert [math.isnan(metric.value) for metric in one.metrics] == [True]


def test_models_of_one_name_in_two_workspaces_stay_apart(tmp_path: Path) -> None:
    found = registered(tmp_path, lambda connection: connection.executescript(REGISTERED))
    assert [(one.name, one.description) for one in found] == [("alpha", ""), ("net", "first"), ("net", "second")]
    assert [[version.version for version in one.versions] for one in found] == [[], ["10", "2"], ["2"]]
    assert [dict(one.aliases) for one in found] == [{}, {"champion": "10"}, {"other": "2"}]
    assert [dict(one.versions[-1].tags) for one in found[1:]] == [{"k": "a2"}, {"k": "b2"}]


def test_a_version_has_its_stage_aliases_and_logged_model(tmp_path: Path) -> None:
    newest, older = registered(tmp_path, lambda connection: connection.executescript(REGISTERED))[1].versions
    assert (newest.stage, newest.aliases, newest.model_id, newest.run_id) == ("Production", ("champion",), None, "r")
    assert (older.stage, older.aliases, older.model_id, older.run_id) == ("None", (), "m-b", None)


def test_a_database_without_a_registry_has_no_models(tmp_path: Path) -> None:
    assert registered(tmp_path, lambda connection: None) == []
