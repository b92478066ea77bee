"""The boxes that say how to make a run again: each snippet is read by what it is written for."""

from __future__ import annotations

import ast
import json
import re
import shlex

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sitegen.model import Artifact, ArtifactFolder, ModelVersion, Run
from sitegen.pages.reproduce import Snippet, latex, params_json, reproduce_of, shell_word
from sitegen.viewers.models import ModelFolder

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PARAMS = st.dictionaries(ANY, ANY | st.floats().map(repr) | st.integers().map(str), max_size=6)


def run(**fields: object) -> Run:
    given: dict[str, object] = {
        "run_id": "a" * 32, "experiment_id": "1", "name": "first_run", "status": "FINISHED", "lifecycle_stage": "active",
        "start_time": 1_700_000_000_000, "end_time": 1_700_000_001_000, "user": "", "source_name": "train.py",
        "source_type": "LOCAL", "artifacts": ArtifactFolder("", None, (Artifact("a.txt", 1),)), **fields,
    }  # fmt: skip
    return Run(**given)  # type: ignore[arg-type]


def snippet(of: Run, label: str, **more: object) -> Snippet:
    parts: dict[str, object] = {"models": (), "model_ids": {}, "versions": (), "site_url": "", **more}
    made = reproduce_of(of, "demo", **parts)  # type: ignore[arg-type]
    return next(s for s in made.snippets if s.label == label)


@given(PARAMS)
def test_params_come_back_as_they_were_logged_by_readers_of_json_and_of_yaml(params: dict[str, str]) -> None:
    text = params_json(params)
    # YAML has no pairs of surrogates, by which JSON escapes what is beyond 16 bits and cannot be printed.
    for back in (json.loads(text), *([] if "\\ud" in text else [yaml.safe_load(text)])):
        assert set(back) == set(params)
        for key, value in params.items():
            value = value.removesuffix("\n")
            got = back[key]
            if isinstance(got, bool) or got is None:
                assert value.lower() == {True: "true", False: "false", None: "none"}[got]
            elif isinstance(got, int | float):
                assert float(got) == float(value)
            else:
                assert got == value


@pytest.mark.parametrize("value", ["1e-05", "3", "0.10", "-2E5", "1e5"])
def test_numbers_are_numbers_in_both(value: str) -> None:
    assert json.loads(params_json({"x": value}))["x"] == float(value)
    assert yaml.safe_load(params_json({"x": value}))["x"] == float(value)


def test_what_only_looks_like_a_number_stays_a_text() -> None:
    params = {"a": "007", "b": "1_000", "c": "0x10", "d": "yes", "e": "2026-01-01", "f": "1:30"}
    assert json.loads(params_json(params)) == yaml.safe_load(params_json(params)) == params


@given(ANY)
def test_the_command_line_gives_a_shell_each_param_as_one_word(text: str) -> None:
    line = snippet(run(params={"lr": "0.1", "x": text}), "Command line").text
    assert "\n" not in line
    words = shlex.split(line)
    assert words[:5] == ["python", "train.py", "--lr", "0.1", "--x"]
    assert words[5:] == [re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text).strip()]


@pytest.mark.parametrize(
    "source",
    [
        "/usr/lib/python3/dist-packages/ipykernel_launcher.py", "ipykernel_launcher.py", "colab_kernel_launcher.py",
        "/opt/x/lib/python3.11/site-packages/torch/distributed/run.py", "C:\\\\Lib\\\\site-packages\\\\accelerate\\\\launch.py",
        "pydevconsole.py", "__main__.py", "analysis.ipynb", "/Users/ada/notebook", "torchrun", "train", "",
    ],
)  # fmt: skip
def test_what_is_no_script_has_no_command_line_and_its_params_are_open(source: str) -> None:
    made = reproduce_of(run(params={"lr": "0.1"}, source_name=source), "demo", (), {}, (), "").snippets
    assert [(s.label, s.open) for s in made][:1] == [("Params as JSON", True)]


@pytest.mark.parametrize("source", ["train.py", "src/pkg/train.py", "/home/ada/run.py", "launch.py"])
def test_a_script_is_run_by_python(source: str) -> None:
    made = snippet(run(params={"lr": "0.1"}, source_name=source), "Command line")
    assert (made.text, made.open) == (f"python {source} --lr 0.1", True)


def test_a_project_is_run_by_mlflow_at_its_commit() -> None:
    tags = {"mlflow.source.git.commit": "abc1234", "mlflow.project.entryPoint": "train"}
    made = run(params={"lr": "0.1"}, source_name="https://example.org/p#sub", source_type="PROJECT", tags=tags)
    assert shlex.split(snippet(made, "Command line").text) == [
        "mlflow", "run", "https://example.org/p#sub", "-v", "abc1234", "-e", "train", "-P", "lr=0.1",
    ]  # fmt: skip


def test_a_long_command_line_ends_and_says_so() -> None:
    made = snippet(run(params={f"p{n}": str(n) for n in range(150)}), "Command line")
    assert made.text.count("--p") == 100
    assert "other 50 params" in made.hint


def test_models_are_loaded_in_every_form_and_the_code_is_python() -> None:
    version = ModelVersion('we"ird\n', "3", "", "", "", None, "", "READY", "", "", None, None, aliases=("champion",))
    folders = [ModelFolder("model", 1, 1), ModelFolder("models:/m-1", 1, 1)]
    text = snippet(
        run(), "Load its model", models=folders, model_ids={"m-1": "net\nimport os"}, versions=[version]
    ).text
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    assert [ast.literal_eval(call.args[0]) for call in calls] == [
        'models:/we"ird\n/3', 'models:/we"ird\n@champion', "models:/m-1", f"runs:/{'a' * 32}/model",
    ]  # fmt: skip
    assert len([n for n in ast.parse(text).body if isinstance(n, ast.Import)]) == 1


def test_a_run_without_anything_has_a_citation_only() -> None:
    empty = run(artifacts=ArtifactFolder(""), source_name="", start_time=None)
    made = reproduce_of(empty, "demo", (), {}, (), "")
    assert (made.facts, made.snippets, made.environment) == ((), (), None)
    assert "year" not in made.citation.bibtex


def test_the_citation_has_the_permanent_address_where_there_is_one() -> None:
    cited = reproduce_of(run(), "demo", (), {}, (), "https://example.org/runs/").citation
    assert cited.permalink == f"https://example.org/runs/runs/{'a' * 32}.html"
    assert "year = {2023}" in cited.bibtex and "month = {11}" in cited.bibtex
    assert "title = {{first\\_run}}" in cited.bibtex
    assert f"howpublished = {{\\url{{{cited.permalink}}}}}" in cited.bibtex


@given(ANY)
def test_bibtex_stays_whole_whatever_a_run_is_called(name: str) -> None:
    text = reproduce_of(run(name=name), name, (), {}, (), "").citation.bibtex
    assert re.sub(r"\\[{}]", "", text).count("{") == re.sub(r"\\[{}]", "", text).count("}")
    assert not re.search(r"(?<!\\)[%#&$]", latex(name))


def test_a_word_for_the_shell_is_one_line() -> None:
    assert shlex.split(shell_word("a\nb; rm -rf /")) == ["a b; rm -rf /"]
