"""The pages of models, datasets and traces say what MLflow's own client says, and lead where it says.

For the sample stores the client's answers are in `tests/stores/golden` (`tests/stores/test_against_mlflow.py` asks the
client again, where it is installed). The store with traces is made here, by MLflow, in a file and in a database.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sitegen.addresses import dataset_page, logged_model_page, model_page, run_page, trace_page, traces_page
from sitegen.analysis.words import duration, number, when
from sitegen.build import build
from sitegen.config import Config
from sitegen.pages.trace_spans import span_time
from tests import html, linkcheck

ROOT = Path(__file__).parents[2]
STORES = ("mlflow2", "mlflow3")
Build = Callable[[str], Path]


@cache
def golden(name: str) -> Any:
    return json.loads((ROOT / "tests" / "stores" / "golden" / f"{name}.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Sites of the sample stores in which nothing is hidden."""
    built: dict[str, Path] = {}

    def get(name: str) -> Path:
        if name not in built:
            built[name] = tmp_path_factory.mktemp(name) / "site"
            store = str(ROOT / "sample_runs" / name / "mlruns")
            build(Config(store=store, output=built[name], profile="internal", jobs=1))
        return built[name]

    return get


def active_runs(name: str) -> dict[str, Any]:
    description = golden(name)
    kept = {key for key, e in description["experiments"].items() if e["lifecycle_stage"] == "active"}
    return {
        key: run
        for key, run in description["runs"].items()
        if run["lifecycle_stage"] == "active" and run["experiment_id"] in kept
    }


def latest(run: Any, key: str) -> float:
    return float(run["metrics"][key][2])


# Registered models ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STORES)
def test_versions_of_registered_models(site: Build, name: str) -> None:
    runs = golden(name)["runs"]
    assert golden(name)["registered_models"]
    for model, description in golden(name)["registered_models"].items():
        page = html.read(site(name) / model_page(model))
        table = {html.text(row["Version"]): row for row in html.rows(html.section(page, "versions"))}
        assert set(table) == set(description["versions"])
        for version, wanted in description["versions"].items():
            row = table[version]
            assert html.text(row["Stage"]) == ("" if wanted["stage"] == "None" else wanted["stage"])
            assert html.pills(row["Aliases"], "alias") == [f"@{alias}" for alias in wanted["aliases"]]
            assert html.text(row["Status"]).upper() == wanted["status"]
            assert html.text(row["Created"]) == when(wanted["creation_time"])
            assert html.href(row["Source run"]) == f"../{run_page(wanted['run_id'])}"
            assert html.text(row["Source run"]) == runs[wanted["run_id"]]["name"]
            shown = set(row) & set(runs[wanted["run_id"]]["metrics"])
            assert len(shown) >= 4
            for key in shown:
                assert html.text(row[key]) == number(latest(runs[wanted["run_id"]], key))


@pytest.mark.parametrize("name", STORES)
def test_what_a_registered_model_says_of_itself(site: Build, name: str) -> None:
    for model, description in golden(name)["registered_models"].items():
        page = html.read(site(name) / model_page(model))
        facts = html.facts(page)
        assert facts["Versions"] == str(len(description["versions"]))
        assert facts["Latest version"] == max(description["versions"], key=int)
        assert html.text(page.find(".//h1")) == model
        aliases = {
            html.text(row["Alias"]): html.text(row["Version"]) for row in html.rows(html.section(page, "aliases"))
        }
        assert aliases == {f"@{alias}": version for alias, version in description["aliases"].items()}
        assert {html.text(chip) for chip in page.iter("span") if chip.get("class") == "chip"} >= {
            f"{key} {value}" for key, value in description["tags"].items()
        }


@pytest.mark.parametrize("name", STORES)
def test_a_version_names_its_source_and_what_changed(site: Build, name: str) -> None:
    runs = golden(name)["runs"]
    for model, description in golden(name)["registered_models"].items():
        page = html.read(site(name) / model_page(model))
        for version, wanted in description["versions"].items():
            part = html.section(page, f"v{version}")
            facts = html.facts(part)
            assert facts["Source"] == wanted["source"]
            assert f'"models:/{model}/{version}"' in html.text(part)
            if wanted["model_id"]:
                links = [link.get("href") for link in part.iter("a")]
                assert f"../{logged_model_page(wanted['model_id'])}" in links
            before = description["versions"].get(str(int(version) - 1))
            if before:
                assert changes_in(part) == differences(runs[before["run_id"]], runs[wanted["run_id"]])


def changes_in(part: Any) -> dict[tuple[str, str], tuple[str, str]]:
    table = next(table for table in part.iter("table") if table.get("class") == "changes")
    found = [[html.text(cell) for cell in row] for row in table.find("tbody").iter("tr")]
    return {(kind, key): (old, new) for kind, key, old, new, _ in found}


