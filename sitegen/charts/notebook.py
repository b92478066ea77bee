"""Curves as an Altair chart, for notebooks: the published spec of the site's own chart, with its data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sitegen.charts.kinds import KIND_OF
from sitegen.charts.series import Series
from sitegen.charts.specs import with_data

if TYPE_CHECKING:
    import altair


def altair_curves(
    series: Sequence[Series], *, title: str, x_title: str, y_title: str, log_y: bool = False
) -> altair.Chart:
    """A chart of `series`, which an `id` tells apart where labels are equal. A log axis has no values of 0 or less."""
    import altair
    import pandas

    rows = KIND_OF["curves"].rows
    assert rows is not None
    spec = with_data("curves", [], title=title, x_title=x_title, y_title=y_title, log_y=log_y)
    chart = altair.Chart.from_dict(spec)
    # Altair checks every value of inline data against its schema, a millisecond each; not those of a frame.
    chart.data = pandas.DataFrame([row for row in rows(series) if not log_y or row["y"] > 0])
    return chart
