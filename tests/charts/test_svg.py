"""Drawings: points where they belong, quiet on broken data, well-formed whatever the texts hold."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sitegen.charts.bands_svg import band_edges
from sitegen.charts.curves_svg import Curves, curves_svg, curves_svgs, ranges_of
from sitegen.charts.drawing import escape
from sitegen.charts.ranges import robust_range
from sitegen.charts.runs_svg import (
    SCATTER_DOTS,
    Mark,
    Point,
    distinct,
    histogram,
    histogram_svg,
    interval_drawing,
    scatter_svg,
    strip_svg,
)
from sitegen.charts.series import SERIES_POINTS, Series
from sitegen.charts.sparklines import sparkline, sparklines
from sitegen.charts.style import BEST_COLOUR, OTHER_COLOUR, PALETTE, STYLE, standalone
from sitegen.render.themes import BUILT_IN
from tests.examples import examples

HOSTILE = ["</text><script>alert(1)</script>", "\"'><img src=x onerror=1>", "&amp;", "a\ud800b", "\ufffe", "]]>"]
HOSTILE += [f"a{chr(code)}b" for code in range(32)]
floats = st.floats(allow_nan=True, allow_infinity=True)


def points_of(path: str) -> list[list[tuple[float, float]]]:
    """The stretches of a path of moves, in pixels."""
    stretches = []
    for stretch in path.split("M")[1:]:
        numbers = [float(number) for number in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", stretch.replace("h0", ""))]
        steps = np.array(numbers).reshape(-1, 2).cumsum(0).round(1)
        stretches.append([(float(x), float(y)) for x, y in steps])
    return stretches


def line_of(svg: str) -> list[list[tuple[float, float]]]:
    path = re.search(r'class="line[^"]*" d="([^"]*)"', svg)
    assert path
    return points_of(path[1])


def everything(text: str, number: float) -> list[str]:
    """Each kind of drawing, with `text` wherever a text goes."""
    mark = Mark(number, text, text, text, 1, text)
    point = Point(number, number, text, text, text)
    return [
        curves_svg([Series(text, 1, [0, 1], [number, 1.0]), Series(text, 9, [0], [number])], x_title=text, title=text),
        scatter_svg([point, Point(1.0, 2.0)], x_title=text, y_title=text),
        strip_svg([(text, [mark, mark]), (text, [])], x_title=text),
        histogram_svg([number, 1.0], x_title=text, y_title=text),
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(text: str) -> None:
    for svg in everything(text, 0.5):
        for form in (svg, standalone(svg), standalone(svg, dark=True)):
            names = {element.tag.split("}")[-1] for element in ElementTree.fromstring(form).iter()}
            assert names <= {"svg", "g", "path", "text", "circle", "rect", "style"}


@given(st.text(), floats)
@settings(max_examples=examples(1))
def test_every_drawing_is_well_formed_and_has_only_real_numbers(text: str, number: float) -> None:
    for svg in [*everything(text, number), sparkline([number, 1.0])]:
        for element in ElementTree.fromstring(svg).iter():
            assert not {"style", "id"} & set(element.attrib)
            for name in ("d", "x", "y", "width", "height", "cx", "cy"):
                assert not re.search(r"nan|inf|e", element.get(name, ""))


def test_a_text_keeps_what_xml_allows() -> None:
    assert escape("a<b>&\"'\x00\x1b é 日") == "a&lt;b&gt;&amp;&quot;&#39; é 日"


def test_a_curve_runs_from_the_first_tick_to_the_last_value() -> None:
    svg = curves_svg([Series("loss", 1, [0, 10, 20], [0.0, 2.0, 1.0])])
    ((first, middle, last),) = line_of(svg)
    assert first[1] == 202 and middle[1] == 12 and last[1] == 107  # bottom, top and halfway of the frame
    assert middle[0] - first[0] == pytest.approx(last[0] - middle[0], abs=1)
    assert f'd="M{last[0]:g} {last[1]:g}h0"' in svg


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=400))
@settings(max_examples=examples(0.5))
def test_a_thinned_curve_keeps_its_ends_and_extremes(values: list[float]) -> None:
    assume(robust_range(values) is None)
    full = np.array(values)
    ((*points,),) = line_of(curves_svg([Series("loss", 1, range(len(values)), values)]))
    heights = [y for _, y in points]
    assert len(points) <= SERIES_POINTS
    assert heights[int(np.argmax(heights))] == max(heights)
    if full.max() - full.min() > 1e-6:
        scale = (min(heights) - max(heights)) / (full.max() - full.min())
        assert heights[0] == pytest.approx(max(heights) + (full[0] - full.min()) * scale, abs=0.3)
        assert heights[-1] == pytest.approx(max(heights) + (full[-1] - full.min()) * scale, abs=0.3)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_bad_values_break_the_line(bad: float) -> None:
    assert [len(s) for s in line_of(curves_svg([Series("loss", 1, range(5), [1, 2, bad, 3, 4])]))] == [2, 2]


def test_a_gap_survives_thinning() -> None:
    values = np.arange(1000.0)
    values[500] = math.nan
    assert len(line_of(curves_svg([Series("loss", 1, range(1000), values)]))) == 2


def test_a_log_axis_breaks_where_a_value_is_not_above_0() -> None:
    assert len(line_of(curves_svg([Series("loss", 1, range(3), [1, 0, 10])], log_y=True))) == 2


@pytest.mark.parametrize("values", [[], [math.nan], [math.inf, -math.inf]])
def test_nothing_to_draw_says_so(values: list[float]) -> None:
    assert "nothing to draw" in curves_svg([Series("loss", 1, range(len(values)), values)])
    assert "nothing to draw" in histogram_svg(values)
    assert "nothing to draw" in scatter_svg([Point(value, value) for value in values])
    assert "nothing to draw" in strip_svg([("a", [Mark(value) for value in values])])
    assert 'd=""' in sparkline(values)


def test_one_point_is_a_dot() -> None:
    assert 'd="M48 12h0"' in sparkline([3.0])


def test_a_constant_curve_is_level_and_named_by_one_tick() -> None:
    svg = curves_svg([Series("loss", 1, [0, 1, 2], [0.25, 0.25, 0.25])])
    assert len({y for _, y in line_of(svg)[0]}) == 1
    assert svg.count(">0.25<") == 2  # the tick and the end


def test_steps_beyond_any_integer_type_are_drawn() -> None:
    ElementTree.fromstring(curves_svg([Series("loss", 1, [0, 2**70, 10**400], [1.0, 2.0, 3.0])]))


def test_ends_of_curves_have_names_a_line_apart() -> None:
    svg = curves_svg([Series(f"run {n}", n, [0, 1], [1.0, 1.0 + n / 1000]) for n in range(1, 9)])
    heights = [float(y) for y in re.findall(r'<text class="strong" x="[^"]*" y="([^"]*)">run', svg)]
    assert len(heights) == 8
    assert min(np.diff(sorted(heights))) >= 13.9


def test_the_dash_of_a_curve_and_of_its_key_comes_with_its_colour() -> None:
    svg = curves_svg([Series(str(n), n, [0, 1], [n, n]) for n in (3, 5, 11)])
    assert re.findall(r'<g class="(c\d+)"><path class="line"', svg) == ["c3", "c5", "c11"]
    assert sorted(re.findall(r'<path class="line (c\d+)"', svg)) == ["c11", "c3", "c5"]
    assert ".drawing :is(.c3, .c8) .line, .drawing .line:is(.c3, .c8) { stroke-dasharray: 5 4; }" in STYLE


def test_grey_curves_have_lines_to_their_names_in_place_of_keys() -> None:
    svg = curves_svg([Series(str(n), n, [0, 1], [n, n]) for n in (BEST_COLOUR, OTHER_COLOUR)])
    assert re.findall(r'class="lead (c\d+)"', svg) == ["c12", "c1"] and 'class="line c' not in svg


def test_scatter_puts_dots_at_their_values_and_rings_where_runs_failed() -> None:
    svg = scatter_svg([Point(0, 0), Point(10, 4, status="FAILED")])
    dots = [points_of(path)[0][0] for path in re.findall(r'class="dots c12" d="([^"]*)"', svg)]
    assert sorted(y for _, y in dots) == [24, 282]
    assert svg.count('class="hole"') == 1


def test_many_dots_are_thinned_without_losing_the_corners() -> None:
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=20_000), rng.normal(size=20_000)
    kept = distinct(x, y, SCATTER_DOTS)
    assert 100 < len(kept) <= SCATTER_DOTS
    assert np.ptp(x[kept]) > 0.9 * np.ptp(x)


def test_a_strip_ticks_its_median() -> None:
    svg = strip_svg([("adam", [Mark(0.0), Mark(1.0), Mark(10.0)])])
    dots = [stretch[0][0] for path in re.findall(r'class="dots c12" d="([^"]*)"', svg) for stretch in points_of(path)]
    (median,) = re.findall(r'class="median" d="M([\d.]+) ', svg)
    assert float(median) == sorted(dots)[1]


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=200))
def test_a_histogram_counts_every_value_once(values: list[float]) -> None:
    edges, counts = histogram(values)
    assert sum(counts) == len(values)
    assert edges == sorted(edges) and edges[0] <= min(values) and max(values) <= edges[-1]


def test_a_standalone_drawing_refers_to_nothing_and_knows_light_and_dark() -> None:
    drawing = everything("a", 0.5)[0]
    both = standalone(drawing)
    assert "var(" not in both and "http://www.w3.org/2000/svg" in both
    assert "prefers-color-scheme: dark" in both and PALETTE["c1"][0] in both and PALETTE["c1"][1] in both
    assert PALETTE["bg"][0] not in standalone(drawing, dark=True)


def test_drawings_are_small() -> None:
    values = 2 * np.exp(-np.arange(200) / 40)
    assert len(sparkline(values)) < 290
    assert len(curves_svg([Series("loss", 1, np.arange(200), values)], title="loss")) < 1700


# --- many at once -----------------------------------------------------------------------------------------------------

ODD = [math.nan, math.inf, -math.inf, 1.797e308, 1e9, -3.0, 0.0]


def some_values(rng: np.random.Generator) -> Any:
    """Up to 400 values, some of them odd."""
    values = rng.normal(size=int(rng.choice([0, 1, 2, 27, 100, 101, 200, 400]))).cumsum()
    odd = rng.random(len(values)) < rng.choice([0, 0, 0.01, 0.2, 1])
    values[odd] = rng.choice(ODD, size=odd.sum())
    return values


def some_drawing(rng: np.random.Generator) -> Curves:
    values = [some_values(rng) for _ in range(rng.integers(4))]
    series = [Series(f"run {n}", n + 1, np.arange(len(v)) * 7, v, faint=n == 2) for n, v in enumerate(values)]
    return Curves(series, log_y=bool(rng.integers(2)), dates=bool(rng.integers(2)))


@pytest.mark.parametrize("seed", range(12))
def test_a_drawing_does_not_depend_on_those_made_with_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    drawings = [some_drawing(rng) for _ in range(9)]
    alone = [one for each in drawings for one in curves_svgs([each], ranges_of([each]))]
    assert curves_svgs(drawings, ranges_of(drawings)) == alone
    curves = [some_values(rng) for _ in range(9)]
    assert sparklines(curves) == [sparkline(values) for values in curves]


def _best_time(call: Callable[[], Any]) -> float:
    times = []
    for _ in range(30):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def test_a_hundred_curves_of_200_points_take_a_few_milliseconds() -> None:
    drawings = [
        Curves([Series("loss", 1, np.arange(200), np.sin(np.arange(200) / (9 + n)) * n)], 440) for n in range(100)
    ]
    # Measured 5 ms and 2 ms; the room is for slow machines.
    assert _best_time(lambda: curves_svgs(drawings, ranges_of(drawings))) < 0.03
    assert _best_time(lambda: sparklines([one.series[0].values for one in drawings])) < 0.01


# --- bands, fronts, intervals -----------------------------------------------------------------------------------------


def banded(low: Any, high: Any) -> str:
    return curves_svg([Series("a", 3, [0, 1, 2], [1.0, 2.0, 3.0], low, high)])


def test_a_band_lies_between_its_edges_and_breaks_at_gaps() -> None:
    svg = banded([0.5, 1.5, 2.5], [1.5, 2.5, 3.5])
    (path,) = re.findall(r'<path class="band c3" d="([^"]*)z"/>', svg)
    (ring,) = points_of(path)
    assert [x for x, _ in ring] == [*sorted({x for x, _ in ring}), *sorted({x for x, _ in ring}, reverse=True)]
    assert all(top < bottom for (_, top), (_, bottom) in zip(ring[:3], ring[:2:-1], strict=True))
    (path,) = re.findall(r'<path class="band c3" d="([^"]*)"/>', banded([0.5, math.nan, 2.5], [1.5, 2.5, 3.5]))
    assert path.count("M") == path.count("z") == 2


def test_the_axis_has_room_for_the_band() -> None:
    svg = banded([-9.0, 1.5, 2.5], [1.5, 2.5, 30.0])
    (path,) = re.findall(r'<path class="band c3" d="([^"]*)z"/>', svg)
    assert all(0 <= y <= 240 for _, y in points_of(path)[0])


def test_on_a_log_axis_a_band_does_not_fall_through_the_floor() -> None:
    one = Series("a", 1, [0, 1], [1.0, 2.0], [-0.5, 1.5], [1.5, 2.5])
    (path,) = re.findall(r'<path class="band c1" d="([^"]*)z"/>', curves_svg([one], log_y=True))
    assert len(points_of(path)[0]) == 4


def test_a_long_band_is_thinned_and_keeps_where_it_is_widest() -> None:
    high = np.ones(1000)
    high[321] = 9.0
    steps, _, edge = band_edges(Series("a", 1, np.arange(1000), high, np.zeros(1000), high), False)
    assert len(steps) <= SERIES_POINTS and edge.max() == 9.0


def test_curves_without_bands_have_none() -> None:
    assert "band" not in curves_svg([Series("a", 1, [0, 1], [1.0, 2.0])])
    assert "band" not in banded([math.nan] * 3, [math.nan] * 3)


def test_a_front_is_a_staircase_below_the_dots() -> None:
    svg = scatter_svg([Point(0, 0), Point(1, 1)], stairs=[(0, 0), (1, 0), (1, 1)])
    ((start, corner, end),) = line_of(svg)
    assert start[1] == corner[1] and corner[0] == end[0]
    assert svg.index('class="line c1"') < svg.index('class="dots')


@pytest.mark.parametrize("span", [(0.0, 1.0), (0.5, 0.5), (-math.inf, math.inf), (-1e308, 1e308)])
def test_an_interval_stays_in_its_cell(span: tuple[float, float]) -> None:
    drawn = interval_drawing(0.5, 0.5, 0.5, span)
    ElementTree.fromstring(drawn)
    numbers = [float(n) for n in re.findall(r'cx="([^"]*)"', drawn)]
    assert all(0 <= n <= 120 for n in numbers)
    assert "<path" not in interval_drawing(0.5, None, None, span)


def test_the_theme_has_the_rules_of_the_drawings_word_for_word() -> None:
    theme = (BUILT_IN / "default" / "assets" / "css" / "charts.css").read_text("utf-8").splitlines()
    assert STYLE.splitlines() == theme[1:]
    assert any(rule.startswith(".drawing .faint {") for rule in theme)


def test_characters_that_turn_the_text_are_named() -> None:
    assert escape("acc\u202e<b>\u2066\x1b") == "acc⟨U+202E⟩&lt;b&gt;⟨U+2066⟩"
