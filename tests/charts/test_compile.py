"""Compiled kinds: what the page relies on, and that the committed ones are up to date."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest
import vl_convert

from sitegen.charts.compile import COMPILED, svg_to_png
from sitegen.charts.curves_svg import curves_svg
from sitegen.charts.kinds import KIND_OF
from sitegen.charts.series import Series
from sitegen.charts.specs import KINDS_FILE, load_kinds

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", COMPILED)
def test_a_compiled_kind_is_what_the_page_binds(kind: str) -> None:
    made = load_kinds().compiled[kind]
    assert made["data"][0] == {"name": "data"}
    assert made["width"] == 640 and made["autosize"] == {"type": "fit-x", "contains": "padding"}
    assert {signal["name"] for signal in made["signals"]} >= {"xTitle", "yTitle"}
    assert {"signal": "xTitle"} in [axis.get("title") for axis in made["axes"]]
    assert "x" in [scale["name"] for scale in made["scales"]]
    assert '"tooltip"' in json.dumps(made)


@pytest.mark.parametrize("kind", COMPILED)
def test_a_compiled_kind_has_only_colours_of_the_theme(kind: str) -> None:
    text = json.dumps(load_kinds().compiled[kind])
    assert '"#' not in text and "var(--" in text


@pytest.mark.parametrize("kind", COMPILED)
def test_a_bound_kind_draws(kind: str) -> None:
    made = deepcopy(load_kinds().compiled[kind])
    made["data"][0]["values"] = [
        {
            "x": n + 1,
            "y": "adam" if kind in ("strip", "box") else n,
            "z": n,
            "label": f"run {n}",
            "id": f"i{n}",
            "status": "FINISHED",
            "colour": 1,
        }
        for n in range(5)
    ]
    for signal in made["signals"]:
        if signal["name"] == "xTitle":
            signal["value"] = "learning rate"
    svg = vl_convert.vega_to_svg(made)
    assert "learning rate" in svg and "NaN" not in svg


def test_the_committed_kinds_are_what_compiling_gives_in_any_process() -> None:
    code = "import sys; from sitegen.charts.compile import kinds_json; sys.stdout.write(kinds_json())"
    made = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Asia/Tokyo"},
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert made == KINDS_FILE.read_text("utf-8"), "run python -m sitegen.charts.compile"


def test_every_kind_is_committed() -> None:
    assert list(load_kinds().specs) == list(KIND_OF)
    assert list(load_kinds().compiled) == list(COMPILED)


def test_a_drawing_becomes_a_picture() -> None:
    picture = svg_to_png(curves_svg([Series("loss", 1, [0, 1], [1.0, 0.5])]))
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == 2 * (640 + 24)
