"""How quickly charts over runs answer in Chromium, opened from disk, beside the limits that they are to keep.

    python -m tests.benchmarks.charts [--times 3] [--keep FOLDER]

Makes an `mlruns` folder of 1,000 runs x 7 params (ten of them with 50 metrics of 300 points and one of 10,000 points
with a single spike), builds it, and prints medians: frames while an axis of the parallel coordinates of 1,000 runs x 8
axes is brushed; from navigation until 10 curves x 10,000 points are drawn, and how many spikes are left; frames while a
page of 50 curve charts is scrolled from end to end.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from sitegen.build import build
from sitegen.config import Config
from tests.browser.conftest import ARGS, chromium

RUNS, CURVED, POINTS, METRICS = 1000, 10, 10_000, 50
SPIKE = 1000.0
LIMITS = {"brush: median frame": 34, "brush: longest frame": 100, "10 curves drawn": 1000, "scroll: longest frame": 200}

BRUSH = """async () => {
  const stage = document.querySelector('.parallel-stage'), canvas = stage.querySelector('canvas[role=img]');
  const box = canvas.getBoundingClientRect(), name = stage.querySelectorAll('.parallel-name')[3].getBoundingClientRect();
  const x = name.left + name.width / 2, frames = [];
  const send = (type, y) => canvas.dispatchEvent(new PointerEvent(type, {clientX: x, clientY: y, pointerId: 1, bubbles: true}));
  canvas.setPointerCapture = () => undefined;
  send('pointerdown', box.top + 40);
  let last = await new Promise(requestAnimationFrame);
  for (let i = 1; i <= 80; i++) {
    send('pointermove', box.top + 40 + i * 3);
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  send('pointerup', box.top + 280);
  return frames;
}"""
SCROLL = """async () => {
  const frames = [];
  let last = await new Promise(requestAnimationFrame);
  for (let y = 0; y < document.documentElement.scrollHeight; y += 120) {
    scrollTo(0, y);
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  return frames;
}"""
SPIKES = """async (ids) => {
  const runs = await Promise.all(ids.map(SG.run));
  return runs.filter((run) => Math.max(...SG.curve(run.curves.find((one) => one.k === 'spiky')).y) > 999).length;
}"""


def write_store(folder: Path) -> None:
    """An `mlruns` folder; the runs with curves are the newest, so that the table has them first."""
    chance = random.Random(7)
    experiment = folder / "1"
    experiment.mkdir(parents=True)
    (experiment / "meta.yaml").write_text("experiment_id: '1'\nname: charts\nlifecycle_stage: active\n")
    for i in range(RUNS):
        run_id = f"{i:032x}"
        start = 1_700_000_000_000 + i * 1000
        files = {
            "meta.yaml": f"run_id: {run_id}\nrun_uuid: {run_id}\nexperiment_id: '1'\nrun_name: run-{i}\nstatus: 3\nlifecycle_stage: active\n"
            f"start_time: {start}\nend_time: {start + 1000}\nuser_id: u\nartifact_uri: ''\nentry_point_name: ''\nsource_name: ''\nsource_type: 4\nsource_version: ''\ntags: []\n",
            **{f"params/p{k}": f"{chance.random():.4f}" for k in range(6)},
            "params/kind": chance.choice("abc"),
            "metrics/accuracy": f"{start} {chance.random():.5f} 0\n",
        }
        if i >= RUNS - CURVED:
            files |= curves(chance, start)
        for name, text in files.items():
            path = experiment / run_id / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


def curves(chance: random.Random, start: int) -> dict[str, str]:
    spike = chance.randrange(100, POINTS - 100)
    found = {f"metrics/m/{k:02d}": [chance.random() + 100 / (step + 9) for step in range(300)] for k in range(METRICS)}
    found["metrics/spiky"] = [SPIKE if step == spike else chance.random() for step in range(POINTS)]
    return {
        name: "".join(f"{start + step} {value:.5f} {step}\n" for step, value in enumerate(values))
        for name, values in found.items()
    }


def opened(browser: Browser, url: str, waits_for: str) -> tuple[Page, float]:
    """A page in a fresh context, and the milliseconds from navigation until `waits_for` is drawn."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(url, wait_until="commit")
    page.wait_for_selector("[data-over]:not([hidden]) figure", timeout=60_000)
    page.evaluate("document.querySelector('[data-over]').scrollIntoView()")
    page.wait_for_selector(waits_for, timeout=60_000)
    drawn = "new Promise(done => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"
    return page, page.evaluate(drawn)


def measure(browser: Browser, url: str) -> dict[str, float]:
    out: dict[str, Any] = {}
    page, _ = opened(browser, url + "#charts=runs&find=parallel", ".parallel-stage canvas")
    frames = page.evaluate(BRUSH)
    out["brush: median frame"], out["brush: longest frame"] = statistics.median(frames), max(frames)
    page.context.close()
    page, out["10 curves drawn"] = opened(browser, url + "#charts=runs&find=spiky", ".uplot canvas")
    newest = [f"{i:032x}" for i in range(RUNS - CURVED, RUNS)]
    out["spikes left of 10"] = page.evaluate(SPIKES, newest)
    page.context.close()
    page, _ = opened(browser, url + "#charts=runs&find=m/", ".uplot canvas")
    out["charts on the page"] = page.locator(".over-body figure").count()
    page.wait_for_load_state("networkidle")
    frames = page.evaluate(SCROLL)
    out["scroll: median frame"], out["scroll: longest frame"] = statistics.median(frames), max(frames)
    page.context.close()
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument(
        "--keep", type=Path, help="folder for the store and site; without it they are deleted afterwards"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = options.keep or Path(temporary)
        if not (folder / "site").exists():
            write_store(folder / "mlruns")
            build(Config(store=str(folder / "mlruns"), output=folder / "site"))
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        found = [measure(browser, (folder / "site" / "experiments" / "1.html").as_uri()) for _ in range(options.times)]
        browser.close()
    for name in found[0]:
        limit = f"   limit {LIMITS[name]}" if name in LIMITS else ""
        print(f"{name:24} {statistics.median(one[name] for one in found):8.1f}{limit}")


if __name__ == "__main__":
    main()
