"""A dataset's size and source, out of the JSON that MLflow keeps of them, which may hold anything."""

from __future__ import annotations

import json

import pytest

from sitegen.model import Dataset
from sitegen.pages.dataset_facts import Source, profile_rows, source_of


def source(value: object) -> Source:
    return source_of(Dataset("d", "1", "http", value if isinstance(value, str) else json.dumps(value)))


def test_a_profile_is_names_and_values() -> None:
    profile = {"num_rows": 1500, "mean": 1 / 3, "ok": True, "shape": {"x": [1, 2]}, "kind": "é"}
    assert profile_rows(json.dumps(profile)) == [
        ("num rows", "1500"), ("mean", "0.3333"), ("ok", "true"), ("shape", '{"x": [1, 2]}'), ("kind", "é")
    ]  # fmt: skip


@pytest.mark.parametrize("text", [None, "", "[1]", "no JSON", "[" * 100_000])
def test_what_is_not_a_profile_says_nothing(text: str | None) -> None:
    assert profile_rows(text) == []


def test_a_profile_is_bounded() -> None:
    rows = profile_rows(json.dumps({"k" * 101: "v" * 501} | {f"{at}": at for at in range(60)}))
    assert len(rows) == 50 and (len(rows[0][0]), len(rows[0][1])) == (100, 500)


def test_the_first_known_place_is_the_source_and_the_rest_are_facts() -> None:
    found = source({"name": "iris", "url": "https://example.org/iris.csv", "rows": 3, "none": None, "tags": {"a": "b"}})
    assert found.place == found.href == "https://example.org/iris.csv"
    assert found.facts == (("name", "iris"), ("rows", "3"), ("a", "b")) and found.type == "http"


def test_only_addresses_of_the_web_are_links() -> None:
    assert source({"uri": "/data/iris.csv"}).href == ""
    found = source({"uri": "javascript:alert(1)"})
    assert (found.place, found.href) == ("javascript:alert(1)", "")
    assert source("https://example.org/x").href == "https://example.org/x"
    assert source("javascript:alert(1)").href == ""


@pytest.mark.parametrize("text", ["/data/x.csv", "[1, 2]", '"a"', "{broken", "[" * 100_000])
def test_what_is_not_an_object_is_shown_as_it_is(text: str) -> None:
    assert source(text) == Source("http", text[:500], source(text).href, ())


def test_a_place_that_is_not_a_string_is_a_fact_and_facts_are_bounded() -> None:
    found = source({"uri": 3, "path": "p" * 501} | {f"k{at}": "v" for at in range(30)})
    assert found.place == "p" * 500 and len(found.facts) == 20 and found.facts[0] == ("uri", "3")
