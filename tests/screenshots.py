"""Pictures of a built site as a reader sees it, to be looked at one by one; no test.

    python -m tests.screenshots SITE -o DIR [--contact-sheet]

Takes one page of each kind that the site has (home, experiment, run, compare, search, model, dataset, artifact) at 1440,
1024 and 390 px, light and dark, from top to bottom. With `--contact-sheet`, `DIR/sheet.png` shows them all, a row for
each page, each as far as its first screens.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from PIL import Image, ImageDraw
from playwright.sync_api import Page, sync_playwright

from .browser.conftest import ARGS, chromium

WIDTHS = (1440, 1024, 390)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SCREEN = 900
"""Pixels of a screen from top to bottom."""
MAX_HEIGHT = 12_000
"""Pixels of a picture from top to bottom."""
SCALE = 4
"""How many pixels of a page are one on the contact sheet."""
SHEET_SCREENS = 2
GAP = 12


class Shot(NamedTuple):
    """A picture of one page."""

    kind: str
    width: int
    scheme: Literal["light", "dark"]
    path: Path


def addresses(site: Path) -> dict[str, str]:
    """One address of each kind of page that the site has, from its root: the experiment with most runs and its best."""
    best = json.loads((site / "data" / "best.json").read_text("utf-8"))
    found = {"home": "index.html", "search": "search.html#q=loss"}
    if ranked := [one for one in best["experiments"] if one["best"]]:
        most = max(ranked, key=lambda one: one["ranked"])
        found |= {"experiment": most["page"], "run": most["best"]["page"]}
        if second := most["runner_up"]:
            found["compare"] = f"compare.html#runs={most['best']['run_id']},{second['run_id']}"
    for kind, pattern in (
        ("model", "models/*.html"),
        ("logged-model", "logged-models/*.html"),
        ("dataset", "datasets/*.html"),
        ("artifact", "files/*/*.html"),
    ):
        if pages := sorted(site.glob(pattern)):
            found[kind] = max(pages, key=lambda page: page.stat().st_size).relative_to(site).as_posix()
    return found


def take(page: Page, site: Path, output: Path) -> Iterator[Shot]:
    """Each kind of page at each width in each scheme."""
    for kind, address in addresses(site).items():
        for width in WIDTHS:
            for scheme in SCHEMES:
                page.set_viewport_size({"width": width, "height": SCREEN})
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                page.goto("about:blank")
                page.goto(f"{site.as_uri()}/{address}")
                page.wait_for_selector("html[data-ready]", state="attached")
                page.wait_for_timeout(300)  # what is drawn when it comes on the screen
                height = min(int(page.evaluate("document.documentElement.scrollHeight")), MAX_HEIGHT)
                path = output / f"{kind}-{width}-{scheme}.png"
                box = {"x": 0, "y": 0, "width": width, "height": height}
                page.screenshot(path=path, full_page=True, clip=box)  # type: ignore[arg-type]
                print(f"{path}: {height} px, {height / SCREEN:.1f} screens")
                yield Shot(kind, width, scheme, path)


def contact_sheet(shots: list[Shot]) -> Image.Image:
    """All pictures on one, a row for each page."""
    kinds = list(dict.fromkeys(shot.kind for shot in shots))
    columns = [(width, scheme) for width in WIDTHS for scheme in SCHEMES]
    starts = [GAP + sum(width // SCALE + GAP for width, _ in columns[:at]) for at in range(len(columns) + 1)]
    row = SHEET_SCREENS * SCREEN // SCALE + 3 * GAP
    sheet = Image.new("RGB", (starts[-1], GAP + row * len(kinds)), "#808080")
    draw = ImageDraw.Draw(sheet)
    for shot in shots:
        left = starts[columns.index((shot.width, shot.scheme))]
        top = GAP + row * kinds.index(shot.kind)
        draw.text((left, top), f"{shot.kind} {shot.width} {shot.scheme}", "white")
        with Image.open(shot.path) as whole:
            part = whole.crop((0, 0, whole.width, min(whole.height, SHEET_SCREENS * SCREEN)))
            sheet.paste(part.convert("RGB").reduce(SCALE), (left, top + GAP + 2))
    return sheet


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__.split("\n")[0])
    parser.add_argument("site", type=Path, help="a built site")
    parser.add_argument("-o", "--output", type=Path, required=True, help="a folder for the pictures")
    parser.add_argument("--contact-sheet", action="store_true", help="write sheet.png, which shows them all")
    given = parser.parse_args(arguments)
    given.output.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        shots = list(take(browser.new_page(), given.site.resolve(), given.output))
        browser.close()
    if given.contact_sheet:
        contact_sheet(shots).save(given.output / "sheet.png")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
