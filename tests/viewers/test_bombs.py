"""Small artifacts that unpack to very much: each costs little, and its page says why it is not shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import bombs

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have not all the limits")
ROOT = Path(__file__).parents[2]
TOO_MUCH = {
    "dictionary.parquet": "takes too much memory",
    "nested_dictionary.parquet": "takes too much memory",
    "delta.parquet": "takes too much memory",
    "list.parquet": "takes too much memory",
    "header.npz": "not a NumPy array that can be read",
    "item.npz": "values are too long",
    "item.npy": "values are too long",
    "shape.npy": "not a NumPy array that can be read",
    "brackets.npy": "not a NumPy array that can be read",
    "listing.npz": "too many arrays",
    "lzma.npz": "packed in a way",
    "900mpx.png": "not an image that can be read",
    "deep.json": "nested too deeply",
    "wide.json": "too many values",
    "digits.json": "not valid JSON",
    "brackets.ipynb": "too many values",
    "cells.ipynb": "The notebook is long",
    "html.ipynb": "The notebook is long",
    "aliases.yaml": "too many values",
    "many.yaml": "too many values",
    "deep.yaml": "nested too deeply",
    "figure.json": "too large",
    "figure.html": "too large",
    "frames.html": "too large",
}
"""What the pages say; the other files are shown."""


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """CPU seconds, memory and sentences for each, measured in a fresh process (`measure_bombs`)."""
    folder = tmp_path_factory.mktemp("bombs")
    for path, make in bombs.BOMBS.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(make())
    command = [sys.executable, "-m", "tests.viewers.measure_bombs", str(folder)]
    answer = subprocess.run(command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, check=True).stdout
    found: dict[str, dict[str, Any]] = json.loads(answer)
    return found


@pytest.mark.parametrize("path", bombs.BOMBS)
def test_a_bomb_costs_little_and_is_explained(costs: dict[str, dict[str, Any]], path: str) -> None:
    cost = costs[path]
    assert cost["cpu"] < 2
    assert cost["memory"] < 512
    assert TOO_MUCH.get(path, "") in cost["sentences"]


def test_every_sentence_is_about_a_bomb() -> None:
    assert TOO_MUCH.keys() <= bombs.BOMBS.keys()
