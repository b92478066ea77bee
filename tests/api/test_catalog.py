"""Names that are misspelt, and orders as MLflow takes them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sitegen
from sitegen.api.catalog import Catalog
from sitegen.errors import UsageError

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_runs"


def test_order_by_is_a_string_or_a_list_as_in_mlflow() -> None:
    catalog = sitegen.load(SAMPLES / "mlflow3" / "mlruns")
    kept = "metrics.val_loss < 10"
    assert isinstance(catalog, Catalog)
    one = catalog.search(kept, order_by="metrics.val_loss DESC")
    many = catalog.search(kept, order_by=["metrics.val_loss DESC"])
    values = [found.metrics["val_loss"].values[found.metrics["val_loss"].last] for found in one]
    assert [found.run_id for found in one] == [found.run_id for found in many]
    assert len(values) > 3 and values == sorted(values, reverse=True)
    pd.testing.assert_frame_equal(
        one.to_frame(), catalog.to_frame(filter_string=kept, order_by="metrics.val_loss DESC")
    )


def test_a_misspelt_name_is_told_with_the_nearest() -> None:
    catalog = sitegen.load(SAMPLES / "mlflow3" / "mlruns")
    with pytest.raises(UsageError, match=r"'cifar-cn'\. Did you mean cifar-cnn\?"):
        catalog.best("cifar-cn")
    with pytest.raises(UsageError, match=r"'cifar-cn'\. Did you mean cifar-cnn\?"):
        catalog.to_frame(["cifar-cn"])
    with pytest.raises(UsageError, match=r"has a metric 'val_los'\. Did you mean val_loss\?"):
        catalog.best("cifar-cnn", "min val_los")
    with pytest.raises(UsageError, match=r"'val_los'\. Did you mean val_loss\?"):
        catalog.chart("val_los")
    first = catalog.search("params.lr > 0", experiment_names=["cifar-cnn"])[0]
    with pytest.raises(KeyError, match=r"'Val_loss'\. Did you mean val_loss\?"):
        first.history("Val_loss")
    with pytest.warns(UserWarning, match=r"No run has a metric called val_los\. Did you mean val_loss\?"):
        assert len(catalog.search("metrics.val_los < 1")) == 0
    with pytest.warns(UserWarning, match=r"No run has a param called leaning_rate\."):
        catalog.search(order_by="params.leaning_rate")
    with pytest.raises(UsageError, match=r"called val_los\. Did you mean val_loss\?"):
        catalog.search("val_los < 1")
