"""GeoJSON as a drawing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sitegen.viewers.blocks import Drawing, Facts, Sentence, Table
from sitegen.viewers.maps import MAX_FEATURES, MAX_POINTS, is_geojson, map_view
from sitegen.viewers.reading import Unreadable


def feature(kind: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def drawing(value: dict[str, Any]) -> Drawing:
    (found,) = [block for block in map_view(value) if isinstance(block, Drawing)]
    return found


def test_what_says_of_itself_that_it_is_a_map_is_one() -> None:
    assert is_geojson(collection()) and is_geojson(feature("Point", [1, 2]))
    assert is_geojson({"type": "Point", "coordinates": [1, 2]}) and is_geojson(
        {"type": "GeometryCollection", "geometries": []}
    )
    assert not is_geojson({"type": "Point"}) and not is_geojson({"type": "FeatureCollection", "features": {}})
    assert not is_geojson({"type": "Other", "coordinates": []}) and not is_geojson([])


def test_north_is_up_and_east_is_right() -> None:
    svg = drawing({"type": "MultiPoint", "coordinates": [[10, 50], [12, 52]]}).svg
    (x1, y1), (x2, y2) = [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', svg)]
    assert x1 < x2 and y1 > y2
    assert (y1, y2) == (504.0, 16.0)
    # A degree of longitude is as long as the cosine of the latitude, 51 degrees, says.
    assert (x2 - x1) / (y1 - y2) == pytest.approx(0.629, abs=0.001)


def test_the_extent_and_the_number_of_features_are_told() -> None:
    facts = map_view(collection(feature("Point", [1, 2]), feature("Point", [3, -4])))[0]
    assert isinstance(facts, Facts)
    values = dict(facts.items)
    assert (values["Features"], values["Longitude"]) == ("2", "1 to 3")
    assert values["Latitude"].endswith("4 to 2")


def test_areas_are_closed_and_lines_are_not() -> None:
    ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
    assert 'class="map-area"' in (area := drawing(feature("Polygon", [ring])).svg) and 'Z"' in area
    assert 'class="map-line"' in (line := drawing(feature("MultiLineString", [ring])).svg) and "Z" not in line
    assert drawing(feature("MultiPolygon", [[ring], [ring]])).svg.count("map-area") == 2


def test_positions_that_are_none_are_left_out() -> None:
    svg = drawing({"type": "MultiPoint", "coordinates": [[1, 2], [1], "x", [True, 2], [1e9, 0], [None, 1]]}).svg
    assert svg.count("<circle") == 1


def test_a_map_without_shapes_is_refused() -> None:
    with pytest.raises(Unreadable, match="no shapes"):
        map_view(collection(feature("Point", ["a", "b"]), {"type": "Feature", "geometry": None}))


def test_of_long_lines_points_are_left_out_but_not_the_last() -> None:
    line = [[at / 1000, 0] for at in range(MAX_POINTS)]
    assert drawing(feature("LineString", line)).note == "North is up; drawn without a base map."
    cut = drawing(feature("LineString", [*line, [50, 0]]))
    assert cut.note.endswith("Every 2th point of long lines.")
    assert cut.svg.count("L") == MAX_POINTS // 2 + 1


def test_features_beyond_the_limit_are_not_drawn_and_that_is_said() -> None:
    points = [feature("Point", [at % 180, 0]) for at in range(MAX_FEATURES + 1)]
    blocks = map_view(collection(*points))
    assert Sentence("The first 2,000 features are drawn.") in blocks
    assert drawing(collection(*points)).svg.count("<circle") == MAX_FEATURES
    assert not [block for block in map_view(collection(*points[1:])) if isinstance(block, Sentence)]


def test_properties_are_a_table_with_a_gap_where_one_is_missing() -> None:
    table = map_view(collection(feature("Point", [0, 0], a="x"), feature("Point", [1, 1], b="<y>")))[-1]
    assert isinstance(table, Table)
    assert [column.name for column in table.columns] == ["a", "b"]
    assert [[cell.text for cell in row] for row in table.rows] == [["x", ""], ["", "<y>"]]
