"""How quickly charts over runs answer in Chromium, opened from disk, beside the limits that they are to keep.

    python -m tests.benchmarks.charts [--times 3] [--keep FOLDER]

Makes an `mlruns` folder of 1,000 runs x 7 params (ten of them with 50 metrics of 300 points and one of 10,000 points
with a single spike), builds it, and prints medians: frames while an axis of the parallel coordinates of 1,000 runs x 8
axes is brushed; from navigation until 10 curves x 10,000 points are drawn, and how many spikes are left; frames while a
page of 50 curve charts is scrolled from end to end. Beside the times of the clock stand those of the page's own thread
(`CPU`): on a machine that has other things to do, only those can be trusted.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from sitegen.build import build
from sitegen.config import Config
from tests.browser.conftest import ARGS, chromium

RUNS, CURVED, POINTS, METRICS = 1000, 10, 10_000, 50
SPIKE = 1000.0
LIMITS = {
    "brush: median frame": 34, "brush: CPU a move": 16, "10 curves from navigation": 1000, "10 curves from navigation: CPU": 1000,
    "10 curves drawn anew": 1000, "scroll: longest frame": 200, "scroll: CPU a frame": 16,
}  # fmt: skip

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
REDRAW = """async () => {
  const state = SG.charts.adopt(document.querySelector('.run-charts-body figure'));
  const start = performance.now();
  await SG.charts.redraw(state);
  await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""
SPIKES = """async (ids) => {
  const runs = await Promise.all(ids.map(SG.run));
  return runs.filter((run) => Math.max(...SG.curveData.decode(run.curves.find((one) => one.k === 'spiky')).y) > 999).length;
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


def cpu(session: CDPSession) -> float:
    """Milliseconds that the page's thread has worked."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000 * float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def opened(browser: Browser, url: str, waits_for: str) -> tuple[Page, float, CDPSession]:
    """A page in a fresh context, and the milliseconds from navigation until `waits_for` is drawn."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(url, wait_until="commit")
    page.wait_for_selector("[data-run-charts]:not([hidden]) figure", timeout=60_000)
    page.evaluate("document.querySelector('[data-run-charts]').scrollIntoView()")
    page.wait_for_selector(waits_for, timeout=60_000)
    drawn = "new Promise(done => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"
    return page, page.evaluate(drawn), session


def measure(browser: Browser, url: str) -> dict[str, float]:
    return {**brush(browser, url), **curves_drawn(browser, url), **scrolled(browser, url)}


def brush(browser: Browser, url: str) -> dict[str, float]:
    page, _, session = opened(browser, url + "#charts=runs&find=parallel", ".parallel-stage canvas")
    page.wait_for_load_state("networkidle")
    before = cpu(session)
    frames = page.evaluate(BRUSH)
    each = (cpu(session) - before) / len(frames)
    page.context.close()
    return {
        "brush: median frame": statistics.median(frames),
        "brush: longest frame": max(frames),
        "brush: CPU a move": each,
    }


def curves_drawn(browser: Browser, url: str) -> dict[str, float]:
    page, drawn, session = opened(browser, url + "#charts=runs&find=spiky", ".uplot canvas")
    used = cpu(session)
    anew: Any = page.evaluate(REDRAW)
    left: Any = page.evaluate(SPIKES, [f"{i:032x}" for i in range(RUNS - CURVED, RUNS)])
    page.context.close()
    return {
        "10 curves from navigation": drawn,
        "10 curves from navigation: CPU": used,
        "10 curves drawn anew": anew,
        "spikes left of 10": left,
    }


def scrolled(browser: Browser, url: str) -> dict[str, float]:
    page, _, session = opened(browser, url + "#charts=runs&find=m/", ".uplot canvas")
    count = page.locator(".run-charts-body figure").count()
    page.wait_for_load_state("networkidle")
    before = cpu(session)
    frames = page.evaluate(SCROLL)
    each = (cpu(session) - before) / len(frames)
    page.context.close()
    return {
        "charts on the page": count,
        "scroll: median frame": statistics.median(frames),
        "scroll: longest frame": max(frames),
        "scroll: CPU a frame": each,
    }


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
        print(f"{name:32} {statistics.median(one[name] for one in found):8.1f}{limit}")


if __name__ == "__main__":
    main()
