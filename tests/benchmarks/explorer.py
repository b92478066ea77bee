"""How quickly the runs table answers in Chromium, opened from disk, beside the limits that it is to keep.

    python -m tests.benchmarks.explorer [--runs 10000 100000] [--times 3] [--keep FOLDER]

Makes experiments of that many made-up runs x 30 columns, opens each page from `file://` in a fresh browser context, and
prints medians: from navigation until the table is live with its rows, until a filter and a sort are drawn, the longest
and the median frame while it is scrolled, and how many elements the document has.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.benchmarks.measure import Place
from tests.benchmarks.mlflow_ui import first_row
from tests.browser.conftest import ARGS, chromium
from tests.browser.fake_site import fake_rows, write_fake

LIMITS = {10_000: {"usable": 1000, "filter": 100, "sort": 100}, 100_000: {"usable": 4000, "filter": 500, "sort": 500}}
DRAWN = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
MEASURE = """async ({drawn}) => {
  const settle = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const until = async (test) => { while (!test()) await settle(); };
  const box = document.querySelector('.runs-filter'), count = document.querySelector('.runs-count');
  const timed = async (act, test) => { const start = performance.now(); act(); await until(test); await settle(); return performance.now() - start; };
  const type = (text) => { box.value = text; box.dispatchEvent(new Event('input')); };
  const out = {};
  out['filter'] = await timed(() => type('resnet'), () => count.textContent.includes(' of '));
  out['filter by number'] = await timed(() => type('metrics.val_loss < 0.25'), () => !count.textContent.includes('resnet') && count.textContent.includes(' of '));
  out['filter away'] = await timed(() => type(''), () => !count.textContent.includes(' of '));
  const sort = (id) => document.querySelector(`th[data-col="${id}"]`);
  out['sort'] = await timed(() => sort('metric:val_loss:last').click(), () => sort('metric:val_loss:last').getAttribute('aria-sort') === 'ascending');
  out['sort by text'] = await timed(() => sort('run:name').click(), () => sort('run:name').getAttribute('aria-sort') === 'ascending');
  const scroll = document.querySelector('.runs .scroll');
  const frames = [];
  let last = performance.now();
  for (let i = 0; i < 90; i++) {
    scroll.scrollTop += 170;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
  }
  frames.sort((a, b) => a - b);
  out['frame, median'] = frames[45];
  out['frame, longest'] = frames[89];
  out['elements'] = document.querySelectorAll('*').length;
  return out;
}"""


def measure(browser: Browser, page_path: Path) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(page_path.as_uri() + "#v=1", wait_until="commit")
    page.evaluate("document.querySelector('.runs')?.scrollIntoView()")
    page.wait_for_selector(".runs[data-live]", timeout=60_000)
    usable = page.evaluate(f"{DRAWN}.then(() => performance.now())")
    page.locator(".runs-filter").focus()
    page.wait_for_load_state("networkidle")
    found: dict[str, Any] = page.evaluate(MEASURE, {"drawn": DRAWN})
    context.close()
    return {"usable": usable, **found}


def in_browser(place: Place, times: int) -> dict[str, float]:
    """The medians of experiments of 10,000 and 100,000 runs, in milliseconds; of MLflow's UI the time to its first row,
    if there is a Python that has it."""
    medians: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        for runs in LIMITS:
            page = write_fake(Path(folder, str(runs)), fake_rows(runs))
            found = [measure(browser, page) for _ in range(times)]
            medians |= {f"{runs:,} {key}": statistics.median(one[key] for one in found) for key in found[0]}
        browser.close()
    if place.python:
        medians["MLflow UI"] = 1000 * first_row(place.database, "1", place.python, times)
    return medians


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="folder for the pages; without it they are deleted afterwards")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        for runs in options.runs:
            folder = (options.keep or Path(temporary)) / str(runs)
            page = write_fake(folder, fake_rows(runs))
            size = sum(file.stat().st_size for file in (folder / "data").rglob("*.js"))
            print(f"{runs:,} runs, {size / runs:.0f} B of data a run")
            found = [measure(browser, page) for _ in range(options.times)]
            for key in found[0]:
                value = statistics.median(one[key] for one in found)
                limit = LIMITS.get(runs, {}).get(key)
                unit = "" if key == "elements" else " ms"
                print(f"  {key:18} {value:8.0f}{unit}" + (f"   limit {limit} ms" if limit else ""))
        browser.close()


if __name__ == "__main__":
    main()
