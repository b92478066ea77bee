"""Make `kinds.json`: the kinds of charts as Vega-Lite specs, and compiled to Vega for the browser.

The file is committed, so that no build needs Altair or vl-convert. `python -m sitegen.charts.compile` writes it anew;
a test compiles the kinds again and compares.

The browser gets Vega specs instead of Vega-Lite ones, so that it needs no compiler. They hold no data: the page fills
the data set `data`, the signals `xTitle` and `yTitle`, and makes an axis logarithmic by the type of its scale
(docs/architecture.md, "Charts drawn by Vega"). Colours are the theme's tokens.

Only this module and `users.py` import vl-convert, only this module and `kinds.py` Altair.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sitegen.charts.kinds import KIND_OF, KINDS
from sitegen.charts.specs import KINDS_FILE
from sitegen.charts.style import COLOURS, PALETTE, standalone

if TYPE_CHECKING:
    import altair as alt

COMPILED = tuple(kind.name for kind in KINDS if kind.compiled)
VEGA_LITE = "6.4"
WIDTH = 640


def kinds_json() -> str:
    """The content of `kinds.json`: the same bytes in every process."""
    specs = {kind.name: _altair_spec(kind.name) for kind in KINDS}
    made = {"specs": specs, "compiled": {name: _compiled(specs[name]) for name in COMPILED}}
    return json.dumps(made, indent=1) + "\n"


def svg_to_png(svg: str, *, dark: bool = False, scale: float = 2) -> bytes:
    """A drawing of `drawing.py` as PNG, `scale` pixels of the picture for one of the drawing."""
    import vl_convert

    picture: bytes = vl_convert.svg_to_png(standalone(svg, dark), scale=scale)
    return picture


# Vega-Lite ----------------------------------------------------------------------------------------------------------


def _altair_spec(kind: str) -> dict[str, Any]:
    import altair as alt

    chart = KIND_OF[kind].design(alt.NamedData(name="data"))
    made: dict[str, Any] = chart.properties(width=WIDTH, autosize=_fit()).configure(**_config()).to_dict()
    return made


def _fit() -> alt.AutoSizeParams:
    import altair as alt

    return alt.AutoSizeParams(type="fit-x", contains="padding")


def _config() -> dict[str, Any]:
    """Hairlines, quiet text, no frame, in the light palette."""
    line, muted, fg = (PALETTE[name][0] for name in ("line", "muted", "fg"))
    axis = {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": muted,
        "titleColor": muted,
        "gridColor": line,
        "tickColor": line,
        "domainColor": muted,
        "titlePadding": 8,
    }
    return {
        "font": "system-ui, sans-serif",
        "padding": 8,
        "background": PALETTE["bg"][0],
        "view": {"stroke": None},
        "axis": axis,
        "axisY": {"domain": False, "ticks": False, "labelPadding": 8, "labelLimit": 220},
        "title": {"anchor": "start", "fontSize": 14, "fontWeight": 600, "color": fg},
        "legend": {"labelFontSize": 12, "labelColor": fg, "titleColor": muted, "labelLimit": 300},
        "range": {"category": [PALETTE[name][0] for name in COLOURS]},
    }


# Vega ---------------------------------------------------------------------------------------------------------------


def _compiled(vega_lite: dict[str, Any]) -> dict[str, Any]:
    import vl_convert

    # The page is the ground, and has the title in HTML.
    themed = _with_tokens(vega_lite) | {"background": None}
    vega: dict[str, Any] = vl_convert.vegalite_to_vega(themed, vl_version=VEGA_LITE)
    signals = [{"name": f"{name}Title", "value": ""} for name in "xyz"]
    vega["signals"] = [*vega.get("signals", []), *signals]
    for guides in ("axes", "legends"):
        if guides in vega:
            vega[guides] = [_with_title_signal(guide) for guide in vega[guides]]
    ordered: dict[str, Any] = json.loads(json.dumps(vega, sort_keys=True))
    return ordered


def _with_title_signal(guide: dict[str, Any]) -> dict[str, Any]:
    """An axis or legend whose title the page gives."""
    title = guide.get("title")
    return guide | {"title": {"signal": f"{title}Title"}} if title in ("x", "y", "z") else guide


def _with_tokens(themed: dict[str, Any]) -> dict[str, Any]:
    """The spec with `var(--token)` for every colour of the light palette."""
    text = json.dumps(themed)
    for token, (light, _) in PALETTE.items():
        text = text.replace(f'"{light}"', f'"var(--{token})"')
    replaced: dict[str, Any] = json.loads(text)
    return replaced


if __name__ == "__main__":
    KINDS_FILE.write_text(kinds_json(), "utf-8")
