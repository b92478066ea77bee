"""How long MLflow's own UI takes over a database: until its first row, a filter, a sort; beside which explorer.py stands.

    python tests/benchmarks/mlflow_ui.py mlflow.db EXPERIMENT_ID --mlflow-python PYTHON [--filter 'metrics."val/loss" < 1']
        [--sort 'metrics.`val/loss`'] [--times 3]

Starts `mlflow server` on loopback and drives its page in Chromium. Prints medians in seconds, wall: what a reader waits.
The store must be one that MLflow opens (`gen_store.py --format sqlite --sqlite-template FILE` makes one of any size).
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

CHROMIUM = os.environ.get("SITEGEN_CHROMIUM") or shutil.which("chromium") or "google-chrome"
ROW = "[role=row] a[href*='/runs/']"
PATIENCE = 120_000
"""Milliseconds."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", type=Path)
    parser.add_argument("experiment")
    parser.add_argument("--mlflow-python", default="python")
    parser.add_argument("--filter", default='metrics."val/loss" < 1')
    parser.add_argument("--sort", default="metrics.`val/loss`")
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    with served(options.database, options.mlflow_python) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        runs = f"{address}#/experiments/{options.experiment}/runs"
        print(f"first row, first visit: {opened(page, runs):.2f} s")
        for name, query in (
            ("first row, later visits", {}),
            (f"filter {options.filter}", {"searchFilter": options.filter}),
            (f"sort by {options.sort}", {"orderByKey": options.sort, "orderByAsc": "true"}),
        ):
            took = [opened(page, f"{runs}?{urlencode(query)}") for _ in range(options.times)]
            print(f"{name}: {statistics.median(took):.2f} s")
        browser.close()


def first_row(database: Path, experiment: str, python: str, times: int) -> float:
    """Seconds until the UI shows a run of the experiment, once it has been opened before; the median."""
    with served(database, python) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        found = [opened(page, f"{address}#/experiments/{experiment}/runs") for _ in range(times + 1)]
        browser.close()
    return statistics.median(found[1:])


def opened(page: Page, address: str) -> float:
    """Seconds until the page at `address` shows a run, from an empty page."""
    page.goto("about:blank")
    started = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(ROW, timeout=PATIENCE)
    return time.perf_counter() - started


@contextmanager
def served(database: Path, python: str) -> Iterator[str]:
    """The address of an MLflow server over `database`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [python, "-m", "mlflow", "server", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{database.resolve()}"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_for(address + "health")
        yield address
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str, seconds: float = 90) -> None:
    """Until a server answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(address, timeout=1)
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
    raise SystemExit(f"{address} does not answer.")


if __name__ == "__main__":
    main()
