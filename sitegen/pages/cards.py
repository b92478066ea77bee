"""The pictures that links show in chats and social networks: of an experiment, a named view, a run.

They say what their page says in its description, so that a link is the same wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sitegen.addresses import card_file, run_card_file, view_card_file
from sitegen.analysis.curves import Curve
from sitegen.analysis.runs_table import ExperimentTable, RunRow, in_natural_order
from sitegen.analysis.words import number, shortened
from sitegen.charts.cards import TABLE_ROWS, CardTable, CardWords, card
from sitegen.model import Experiment
from sitegen.pages.chart_recipes import Recipe, figure_of_recipe
from sitegen.pages.experiments import ExperimentPage
from sitegen.pages.figures import ChartGroup, every_chart
from sitegen.pages.page import Site
from sitegen.pages.runs import RunPage
from sitegen.pages.views import ViewPage

File = tuple[str, bytes]
"""Path from the site's root, and content."""


def experiment_card(page: ExperimentPage, experiment_id: str, groups: Sequence[ChartGroup], site: Site) -> File:
    """The card of an experiment: its best value, its verdict, and its first chart."""
    best = page.best if page.best and page.best.name else None
    said = f"{best.verdict.name}: {best.verdict.chip.lower()}. {best.verdict.line}" if best else page.description
    words = CardWords(site.title, page.title, best.value if best else "", best.objective if best else "", said)
    chart = next((view.chart for group in groups for view in every_chart(group)), None)
    return card_file(experiment_id), card(words, chart)


def view_card(page: ViewPage, site: Site) -> File:
    """The card of a named view: what it is about, and the start of its table."""
    said = f"{page.description} of {page.experiment}. {page.note}".strip()
    # What the runs are about before what MLflow says of every run.
    order = sorted(range(1, len(page.columns)), key=lambda at: page.columns[at].key.startswith("run:"))
    head = (page.columns[0].label, *(page.columns[at].label for at in order))
    rows = tuple(
        (f"{row.name} {row.count}".strip(), *(row.cells[at - 1].text for at in order)) for row in page.rows[:TABLE_ROWS]
    )
    return view_card_file(page.path), card(CardWords(site.title, page.title, "", "", said), CardTable(head, rows))


def run_card(
    page: RunPage, row: RunRow, experiment: Experiment, curves: Mapping[str, Curve], metrics: Sequence[str], site: Site
) -> File:
    """The card of a run: the value that judges it and what it was, no rank, and the first of `metrics` with a curve, or
    its metrics."""
    label, value = page.labels[0] if len(page.labels) > 1 else ("", "")
    said = page.description.removeprefix(f"{label} {value}. ") if label else page.description
    words = CardWords(f"{site.title} · {experiment.name}", page.title, value, shortened(label, 24), said)
    drawn = next((key for key in metrics if key in curves), None)
    if drawn is None:
        keys = in_natural_order(row.metrics)[:TABLE_ROWS]
        lines = tuple((key, number(row.metrics[key].last)) for key in keys)
        return run_card_file(row.run_id), card(words, CardTable(("Metric", "Value"), lines) if lines else None)
    recipe = Recipe("card", drawn, experiment.experiment_id, (drawn,), runs=(row.run_id,))
    table = ExperimentTable(experiment, (row,))
    figure = figure_of_recipe(recipe, table, [row], {row.run_id: curves}, site)
    return run_card_file(row.run_id), card(words, figure.chart)
