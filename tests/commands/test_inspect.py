"""`sitegen inspect`: everything is counted, nothing of a store harms a terminal, and the JSON form stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sitegen.cli import main
from sitegen.commands.inspect import inspect_store
from tests.stores.mlruns_builder import OTHER_RUN, RUN, START, experiment, run, write, write_meta

FIXTURES = Path(__file__).parents[1] / "stores" / "fixtures"
LATER = START + 86_400_000


def inspect(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["inspect", *map(str, arguments)])


def as_json(*arguments: str | Path) -> dict[str, Any]:
    result = inspect(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Three runs, one of them damaged and one deleted; a registered model with a version, a prompt."""
    folder = tmp_path / "project" / "mlruns"
    sweep = experiment(folder, "1", name="sweep")
    points = "1700000000000 0.5 1\n1700000000001 0.4 2\n"
    run(sweep, RUN, params={"a": "1", "b": "2"}, metrics={"loss": points, "acc": points}, artifacts={"x.txt": "12345"})
    run(sweep, OTHER_RUN, tags={"t": "1"}, status=4, start_time=LATER, end_time=None)
    run(sweep, "d" * 32, lifecycle_stage="deleted")
    write(sweep / ("e" * 32) / "meta.yaml", "]: not yaml")
    for name, tags in {"best": {}, "ask": {"mlflow.prompt.is_prompt": "true"}}.items():
        write_meta(folder / "models" / name, {"name": name, "creation_timestamp": 1, "last_updated_timestamp": 1})
        for key, value in tags.items():
            write(folder / "models" / name / "tags" / key, value)
        write_meta(folder / "models" / name / "version-1", {"name": name, "version": 1, "creation_timestamp": 1})
    return folder


def test_everything_in_a_store_is_counted(store: Path) -> None:
    found = as_json(store)
    assert set(found) == {"format", "version", "sitegen", "python", "platform", "stores"}
    assert (found["format"], found["version"]) == ("sitegen-inspect", 1)
    [one] = found["stores"]
    on_disk = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
    problems = one.pop("problems")
    assert one == {
        "location": str(store),
        "why": "",
        "kind": "MLflow file store",
        "era": "MLflow 3.0 or newer",
        "bytes_on_disk": on_disk,
        "experiments": 1,
        "runs": 2,
        "runs_by_status": {"FINISHED": 1, "FAILED": 1},
        "deleted": 1,
        "first": START,
        "last": LATER,
        "params": 2,
        "metrics": 2,
        "points": 4,
        "tags": 1,
        "artifacts": {"files": 1, "bytes": 5, "runs_elsewhere": 0, "missing": ""},
        "datasets": 0,
        "registered_models": 1,
        "model_versions": 1,
        "prompts": 1,
        "logged_models": 0,
    }
    assert problems["count"] == 1
    assert (problems["first"][0]["where"], problems["first"][0]["left_out"]) == (f"1/{'e' * 32}", True)


def test_every_key_of_the_json_form_is_documented(store: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "several.md").read_text("utf-8")
    found = as_json(store)
    assert [key for key in (*found, *found["stores"][0]) if f"`{key}`" not in page] == []


def test_the_screen_says_the_same_in_words(store: Path) -> None:
    result = inspect(store)
    assert result.exit_code == 0
    program, _, *lines = result.stdout.splitlines()
    assert program.startswith("sitegen ") and ", Python 3." in program
    facts = dict(line.split(maxsplit=1) for line in lines if line[:1].strip())
    assert facts["kind"] == "MLflow file store, MLflow 3.0 or newer"
    assert facts["runs"] == "2: 1 FINISHED, 1 FAILED"
    assert facts["logged"] == "2 params, 2 metrics, 4 points, 1 tag"
    assert facts["artifacts"] == "1 file, 5 B"
    assert facts["models"] == "1 registered with 1 version, 0 logged, 1 prompt"
    assert facts["problems"] == "1"
    assert lines[-1].startswith(f"  - 1/{'e' * 32}: ")


@pytest.mark.parametrize(
    ("fields", "era"),
    [
        ({"run_id": ..., "run_uuid": RUN, "run_name": ...}, "MLflow 0.9 or older"),
        ({"run_uuid": RUN, "run_name": ..., "name": ""}, "MLflow 1.0 to 1.29"),
        ({"run_uuid": RUN}, "MLflow 1.30 to 2.22"),
        ({}, "MLflow 3.0 or newer"),
    ],
)
def test_the_era_of_a_file_store(tmp_path: Path, fields: dict[str, Any], era: str) -> None:
    run(experiment(tmp_path / "mlruns"), RUN, **fields)
    assert as_json(tmp_path / "mlruns")["stores"][0]["era"] == era


def test_a_store_that_was_written_over_the_years_says_so(tmp_path: Path) -> None:
    sweep = experiment(tmp_path / "mlruns")
    run(sweep, RUN, run_uuid=RUN)
    run(sweep, OTHER_RUN)
    assert as_json(tmp_path)["stores"][0]["era"] == "MLflow 1.30 to 2.22 and MLflow 3.0 or newer"


