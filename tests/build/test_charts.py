"""Declared charts in a whole build: page, drawing and data, and nothing made again for runs that they do not show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sitegen.build import build
from sitegen.build.sections.charts import ChartAlone
from sitegen.config import ChartConfig, Config
from sitegen.errors import UsageError

SAMPLE = Path(__file__).resolve().parents[2] / "sample_runs" / "mlflow3" / "mlruns"


def test_a_declared_chart_has_a_page_a_drawing_and_its_data(tmp_path: Path) -> None:
    mine = ChartConfig("Validation loss", "cifar-cnn", ("val_loss",), filter="metrics.val_loss < 1")
    build(Config(str(SAMPLE), tmp_path / "site", charts=(mine,), no_cache=True))
    page = (tmp_path / "site" / "charts" / "validation-loss.html").read_text("utf-8")
    assert "Validation loss" in page and 'data-metric="val_loss"' in page
    assert (tmp_path / "site" / "charts" / "validation-loss.svg").read_text("utf-8").startswith("<svg ")
    spec = json.loads((tmp_path / "site" / "charts" / "validation-loss.vl.json").read_text("utf-8"))
    assert all(len(point["id"]) == 32 for point in spec["data"]["values"])


def test_its_task_is_used_again_while_its_experiment_stays() -> None:
    assert ChartAlone.is_reusable


def test_a_chart_of_an_experiment_that_is_not_there_stops_the_build(tmp_path: Path) -> None:
    mine = ChartConfig("a", "cifar", ("val_loss",))
    with pytest.raises(UsageError, match='is about the experiment "cifar", which is not in the site'):
        build(Config(str(SAMPLE), tmp_path / "site", charts=(mine,), no_cache=True))
