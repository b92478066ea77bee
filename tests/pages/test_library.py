"""How ids become links: to what the site has, and plain where it has no such thing."""

from __future__ import annotations

import math

from sitegen.analysis.relations import Relations
from sitegen.model import Dataset, ModelOutput
from sitegen.pages.library import NO_LINK, Link, value_text, version_link
from tests.analysis.builders import row
from tests.pages.library_builder import library, logged_model, registered_model, version


def test_a_run_is_called_by_its_name_and_one_that_is_elsewhere_by_its_id() -> None:
    found = library(row("a1", name="fit"))
    assert found.run("a1") == Link("fit", "runs/a1.html")
    assert found.run("0123456789abcdef") == Link("01234567") and found.run(None) == NO_LINK


def test_an_experiment_or_model_that_is_elsewhere_is_its_id_alone() -> None:
    found = library(row("a1"), logged=[logged_model("m-1")])
    assert found.experiment("1") == Link("experiment 1", "experiments/1.html")
    assert found.experiment("2") == Link("2")
    assert found.model("m-1") == Link("net", "logged-models/m-1.html") and found.model("m-2") == Link("m-2")


def test_a_dataset_is_a_link_where_its_name_and_digest_were_met_together() -> None:
    found = library(datasets=[Dataset("iris", "d1", "", "")])
    assert found.dataset("iris", "d1") == Link("iris", "datasets/d1.html", "d1")
    assert found.dataset("other", "d1") == Link("other", "", "d1")
    assert found.dataset("iris", None) == Link("iris", "", "") and found.dataset(None, None) == NO_LINK


def test_the_runs_of_a_model_are_those_that_made_it_and_those_that_used_it() -> None:
    made = Relations("b", models_made=(ModelOutput("m-1", 3),))
    both = Relations("a", models_made=(ModelOutput("m-1", 1),), models_used=("m-1", "m-2"))
    found = library(relations=[made, both])
    assert found.runs_of_model("m-1") == ([("a", 1), ("b", 3)], ["a"])
    assert found.runs_of_model("m-2") == ([], ["a"]) and found.runs_of_model("m-3") == ([], [])


def test_versions_are_known_by_the_logged_model_that_they_are_of_and_prompts_are_not_versions() -> None:
    prompt = registered_model(version("9", model_id="m-1"), tags={"mlflow.prompt.is_prompt": "true"})
    found = library(registered=[registered_model(version("2", model_id="m-1"), version("1")), prompt])
    assert [one.version for one in found.versions["m-1"]] == ["2"]
    assert version_link(version("2")) == Link("wine version 2", "models/wine.html#v2")


def test_the_objective_of_a_run_is_that_of_its_experiment() -> None:
    rows = [row("a", {"loss": 0.5}), row("b"), row("c", {"loss": 1.5}, experiment_id="2")]
    found = library(*rows, objective="min loss")
    assert [found.objective(one) for one in rows] == [("loss", 0.5), None, ("loss", 1.5)]
    assert library(*rows).objective(rows[0]) is None


def test_a_value_is_said_twice_rounded_and_in_full() -> None:
    assert value_text(1 / 3) == ("0.3333", "0.3333333333333333") and value_text(None) == ("", "")
    assert value_text(0.0) == ("0", "0.0") and value_text(math.nan) == ("NaN", "nan")
