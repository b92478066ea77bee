"""One very large run: 500 metrics of 1,000 steps, 2,000 params, 3,000 artifacts. How long its build takes, how heavy its
page is, and how soon a browser has it.

    python tests/benchmarks/large_run.py [--keep FOLDER]

The bar: built in under 5 s, open in Chromium in under 1.5 s, the page under 100 kB compressed.
"""

from __future__ import annotations

import argparse
import gzip
import math
import tempfile
import time
from pathlib import Path

METRICS, STEPS, PARAMS, ARTIFACTS = 500, 1_000, 2_000, 3_000
RUN = "5" * 32


def write_store(root: Path) -> None:
    """The store, as MLflow's file store lays it out."""
    experiment = root / "1"
    run = experiment / RUN
    for name in ("params", "tags", "metrics", "artifacts"):
        (run / name).mkdir(parents=True)
    (experiment / "meta.yaml").write_text(
        "artifact_location: mlflow-artifacts:/1\nexperiment_id: '1'\nlifecycle_stage: active\nname: large\n"
    )
    (run / "meta.yaml").write_text(
        f"artifact_uri: mlflow-artifacts:/1/{RUN}/artifacts\nexperiment_id: '1'\nlifecycle_stage: active\nrun_id: '{RUN}'\n"
        "run_name: large\nstart_time: 1700000000000\nend_time: 1700003600000\nstatus: 3\nuser_id: ada\n"
    )
    for n in range(METRICS):
        lines = (
            f"{1700000000000 + s * 1000} {math.exp(-s / 300) + n / 500 + math.sin(s * n) / 40} {s}"
            for s in range(STEPS)
        )
        (run / "metrics" / f"layer_{n:03}_grad_norm").write_text("\n".join(lines) + "\n")
    for n in range(PARAMS):
        (run / "params" / f"module.{n % 40}.option_{n:04}").write_text(str(n / 7))
    for n in range(ARTIFACTS):
        file = run / "artifacts" / f"part_{n % 30:02}" / f"result_{n:04}.{('json', 'txt', 'csv')[n % 3]}"
        file.parent.mkdir(exist_ok=True)
        file.write_text(('{"a": %d}', "line %d\n", "a,b\n1,%d\n")[n % 3] % n)


def opened(page: Path) -> float:
    """Seconds until the page is drawn and its scripts are ready, in a new Chromium window; the middle of three."""
    import shutil

    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    times = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(3):
            window = browser.new_page()
            start = time.perf_counter()
            window.goto(page.as_uri())
            window.wait_for_selector("html[data-ready]", state="attached")
            window.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            times.append(time.perf_counter() - start)
            window.close()
        browser.close()
    return sorted(times)[1]


def main() -> None:
    from sitegen.build import build
    from sitegen.config import Config

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="a new folder for the store and the site")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = options.keep or Path(scratch)
        write_store(root / "mlruns")
        start, cpu = time.perf_counter(), time.process_time()
        built = build(Config(store=str(root / "mlruns"), output=root / "site", jobs=1))
        took, used = time.perf_counter() - start, time.process_time() - cpu
        print(f"built in {took:.2f} s ({used:.2f} s CPU), {built.files:,} files, {built.size / 1e6:.1f} MB")
        page = root / "site" / "runs" / f"{RUN}.html"
        data = page.read_bytes()
        print(f"page {len(data):,} B, {len(gzip.compress(data)):,} B compressed")
        print(f"open in {opened(page):.2f} s")


if __name__ == "__main__":
    main()
