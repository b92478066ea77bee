"""The kinds of charts that Vega draws in the page, compiled once a build; and drawings as pictures.

The browser gets Vega specs instead of Vega-Lite ones, so that it needs no compiler. They hold no data: the page fills
the data set `data`, the signals `xTitle` and `yTitle`, and makes an axis logarithmic by the type of its scale
(docs/architecture.md, "Charts drawn by Vega"). Colours are the theme's tokens.

Only this module and `users.py` import vl-convert.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs

from sitegen.charts.kinds import KINDS, for_browser
from sitegen.charts.specs import spec, specs
from sitegen.charts.style import PALETTE, standalone

COMPILED = tuple(kind.name for kind in KINDS if kind.compiled)
VEGA_LITE = "6.4"


class Kinds(NamedTuple):
    """All kinds of charts: their Vega-Lite specs, those of them that the page draws by Vega, compiled, and what readers
    may choose."""

    specs: dict[str, dict[str, Any]]
    compiled: dict[str, dict[str, Any]]
    choices: list[dict[str, Any]]


def make_kinds() -> Kinds:
    """Every kind designed and compiled; kept in the user's cache, since it takes as long as hundreds of run pages.

    The cache file is named after everything that it depends on, so it never has to be deleted by hand.
    """
    kept = _kept()
    try:
        return Kinds(**json.loads(kept.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        made = Kinds(specs(), compiled_kinds(), for_browser())
        _keep(made, kept)
        return made


def _kept() -> Path:
    """The cache file for these versions and sources."""
    texts = [version("altair"), version("vl-convert-python")]
    texts += [
        Path(__file__).with_name(name).read_text("utf-8") for name in ("kinds.py", "specs.py", "style.py", "compile.py")
    ]
    name = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
    return platformdirs.user_cache_path("sitegen") / f"kinds-{name}.json"


def _keep(made: Kinds, kept: Path) -> None:
    """Write the kinds to the cache completely or not at all; a home folder that cannot be written to is not an
    error."""
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=kept.parent, delete=False) as file:
            file.write(json.dumps(made._asdict()))
        Path(file.name).replace(kept)


def compiled_kinds() -> dict[str, dict[str, Any]]:
    """A Vega spec for each kind in `COMPILED`; the same bytes in every process."""
    return {kind: _compiled(kind) for kind in COMPILED}


def svg_to_png(svg: str, *, dark: bool = False, scale: float = 2) -> bytes:
    """A drawing of `drawing.py` as PNG, `scale` pixels of the picture for one of the drawing."""
    import vl_convert

    picture: bytes = vl_convert.svg_to_png(standalone(svg, dark), scale=scale)
    return picture


def _compiled(kind: str) -> dict[str, Any]:
    import vl_convert

    # The page is the ground, and has the title in HTML.
    themed = _with_tokens(spec(kind)) | {"background": None}
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
