"""SVG files and Vega charts as pictures."""

from __future__ import annotations

import base64

import pytest

from sitegen.charts.users import Undrawable
from sitegen.viewers import drawings
from sitegen.viewers.blocks import Picture, Sentence
from sitegen.viewers.drawings import SVG_CAP, is_vega, svg_view, vega_view
from sitegen.viewers.reading import Unreadable

LITE = "https://vega.github.io/schema/vega-lite/v5.json"


def test_a_drawing_is_an_image_with_all_its_bytes() -> None:
    data = b"<svg><script>alert(1)</script></svg>"
    picture = svg_view(data, "A plot")
    head, _, body = picture.src.partition(",")
    assert (head, base64.b64decode(body), picture.alt) == ("data:image/svg+xml;base64", data, "A plot")


def test_a_drawing_may_be_as_large_as_the_limit_and_no_larger() -> None:
    assert svg_view(b"x" * SVG_CAP, "").src
    with pytest.raises(Unreadable, match="too large"):
        svg_view(b"x" * (SVG_CAP + 1), "")


def test_a_chart_is_known_by_its_schema() -> None:
    assert is_vega({"$schema": LITE})
    assert is_vega({"$schema": "https://vega.github.io/schema/vega/v5.json"})
    assert not is_vega({"$schema": "https://evil.example/" + LITE})
    assert not is_vega({"mark": "bar"})
    assert not is_vega([LITE])


def test_a_chart_is_drawn_under_its_description_or_title(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawings, "draw", lambda spec: "<svg>é</svg>")
    given: list[dict[str, str]] = [{"title": "T", "description": "D" * 201}, {"title": "T", "description": ""}, {}]
    pictures = [picture for spec in given for picture in vega_view({"$schema": LITE, **spec})]
    assert [picture.alt for picture in pictures if isinstance(picture, Picture)] == ["D" * 200, "T", "Chart"]
    assert pictures[0] == svg_view("<svg>é</svg>".encode(), "D" * 200)


def test_a_chart_that_cannot_be_drawn_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(spec: object) -> str:
        raise Undrawable("The chart is too large.")

    monkeypatch.setattr(drawings, "draw", refuse)
    assert vega_view({"$schema": LITE}) == (Sentence("The chart is too large."),)
