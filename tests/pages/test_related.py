"""What an experiment's page links beside its runs: datasets, models, tables, traces; bounded, each with its list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sitegen.analysis.relations import Relations, Use
from sitegen.model import ArtifactFolder, Catalog, Experiment, LoggedModel, ModelVersion, RegisteredModel
from sitegen.pages.related import MAX_LINKS, Related, related_of


def logged(model_id: str, created: int | None) -> LoggedModel:
    return LoggedModel(
        model_id, "1", f"net {model_id}", "READY", "", "", None, "active", created, None, ArtifactFolder("")
    )


def registered(name: str, run_id: str | None, tags: Mapping[str, str] | None = None) -> RegisteredModel:
    version = ModelVersion(name, "1", "None", "", "", run_id, "", "READY", "", "", None, None)
    return RegisteredModel(name, "", None, None, tags or {}, {}, (version,))


def found(*relations: Relations, traces: dict[str, int] | None = None, **catalog: Any) -> dict[str, Related]:
    several = Catalog("k", "l", (Experiment("1", "demo"),), (), **catalog)
    return {one.label: one for one in related_of(several, {"a": "1", "b": "1"}, relations, traces or {}).get("1", ())}


def test_an_experiment_without_any_has_none() -> None:
    assert related_of(Catalog("k", "l", (), ()), {"a": "1"}, [], {}) == {}


def test_a_dataset_says_how_many_runs_used_it_and_for_what() -> None:
    used = (Use("d1", "set 10", "train"), Use("d2", "set 2", ""), Use("d1", "set 10", "eval"))
    links = found(Relations("a", used), Relations("b", used[:1]), Relations("elsewhere", used))["Datasets"].links
    assert [(link.text, link.href, link.sub) for link in links] == [
        ("set 2", "datasets/d2.html", "1 run"),
        ("set 10", "datasets/d1.html", "2 runs, eval, train"),
    ]
    assert found(Relations("a", (Use("d", "", ""),)))["Datasets"].links[0].text == "(no name)"


def test_links_are_bounded_and_the_rest_is_counted() -> None:
    many = tuple(Use(f"d{at}", f"set {at}", "") for at in range(MAX_LINKS + 1))
    full = found(Relations("a", many[:MAX_LINKS]))["Datasets"]
    assert (len(full.links), full.more.text) == (MAX_LINKS, "")
    cut = found(Relations("a", many))["Datasets"]
    assert (len(cut.links), cut.more.text, cut.more.href) == (MAX_LINKS, "and 1 more", "datasets.html")


def test_versions_belong_to_the_experiment_of_their_run_and_prompts_to_none() -> None:
    prompt = registered("ask", "b", {"mlflow.prompt.is_prompt": "true"})
    models = (registered("wine", "a"), registered("far", "elsewhere"), registered("none", None), prompt)
    (link,) = found(registered_models=models)["Registered models"].links
    assert (link.text, link.href) == ("wine version 1", "models/wine.html#v1")


def test_logged_models_stand_newest_first() -> None:
    models = (logged("m-old-123456789", 1), logged("m-b", 5), logged("m-a", 5), logged("m-undated", None))
    one = found(logged_models=models)["Logged models"]
    assert [link.text for link in one.links] == ["net m-a", "net m-b", "net m-old-123456789", "net m-undated"]
    assert one.links[2].sub == "m-old-1234" and one.more.href == "models.html#logged"


def test_tables_and_traces_are_one_link_each() -> None:
    relations = (
        Relations("a", tables=("x.json", "y.json")),
        Relations("b", tables=("x.json",)),
        Relations("z", tables=("q",)),
    )
    several = found(*relations, traces={"1": 1, "2": 5})
    assert [(link.text, link.href) for link in several["Tables"].links] == [("2 logged tables", "tables/1.html")]
    assert [(link.text, link.href) for link in several["Traces"].links] == [("1 trace", "experiment-traces/1.html")]
