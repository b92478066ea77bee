"""The colours of charts, by numbers: told apart, equal in lightness, readable, and none like the colours of states."""

from __future__ import annotations

import itertools
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.charts import BEST_COLOUR, HUES, OTHER_COLOUR
from sitegen.charts.style import DASHES, PALETTE
from sitegen.pages.figures import colours_of
from sitegen.render.themes import BUILT_IN

TOKENS = (BUILT_IN / "default" / "assets" / "css" / "tokens.css").read_text("utf-8")
PAPER = (BUILT_IN / "paper" / "assets" / "css" / "custom.css").read_text("utf-8")
STATES = ("bad", "ok", "warn")
Colour = tuple[float, float, float]


def token(name: str, dark: bool, css: str = TOKENS) -> str:
    return re.findall(rf"--{name}: light-dark\((#\w+), (#\w+)\)", css)[0][dark]


def linear(colour: str) -> Colour:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return r, g, b


def times(matrix: tuple[Colour, Colour, Colour], v: Colour) -> Colour:
    x, y, z = (row[0] * v[0] + row[1] * v[1] + row[2] * v[2] for row in matrix)
    return x, y, z


def lightness(colour: str) -> float:
    """L of OKLCH (Ottosson 2020)."""
    lms = times(
        (
            (0.4122214708, 0.5363325363, 0.0514459929),
            (0.2119034982, 0.6806995451, 0.1073969566),
            (0.0883024619, 0.2817188376, 0.6299787005),
        ),
        linear(colour),
    )
    return sum(k * c ** (1 / 3) for k, c in zip((0.2104542553, 0.793617785, -0.0040720468), lms, strict=True))


def contrast(one: str, other: str) -> float:
    """WCAG's ratio."""
    a, b = (sum(k * c for k, c in zip((0.2126, 0.7152, 0.0722), linear(x), strict=True)) for x in (one, other))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


