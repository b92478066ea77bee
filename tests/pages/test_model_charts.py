"""Charts over logged models: which are drawn, and what they leave out."""

from __future__ import annotations

from sitegen.model import LoggedModel, ModelMetric
from sitegen.pages.model_charts import MAX_WORDS, StillChart, model_charts
from tests.analysis.builders import row
from tests.pages.library_builder import library, logged_model


def model(at: int, metrics: dict[str, float], **params: str) -> LoggedModel:
    points = (ModelMetric(key, value, 0, 0, "r") for key, value in metrics.items())
    return logged_model(f"m-{at}", *points, params=params, name=f"net {at}")


def charts(*models: LoggedModel) -> dict[str, StillChart]:
    return {chart.title: chart for group in model_charts(library(row("r"), logged=models)) for chart in group.charts}


def test_two_metrics_and_each_param_that_varies_are_drawn() -> None:
    found = charts(
        *(
            model(at, {"acc": at / 10, "loss": 1.0 - at / 10}, depth=str(at), kind="ab"[at % 2], same="1")
            for at in range(4)
        )
    )
    assert list(found) == ["acc against loss", "acc against depth", "acc by kind"]
    both = found["acc against loss"]
    assert (both.columns, both.rows[1], both.caption) == (("Model", "loss", "acc"), ("net 1", "0.9", "0.1"), "4 models")
    assert found["acc by kind"].rows[0][:2] == ("a", "2") and "<svg" in both.svg


def test_what_few_models_have_and_values_without_a_place_are_left_out() -> None:
    assert charts(*(model(at, {"acc": 0.5, "loss": 1.0}) for at in range(2))) == {}
    nan = [
        model(
            at, {"acc": float("nan") if at == 3 else at, "rare": 1.0} if at else {"acc": 0.0}, lr="0.1" if at else "x"
        )
        for at in range(4)
    ]
    found = charts(*nan)
    assert len(found["acc against rare"].rows) == 2 and "acc by lr" in found
    many = charts(*(model(at, {"acc": 1.0}, name=f"word {at}") for at in range(MAX_WORDS + 1)))
    assert many == {}


def test_names_from_a_store_are_escaped_in_drawings() -> None:
    found = charts(*(model(at, {"<b>": at, "acc": at}, x="<i>" if at else "y") for at in range(4)))
    assert all("<b>" not in chart.svg and "<i>" not in chart.svg for chart in found.values())
