"""`sitegen scan`: every secret of a store by place, rule and fingerprint, in three forms, and the gate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

import sitegen.build.scan
from sitegen.build import build
from sitegen.build.scan import scan
from sitegen.cli import main
from sitegen.config import Config
from sitegen.privacy.profile import fingerprint
from tests.stores.mlruns_builder import OTHER_RUN, RUN, experiment, run, write

PASSWORD, TOKEN = "hunter2-and-more", "gh" + "p_" + "Ab1" * 12
MARK = fingerprint("key-password", PASSWORD)
SECRETS = [
    (f"experiment 1: name: github-token, {fingerprint('github-token', TOKEN)}"),
    (f"run {RUN}: conf/app.yaml, line 2: key-password, {MARK}"),
    (f"run {OTHER_RUN}: params.db_password: key-password, {MARK}"),
]


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["scan", *map(str, arguments)])


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = experiment(tmp_path / "mlruns", "1", name=f"sweep {TOKEN}")
    loss = {"loss": "1700000000000 0.5 1\n"}
    run(folder, RUN, metrics=loss, artifacts={"conf/app.yaml": f"lr: 1\npassword: {PASSWORD}\n", "model.pkl": "x"})
    run(folder, OTHER_RUN, metrics=loss, params={"db_password": PASSWORD, "note": "ask ada@example.org"})
    return tmp_path / "mlruns"


def test_every_secret_is_listed_with_place_rule_and_fingerprint_and_no_value(store: Path) -> None:
    result = call(store)
    assert result.exit_code == 0 and result.stderr == ""
    assert result.stdout.splitlines()[:3] == SECRETS
    assert PASSWORD not in result.stdout and TOKEN not in result.stdout
    assert result.stdout.splitlines()[3] == "Scanned 2 runs: 3 secrets (2 values), 0 allowed."
    assert ": 1 that hold models" in result.stdout


def test_a_scan_and_a_build_find_the_same_and_a_scan_writes_nothing(store: Path, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    found = scan(Config(store=str(store)))
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    built = build(Config(store=str(store), output=tmp_path / "site"))
    assert sorted(built.secrets, key=str) == sorted(found.findings, key=str)
    assert (built.hidden, built.not_copied) == (found.hidden, found.not_copied)
    two = scan(Config(store=str(store), jobs=2))
    assert (two.findings, two.private, two.hidden) == (found.findings, found.private, found.hidden)


def test_strict_is_a_gate_with_exit_code_5_until_the_values_are_allowed(store: Path, tmp_path: Path) -> None:
    result = call(store, "--strict")
    assert result.exit_code == 5
    assert result.stderr.startswith("Error: 3 secrets in the store; take them out")
    assert SECRETS[0] in result.stdout, "the list comes first"
    marks = [MARK, fingerprint("github-token", TOKEN), "00000000"]
    write(tmp_path / "sitegen.toml", f"[privacy]\nallow = {json.dumps(marks)}\n")
    result = call(store, "--strict")
    assert result.exit_code == 0
    assert f"{SECRETS[1]}, allowed" in result.stdout
    assert "0 secrets, 3 allowed." in result.stdout
    assert "Allowed in the settings, but not in the store any more: 00000000." in result.stdout


def test_private_facts_are_counted_apart_and_listed_on_request(store: Path) -> None:
    plain = call(store).stdout
    assert "Hidden in the profile public: 1 email, " in plain and "(list the places with --private)." in plain
    assert f"run {OTHER_RUN}: 1 email hidden" not in plain
    assert f"run {OTHER_RUN}: 1 email hidden" in call(store, "--private").stdout
    assert "Hidden" not in call(store, "--profile", "internal").stdout
    assert call(store, "--profile", "internal").stdout.splitlines()[:3] == SECRETS


def test_traces_are_scanned_when_asked_for_and_counted_when_not(store: Path) -> None:
    folder = store / "1" / "traces" / "tr-1"
    info = {
        "trace_id": "tr-1",
        "request_time": "2026-01-01T00:00:00Z",
        "state": "OK",
        "request_preview": f"use {TOKEN}",
    }
    where = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "1"}}
    write(folder / "trace_info.yaml", yaml.safe_dump({**info, "trace_location": where}))
    plain, asked = call(store).stdout, call(store, "--traces").stdout
    assert "trace tr-1" not in plain
    assert "Not scanned, and not on a site: 1 trace (scan them with --traces)." in plain
    assert "trace tr-1: request: github-token, " in asked and "Not scanned" not in asked


def test_names_of_artifacts_are_scanned(store: Path) -> None:
    write(store / "1" / RUN / "artifacts" / f"{TOKEN}.pkl", "x")
    assert f"run {RUN}: artifact name: github-token, " in call(store).stdout


def test_the_json_form(store: Path) -> None:
    result = call(store, "--format", "json")
    found = json.loads(result.stdout)
    assert (found["format"], found["version"], found["runs"], found["secrets"]) == ("sitegen-scan", 1, 2, 3)
    assert found["findings"][1] == {
        "where": f"run {RUN}: conf/app.yaml, line 2",
        "rule": "key-password",
        "fingerprint": MARK,
        "allowed": False,
    }
    assert {"where": f"run {OTHER_RUN}", "kind": "emails", "count": 1} in found["private_places"]
    assert (found["private"]["emails"], found["is_cut"], found["problems"]) == (1, False, 0)
    assert result.stderr.startswith("Scanned 2 runs"), "the summary is not in the way of a program"


# The properties that SARIF 2.1.0 has for the objects that are written, of which the bold ones have to be there.
SARIF: dict[str, tuple[set[str], set[str]]] = {
    "": ({"version", "runs"}, {"$schema"}),
    "runs": ({"tool"}, {"columnKind", "results"}),
    "driver": ({"name"}, {"version", "semanticVersion", "rules"}),
    "rules": ({"id"}, {"name", "shortDescription", "help", "defaultConfiguration", "properties"}),
    "results": (
        {"message"},
        {"ruleId", "ruleIndex", "level", "locations", "partialFingerprints", "suppressions"},
    ),
    "physicalLocation": (set(), {"artifactLocation", "region"}),
    "suppressions": ({"kind"}, {"justification"}),
}


def objects(value: Any, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a document, with the name of the property that it is the value of, or in."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield name, one
            for key, inner in one.items():
                yield from objects(inner, key)


def test_the_sarif_form_has_stable_rules_places_and_fingerprints(store: Path, tmp_path: Path) -> None:
    write(tmp_path / "sitegen.toml", f'[privacy]\nallow = ["{MARK}"]\n')
    assert call(store, "--format", "sarif", "-o", "scan.sarif").stdout.startswith("Scanned 2 runs")
    document = json.loads((tmp_path / "scan.sarif").read_text("utf-8"))
    for name, one in objects(document):
        needed, more = SARIF.get(name, (set(), set(one)))
        assert needed <= set(one) <= needed | more, name
    assert document["version"] == "2.1.0"
    (found,) = document["runs"]
    rules = [rule["id"] for rule in found["tool"]["driver"]["rules"]]
    assert rules == ["github-token", "key-password"]
    assert [rules[one["ruleIndex"]] for one in found["results"]] == [one["ruleId"] for one in found["results"]]
    result = found["results"][1]
    place = result["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": f"run%20{RUN}/conf/app.yaml"},
        "region": {"startLine": 2},
    }
    assert result["partialFingerprints"] == {"sitegenValue/v1": MARK}
    assert [one["kind"] for one in result["suppressions"]] == ["external"]
    assert "suppressions" not in found["results"][0]
    assert {one["level"] for one in found["results"]} == {"error"}


def test_hostile_places_are_harmless_in_a_log(store: Path) -> None:
    run(store / "1", "c" * 32, run_name="x", params={"::error::##[x]\x1b[1m password": PASSWORD})
    for form in ("text", "json", "sarif"):
        out = call(store, "--format", form).stdout
        lines = [line.lstrip() for line in out.splitlines()]
        assert not [line for line in lines if line.startswith("::") or "##[" in line or "\x1b" in line], form


def test_a_report_is_not_written_into_a_store_nor_over_a_folder(store: Path, tmp_path: Path) -> None:
    result = call(store, "-o", store / "scan.txt")
    assert (result.exit_code, "is inside a store" in result.stderr) == (2, True)
    assert not (store / "scan.txt").exists()
    result = call(store, "-o", tmp_path)
    assert (result.exit_code, "Cannot write" in result.stderr) == (2, True)


def test_a_store_that_cannot_be_read_is_no_clean_store(store: Path, tmp_path: Path) -> None:
    for name in (RUN, OTHER_RUN):
        write(store / "1" / name / "meta.yaml", "{")
    assert call(store, "--strict").exit_code == 4
    assert call(tmp_path / "nowhere").exit_code == 4


def test_records_that_could_not_be_read_are_said(store: Path) -> None:
    write(store / "1" / RUN / "metrics" / "loss", "what?\n")
    assert "Not scanned, since they could not be read: 1 record (see sitegen inspect)." in call(store).stdout


def test_a_list_without_end_is_cut_and_says_so(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitegen.build.scan, "MAX_LISTED", 2)
    found = scan(Config(store=str(store)))
    assert (len(found.findings), found.secrets) == (2, 3)
    assert json.loads(call(store, "--format", "json").stdout)["is_cut"] is True
