"""What an experiment shows outside of its site: a badge with its best value, and the picture that links to it show."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from sitegen.addresses import badge_file, card_file
from sitegen.analysis.labels import one_line
from sitegen.analysis.words import plural, shortened
from sitegen.charts.cards import CardWords, badge_svg, card
from sitegen.pages.experiments import ExperimentPage
from sitegen.pages.figures import ChartGroup, every_chart
from sitegen.pages.page import Site

MAX_TEXT = 40
COLOUR, GREY = "1d63d8", "6b7280"


def shared_files(
    page: ExperimentPage, experiment_id: str, groups: Sequence[ChartGroup], site: Site
) -> Iterator[tuple[str, str | bytes]]:
    """The badge of an experiment, as SVG and as JSON for shields.io, and its card where the site has cards."""
    best = page.best if page.best and page.best.name else None
    label = _plain(best.metrics[0] if best else page.title)
    message = _plain(best.value) if best else plural(page.table.total if page.table else 0, "run")
    colour = COLOUR if best else GREY
    yield badge_file(experiment_id, "svg"), badge_svg(label, message, colour)
    endpoint = {"schemaVersion": 1, "label": label, "message": message, "color": colour}
    yield badge_file(experiment_id, "json"), json.dumps(endpoint, ensure_ascii=True) + "\n"
    if site.has_cards:
        said = f"{best.verdict.name}: {best.verdict.chip.lower()}. {best.verdict.line}" if best else page.description
        words = CardWords(site.title, page.title, best.value if best else "", best.objective if best else "", said)
        chart = next((view.chart for group in groups for view in every_chart(group)), None)
        yield card_file(experiment_id), card(words, chart)


def _plain(text: str) -> str:
    """`text` for a badge: one short line, with what XML cannot hold shown as symbols."""
    return shortened(one_line(text), MAX_TEXT)
