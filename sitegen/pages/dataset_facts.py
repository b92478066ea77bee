"""What is recorded of a dataset besides its name and digest: its size, and where it came from."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sitegen.addresses import Href
from sitegen.analysis.words import number
from sitegen.markup.links import safe_url
from sitegen.model import Dataset

_PLACES = ("uri", "url", "path", "table_name", "name", "dataset_name")


@dataclass(frozen=True, slots=True)
class Source:
    """Where the data came from: its kind, a place that may be a link, and further facts."""

    type: str
    """The kind of source: `http`."""
    place: str
    """An address or a path."""
    href: Href
    """Where the address leads; empty if it is not a link."""
    facts: tuple[tuple[str, str], ...]
    """What else was recorded of it, as label and value."""


def profile_rows(text: str | None) -> list[tuple[str, str]]:
    """A profile as names and values; nested ones, such as shapes by column, as JSON."""
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, dict):
        return []
    return [(str(key).replace("_", " ")[:100], _value(value)) for key, value in list(found.items())[:50]]


def _value(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value[:500] if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:500]
    return str(value) if isinstance(value, int) else number(value)


def source_of(dataset: Dataset) -> Source:
    """Where a dataset came from, out of the JSON that MLflow stores, or the text as it is."""
    try:
        found = json.loads(dataset.source)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return Source(dataset.source_type, dataset.source[:500], Href(safe_url(dataset.source) or ""), ())
    found = {**found, **tags} if isinstance(tags := found.pop("tags", None), dict) else found
    name = next((key for key in _PLACES if isinstance(found.get(key), str)), "")
    place = str(found.pop(name, ""))[:500]
    facts = [(str(key)[:100], _value(value)) for key, value in list(found.items())[:20] if value is not None]
    return Source(dataset.source_type, place, Href(safe_url(place) or ""), tuple(facts))
