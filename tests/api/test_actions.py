"""`sitegen.build`, `sitegen.export`, `sitegen.best`, and the example notebook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import sitegen
from sitegen.api.actions import best
from sitegen.errors import UsageError
from tests.stores.mlruns_builder import RUN, experiment, run, write

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_runs"


def test_a_site_is_built_with_the_options_of_the_file(store: Path, tmp_path: Path) -> None:
    built = sitegen.build(store, output=tmp_path / "site", title="Mine", objective="min loss", no_cache=True)
    assert built.runs == 3 and "Mine" in (tmp_path / "site" / "index.html").read_text("utf-8")
    with pytest.raises(UsageError, match=r'sitegen.build\(\) has an unknown key "tittle"; did you mean title\?'):
        sitegen.build(store, output=tmp_path / "site", tittle="Mine")
    with pytest.raises(UsageError, match='"jobs" must be a whole number'):
        sitegen.build(store, output=tmp_path / "site", jobs="many")


def test_options_of_python_win_over_a_file(store: Path, tmp_path: Path) -> None:
    write(tmp_path / "my.toml", 'title = "File"\n[experiments.sweep]\nobjective = "max acc"\n')
    sitegen.build(store, output=tmp_path / "a", config=tmp_path / "my.toml", no_cache=True)
    sitegen.build(store, output=tmp_path / "b", config=tmp_path / "my.toml", title="Python", no_cache=True)
    titles = [(tmp_path / one / "index.html").read_text("utf-8").partition("</title>")[0] for one in "ab"]
    assert "File" in titles[0] and "Python" in titles[1]


def test_an_export_is_made_and_read(store: Path, tmp_path: Path) -> None:
    exported = sitegen.export(store, output=tmp_path / "out")
    assert exported.rows["runs"] == 3 and len(sitegen.load(tmp_path / "out").runs) == 3
    with pytest.raises(UsageError, match="format must be"):
        sitegen.export(store, output=tmp_path / "out", format="xlsx")  # type: ignore[arg-type]


def test_best_needs_no_experiment_where_one_has_runs(store: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Name the experiment: the store has 2 with runs \('old', 'sweep'\)"):
        sitegen.best(store)
    run(experiment(tmp_path / "one" / "mlruns", name="only"), metrics={"val_acc": "1 0.5 1\n"})
    board = best(tmp_path / "one" / "mlruns", objective="max val_acc")
    assert board["run_id"].tolist() == [RUN] and board.attrs["verdict"]["lead"] == "only one run"


def test_functions_are_there_whichever_is_imported_first() -> None:
    code = "import {first}; import sitegen; from sitegen.build import Built; print(callable(sitegen.build), Built)"
    for first in ("sitegen", "sitegen.build", "sitegen.api", "sitegen.export"):
        done = subprocess.run(
            [sys.executable, "-c", code.format(first=first)], capture_output=True, text=True, cwd=ROOT
        )
        assert done.stdout.startswith("True") and not done.stderr


def test_the_example_notebook_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    import nbformat
    from nbconvert.preprocessors import ExecutePreprocessor

    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(ROOT / "docs" / "notebook.ipynb", as_version=4)
    ExecutePreprocessor(timeout=120).preprocess(notebook, {"metadata": {"path": str(ROOT)}})
    cells = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    shown = [out["data"]["text/html"] for outputs in cells for out in outputs if "text/html" in out.get("data", {})]
    assert len(shown) >= 6 and sum("vegaEmbed" in one for one in shown) == 1
