"""Pictures of a chart: they say what they show, stand alone, and are light, dark or both."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import pytest
from PIL import Image

from sitegen.charts import Chart, Mark, Measure, Series, curves_chart, strip_chart
from sitegen.charts.pictures import HEIGHT, NARROW, NARROW_HEIGHT, WIDTH, Words, picture, png

NAMES = [f"run number {at}" for at in range(4)]
WORDS = Words("Loss <of> all", "4 runs", "cifar · My site")


def curves() -> Chart:
    series = [Series(name, at + 2, [0, 1, 2], [3.0, 2.0, 0.5 * at]) for at, name in enumerate(NAMES)]
    return curves_chart("a", "Loss", "4 runs", series, runs=["r"], metrics=["loss"], y_title="loss")


def texts(svg: str) -> list[str]:
    return [str(element.text) for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("}text")]


def test_a_picture_says_title_axes_caption_runs_and_source() -> None:
    assert {"Loss <of> all", "loss by step · 4 runs", "step", "cifar · My site", *NAMES} <= set(
        texts(picture(curves(), WORDS))
    )


def test_a_narrow_one_has_a_legend_in_place_of_names_beside_the_curves() -> None:
    svg = picture(curves(), WORDS, (NARROW, NARROW_HEIGHT))
    assert set(NAMES) <= set(texts(svg))
    drawing = ElementTree.fromstring(svg).find("{*}g")
    assert drawing is not None
    assert not set(NAMES) & {element.text for element in drawing.iter()}


@pytest.mark.parametrize("size", [(WIDTH, HEIGHT), (NARROW, NARROW_HEIGHT)])
def test_no_word_is_wider_than_the_picture(size: tuple[int, int]) -> None:
    words = Words("word " * 60, "sentence " * 90 + "x" * 300, "source " * 90)
    root = ElementTree.fromstring(picture(curves(), words, size))
    width = float(root.attrib["width"])
    for element in root.iter():
        if element.tag.endswith("}text") and element.get("text-anchor") is None:
            assert float(element.attrib["x"]) + 7.2 * len(str(element.text)) <= width


def test_it_is_light_dark_or_both_and_refers_to_nothing() -> None:
    both, light, dark = (picture(curves(), WORDS, dark=dark) for dark in (None, False, True))
    assert "prefers-color-scheme" in both and "prefers-color-scheme" not in light + dark
    assert ".ground { fill: #ffffff" in light and ".ground { fill: #0f1318" in dark
    assert "var(" not in both + light + dark
    assert not re.search(r"href|url\(|<script|@import|http(?!://www.w3.org/2000/svg)", both)


def test_the_categories_of_a_strip_are_named_in_words() -> None:
    marks = [Mark(at * 1.0, f"r{at}", f"run {at}", category="ab"[at % 2]) for at in range(4)]
    chart = strip_chart(
        "c", "t", "4 runs", marks, x=Measure("metric:loss:last", "loss"), y=Measure("param:m", "model"), experiment="1"
    )
    assert "loss by model · 4 runs" in texts(picture(chart, WORDS))


def test_a_png_is_twice_as_large_and_has_the_colours_of_the_drawing() -> None:
    svg = picture(curves(), WORDS, dark=False)
    image = Image.open(io.BytesIO(png(svg))).convert("RGB")
    root = ElementTree.fromstring(svg)
    assert image.size == (2 * int(root.attrib["width"]), 2 * int(root.attrib["height"]))
    assert image.getpixel((1, 1)) == (255, 255, 255)
    colours = {colour for _, colour in image.getcolors(1000)}
    assert any(g > r + 60 for r, g, b in colours) and any(r > g + 60 for r, g, b in colours), "hues, not greys alone"
    assert png(svg) == png(svg)


def test_rules_of_several_classes_are_spelt_out_for_the_png() -> None:
    from sitegen.charts.pictures import _without_is

    rules = "a { b } .drawing :is(.c1, .c2) .line, .drawing .line:is(.c1, .c2) { stroke: red }"
    assert _without_is(rules).endswith(
        "} .drawing .c1 .line, .drawing .c2 .line, .drawing .line.c1, .drawing .line.c2 { stroke: red }".removeprefix(
            "} "
        )
    )
