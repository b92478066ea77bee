"""Charts that users logged as Vega or Vega-Lite, drawn as SVG by a child process that can be killed.

An untrusted chart can hold an endless expression, and nothing inside a process can stop that; so a child process
draws, one for many charts, and is replaced if it does not answer. It fetches nothing: every address is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from sitegen.child import SLOW, Child, NoAnswer, limits, serve

SECONDS = 20.0
"""Seconds to wait for one chart."""
CPU_SECONDS = 2.0
"""CPU seconds for one chart; ordinary ones take 0.05 s, the first 1 s."""
MEMORY = 900 << 20
"""Bytes of memory of the process that draws; its engine reserves 560 MB, and uses 80 MB of them for ordinary charts."""
MAX_DRAWING = 1_000_000
_child = Child(__name__, SECONDS)


class Undrawable(Exception):
    """Why a chart has no drawing, as a sentence."""


def draw(spec: Mapping[str, Any]) -> str:
    """The drawing of a chart as SVG. Raises Undrawable."""
    if find_spec("vl_convert") is None:
        raise Undrawable("Charts in Vega are drawn by an extra: pip install 'mlruns-sitegen[images]'.")
    wanted = {key: value for key, value in spec.items() if key != "usermeta"}
    if _names_an_address(wanted):
        raise Undrawable("The chart takes its data from elsewhere, which sitegen does not fetch.")
    try:
        svg = _child.ask({"spec": wanted}).get("svg", "")
    except NoAnswer as problem:
        raise Undrawable(f"The chart {'takes too long' if str(problem) == SLOW else 'could not be drawn'}.") from None
    if not svg:
        raise Undrawable("The chart could not be drawn.")
    if len(svg) > MAX_DRAWING:
        raise Undrawable("The chart's drawing is too large for a page.")
    return str(svg)


def _names_an_address(value: object) -> bool:
    """Whether any part of a specification has data by a URL."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            data = one.get("data")
            parts = data if isinstance(data, list) else [data]
            if any(isinstance(part, Mapping) and "url" in part for part in parts):
                return True
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return False


# The child itself ---------------------------------------------------------------------------------------------------


def main() -> None:
    """Draw until there is nothing more to read."""
    serve(_drawn)


def _drawn(request: dict[str, Any], _: bytes) -> dict[str, Any]:
    import vl_convert

    spec = request["spec"]
    lite = "vega-lite" in str(spec.get("$schema", ""))
    convert = vl_convert.vegalite_to_svg if lite else vl_convert.vega_to_svg
    with limits(MEMORY, CPU_SECONDS):
        return {"svg": convert(spec, allowed_base_urls=[])}
