"""GeoJSON as an SVG drawing: no tiles, nothing fetched."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sitegen.analysis.words import number, plural
from sitegen.viewers.blocks import Block, Drawing, Facts, Sentence
from sitegen.viewers.cells import SHOWN_COLUMNS
from sitegen.viewers.csv import table_of
from sitegen.viewers.reading import Unreadable

WIDTH, HEIGHT, MARGIN = 800, 520, 16
MAX_POINTS = 8_000
"""Maximum number of points of a drawing; of longer lines, every n-th point is kept."""
MAX_FEATURES = 2_000
_SHAPES = frozenset("Point MultiPoint LineString MultiLineString Polygon MultiPolygon GeometryCollection".split())

Line = list[tuple[float, float]]


def is_geojson(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    if value.get("type") == "FeatureCollection":
        return isinstance(value.get("features"), list)
    return value.get("type") == "Feature" or (
        value.get("type") in _SHAPES and ("coordinates" in value or "geometries" in value)
    )


def map_view(value: Mapping[str, Any]) -> tuple[Block, ...]:
    """The shapes in an equirectangular projection, true to scale at their middle latitude, and their properties.

    Longitude and latitude are in degrees, as the format has them. Raises Unreadable when there is nothing to draw.
    """
    features = _features(value)
    shapes = [shape for f in features[:MAX_FEATURES] for shape in _shapes(f.get("geometry"))]
    points = [point for _, lines in shapes for line in lines for point in line]
    if not points:
        raise Unreadable("The file holds no shapes that can be drawn.")
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    facts = Facts(
        (
            ("Features", f"{len(features):,}"),
            ("Longitude", f"{number(west)} to {number(east)}"),
            ("Latitude", f"{number(south)} to {number(north)}"),
        )
    )
    step = math.ceil(len(points) / MAX_POINTS)
    note = "North is up; drawn without a base map." + (f" Every {step}th point of long lines." if step > 1 else "")
    cut = (Sentence(f"The first {plural(MAX_FEATURES, 'feature')} are drawn."),) if len(features) > MAX_FEATURES else ()
    return facts, Drawing(_svg(shapes, (west, south, east, north), step), note), *cut, *_properties(features)


def _features(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if value.get("type") == "FeatureCollection":
        return [f for f in value["features"] if isinstance(f, Mapping)]
    return [value] if value.get("type") == "Feature" else [{"geometry": value, "properties": {}}]


def _shapes(geometry: object) -> Iterator[tuple[str, list[Line]]]:
    """Points, lines and areas of a geometry, each with its lines of (longitude, latitude)."""
    if not isinstance(geometry, Mapping):
        return
    kind, given = geometry.get("type"), geometry.get("coordinates")
    if kind == "GeometryCollection":
        for inner in _list(geometry.get("geometries")):
            yield from _shapes(inner)
    elif kind == "Point":
        yield "point", [_line([given])]
    elif kind == "MultiPoint":
        yield "point", [_line(_list(given))]
    elif kind == "LineString":
        yield "line", [_line(_list(given))]
    elif kind in ("MultiLineString", "Polygon"):
        yield ("area" if kind == "Polygon" else "line"), [_line(_list(part)) for part in _list(given)]
    elif kind == "MultiPolygon":
        for polygon in _list(given):
            yield "area", [_line(_list(ring)) for ring in _list(polygon)]


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else []


def _line(positions: Iterable[object]) -> Line:
    return [(float(p[0]), float(p[1])) for p in positions if _is_position(p)]  # type: ignore[index]


def _is_position(value: object) -> bool:
    if not isinstance(value, list) or len(value) < 2:
        return False
    return all(isinstance(v, int | float) and not isinstance(v, bool) and abs(v) < 1e9 for v in value[:2])


def _svg(shapes: Iterable[tuple[str, list[Line]]], box: tuple[float, float, float, float], step: int) -> str:
    west, south, east, north = box
    squeeze = max(math.cos(math.radians(max(-85.0, min(85.0, (south + north) / 2)))), 0.05)
    wide, high = max((east - west) * squeeze, 1e-9), max(north - south, 1e-9)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
    if east == west and north == south:
        scale = 1.0
    left, top = (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2

    def place(point: tuple[float, float]) -> str:
        return f"{left + (point[0] - west) * squeeze * scale:.1f} {top + (north - point[1]) * scale:.1f}"

    parts = [_drawn(kind, lines, place, step) for kind, lines in shapes]
    attributes = f'class="map" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="Map of the shapes"'
    return f"<svg {attributes}>{''.join(parts)}</svg>"


def _drawn(kind: str, lines: list[Line], place: Any, step: int) -> str:
    if kind == "point":
        spots = [place(p).split(" ") for line in lines for p in line]
        return "".join(f'<circle class="map-point" cx="{x}" cy="{y}" r="4"/>' for x, y in spots)
    kept = [line if step == 1 or len(line) < 4 * step else [*line[::step], line[-1]] for line in lines if line]
    close = "Z" if kind == "area" else ""
    path = "".join("M" + "L".join(map(place, line)) + close for line in kept)
    return f'<path class="map-{kind}" d="{path}"/>' if path else ""


def _properties(features: Sequence[Mapping[str, Any]]) -> tuple[Block, ...]:
    description = [p if isinstance(p := f.get("properties"), Mapping) else {} for f in features]
    names = list(dict.fromkeys(str(key) for properties in description for key in properties))
    shown = names[:SHOWN_COLUMNS]
    rows = ([properties.get(name) for name in shown] for properties in description)
    return (table_of(names, rows, len(description)),) if names else ()
