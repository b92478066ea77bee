"""What a site is made from is found without reading a run, and nothing of a build is loaded for a site that stays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sitegen.build import steps
from sitegen.build.source import find_source, read_options
from sitegen.config import Config
from sitegen.errors import StoreError, UsageError
from tests.stores.mlruns_builder import experiment, run


def test_the_stores_and_the_theme_are_found(tmp_path: Path) -> None:
    run(experiment(tmp_path / "mlruns"))
    source = find_source(Config(str(tmp_path / "mlruns"), theme="paper"))
    assert (source.store.name, source.theme.name) == ("mlruns", "paper")
    with pytest.raises(StoreError):
        find_source(Config(str(tmp_path / "nothing")))
    with pytest.raises(UsageError):
        find_source(Config(str(tmp_path / "mlruns"), theme="nothing"))


def test_artifacts_are_fetched_only_when_asked_for() -> None:
    assert read_options(Config()).fetch_artifacts is None
    assert read_options(Config(fetch_artifacts=True)).fetch_artifacts is not None


def test_the_steps_of_a_build_are_loaded_when_there_is_something_to_build() -> None:
    script = f"import sys, sitegen.build; print({steps.__name__!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
