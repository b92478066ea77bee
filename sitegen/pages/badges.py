"""What an experiment shows outside of its site: a badge with its best value."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sitegen.addresses import badge_file
from sitegen.analysis.labels import one_line
from sitegen.analysis.words import plural, shortened
from sitegen.charts.cards import badge_svg
from sitegen.pages.experiments import ExperimentPage

MAX_TEXT = 40
COLOUR, GREY = "1d63d8", "6b7280"


def badge_files(page: ExperimentPage, experiment_id: str) -> Iterator[tuple[str, str]]:
    """The badge of an experiment, as SVG and as JSON for shields.io."""
    best = page.best if page.best and page.best.name else None
    label = _plain(best.metrics[0] if best else page.title)
    message = _plain(best.value) if best else plural(page.table.total if page.table else 0, "run")
    colour = COLOUR if best else GREY
    yield badge_file(experiment_id, "svg"), badge_svg(label, message, colour)
    endpoint = {"schemaVersion": 1, "label": label, "message": message, "color": colour}
    yield badge_file(experiment_id, "json"), json.dumps(endpoint, ensure_ascii=True) + "\n"


def _plain(text: str) -> str:
    """`text` for a badge: one short line, with what XML cannot hold shown as symbols."""
    return shortened(one_line(text), MAX_TEXT)
