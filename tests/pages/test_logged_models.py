"""The pages of logged models, and their lines in the list."""

from __future__ import annotations

from sitegen.analysis.relations import Relations
from sitegen.model import Dataset, ModelFile, ModelMetric, ModelOutput
from sitegen.pages.logged_models import MAX_METRICS, MAX_RUNS, LoggedModelPage, logged_lines, logged_model_page_of
from tests.analysis.builders import row
from tests.pages.library_builder import TIME, library, logged_model, registered_model, version


def metric(key: str, value: float = 0.5, step: int = 0, dataset: str | None = None, **fields: object) -> ModelMetric:
    run_id, digest = str(fields.get("run_id", "")), "d1" if dataset else None
    return ModelMetric(key, value, step, int(str(fields.get("time", 0))), run_id, dataset, digest)


def page(*metrics: ModelMetric, relations: tuple[Relations, ...] = (), **fields: object) -> LoggedModelPage:
    model = logged_model("m-1", *metrics, **fields)
    known = library(row("a", name="fit"), logged=[model], relations=relations, datasets=[Dataset("iris", "d1", "", "")])
    return logged_model_page_of(model, known)


def test_lines_stand_newest_first_with_what_was_registered_and_measured() -> None:
    models = [
        logged_model("m-undated"),
        logged_model("m-0123456789", *(metric(key, 0.25) for key in ("k10", "k2", "k1", "k3")), creation_time=TIME),
        logged_model("m-newer", status="FAILED", creation_time=TIME + 1, source_run_id="a", model_type="agent"),
    ]
    wine = registered_model(version("2", model_id="m-0123456789"))
    newer, old, undated = logged_lines(library(row("a", name="fit"), logged=models, registered=[wine]))
    assert [line.model.href for line in (newer, undated)] == [
        "logged-models/m-newer.html",
        "logged-models/m-undated.html",
    ]
    assert (newer.status, newer.look, newer.type, newer.run.text) == ("Failed", "failed", "agent", "fit")
    assert (old.registered, old.metrics) == ("wine v2", "k1 0.25, k2 0.25, k3 0.25")
    assert (old.model.sub, old.created, undated.created) == ("m-01234567", "2023-11-14", "")
    assert (undated.look, undated.experiment.text, undated.run.text) == ("finished", "experiment 1", "")


def test_metrics_stand_by_key_and_dataset_and_are_bounded() -> None:
    found = page(metric("k10"), metric("k2", 1 / 3, 4, "iris", run_id="a"), metric("k2"), metric("k2", 1.0, 3, "iris"))
    assert [(m.key, m.dataset.text, m.step) for m in found.metrics] == [
        ("k2", "", "0"), ("k2", "iris", "3"), ("k2", "iris", "4"), ("k10", "", "0")
    ]  # fmt: skip
    measured = found.metrics[2]
    assert (measured.value, measured.value_full, measured.run.text) == ("0.3333", repr(1 / 3), "fit")
    assert measured.dataset.href == "datasets/d1.html"
    assert (found.metrics_hint, found.has_datasets, page(metric("a")).has_datasets) == ("2 metrics", True, False)
    many = page(*(metric(f"k{at}") for at in range(MAX_METRICS + 1)))
    assert (len(many.metrics), many.metrics_hint) == (MAX_METRICS, "the first 1000 of 1001")


def test_a_metric_over_steps_has_a_curve_and_every_point() -> None:
    earlier = (metric("loss", 0.9, 0, "iris"), metric("loss", 0.7, 1, "iris"))
    found = page(metric("loss", 0.5, 2, "iris"), metric("loss", 0.4, 2), earlier=earlier)
    assert [bool(line.spark) for line in found.metrics] == [False, True]
    assert [(line.step, line.value) for line in found.steps] == [("0", "0.9"), ("1", "0.7"), ("2", "0.5")]
    assert (found.steps_line, page(metric("a")).steps_line) == ("Every step: 3 points", "")


def test_the_run_that_made_it_comes_before_those_that_used_it() -> None:
    made, used = Relations("a", models_made=(ModelOutput("m-1", 3),)), Relations("b", models_used=("m-1",))
    found = page(relations=(made, used), source_run_id="a").runs
    assert [(one.run.text, one.how) for one in found] == [("fit", "logged it at step 3"), ("b", "used it")]
    other = page(relations=(made, used), source_run_id="c").runs
    assert [(one.run.text, one.how) for one in other][:2] == [("c", "logged it"), ("fit", "logged it at step 3")]


def test_runs_are_bounded_and_the_page_says_so() -> None:
    many = tuple(Relations(f"r{at}", models_used=("m-1",)) for at in range(MAX_RUNS + 1))
    found, full = page(relations=many), page(relations=many[:MAX_RUNS])
    assert (len(found.runs), len(full.runs), full.runs_hint) == (MAX_RUNS, MAX_RUNS, "")
    assert str(MAX_RUNS) in found.runs_hint and str(MAX_RUNS + 1) in found.runs_hint


def test_an_external_model_has_no_files_to_load() -> None:
    outside = page(tags={"mlflow.model.isExternal": "True"})
    assert (outside.load, outside.card.missing) == (
        "", "An external model: only what was logged of it is here, not its files."
    )  # fmt: skip
    own = page(tags={"mlflow.model.isExternal": "false"})
    assert own.load == 'mlflow.pyfunc.load_model("models:/m-1")'
    assert own.card.missing == "The files of this model are not with the store."


def test_the_card_is_that_of_its_own_files() -> None:
    model = logged_model("m-1", source_run_id="a")
    wine = registered_model(version("2", model_id="m-1", aliases=("best",)))
    files = {"m-1": ModelFile("", {"sklearn": {}})}
    found = logged_model_page_of(model, library(logged=[model], registered=[wine], files=files))
    assert [one.uri for one in found.addresses] == ["models:/m-1", "runs:/a/net", "models:/wine/2", "models:/wine@best"]
    assert [one.label for one in found.snippets] == ["Load it with sklearn"] and found.load == ""
    assert [flavor.name for flavor in found.card.flavors] == ["sklearn"] and found.card.missing == ""


def test_facts_leave_out_what_is_not_known_and_the_search_finds_id_and_params() -> None:
    found = page(
        params={"p10": "x", "p2": "y"}, lifecycle_stage="deleted", tags={"mlflow.modelVersions": "[]", "t": "1"}
    )
    assert [(fact.label, fact.value) for fact in found.facts] == [("Model id", "m-1")]
    assert found.params == (("p2", "y"), ("p10", "x")) and found.deleted and found.tags == (("t", "1"),)
    assert [text for text, _ in found.search.fields] == ["m-1", "p2 y", "p10 x"]
    assert found.search.subtitle == "logged model, experiment 1"
    assert [fact.label for fact in page(source_run_id="a", creation_time=TIME, model_type="t").facts] == [
        "Model id", "Type", "Source run", "Created"
    ]  # fmt: skip
