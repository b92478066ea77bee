"""The page of a registered model: its versions, what changed between them, how each is loaded."""

from __future__ import annotations

import math

from sitegen.analysis.runs_table import RunRow
from sitegen.model import ModelFile, ModelVersion, RegisteredModel
from sitegen.pages.library import Library
from sitegen.pages.registered_models import (
    MAX_CARDS,
    MAX_METRICS,
    MAX_VERSIONS,
    RegisteredModelPage,
    cut,
    registered_facts,
    registered_model_page,
)
from sitegen.pages.version_changes import MAX_CHANGES
from tests.analysis.builders import row
from tests.pages.library_builder import TIME, library, registered_model, version


def page(model: RegisteredModel, *rows: RunRow, objective: str = "") -> RegisteredModelPage:
    return registered_model_page(model, library(*rows, objective=objective, registered=[model]), {})


def changes(old: RunRow, new: RunRow) -> tuple[str, list[tuple[str, ...]]]:
    pair = registered_model(version("2", run_id=new.run_id), version("1", run_id=old.run_id))
    section = page(pair, old, new).sections[0]
    return section.changes_line, [(c.kind, c.key, c.before, c.after, c.delta) for c in section.changes]


def test_changes_are_params_then_metrics_in_natural_order() -> None:
    old = row(
        "a", {"acc": 0.5, "same": 1.0, "gone": 2.0, "system/cpu": 1.0}, params={"p10": "x", "p2": "1", "same": "s"}
    )
    new = row(
        "b", {"acc": 0.75, "same": 1.0, "new": 0.0, "system/cpu": 2.0}, params={"p10": "y", "p3": "2", "same": "s"}
    )
    assert changes(old, new) == (
        "",
        [
            ("param", "p2", "1", "", ""),
            ("param", "p3", "", "2", ""),
            ("param", "p10", "x", "y", ""),
            ("metric", "acc", "0.5", "0.75", "+0.25"),
            ("metric", "gone", "2", "", ""),
            ("metric", "new", "", "0", ""),
        ],
    )
    assert changes(new, old)[1][3] == ("metric", "acc", "0.75", "0.5", "-0.25")


def test_nan_that_stays_nan_is_no_change() -> None:
    assert changes(row("a", {"m": math.nan}), row("b", {"m": math.nan})) == (
        "Their source runs have the same params and metrics.", []
    )  # fmt: skip
    assert [c[1] for c in changes(row("a", {"m": math.nan}), row("b", {"m": 1.0}))[1]] == ["m"]


def test_a_line_says_why_no_changes_are_known() -> None:
    def line(*versions: ModelVersion) -> str:
        return page(registered_model(*versions), row("a")).sections[0].changes_line

    assert line(version("1", run_id="a")) == ""
    assert line(version("2", run_id="a"), version("1", run_id="a")) == "Both versions come from the same run."
    assert line(version("2", run_id="x"), version("1")) == "The source runs of versions 1 and 2 are not in this site."
    assert (
        line(version("2", run_id="a"), version("1", run_id="x")) == "The source run of version 1 is not in this site."
    )


def test_changes_are_bounded_and_the_page_says_so() -> None:
    keys = [f"p{at}" for at in range(MAX_CHANGES + 1)]
    line, found = changes(row("a", params=dict.fromkeys(keys, "1")), row("b", params=dict.fromkeys(keys, "2")))
    assert (len(found), line) == (MAX_CHANGES, "The first 100 of 101 params and metrics that differ.")
    full = dict.fromkeys(keys[1:], "1")
    assert changes(row("a", params=full), row("b", params=dict.fromkeys(full, "2")))[0] == ""


def test_columns_are_what_the_runs_are_judged_by_then_what_most_have() -> None:
    rows = [row("a", {"rare": 1.0, "z": 0.5, "system/cpu": 1.0} | {f"m{at}": 1.0 for at in range(9)})]
    rows += [row("b", {f"m{at}": 1.0 for at in range(9)})]
    found = page(registered_model(version("2", run_id="a"), version("1", run_id="b")), *rows, objective="max z")
    assert [column.key for column in found.metrics] == ["z", "m0", "m1", "m2", "m3"] and len(
        found.metrics
    ) == MAX_METRICS
    assert found.versions[0].values[0] == ("0.5", "0.5") and found.versions[1].values[0] == ("", "")


