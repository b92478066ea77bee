"""Sites of stores with evaluations: the rows of traces only when asked for, those of tables always; masked like all else."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sitegen.addresses import run_page
from sitegen.build import Built, build
from sitegen.build.evaluations import evaluation_tasks
from sitegen.build.sections import evaluations
from sitegen.cli.printing import closing_summary
from sitegen.config import Config
from tests import html, linkcheck
from tests.analysis.builders import row
from tests.stores.mlruns_builder import OTHER_RUN, RUN, START, experiment, run, write, write_all

TOKEN = "ghp_" + "a1B2" * 9
DATABASE = Path(__file__).parents[1] / "stores" / "fixtures" / "evaluations.db"
LOGGED = "c" * 32


def example(folder: Path, run_id: str, number: int, right: bool, answer: str = "fine") -> None:
    own = folder / "traces" / f"tr-{run_id[0]}{number}"
    request = json.dumps({"question": f"question {number}"})
    info = {"state": "OK", "request_time": f"2024-01-01T00:00:0{number}Z", "response_preview": json.dumps(answer)}
    write(own / "trace_info.yaml", json.dumps({**info, "request_preview": request, "execution_duration_ms": 7}))
    write_all(own / "request_metadata", {"mlflow.sourceRun": run_id, "mlflow.trace.session": "s"})
    judged = {"assessment_name": "right", "feedback": {"value": right}, "rationale": f"as {TOKEN} says"}
    made = {"metadata": {"mlflow.assessment.sourceRunId": run_id}, "assessment_id": f"a{number}"}
    write(own / "assessments" / "a.yaml", json.dumps({**judged, **made, "source": {"source_type": "CODE"}}))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("evaluations") / "mlruns"
    folder = experiment(found, "1", name="qa")
    for run_id, right in ((RUN, (True, True)), (OTHER_RUN, (False, True))):
        start = START + (run_id == OTHER_RUN)
        run(folder, run_id, run_name=run_id[:3], tags={"mlflow.runType": "genai_evaluate"}, start_time=start)
        for number, value in enumerate(right):
            example(folder, run_id, number, value)
    table = {"columns": ["inputs", "outputs", "right/v1/score"], "data": [["q", "out", 1]]}
    tags = {"mlflow.loggedArtifacts": json.dumps([{"path": "eval_results_table.json", "type": "table"}])}
    run(folder, LOGGED, run_name="logged", tags=tags, artifacts={"eval_results_table.json": json.dumps(table)})
    return found


def built(store: Path, site: Path, traces: bool) -> Built:
    return build(Config(store=str(store), output=site, traces=traces, jobs=1))


def test_rows_of_traces_are_left_out_and_named_and_those_of_tables_are_shown(store: Path, tmp_path: Path) -> None:
    found = built(store, tmp_path, traces=False)
    section = html.text(html.section(html.read(tmp_path / run_page(RUN)), "evaluation"))
    assert "sitegen build --traces shows them" in section and "question" not in section
    assert found.traces_left_out == 4
    logged = html.text(html.section(html.read(tmp_path / run_page(LOGGED)), "evaluation"))
    assert "1 example, 1 scorer" in logged and "out" in logged
    head = html.read(tmp_path / "experiments/1.html").find(".//dl[@class='facts']")
    assert head is not None and "Evaluations 2 runs" in " ".join(
        html.text(head).replace("Evaluations", "Evaluations ").split()
    )
    assert "1 evaluation" in html.text(html.section(html.read(tmp_path / "experiments/1.html"), "related"))
    assert "question" not in (tmp_path / "experiment-evaluations/1.html").read_text("utf-8")
    assert linkcheck.problems(tmp_path) == []


def test_the_summary_names_what_a_database_keeps_beside_its_runs(tmp_path: Path) -> None:
    shutil.copy(DATABASE, tmp_path / "mlflow.db")
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as connection, connection:
        connection.execute("INSERT INTO scorers VALUES (1, 'polite', 's-1')")
    for traces in (False, True):
        summary = closing_summary(built(tmp_path / "mlflow.db", tmp_path / "site", traces))
        assert ("8 traces, 24 assessments, 8 expectations (show them with --traces)" in summary) != traces
        assert "Not shown, since sitegen has no pages for them: 1 scorer." in summary


def test_with_traces_each_example_is_a_row_and_evaluations_are_compared(store: Path, tmp_path: Path) -> None:
    found = built(store, tmp_path, traces=True)
    section = html.text(html.section(html.read(tmp_path / run_page(RUN)), "evaluation"))
    assert "2 of 2 true" in section and "question 1" in section and "7 ms" in section
    page = html.read(tmp_path / "experiment-evaluations/1.html")
    changes = html.text(html.section(page, "changes"))
    assert "bbb against 7dd" in changes and "1 regression and 0 improvements" in changes and "question 0" in changes
    assert "3 runs of this experiment" in html.text(page)
    assert linkcheck.problems(tmp_path) == []
    texts = [file.read_text("utf-8") for file in tmp_path.rglob("*.html")]
    assert not any(TOKEN in text for text in texts)
    assert len(found.secrets) == 4, "a secret of a trace is counted once, though two pages show it"


def test_evaluations_are_looked_for_among_the_newest_runs() -> None:
    rows = [row("a", start_time=1), row("b", start_time=3), row("c", start_time=2, experiment_id="2")]
    assert [(task.experiment_id, task.runs) for task in evaluation_tasks(rows)] == [("1", ("b", "a")), ("2", ("c",))]
    assert evaluations.EvaluationPages.is_reusable
