"""A report on paper: a Chromium that is on this machine prints it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sitegen.errors import UsageError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
SECONDS = 120


def find_browser() -> str:
    """The program: `SITEGEN_CHROMIUM` if it is set, else the first that is installed. Raises UsageError for none."""
    for one in _candidates():
        return one
    raise UsageError(
        "A PDF needs Chromium, Chrome or Edge, and none was found; install one, or set SITEGEN_CHROMIUM to its path."
    )


def _candidates() -> Iterator[str]:
    if own := os.environ.get("SITEGEN_CHROMIUM"):
        yield own
    yield from filter(None, map(shutil.which, NAMES))
    yield from (place for place in PLACES if Path(place).is_file())


def print_pdf(text: str, output: Path) -> None:
    """Print the page `text` to the file `output`. Raises UsageError if no browser is found or it fails."""
    browser = find_browser()
    with TemporaryDirectory(prefix="sitegen-pdf-") as folder:
        page, made = Path(folder, "report.html"), Path(folder, "report.pdf")
        page.write_text(text, "utf-8")
        # Chromium refuses to run as root with its sandbox; the page has no scripts and loads nothing.
        root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        options = ["--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={folder}/profile", *root]
        command = [browser, *options, "--no-pdf-header-footer", f"--print-to-pdf={made}", page.as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UsageError(f"{browser} could not print the report ({type(error).__name__}).") from error
        if done.returncode or not made.is_file():
            raise UsageError(f"{browser} could not print the report (exit code {done.returncode}).")
        shutil.move(made, output)