@pytest.mark.parametrize(
    ("file", "era"),
    [
        ("mlflow-1.30.1.db", "MLflow 1.29 to 2.2, revision 97727af70f4d"),
        ("mlflow-3.17.2.db", "MLflow 3.17, revision dc11669786a5"),
    ],
)
def test_the_era_of_a_database(file: str, era: str) -> None:
    [one] = as_json(FIXTURES / file)["stores"]
    assert one["era"] == era
    assert one["bytes_on_disk"] == (FIXTURES / file).stat().st_size


def test_the_folder_around_a_store_does_not_count(store: Path) -> None:
    write(store.parent / "data.bin", b"0" * 100_000)
    assert as_json(store.parent)["stores"][0]["bytes_on_disk"] < 10_000


def test_artifacts_that_are_elsewhere_are_counted_by_run(store: Path) -> None:
    run(store / "1", "f" * 32, artifact_uri=f"s3://bucket/1/{'f' * 32}/artifacts")
    (store / "1" / ("f" * 32) / "artifacts").rmdir()
    assert as_json(store)["stores"][0]["artifacts"]["runs_elsewhere"] == 1
    assert "1 run were not found or are elsewhere" in inspect(store).stdout


def test_several_stores_are_told_one_after_the_other(store: Path) -> None:
    found = as_json(FIXTURES / "mlflow-2.9.2.db", store)["stores"]
    assert [one["kind"] for one in found] == ["MLflow SQLite store", "MLflow file store"]


def test_runs_are_read_a_chunk_at_a_time(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = inspect_store(str(store))
    monkeypatch.setattr("sitegen.stores.contract.RUNS_A_CHUNK", 1)
    told: list[tuple[int, int]] = []
    assert inspect_store(str(store), progress=lambda what, done, total: told.append((done, total))) == whole
    assert told == [(n, 4) for n in (1, 2, 3, 4)]


def test_text_of_a_store_is_harmless(tmp_path: Path) -> None:
    sweep = experiment(tmp_path / "mlruns")
    run(sweep, RUN, params={"\x1b[31m##[error]\n::error::\u202e": b"\xff"}, metrics={"\x1b[2J##[x]\n::stop": "what?"})
    screen, document = inspect(tmp_path), inspect(tmp_path, "--json")
    for text in (screen.stdout, document.stdout):
        assert "##[" not in text and "\x1b" not in text and "\u202e" not in text
        assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    [problem] = [p for p in json.loads(document.stdout)["stores"][0]["problems"]["first"] if "metrics" in p["where"]]
    assert "\x1b[2J##[x]\n::stop" in problem["where"], "as JSON nothing is lost"


def test_at_most_twenty_problems_are_shown(tmp_path: Path) -> None:
    sweep = experiment(tmp_path / "mlruns")
    run(sweep, RUN, metrics={f"m{n:02}": "what?" for n in range(23)})
    problems = as_json(tmp_path)["stores"][0]["problems"]
    assert (problems["count"], len(problems["first"])) == (23, 20)
    assert inspect(tmp_path).stdout.splitlines()[-1] == "  and 3 more"


def test_a_store_of_which_no_run_can_be_read_is_told_and_refused(tmp_path: Path) -> None:
    write(experiment(tmp_path / "mlruns") / RUN / "meta.yaml", "]: not yaml")
    result = inspect(tmp_path)
    assert result.exit_code == 4
    assert "problems     1" in result.stdout


def test_a_store_without_runs_is_readable(tmp_path: Path) -> None:
    experiment(tmp_path / "mlruns")
    result = inspect(tmp_path)
    assert result.exit_code == 0
    assert "from, to     no times" in result.stdout


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_what_is_no_store_is_one_sentence(tmp_path: Path, form: tuple[str, ...]) -> None:
    result = inspect(tmp_path / "nowhere", *form)
    assert (result.exit_code, result.stdout) == (4, "")
    assert "nowhere does not exist; give" in result.stderr


def test_no_store_is_a_mistake_of_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    result = inspect()
    assert (result.exit_code, result.stderr.startswith("Error: No store was named")) == (2, True)


def test_what_is_private_in_places_and_problems_is_hidden_unless_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = "gh" + "p_" + "Ab1" * 12
    store = tmp_path / "home" / "adalovelace" / "mlruns"
    run(experiment(store, "1"), metrics={f"{token}": "what?\n", "ada@example.org": "what?\n"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sitegen.commands.inspect.shown", lambda location: "/home/adalovelace/mlruns")
    for form in ([], ["--json"]):
        plain, internal = inspect(store, *form), inspect(store, *form, "--profile", "internal")
        assert plain.exit_code == internal.exit_code == 0
        words = ("adalovelace/mlruns", "ada@", token)
        assert [word for word in words if word in plain.stdout] == []
        assert [word for word in words if word in internal.stdout] == ["adalovelace/mlruns", "ada@"]
    write(tmp_path / "sitegen.toml", '[privacy]\npatterns = {name = "example[.]org"}\n')
    assert "example.org" not in inspect(store, "--profile", "internal").stdout
