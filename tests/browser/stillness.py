"""How far a live chart is from its finished drawing: axes, labels, points and pixels, by kind, width and scheme.

`python -m tests.browser.stillness [SITE ...]` prints the figures for the sample site (built when none is given), and
fails where a chart jumps.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from .conftest import ARGS, chromium
from .samples import build_sample

SIZES = (1440, 390)
SCHEMES = ("light", "dark")
MAX_SHIFT = 1.0
"""Pixels that an axis, a label or a point may move."""
MAX_CHANGED = 0.02
"""The share of a chart's pixels that may look different."""
TOLERANCE = 48
"""Differences of a colour channel below this (of 255) come from the smoothing of edges."""

RECORD = """
(() => {
  const write = CanvasRenderingContext2D.prototype.fillText;
  window.written = new Map();
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
    if (text === "") return;
    const list = window.written.get(this.canvas) || [];
    window.written.set(this.canvas, list);
    const pixel = window.devicePixelRatio;
    list.push({text, anchor: {left: "start", right: "end", center: "middle"}[this.textAlign], x: x / pixel, y: y / pixel, size: parseFloat(this.font) / pixel});
    return write.apply(this, arguments);
  };
  for (const name of ['moveTo', 'lineTo']) {
    const go = Path2D.prototype[name];
    Path2D.prototype[name] = function (x, y) {
      (this.corners = this.corners || []).push([x / window.devicePixelRatio, y / window.devicePixelRatio]);
      return go.apply(this, arguments);
    };
  }
  window.stroked = new Map();
  const stroke = CanvasRenderingContext2D.prototype.stroke;
  CanvasRenderingContext2D.prototype.stroke = function (path) {
    const list = window.stroked.get(this.canvas) || [];
    window.stroked.set(this.canvas, list);
    if (path && path.corners) list.push(path.corners);
    return stroke.apply(this, arguments);
  };
})()
"""
"""Keeps what canvases are given to write and to stroke, before any script of the page runs."""

FINISHED = """
figure => {
  const svg = [...figure.querySelectorAll('.plot > svg')].find((one) => one.checkVisibility());
  const plot = figure.querySelector('.plot').getBoundingClientRect();
  const box = svg.getBoundingClientRect();
  const scale = box.width / svg.viewBox.baseVal.width;
  const place = (x, y) => [box.left - plot.left + x * scale, box.top - plot.top + y * scale];
  const texts = [...svg.querySelectorAll('text')].map((text) => {
    const style = getComputedStyle(text);
    const [x, y] = place(Number(text.getAttribute('x') || 0), Number(text.getAttribute('y') || 0));
    return {text: text.textContent, anchor: style.textAnchor, x, y, size: parseFloat(style.fontSize) * scale};
  });
  const [left, bottom, right] = svg.querySelector('.axis').getAttribute('d').match(/[\\d.]+/g).map(Number);
  const corners = (path) => path.getAttribute('d').split('M').slice(1).flatMap((part) => {
    const numbers = part.replace('h0', '').match(/-?(?:\\d+\\.?\\d*|\\.\\d+)/g).map(Number);
    const out = [];
    let x = 0, y = 0;
    for (let i = 0; i + 1 < numbers.length; i += 2) { x += numbers[i]; y += numbers[i + 1]; out.push(place(x, y)); }
    return out;
  });
  const lines = [...svg.querySelectorAll('g > path.line')].map(corners);
  return {texts, frame: [...place(left, bottom), place(right, bottom)[0]], lines};
}
"""

LIVE = """
async figure => {
  const state = SG.charts.adopt(figure);
  const live = await SG.charts.hydrate(state);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  if (!live.plot) return null;
  const plot = live.plot();
  const pixel = window.devicePixelRatio;
  const {left, top, width, height} = plot.bbox;
  const canvas = figure.querySelector('.uplot canvas');
  const all = window.written.get(canvas) || [];
  const lines = window.stroked.get(canvas) || [];
  return {texts: all, frame: [left / pixel, (top + height) / pixel, (left + width) / pixel], lines};
}
"""


class Still(NamedTuple):
    """One figure at one size in one scheme: how far axes and texts, and points, are apart (pixels), and the share of
    pixels that differ; `texts` are those that only one of the two has."""

    kind: str
    width: int
    scheme: str
    page: str
    axes: float
    points: float
    changed: float
    texts: tuple[str, ...]
    smallest: float

    @property
    def is_still(self) -> bool:
        return max(self.axes, self.points) <= MAX_SHIFT and self.changed < MAX_CHANGED and not self.texts