def differences(old: Any, new: Any) -> dict[tuple[str, str], tuple[str, str]]:
    """What two runs have otherwise, from the client's answers alone."""
    found = {}
    for key in {*old["params"], *new["params"]}:
        if old["params"].get(key) != new["params"].get(key):
            found["param", key] = (old["params"].get(key, ""), new["params"].get(key, ""))
    for key in {*old["metrics"], *new["metrics"]}:
        values = [latest(run, key) if key in run["metrics"] else None for run in (old, new)]
        if values[0] != values[1]:
            first, second = ("" if value is None else number(value) for value in values)
            found["metric", key] = (first, second)
    return found


# Logged models -------------------------------------------------------------------------------------------------------


def test_logged_models(site: Build) -> None:
    description = golden("mlflow3")
    assert description["logged_models"]
    for model_id, wanted in description["logged_models"].items():
        page = html.read(site("mlflow3") / logged_model_page(model_id))
        facts = html.facts(page)
        assert html.text(page.find(".//h1")) == wanted["name"]
        assert html.pills(page)[0].upper() == wanted["status"]
        assert (facts["Model id"], facts["Created"]) == (model_id, when(wanted["creation_time"]))
        assert facts["Source run"] == description["runs"][wanted["source_run_id"]]["name"]
        assert f'load_model("models:/{model_id}")' in html.text(page)
        params = {row["Param"]: row["Value"] for row in html.cells(html.section(page, "params"))}
        assert params == wanted["params"]
        tags = {row["Tag"]: row["Value"] for row in html.cells(html.section(page, "tags"))}
        assert tags == {key: value for key, value in wanted["tags"].items() if key != "mlflow.modelVersions"}


def test_metrics_of_logged_models_by_dataset(site: Build) -> None:
    measured = 0
    for model_id, wanted in golden("mlflow3")["logged_models"].items():
        page = html.read(site("mlflow3") / logged_model_page(model_id))
        shown = []
        for row in html.rows(html.section(page, "metrics")) if wanted["metrics"] else []:
            dataset = row.get("Dataset")
            words = html.text(dataset).rpartition(" ") if dataset is not None and html.text(dataset) else ("", "", "")
            number_, step = html.text(row["Value"]), html.text(row["Step"])
            shown.append((html.text(row["Metric"]), number_, step, html.href(row["Logged by run"]), words[0], words[2]))
            assert not words[2] or html.href(dataset) == f"../{dataset_page(words[2])}"
        assert sorted(shown) == sorted(
            (key, number(float(value)), str(step), f"../{run_page(run)}", name or "", digest or "")
            for key, value, step, _, run, name, digest in wanted["metrics"]
        )
        measured += len(shown)
    assert measured


def test_runs_and_versions_that_logged_models_are_linked_with(site: Build) -> None:
    description = golden("mlflow3")
    for model_id in description["logged_models"]:
        part = html.section(html.read(site("mlflow3") / logged_model_page(model_id)), "links")
        links = {link.get("href") for link in part.iter("a")}
        makers = {
            run_page(key) for key, run in description["runs"].items() if model_id in {o[0] for o in run["outputs"]}
        }
        versions = {
            f"{model_page(name)}#v{version}"
            for name, model in description["registered_models"].items()
            for version, one in model["versions"].items()
            if one["model_id"] == model_id
        }
        assert links == {f"../{address}" for address in makers | versions}


# Datasets ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STORES)
def test_datasets_list_the_runs_that_used_them_and_how(site: Build, name: str) -> None:
    uses: dict[tuple[str, str], dict[str, set[str]]] = {}
    for run_id, run in active_runs(name).items():
        for dataset, digest, _, _, _, _, tags in run["inputs"]:
            contexts = uses.setdefault((dataset, digest), {}).setdefault(run_page(run_id), set())
            contexts |= {tags["mlflow.data.context"]} if "mlflow.data.context" in tags else set()
    assert uses
    shown: dict[tuple[str, str], dict[str, set[str]]] = {}
    for digest in {digest for _, digest in uses}:
        page = html.read(site(name) / dataset_page(digest))
        assert html.facts(page)["Digest"] == digest
        for part in page.iter("section"):
            title = html.text(part.find(".//h2"))
            dataset = html.text(page.find(".//h1")) if title == "Runs" else title
            for table in (t for t in part.iter("table") if "Context" in html.text(t.find("thead"))):
                for row in html.rows(table):
                    contexts = {word for word in html.text(row["Context"]).split(", ") if word}
                    shown.setdefault((dataset, digest), {})[html.href(row["Run"]).removeprefix("../")] = contexts
    assert shown == uses
    lines = html.cells(html.read(site(name) / "datasets.html"))
    assert {(line["Dataset"], line["Digest"]): line["Runs"] for line in lines} == {
        key: str(len(runs)) for key, runs in uses.items()
    }


