"""Compiled kinds: what the page relies on, and the same bytes in every process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import vl_convert

from sitegen.charts.compile import COMPILED, compiled_kinds, make_kinds, svg_to_png
from sitegen.charts.curves_svg import Series, curves_svg

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", COMPILED)
def test_a_compiled_kind_is_what_the_page_binds(kind: str) -> None:
    made = compiled_kinds()[kind]
    assert made["data"][0] == {"name": "data"}
    assert made["width"] == 640 and made["autosize"] == {"type": "fit-x", "contains": "padding"}
    assert {signal["name"] for signal in made["signals"]} >= {"xTitle", "yTitle"}
    assert {"signal": "xTitle"} in [axis.get("title") for axis in made["axes"]]
    assert "x" in [scale["name"] for scale in made["scales"]]
    assert '"tooltip"' in json.dumps(made)


@pytest.mark.parametrize("kind", COMPILED)
def test_a_compiled_kind_has_only_colours_of_the_theme(kind: str) -> None:
    text = json.dumps(compiled_kinds()[kind])
    assert '"#' not in text and "var(--" in text


@pytest.mark.parametrize("kind", COMPILED)
def test_a_bound_kind_draws(kind: str) -> None:
    made = compiled_kinds()[kind]
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


def test_compiling_gives_the_same_bytes_in_every_process() -> None:
    code = "import json; from sitegen.charts.compile import compiled_kinds; print(json.dumps(compiled_kinds()))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": zone},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(outputs) == 1


def test_a_drawing_becomes_a_picture() -> None:
    picture = svg_to_png(curves_svg([Series("loss", 1, [0, 1], [1.0, 0.5])]))
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == 2 * (640 + 24)


def test_kinds_are_kept_and_what_is_kept_is_what_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / name)
    made = make_kinds()
    (kept,) = (tmp_path / "sitegen").iterdir()
    assert make_kinds() == made
    kept.write_text("{", "utf-8")
    assert make_kinds() == made
    assert json.loads(kept.read_text("utf-8"))["compiled"] == made.compiled


def test_a_cache_that_cannot_be_written_is_no_hindrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / "file" / name)
    assert set(make_kinds().compiled) == set(COMPILED)
