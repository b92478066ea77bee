"""Curves of groups: the mean of their runs, shaded one standard deviation to each side."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sitegen.addresses import NOWHERE, file_name
from sitegen.analysis.bands import Band, band_of
from sitegen.analysis.curves import Curve
from sitegen.analysis.groups import Group, Grouping
from sitegen.analysis.runs_table import RunRow, natural
from sitegen.analysis.words import plural, shortened
from sitegen.charts import Series, curves_chart
from sitegen.pages.figures import FigureView, LegendEntry, colours_of, figure_of
from sitegen.pages.page import Site

BANDS = 4
"""Groups whose curves are drawn: the best ones."""
MAX_MEMBERS = 10
"""Runs of a group that are read again for its curve."""
MAX_FIGURES = 4


def band_rows(grouping: Grouping | None) -> list[RunRow]:
    """The runs that the curves of groups are made of."""
    return [row for group in _shown(grouping) for row in _members(group)]


def _shown(grouping: Grouping | None) -> Sequence[Group]:
    groups = grouping.groups if grouping else ()
    return [group for group in groups if group.mean and len(_members(group)) > 1][:BANDS]


def _members(group: Group) -> list[RunRow]:
    return [row for row in group.counted if any(s.curved for s in row.metrics.values())][:MAX_MEMBERS]


def band_figures(
    stem: str, grouping: Grouping | None, curves: Mapping[str, Mapping[str, Curve]], site: Site
) -> Iterator[FigureView]:
    """A figure for each metric of which at least one group has a band: the metrics of the grouping first."""
    if grouping is None:
        return
    members = {group.label: [row for row in _members(group) if row.run_id in curves] for group in _shown(grouping)}
    colours = colours_of(list(members))
    found = 0
    for key in _keys(grouping, members, curves):
        bands: dict[str, Band] = {}
        for label, rows in members.items():
            band = band_of([curves[row.run_id][key] for row in rows if key in curves[row.run_id]])
            if band is not None:
                bands[label] = band
        if bands and found < MAX_FIGURES:
            found += 1
            yield _figure(stem, key, bands, members, colours, site)


def _keys(
    grouping: Grouping, members: Mapping[str, Sequence[RunRow]], curves: Mapping[str, Mapping[str, Curve]]
) -> list[str]:
    first = [target.metric for target in grouping.targets]
    known = {key for rows in members.values() for row in rows for key in curves[row.run_id]}
    rest = sorted((key for key in known if key not in first and not key.startswith("system/")), key=natural)
    return [key for key in [*first, *rest] if key in known]


def _figure(
    stem: str,
    key: str,
    bands: Mapping[str, Band],
    members: Mapping[str, Sequence[RunRow]],
    colours: Mapping[str, int],
    site: Site,
) -> FigureView:
    names = {label: f"{shortened(label, 60)} ({plural(band.members, 'run')})" for label, band in bands.items()}
    series = [
        Series(names[label], colours[label], b.steps, b.mean, b.low, b.high, id=label) for label, b in bands.items()
    ]
    chart = curves_chart(
        id=f"{stem}-groups-{file_name(key)}",
        title=key,
        caption=plural(len(bands), "group"),
        series=series,
        runs=[row.run_id for label in bands for row in members[label]],
        metrics=[key],
    )
    hooks = groups_hook([(names[label], colours[label], [row.run_id for row in members[label]]) for label in bands])
    legend = [LegendEntry(colours[label], names[label], NOWHERE) for label in bands]
    return figure_of(replace(chart, attributes={**chart.attributes, **hooks}), site, legend)


def groups_hook(groups: Sequence[tuple[str, int, Sequence[str]]]) -> dict[str, str]:
    """The hook by which scripts draw groups again: label, colour and run ids of each."""
    return {"data-groups": json.dumps([[*group] for group in groups], ensure_ascii=False)}