# Traces --------------------------------------------------------------------------------------------------------------


def make_traces(uri: str) -> dict[str, dict[str, Any]]:
    """A store with three traces, one of which ended in an exception; what the client says of each."""
    os.environ |= {
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING": "false",
    }
    import mlflow
    from mlflow.entities import AssessmentSource

    mlflow.set_tracking_uri(uri)
    experiment_id = mlflow.set_experiment("support").experiment_id

    @mlflow.trace(span_type="TOOL")
    def lookup(order: str) -> dict[str, str]:
        if order == "x":
            raise ValueError("no such order")
        return {"state": "sent"}

    @mlflow.trace(span_type="AGENT")
    def answer(question: str, order: str) -> str:
        mlflow.update_current_trace(metadata={"mlflow.trace.session": f"session-{order}"})
        return f"It is {lookup(order)['state']} & on its way"

    with mlflow.start_run(run_name="agent"):
        for order in ("1", "x", "3"):
            with contextlib.suppress(ValueError):
                answer("Where is <it>?", order)
    client = mlflow.MlflowClient()
    found = client.search_traces(locations=[experiment_id])
    mlflow.log_feedback(
        trace_id=found[0].info.trace_id, name="helpful", value=0.75, source=AssessmentSource("CODE", "check.py")
    )
    mlflow.log_expectation(
        trace_id=found[0].info.trace_id, name="wanted", value="sent", source=AssessmentSource("HUMAN", "grace")
    )
    return {trace.info.trace_id: trace_answer(trace) for trace in client.search_traces(locations=[experiment_id])}


def trace_answer(trace: Any) -> dict[str, Any]:
    info = trace.info
    return {
        "experiment": info.experiment_id,
        "time": when(info.request_time),
        "state": str(info.state.value),
        "duration": duration(info.execution_duration),
        "session": info.trace_metadata.get("mlflow.trace.session"),
        "run": info.trace_metadata["mlflow.sourceRun"],
        "spans": {
            (span.name, span_time(span.end_time_ns - span.start_time_ns), str(span.status.status_code.value))
            for span in trace.data.spans
        },
        "inputs": trace.data.spans[0].inputs,
        "assessments": {(one.name, str(one.value), one.source.source_id) for one in info.assessments},
    }


@pytest.mark.mlflow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["file", "sqlite"])
def test_traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    if "SITEGEN_REQUIRE_MLFLOW" not in os.environ:
        pytest.importorskip("mlflow", minversion="3.0")
    monkeypatch.chdir(tmp_path)  # a database's artifacts lie beside where it was made
    store = tmp_path / ("mlruns" if kind == "file" else "mlflow.db")
    description = make_traces(store.as_uri() if kind == "file" else f"sqlite:///{store}")
    site = tmp_path / "site"
    build(Config(store=str(store), output=site, traces=True, profile="internal", jobs=1))
    assert linkcheck.problems(site) == []
    assert len(description) == 3
    (experiment,) = {wanted["experiment"] for wanted in description.values()}
    listed = html.rows(html.section(html.read(site / traces_page(experiment)), "list"))
    by_address = {html.href(row["Trace"]).removeprefix("../"): row for row in listed}
    assert set(by_address) == {trace_page(trace_id) for trace_id in description}
    for trace_id, wanted in description.items():
        row = by_address[trace_page(trace_id)]
        assert html.text(row["State"]).upper() == wanted["state"]
        assert (html.text(row["Duration"]), html.text(row["Session"])) == (wanted["duration"], wanted["session"])
        assert html.href(row["Source run"]) == f"../{run_page(wanted['run'])}"
        page_says(html.read(site / trace_page(trace_id)), trace_id, wanted)


def page_says(page: Any, trace_id: str, wanted: dict[str, Any]) -> None:
    facts = html.facts(page)
    assert (facts["Trace id"], facts["Time"], facts["Duration"]) == (trace_id, wanted["time"], wanted["duration"])
    spans = {
        (
            html.pills(one, "span-name")[0],
            html.pills(one, "span-time")[0],
            "ERROR" if html.pills(one, "failed") else "OK",
        )
        for one in page.iter("summary")
        if html.pills(one, "span-name")
    }
    assert spans == wanted["spans"]
    request = html.section(page, "request")
    leaves = [html.text(leaf) for leaf in request.iter("span") if leaf.get("class") == "json-leaf"]
    assert leaves == [f"{key} {value}" for key, value in wanted["inputs"].items()]
    assert ("no such order" in html.text(html.section(page, "spans"))) == (wanted["state"] == "ERROR")
    judged = html.cells(html.section(page, "assessments")) if html.has_section(page, "assessments") else []
    assert {(row["Name"], row["Value"], row["By"].partition(", ")[2]) for row in judged} == wanted["assessments"]
