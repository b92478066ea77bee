"""SVG files, and Vega and Vega-Lite charts that users logged, as pictures that cannot run anything."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from sitegen.charts.users import Undrawable, draw
from sitegen.viewers.blocks import Block, Picture, Sentence
from sitegen.viewers.reading import Unreadable

SVG_CAP = 1_000_000
"""Bytes of the largest drawing that is put into its page."""
_VEGA = ("https://vega.github.io/schema/vega-lite/", "https://vega.github.io/schema/vega/")


def svg_view(data: bytes, alt: str) -> Picture:
    """An SVG as the data address of an image: nothing in it is executed or loaded. Raises Unreadable."""
    if len(data) > SVG_CAP:
        raise Unreadable("The drawing is too large to be shown.")
    return Picture("data:image/svg+xml;base64," + base64.b64encode(data).decode("ascii"), alt)


def is_vega(value: object) -> bool:
    """Whether a JSON value declares itself as a Vega or Vega-Lite chart."""
    return isinstance(value, Mapping) and str(value.get("$schema", "")).startswith(_VEGA)


def vega_view(value: Mapping[str, Any]) -> tuple[Block, ...]:
    """The chart as a picture; data at other addresses are not fetched."""
    try:
        svg = draw(value)
    except Undrawable as problem:
        return (Sentence(str(problem)),)
    return (svg_view(svg.encode("utf-8"), str(value.get("description") or value.get("title") or "Chart")[:200]),)
