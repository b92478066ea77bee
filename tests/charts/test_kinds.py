"""Altair specs: one a kind, complete with data, and nothing of a store in an expression."""

from __future__ import annotations

import json
import math
import re
import time
from typing import Any

import pytest
import vl_convert

from sitegen.charts.compile import VEGA_LITE
from sitegen.charts.kinds import KIND_OF, for_browser
from sitegen.charts.kinds import KINDS as ALL
from sitegen.charts.specs import spec, with_data
from sitegen.render.themes import BUILT_IN

KINDS = tuple(KIND_OF)

HOSTILE = 'x" + alert(1) + "\\"</script><script>'


def rows(kind: str, text: str = "run") -> list[dict[str, Any]]:
    row = {"x": 0.5, "x2": 0.75, "y": 0.25, "y2": 0.5, "z": 0.1, "label": text, "id": text, "status": "FINISHED"}
    row |= {"colour": 1, "line": False, "low": 0.2, "high": 0.3}
    if kind in ("strip", "box"):
        row["y"] = text
    return [
        {name: row[name] for name in KIND_OF[kind].fields},
        {name: row[name] for name in KIND_OF[kind].fields} | {"x": 1.5},
    ]


def expressions(node: Any) -> list[str]:
    """Every text of a Vega spec that Vega may run."""
    if isinstance(node, dict):
        own = [v for k, v in node.items() if k in ("signal", "expr", "update", "test", "init") and isinstance(v, str)]
        return own + [text for key, value in node.items() if key != "values" for text in expressions(value)]
    return [text for value in node for text in expressions(value)] if isinstance(node, list) else []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("log", [False, True])
def test_a_spec_with_data_compiles_and_draws(kind: str, log: bool) -> None:
    made = with_data(
        kind, rows(kind), title="t", x_title="x", y_title="y", log_x=log and kind not in ("histogram", "parallel")
    )
    svg = vl_convert.vegalite_to_svg(made, vl_version=VEGA_LITE)
    assert svg.startswith("<svg") and "NaN" not in svg


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_of_a_store_reaches_an_expression(kind: str) -> None:
    made = with_data(kind, rows(kind, HOSTILE), title=HOSTILE, x_title=HOSTILE, y_title=HOSTILE)
    vega = vl_convert.vegalite_to_vega(made, vl_version=VEGA_LITE)
    bare = vl_convert.vegalite_to_vega(with_data(kind, rows(kind), x_title="a", y_title="b"), vl_version=VEGA_LITE)
    description = {text for text in expressions(vega) if "alert" in text}
    assert len(expressions(vega)) == len(expressions(bare))
    assert not description


@pytest.mark.parametrize("kind", KINDS)
def test_a_published_spec_is_complete_and_plain(kind: str) -> None:
    made = with_data(kind, rows(kind), title="Accuracy", x_title="lr", y_title="acc")
    assert made["$schema"].startswith("https://vega.github.io/schema/vega-lite/v6")
    assert made["title"] == "Accuracy"
    assert made["data"] == {"values": rows(kind)}
    assert "usermeta" not in made
    assert made["data"]["values"][0].keys() == set(KIND_OF[kind].fields)


def test_nan_and_infinities_become_null() -> None:
    made = with_data("curves", [{"x": 1, "y": value, "label": "a"} for value in (math.nan, math.inf, 2.0)])
    assert [row["y"] for row in made["data"]["values"]] == [None, None, 2.0]
    json.dumps(made, allow_nan=False)


def test_a_chart_does_not_change_its_kind() -> None:
    before = json.dumps(spec("strip"))
    with_data("strip", rows("strip"), x_title="changed", log_x=True)
    spec("strip")["width"] = 1
    assert json.dumps(spec("strip")) == before


def test_putting_data_in_is_cheap() -> None:
    many = rows("scatter") * 100
    spec("scatter")
    times = []
    for _ in range(20):
        start = time.perf_counter()
        with_data("scatter", many, title="t", x_title="x", y_title="y")
        times.append(time.perf_counter() - start)
    assert min(times) < 0.001


def test_the_browser_is_told_what_a_reader_chooses() -> None:
    told = {one["kind"]: one for one in for_browser()}
    assert list(told) == [kind.name for kind in ALL if kind.choice]
    letters = [one["letter"] for one in told.values()]
    assert len(set(letters)) == len(letters) and all(len(letter) == 1 for letter in letters)
    assert told["box"]["needs"] == {"x": "number", "y": "any"} and told["box"]["title"] == "{x} by {y}"
    for one in told.values():
        assert set(re.findall(r"\{(\w+)\}", one["title"])) <= {*one["needs"], "columns"}
        assert set(one["names"]) == set(one["needs"]) - {"axes"}


def test_every_kind_that_vega_draws_over_runs_has_rows_in_the_browser() -> None:
    script = (BUILT_IN / "default" / "assets" / "js" / "run-charts-rows.js").read_text("utf-8")
    made = re.search(r"\n  return \{ (.*) \};\n\}\)\(\);", script)
    assert made
    assert set(made[1].split(", ")) == {one["kind"] for one in for_browser() if one["drawer"] == "vega-figure"}