def measure(page: Page, figure: Any, where: str, width: int, scheme: str) -> Still | None:
    """Compare the finished drawing of `figure` with its live one; None where it went live as it came into view."""
    plot = figure.query_selector(".plot")
    page.mouse.move(0, 0)
    plot.scroll_into_view_if_needed()
    page.wait_for_timeout(100)
    if not figure.query_selector(".plot > svg.drawing > .axis"):
        return None
    finished, before = figure.evaluate(FINISHED), picture(plot)
    live = figure.evaluate(LIVE)
    after = picture(plot)
    live = live or finished | {"same": True}
    axes, missing = texts_apart(finished["texts"], live["texts"])
    axes = max([axes, *(abs(a - b) for a, b in zip(finished["frame"], live["frame"], strict=True))])
    points = max((line_apart(line, live["lines"]) for line in finished["lines"] if line), default=0.0)
    kind = str(figure.get_attribute("data-kind"))
    sizes = [text["size"] for text in live["texts"]]
    return Still(kind, width, scheme, where, axes, points, changed(before, after), missing, min(sizes, default=12.0))


def picture(plot: Any) -> Any:
    with Image.open(io.BytesIO(plot.screenshot(animations="disabled"))) as image:
        return np.asarray(image.convert("RGB"), dtype=np.int16)


def changed(before: Any, after: Any) -> float:
    """The share of pixels that differ by more than the smoothing of edges does."""
    if before.shape != after.shape:
        return 1.0
    return float((np.abs(before - after).max(axis=2) > TOLERANCE).mean())


def texts_apart(finished: list[Any], live: list[Any]) -> tuple[float, tuple[str, ...]]:
    """The longest way from a text to the same text of the other drawing, and the texts that only one has."""
    key = {(text["text"], text["anchor"]) for text in finished} ^ {(text["text"], text["anchor"]) for text in live}
    far = 0.0
    for one in finished:
        same = [other for other in live if (other["text"], other["anchor"]) == (one["text"], one["anchor"])]
        far = max([far, *[min(float(np.hypot(o["x"] - one["x"], o["y"] - one["y"])) for o in same)]] if same else [far])
    return far, tuple(sorted(text for text, _ in key))


def line_apart(line: list[Any], others: list[Any]) -> float:
    """How far the corners of `line` are from the nearest of `others`, as a whole."""
    corners = np.array(line)
    return min((float(distances(corners, np.array(other)).max()) for other in others if other), default=np.inf)


def distances(points: Any, corners: Any) -> Any:
    """The distance of each point from the line through `corners`."""
    if len(corners) == 1:
        return np.hypot(*(points - corners[0]).T)
    start, way = corners[:-1], np.diff(corners, axis=0)
    length = np.maximum((way**2).sum(axis=1), 1e-12)
    share = np.clip((((points[:, None] - start) * way).sum(axis=2)) / length, 0, 1)
    return np.hypot(*np.moveaxis(points[:, None] - start - share[..., None] * way, 2, 0)).min(axis=1)


def measured(page: Page, url: str, where: str, width: int, scheme: Any, most: int = 100) -> Iterator[Still]:
    """Every figure of a page that has a finished drawing with axes, at most `most` of each kind."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto("about:blank")
    page.goto(url)
    page.wait_for_selector("html[data-ready]", state="attached")
    page.evaluate(
        "document.querySelectorAll('main details:not(.chart-data, .tool-menu)').forEach((one) => { one.open = true; })"
    )
    counts: dict[str, int] = {}
    for figure in page.query_selector_all("figure.chart[data-kind]:has(> .plot > svg.drawing > .axis)"):
        kind = str(figure.get_attribute("data-kind"))
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] <= most and (found := measure(page, figure, where, width, scheme)):
            yield found


def main(folders: list[str]) -> int:
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        sites = [Path(folder).resolve() for folder in folders] or [build_sample("mlflow3", Path(scratch)).folder]
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        page = browser.new_page()
        page.add_init_script(RECORD)
        found = [
            one
            for site in sites
            for path in pages_of(site)
            for width in SIZES
            for scheme in SCHEMES
            for one in measured(page, path.as_uri(), path.relative_to(site).as_posix(), width, scheme, most=3)
        ]
        browser.close()
    return report(found)


def pages_of(site: Path) -> list[Path]:
    return [
        path for folder, most in (("experiments", 50), ("runs", 6), ("charts", 6)) for path in some(site / folder, most)
    ]


def some(folder: Path, most: int) -> list[Path]:
    paths = sorted(path for path in folder.glob("*.html") if path.name not in ("curve.html", "table.html"))
    return paths[:: max(1, len(paths) // most)][:most]


def report(found: list[Still]) -> int:
    print(
        f"{'kind':10} {'width':>5} {'scheme':6} {'charts':>6} {'axes px':>8} {'points px':>9} {'changed':>8} {'text px':>7}"
    )
    for key in sorted({(one.kind, one.width, one.scheme) for one in found}):
        those = [one for one in found if (one.kind, one.width, one.scheme) == key]
        axes, points, share = (max(getattr(one, name) for one in those) for name in ("axes", "points", "changed"))
        smallest = min(one.smallest for one in those)
        print(
            f"{key[0]:10} {key[1]:5} {key[2]:6} {len(those):6} {axes:8.2f} {points:9.2f} {share:8.2%} {smallest:7.1f}"
        )
    for one in found:
        if not one.is_still:
            print("jumps:", *one)
    return int(any(not one.is_still for one in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
