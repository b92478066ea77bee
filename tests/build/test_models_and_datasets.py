"""Sites of stores with models, datasets, tables and traces: strangers' texts, odd names, bounds, several stores."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from sitegen import cli
from sitegen.addresses import dataset_page, logged_model_page, model_page, prompt_page, run_page, trace_page
from sitegen.build import Built, build
from sitegen.config import Config
from sitegen.model import Experiment, Span, Trace
from sitegen.pages import trace_spans, traces
from sitegen.pages.jsontree import Budget, Node, json_tree
from sitegen.pages.signature import dataset_tables, signature_tables
from sitegen.pages.trace_spans import SpanView
from sitegen.pages.traces import trace_page_of
from tests import html, linkcheck
from tests.build.test_build import CANARY, elements, pages, tree
from tests.stores.mlruns_builder import (
    OTHER_RUN,
    RUN,
    START,
    dataset_input,
    experiment,
    run,
    write,
    write_all,
    write_meta,
)

MODEL = "m-" + "8" * 32


def build_site(store: Path, site: Path, **options: Any) -> Built:
    return build(Config(store=str(store), output=site, **options))


def registered(store: Path, folder: str, name: str, description: str = "") -> Path:
    """A registered model, without versions yet."""
    meta = {"name": name, "description": description, "creation_timestamp": START, "last_updated_timestamp": START}
    write_meta(store / "models" / folder, meta)
    return store / "models" / folder


def version(model: Path, number: int, **meta: Any) -> Path:
    fields = {"version": number, "current_stage": "None", "status": "READY", "creation_timestamp": START}
    write_meta(model / f"version-{number}", {**fields, **meta})
    return model / f"version-{number}"


def mlmodel(text: str) -> str:
    signature = [
        {"name": text, "type": text, "required": True},
        {"type": "object", "properties": {text: {"type": text}}},
    ]
    flavors = {"python_function": {"loader_module": text}, f"f {text}": {text: text}}
    file = {"flavors": flavors, "mlflow_version": text, "utc_time_created": text}
    return json.dumps({**file, "signature": {"inputs": json.dumps(signature), "params": json.dumps(signature)}})


def full_store(store: Path, text: str) -> Path:
    """A store that says `text` wherever a person may say something of models, datasets, tables and traces."""
    name = text.replace("/", "∕")
    folder = experiment(store, "1", name=text)
    paths = ("t.json", f"{name}.json", "eval_results_table.json")
    tables = json.dumps([{"path": path, "type": "table"} for path in paths])
    judged = {"columns": ["inputs", "outputs", f"{text}/score"], "data": [[text, text, text]]}
    rows = {"columns": ["id", text], "data": [[1, text], [2, {text: text}]]}
    runs = [
        run(folder, run_id, run_name=text, params={name: f"{text}{run_id[0]}"}, metrics={"loss": f"1 0.{n} 0\n"},
            tags={"mlflow.loggedArtifacts": tables},
            artifacts={"t.json": json.dumps(rows), f"{name}.json": json.dumps(rows),
                       "eval_results_table.json": json.dumps(judged), "model/MLmodel": mlmodel(text),
                       "model/requirements.txt": text})
        for n, run_id in enumerate((RUN, OTHER_RUN))
    ]  # fmt: skip
    dataset_input(runs[0], text.replace("/", "∕"), "d1", text)
    registry(store, name, text)
    logged(folder, name, text)
    traced(folder / "traces" / ("tr-" + "e" * 32), name, text)
    return store


def registry(store: Path, name: str, text: str) -> None:
    net = registered(store, "net", "net", text)
    write_all(net / "tags", {name: text})
    write_all(net / "aliases", {name: "2"})
    fields = {"description": text, "user_id": text, "status_message": text, "run_link": text}
    for number, run_id in ((1, OTHER_RUN), (2, RUN)):
        write_all(version(net, number, run_id=run_id, source=f"runs:/{run_id}/model", **fields) / "tags", {name: text})
    prompt = registered(store, "ask", "ask", text)
    write_all(prompt / "tags", {"mlflow.prompt.is_prompt": "true", name: text})
    tags = {"mlflow.prompt.text": json.dumps([{"role": text, "content": text}]), name: text}
    write_all(version(prompt, 1, description=text, source="dummy-source") / "tags", tags)
    registered(store, "odd", text)


def logged(folder: Path, name: str, text: str) -> None:
    own = folder / "models" / MODEL
    fields = {"name": text, "status": 3, "status_message": text, "model_type": text, "source_run_id": RUN}
    write_meta(own, {"model_id": MODEL, "creation_timestamp": START, "artifact_location": text, **fields})
    write_all(own / "params", {name: text})
    write_all(own / "tags", {name: text})
    write(own / "metrics" / name, f"{START} 0.5 1 {RUN} {name} d1\n")


def traced(own: Path, name: str, text: str, start: int = START) -> None:
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start / 1000))
    info = {"state": "ERROR", "request_time": moment, "request_preview": text, "response_preview": text}
    write(own / "trace_info.yaml", json.dumps(info))
    write_all(own / "tags", {name: text, "mlflow.traceName": text})
    write_all(own / "request_metadata", {"mlflow.sourceRun": RUN, "mlflow.trace.session": text, name: text})
    judged = {"assessment_name": text, "feedback": {"value": text}, "rationale": text}
    judged["metadata"] = {"mlflow.assessment.sourceRunId": RUN}
    write(own / "assessments" / "a.yaml", json.dumps({**judged, "source": {"source_type": "CODE", "source_id": text}}))
    values = {text: [text, {text: 1}], "mlflow.spanType": text}
    event = {"name": text, "attributes": {text: text, "exception.stacktrace": text}}
    span = {"name": text, "span_id": "a" * 16, "start_time_unix_nano": 1, "end_time_unix_nano": 9, "events": [event]}
    attributes = {"mlflow.spanInputs": values, "mlflow.spanType": text, text: text}
    content = {"spans": [{**span, "status": {"code": "ERROR"}, "attributes": attributes}]}
    write(own / "artifacts" / "traces.json", json.dumps(content))


def test_text_of_a_store_makes_no_element_attribute_or_script(tmp_path: Path) -> None:
    hostile, tame = tmp_path / "hostile", tmp_path / "tame"
    build_site(full_store(tmp_path / "h" / "mlruns", CANARY), hostile, profile="internal", traces=True)
    same = "canary" + "x" * (len(CANARY) - 6)
    build_site(full_store(tmp_path / "t" / "mlruns", same), tame, profile="internal", traces=True)
    assert linkcheck.problems(hostile) == []
    kinds = {"models/net.html", "prompts/ask.html", logged_model_page(MODEL), dataset_page("d1"), "tables/1.html"}
    kinds |= {"models.html", "datasets.html", "experiment-traces/1.html", trace_page("tr-" + "e" * 32)}
    kinds |= {"experiment-evaluations/1.html", run_page(RUN)}
    for path in kinds:
        found = elements(hostile / path)
        assert "canary" in (hostile / path).read_text("utf-8")
        assert not [e for e in found if [a for a in e[1] if a.startswith("on") or "canary" in a]], path
        assert found == elements(tame / path), path


def test_every_page_is_found_by_links_alone(tmp_path: Path) -> None:
    build_site(full_store(tmp_path / "mlruns", "any <text>"), tmp_path / "site", traces=True)
    every = {p.relative_to(tmp_path / "site").as_posix() for p in pages(tmp_path / "site")}
    assert every - linkcheck.reachable(tmp_path / "site") <= {
        "404.html",
        "search.html",
        "runs.html",
        "charts/curve.html",
        "charts/table.html",
    }


def test_workers_change_no_byte(tmp_path: Path) -> None:
    store = full_store(tmp_path / "mlruns", "plain")
    for jobs in (1, 2):
        build_site(store, tmp_path / str(jobs), jobs=jobs, traces=True)
    assert tree(tmp_path / "1") == tree(tmp_path / "2")


# Models -------------------------------------------------------------------------------------------------------------


def test_models_of_odd_names_each_have_their_page(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    run(experiment(store))
    names = ["a", "A", "a b", "a/b", "con", "日本", "x" * 300, "..", "a?b#c", "-"]
    for at, name in enumerate(names):
        version(registered(store, f"f{at}", name), 1, run_id=RUN, source=f"runs:/{RUN}/model")
    build_site(store, tmp_path / "site")
    assert len({model_page(name).lower() for name in names}) == len(names)
    for name in names:
        assert html.text(html.read(tmp_path / "site" / model_page(name)).find(".//h1")) == name
    assert linkcheck.problems(tmp_path / "site") == []


def test_a_card_is_made_of_the_file_among_the_runs_artifacts(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    folder = experiment(store)
    run(folder, artifacts={"a/model/MLmodel": mlmodel("double"), "a/model/w.bin": "x" * 5000})
    model = registered(store, "net", "net")
    version(model, 1, run_id=RUN, source=f"file:///home/alice/mlruns/1/{RUN}/artifacts/a/model")
    version(model, 2, run_id=RUN, source="s3://somewhere/else")
    built = build_site(store, tmp_path / "site")
    page = html.read(tmp_path / "site" / model_page("net"))
    assert html.facts(html.section(page, "v1"))["Flavors"] == "python_function, f double"
    assert "The files of this model are not with the store" in html.text(html.section(page, "v2"))
    assert "alice" not in html.text(page)
    assert built.hidden["paths"] >= 1


def test_a_version_of_a_run_that_is_gone_says_so(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    run(experiment(store))
    model = registered(store, "net", "net")
    version(model, 1, run_id="e" * 32, source="x")
    version(model, 2, run_id=RUN, source="x")
    build_site(store, tmp_path / "site")
    page = html.read(tmp_path / "site" / model_page("net"))
    assert "The source run of version 1 is not in this site." in html.text(html.section(page, "v2"))
    assert linkcheck.problems(tmp_path / "site") == []


def test_many_versions_are_all_in_the_table_and_the_newest_have_a_card(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    run(experiment(store))
    model = registered(store, "net", "net")
    for number in range(1, 61):
        version(model, number, run_id=RUN, source="x")
    build_site(store, tmp_path / "site")
    page = html.read(tmp_path / "site" / model_page("net"))
    assert [row["Version"] for row in html.cells(html.section(page, "versions"))] == [str(n) for n in range(60, 0, -1)]
    assert "Details are shown of the newest 50 of 60 versions." in html.text(page)
    assert linkcheck.problems(tmp_path / "site") == []


def test_a_prompt_shows_its_text(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    run(experiment(store))
    prompt = registered(store, "ask", "ask")
    write_all(prompt / "tags", {"mlflow.prompt.is_prompt": "true"})
    write_all(version(prompt, 1, source="dummy-source") / "tags", {"mlflow.prompt.text": "Say {{ what }}\n<b>"})
    version(prompt, 2, source="dummy-source")
    build_site(store, tmp_path / "site")
    page = html.read(tmp_path / "site" / prompt_page("ask"))
    assert next(page.iter("pre")).text.strip() == "Say {{ what }}\n<b>"
    assert "does not hold the text" in html.text(html.section(page, "v2"))
    assert (
        "ask"
        not in [
            html.text(row["Name"])
            for row in html.rows(html.section(html.read(tmp_path / "site" / "models.html"), "prompts"))
        ][1:]
    )


def test_types_of_signatures_in_words() -> None:
    columns = [
        {"name": "a", "type": "double", "required": False},
        {"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1, 4]}},
        {"name": "l", "type": "array", "items": {"type": "object", "properties": {"q": {"type": "string"}}}},
        {"name": "m", "type": "map", "values": {"type": "long"}},
    ]
    (table,) = signature_tables(json.dumps(columns), "", "null")
    assert [(row.name, row.type, row.required) for row in table.rows] == [
        ("a", "double", "no"),
        ("(2)", "tensor int64 (-1, 4)", ""),
        ("l", "list of {q: string}", ""),
        ("m", "map of long", ""),
    ]
    params = '[{"name": "t", "type": "double", "default": 0.5, "shape": [-1]}]'
    assert signature_tables("", "", params)[0].rows[0].default == "0.5"


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"mlflow_colspec": 3}', '{"mlflow_tensorspec": "x"}', "[" * 100_000])
def test_broken_schemas_are_no_tables(text: str) -> None:
    assert all(not table.rows for table in (*dataset_tables(text), *signature_tables(text, text, text)))


# Datasets -----------------------------------------------------------------------------------------------------------


def test_two_names_of_one_digest_share_a_page(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    folder = experiment(store)
    own, other = run(folder), run(folder, OTHER_RUN, run_name="second")
    dataset_input(own, "train", "d1", "training")
    dataset_input(other, "all of it", "d1", "eval")
    dataset_input(other, "train", "D1")
    build_site(store, tmp_path / "site")
    page = html.read(tmp_path / "site" / dataset_page("d1"))
    assert html.text(page.find(".//h1")) == "all of it and train"
    found = {}
    for part in page.iter("section"):
        (row,) = html.cells(part)
        found[html.text(part.find(".//h2"))] = (row["Run"], row["Context"])
    assert found == {"all of it": ("second", "eval"), "train": ("first try", "training")}
    assert dataset_page("D1").lower() != dataset_page("d1").lower()
    assert (tmp_path / "site" / dataset_page("D1")).is_file()


# Traces -------------------------------------------------------------------------------------------------------------


def trace_store(store: Path, count: int) -> Path:
    folder = experiment(store)
    run(folder)
    for number in range(count):
        traced(folder / "traces" / f"tr-{number:032x}", "note", f"question {number}", START + 60_000 * number)
    return store


def test_traces_that_were_not_asked_for_are_counted_alone(tmp_path: Path) -> None:
    built = build_site(trace_store(tmp_path / "mlruns", 3), tmp_path / "site")
    assert built.traces_left_out == 3
    assert "Left out because often private: 3 traces (show them with --traces)." in cli.closing_summary(built)
    assert not [path for path, data in tree(tmp_path / "site").items() if "trace" in path or b"question" in data]
    built = build_site(tmp_path / "mlruns", tmp_path / "site", traces=True)
    assert built.traces_left_out == 0
    assert "Left out" not in cli.closing_summary(built)


def test_only_the_newest_traces_have_a_page_and_the_list_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sitegen.build.sections.traces.MAX_TRACES", 2)
    build_site(trace_store(tmp_path / "mlruns", 5), tmp_path / "site", traces=True, jobs=1)
    part = html.section(html.read(tmp_path / "site" / "experiment-traces/1.html"), "list")
    assert [row["Request"] for row in html.cells(part)] == ["question 4", "question 3"]
    assert "the newest 2 of 5" in html.text(part)
    assert len(list((tmp_path / "site" / "traces").iterdir())) == 2


def test_traces_of_an_experiment_without_runs_are_shown(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    run(experiment(store))
    folder = experiment(store, "0", name="Default")
    traced(folder / "traces" / "tr-1", "note", "question")
    build_site(store, tmp_path / "site", traces=True)
    assert "traces/tr-1.html" in linkcheck.reachable(tmp_path / "site")


def test_a_trace_that_two_stores_have_is_two_pages(tmp_path: Path) -> None:
    stores = [trace_store(tmp_path / name / "mlruns", 1) for name in ("first", "second")]
    config = Config(store=tuple(map(str, stores)), output=tmp_path / "site", traces=True)
    assert build(config).traces_left_out == 0
    found = {path.name for path in (tmp_path / "site" / "traces").iterdir()}
    assert found == {"tr-" + "0" * 32 + ".html", "tr-" + "0" * 32 + "-second.html"}
    assert linkcheck.problems(tmp_path / "site") == []
    assert build(Config(store=tuple(map(str, stores)), output=tmp_path / "site")).traces_left_out == 2


def test_broken_traces_are_named_and_the_list_is_there(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    run(experiment(store))
    write(store / "1" / "traces" / "tr-1" / "artifacts" / "traces.json", "{")
    built = build_site(store, tmp_path / "site", traces=True)
    assert [problem.where for problem in built.problems] == ["1/traces/tr-1"]
    assert "None of the traces could be read." in html.text(html.read(tmp_path / "site" / "experiment-traces/1.html"))
    assert linkcheck.problems(tmp_path / "site") == []


def spans_of(*ids: tuple[str, str | None]) -> tuple[SpanView, ...]:
    spans = tuple(Span(own, parent, own, at, at + 1, "OK") for at, (own, parent) in enumerate(ids))
    raw = Trace("tr-1", "1", None, None, "OK", "", "", spans=spans)
    return trace_page_of(raw, Experiment("1", "e"), {}).spans


def shape(spans: tuple[SpanView, ...]) -> Any:
    return [(span.name, shape(span.children)) for span in spans]


def test_spans_are_a_tree_whatever_their_parents_say() -> None:
    assert shape(spans_of(("a", None), ("b", "a"), ("c", "a"), ("d", "b"))) == [("a", [("b", [("d", [])]), ("c", [])])]
    assert shape(spans_of(("a", "gone"), ("b", "b"))) == [("a", []), ("b", [])]
    assert shape(spans_of(("a", "b"), ("b", "a"), ("c", None))) == [("c", []), ("a", [("b", [])])]


def test_deep_and_many_spans_are_bounded() -> None:
    chain = [("0", None), *((str(n), str(n - 1)) for n in range(1, 2000))]
    found, depth, count = spans_of(*chain), 0, 0
    waiting = [(span, 1) for span in found]
    while waiting:
        span, level = waiting.pop()
        depth, count = max(depth, level), count + 1
        waiting += [(child, level + 1) for child in span.children]
    assert count == traces.MAX_SPANS
    assert depth <= trace_spans.MAX_DEPTH + 1


def test_bars_lie_inside_the_traces_time() -> None:
    spans = (
        Span("a", None, "a", 1000, 2000, "OK"),
        Span("b", "a", "b", 1500, None, "UNSET"),
        Span("c", "a", "c", 2000, 2000, "ERROR"),
        Span("d", "a", "d", 1250, 1200, "OK"),
    )
    (root,) = trace_page_of(Trace("t", "1", None, None, "OK", "", "", spans=spans), Experiment("1", "e"), {}).spans
    assert (root.x, root.width) == (0, 1000)
    assert [(span.name, span.x, span.width) for span in root.children] == [
        ("b", 500, 500),
        ("c", 998, 2),
        ("d", 250, 2),
    ]
    assert [span.duration for span in root.children] == ["not ended", "0 ms", "0 ms"]


def test_json_trees_are_bounded() -> None:
    def count(node: Node) -> int:
        return 1 + sum(map(count, node.children))

    budget = Budget(100)
    assert count(json_tree(json.dumps([[n] * 50 for n in range(50)]), budget)) <= 101
    assert budget.cut > 0
    deep = json_tree("[" * 500 + "]" * 500, Budget(10_000))
    assert count(deep) <= 14
    long = json_tree(json.dumps("x" * 5000), Budget(10))
    assert (len(long.text), long.hint) == (4000, "and 1,000 more characters")
    assert json_tree("[" * 100_000, Budget(10)).kind == "string"
    assert json_tree('{"a": null, "b": NaN}', Budget(10)).children[1].text == "NaN"


# Tables -------------------------------------------------------------------------------------------------------------


def test_tables_of_the_best_runs_are_compared(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    folder = experiment(store)
    tag = {"mlflow.loggedArtifacts": '[{"path": "e.json", "type": "table"}, {"path": "e.parquet", "type": "table"}]'}
    for number in range(8):
        rows = {"columns": ["q", "answer"], "data": [["one", f"{number}"], ["two", "same, alice@example.org"]]}
        own = f"{number:032x}"
        metrics = {"accuracy": f"1 0.{number} 0\n"}
        run(folder, own, run_name=f"r{number}", metrics=metrics, tags=tag, artifacts={"e.json": json.dumps(rows)})
    build_site(store, tmp_path / "site")
    page = html.read(tmp_path / "site" / "tables/1.html")
    part = html.section(page, "table-1")
    assert "the best 6 of 8 runs" in html.text(part)
    assert "Rows with the same q stand side by side; 1 of 2 rows differ." in html.text(part)
    body = [table for table in part.iter("table") if table.get("id")][0].find("tbody")
    assert [[html.text(cell) for cell in row] for row in body] == [
        ["one", "7", "6", "5", "4", "3", "2"],
        ["two", *["same, •••"] * 6],
    ]
    assert "Not read, as they are not JSON: e.parquet." in html.text(page)
    assert linkcheck.problems(tmp_path / "site") == []


def test_large_tables_are_cut_and_say_so(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    folder = experiment(store)
    tag = {"mlflow.loggedArtifacts": '[{"path": "e.json", "type": "table"}]'}
    for number, own in enumerate((RUN, OTHER_RUN)):
        data = [[str(n), n + (number if n % 10 == 0 else 0)] for n in range(4000)]
        table = json.dumps({"columns": ["q", "n"], "data": data})
        run(folder, own, tags=tag, artifacts={"e.json": table})
    build_site(store, tmp_path / "site")
    part = html.section(html.read(tmp_path / "site" / "tables/1.html"), "table-1")
    assert "400 of 4,000 rows differ. 200 of 4,000 rows are shown, those that differ first." in html.text(part)
    assert (tmp_path / "site" / "tables/1.html").stat().st_size < 100_000