def test_the_newest_versions_have_sections_and_the_others_only_a_row() -> None:
    found = page(registered_model(*(version(str(at)) for at in range(MAX_VERSIONS + 1, 0, -1))))
    assert (len(found.versions), len(found.sections)) == (MAX_VERSIONS, MAX_CARDS)
    assert found.versions_hint == "the newest 1000 of 1001" and found.sections_hint == "the newest 50 of 1000"
    last, first = found.versions[MAX_CARDS - 1], found.versions[MAX_CARDS]
    assert (last.id, last.href) == ("", "#v952") and (first.id, first.href) == ("v951", "")
    assert found.sections[-1].changes_title == "What changed since version 951"
    assert cut("all", 3, 3) == "all"


def test_aliases_stages_and_people_have_columns_where_any_version_has_them() -> None:
    bare = page(registered_model(version("1")))
    assert (bare.has_stages, bare.has_aliases, bare.has_users) == (False, False, False)
    versions = version("2", stage="Production", aliases=("b", "a"), user="ada"), version("1", stage="")
    full = page(registered_model(*versions, aliases={"b": "2", "a": "2"}, tags={"k": "v"}, description="<script>x"))
    assert (full.has_stages, full.has_aliases, full.has_users) == (True, True, True)
    assert (full.versions[0].stage, full.versions[0].aliases, full.versions[1].stage) == ("Production", ("a", "b"), "")
    assert full.aliases[0] == ("a", "2", 'mlflow.pyfunc.load_model("models:/wine@a")')
    assert "<script" not in full.note
    assert [text for text, _ in full.search.fields] == ["<script>x", "", "", "k v", "a", "b"]
    assert full.search.subtitle == "registered model, 2 versions"


def test_facts_say_the_latest_version_and_a_later_change() -> None:
    facts = {fact.label: fact for fact in registered_facts(registered_model(version("10"), creation_time=TIME))}
    assert facts["Latest version"].href == "#v10" and facts["Created"].value == "2023-11-14 22:13 UTC"
    assert [fact.label for fact in registered_facts(registered_model())] == ["Versions"]

    def shown(created: int | None, updated: int) -> list[str]:
        model = registered_model(version("1", creation_time=created, last_update_time=updated))
        return [fact.label for fact in page(model).sections[0].facts]

    assert shown(TIME, TIME + 1) == ["Status", "Created"], "a change in the same minute says nothing"
    assert shown(TIME, TIME + 60_000) == ["Status", "Created", "Last change"]
    assert shown(None, TIME) == ["Status", "Last change"]


def test_a_card_is_that_of_the_place_of_the_version() -> None:
    model = registered_model(version("2"), version("1"))
    known: Library = library(registered=[model], files={"m-1": ModelFile("", {"sklearn": {}})})
    two, one = registered_model_page(model, known, {"1": "m-1"}).sections
    assert [flavor.name for flavor in one.card.flavors] == ["sklearn"]
    assert two.card.missing == "The files of this model are not with the store, or not where its source says."
    assert one.load == 'mlflow.pyfunc.load_model("models:/wine/1")'


def test_the_newest_version_and_those_in_use_have_snippets() -> None:
    versions = [version(str(at), run_id="a", source="runs:/a/m", aliases=("x",) * (at == 2)) for at in (4, 3, 2, 1)]
    places = {one.version: ("a", "m") for one in versions}
    known = library(row("a"), files={("a", "m"): ModelFile("m", {"sklearn": {}})})
    sections = registered_model_page(registered_model(*versions), known, places).sections
    assert [bool(one.snippets) for one in sections] == [True, False, True, False]
    assert [one.load == "" for one in sections] == [True, False, True, False]
    assert [one.uri for one in sections[2].addresses] == ["models:/wine/2", "models:/wine@x", "runs:/a/m"]