def lab(rgb: Colour) -> Colour:
    """CIELAB of linear sRGB (D65)."""
    xyz = times(
        ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.072175), (0.0193339, 0.119192, 0.9503041)), rgb
    )
    x, y, z = (
        t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116
        for t in (max(0.0, c) / w for c, w in zip(xyz, (0.95047, 1, 1.08883), strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def deuteranope(rgb: Colour) -> Colour:
    """What linear sRGB looks like without green cones (Machado, Oliveira and Fernandes 2009, severity 1)."""
    return times(((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)), rgb)


def ciede2000(one: Colour, other: Colour) -> float:
    """The difference of two CIELAB colours (Sharma, Wu and Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 1.5 - 0.5 * math.sqrt(mean**7 / (mean**7 + 25**7))
    c1, c2 = math.hypot(g * a1, b1), math.hypot(g * a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, g * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    hue = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    dh, light, c = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2)), (l1 + l2) / 2, (c1 + c2) / 2
    terms = ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.2, 4, -63))
    t = 1 + sum(k * math.cos(math.radians(n * hue + shift)) for k, n, shift in terms)
    sl, sc, sh = 1 + 0.015 * (light - 50) ** 2 / math.sqrt(20 + (light - 50) ** 2), 1 + 0.045 * c, 1 + 0.015 * c * t
    rt = -2 * math.sqrt(c**7 / (c**7 + 25**7)) * math.sin(math.radians(60 * math.exp(-(((hue - 275) / 25) ** 2))))
    dl, dc, dh = (l2 - l1) / sl, (c2 - c1) / sc, dh / sh
    return math.sqrt(dl * dl + dc * dc + dh * dh + rt * dc * dh)


def distance(one: str, other: str) -> float:
    return ciede2000(lab(linear(one)), lab(linear(other)))


def hues(dark: bool) -> list[str]:
    return [PALETTE[f"c{n}"][dark] for n in HUES]


def test_the_formula_of_the_distance_gives_its_published_values() -> None:
    assert ciede2000((50, 2.6772, -79.7751), (50, 0, -82.7485)) == pytest.approx(2.0425, abs=1e-4)
    assert ciede2000((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387)) == pytest.approx(1.2644, abs=1e-4)
    assert ciede2000((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514)) == pytest.approx(0.9082, abs=1e-4)


def test_the_style_sheet_has_the_colours_of_the_drawings() -> None:
    for name, colours in PALETTE.items():
        css = "accent" if name == f"c{BEST_COLOUR}" else name
        assert tuple(token(css, dark) for dark in (False, True)) == colours, name
    assert f"--c{BEST_COLOUR}: var(--accent);" in TOKENS  # so that a theme which sets the accent sets it everywhere


@pytest.mark.parametrize("dark", [False, True])
def test_ten_hues_of_one_lightness_are_told_apart(dark: bool) -> None:
    found = hues(dark)
    assert len(set(found)) == 10
    lights = [lightness(colour) for colour in found]
    assert max(lights) - min(lights) < 0.01
    assert min(distance(a, b) for a, b in itertools.combinations(found, 2)) > 13


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("css", [TOKENS, PAPER], ids=["default", "paper"])
def test_the_accent_is_blue_and_like_no_hue_no_grey_and_no_state(dark: bool, css: str) -> None:
    accent, states = token("accent", dark, css), [token(name, dark) for name in STATES]
    _, a, b = lab(linear(accent))
    assert 180 < math.degrees(math.atan2(b, a)) % 360 < 300
    others = [*hues(dark), PALETTE[f"c{OTHER_COLOUR}"][dark], *states]
    assert min(distance(accent, other) for other in others) > 10
    assert min(distance(hue, state) for hue in hues(dark) for state in states) > 8


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("css", [TOKENS, PAPER], ids=["default", "paper"])
def test_lines_stand_out_from_the_page(dark: bool, css: str) -> None:
    ground = token("bg", dark, css)
    lines = [*hues(dark), PALETTE[f"c{OTHER_COLOUR}"][dark], token("accent", dark, css)]
    assert min(contrast(line, ground) for line in lines) >= 3


@pytest.mark.parametrize("dark", [False, True])
def test_without_green_cones_hues_differ_in_colour_dash_or_mark(dark: bool) -> None:
    """Ten hues of one lightness cannot all differ to a deuteranope, and none do in grey print: those alike in colour
    differ in dash, or else in the mark at the end."""
    seen = [lab(deuteranope(linear(colour))) for colour in hues(dark)]
    alike = {(i, j) for i, j in itertools.combinations(range(10), 2) if ciede2000(seen[i], seen[j]) < 10}
    looks = [(DASHES.get(place % 5), place // 5) for place in range(10)]
    assert alike and len(set(looks)) == 10
    assert not {(i, i + 5) for i in range(5)} & alike  # those with the same dash differ in colour and in mark
    accent = lab(deuteranope(linear(PALETTE[f"c{BEST_COLOUR}"][dark])))
    assert min(ciede2000(accent, seen[place]) for place in (0, 5)) > 12  # whole lines, as the accent's


@given(
    st.lists(st.text("abcdef0123456789", min_size=4, max_size=8), min_size=1, max_size=11, unique=True), st.booleans()
)
def test_no_two_of_ten_runs_chosen_together_share_a_colour(ids: list[str], is_best_chosen: bool) -> None:
    best = ids[0] if is_best_chosen else "the best is another"
    found = colours_of(ids, best)
    others = [found[one] for one in ids if one != best][:10]
    assert len(set(others)) == len(others) and set(others) <= set(HUES)
    assert [one for one in ids if found[one] == BEST_COLOUR] == [one for one in ids if one == best]
    assert colours_of(ids[:5], best) == {one: found[one] for one in ids[:5]}, "choosing more recolours nothing"


def test_the_eleventh_run_is_grey_and_so_is_what_nobody_chose() -> None:
    ids = [f"run {n}" for n in range(12)]
    assert [one for one, colour in colours_of(ids, "run 3").items() if colour == OTHER_COLOUR] == ["run 11"]
    assert set(colours_of(ids, is_chosen=False).values()) == {OTHER_COLOUR}
