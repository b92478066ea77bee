"""Charts of `catalog.chart`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sitegen
from sitegen.api.curves import MAX_CURVES, MAX_POINTS
from sitegen.charts.notebook import altair_curves
from sitegen.charts.series import Series
from sitegen.errors import UsageError
from tests.stores.mlruns_builder import START, experiment, run

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_runs"


def rows_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = spec["datasets"][spec["data"]["name"]]
    return found


def test_a_chart_keeps_runs_of_one_name_apart(tmp_path: Path) -> None:
    sweep = experiment(tmp_path / "mlruns")
    for letter, values in (("a", (3, 2, 1)), ("b", (4, 3, 2))):
        points = "".join(f"{START + n} {value} {n}\n" for n, value in enumerate(values))
        run(sweep, letter * 32, run_name="baseline", metrics={"loss": points})
    chart = sitegen.load(tmp_path / "mlruns").chart("loss")
    spec = chart.to_dict()
    rows = rows_of(spec)
    assert {(row["id"], row["x"], row["y"]) for row in rows} == {
        *(("a" * 32, n, v) for n, v in enumerate((3, 2, 1))),
        *(("b" * 32, n, v) for n, v in enumerate((4, 3, 2))),
    }
    assert len({row["label"] for row in rows}) == 2 and spec["title"] == "loss"
    assert spec["encoding"]["y"]["title"] == "loss" and spec["encoding"]["detail"]["field"] == "id"


def test_a_chart_takes_runs_and_ids_and_saves(tmp_path: Path) -> None:
    catalog = sitegen.load(SAMPLES / "mlflow3" / "mlruns")
    best = catalog.best("cifar-cnn")["run_id"][:2]
    chart = catalog.chart("val_loss", runs=best, x="time", log=True)
    assert {row["id"] for row in rows_of(chart.to_dict())} == set(best)
    same = catalog.chart("val_loss", runs=[catalog.run(one) for one in best], x="time", log=True)
    assert same.to_dict() == chart.to_dict()
    chart.save(tmp_path / "chart.json")
    assert "val_loss" in (tmp_path / "chart.json").read_text()
    with pytest.raises(UsageError, match='x must be "step" or "time"'):
        catalog.chart("val_loss", x="epoch")  # type: ignore[arg-type]


def test_a_chart_of_many_long_runs_stays_small_and_keeps_the_extremes(tmp_path: Path) -> None:
    sweep = experiment(tmp_path / "mlruns")
    points = "".join(f"{START + n} {100 if n == 777 else n % 7} {n}\n" for n in range(3_000))
    for number in range(103):
        run(sweep, f"{number:032x}", metrics={"loss": points}, start_time=START + number)
    spec = sitegen.load(tmp_path / "mlruns").chart("loss").to_dict()
    rows = rows_of(spec)
    assert spec["title"] == "loss (100 newest of 103 runs)" and len({row["id"] for row in rows}) == MAX_CURVES
    assert len(rows) <= MAX_POINTS and all(
        any(r["y"] == 100 and r["id"] == i for r in rows) for i in {r["id"] for r in rows}
    )


def test_a_log_axis_has_no_values_of_zero_or_less() -> None:
    curve = Series("a", 1, [1, 2, 3], [0.0, -1.0, 2.0], id="a")
    chart = altair_curves([curve], title="t", x_title="step", y_title="loss", log_y=True)
    assert [row["y"] for row in rows_of(chart.to_dict())] == [2]
