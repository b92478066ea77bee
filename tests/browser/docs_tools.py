"""The snippets of charts in fresh projects of tools that write documentation, looked at in the browser.

`python -m tests.browser.docs_tools FOLDER` works in FOLDER, where these are installed (it says how if they are not):
Material for MkDocs, Zensical, Sphinx with MyST and Furo in a virtual environment `v`, and VitePress from npm in `vp`.
It builds the main sample, copies the snippets from its page as a reader does, makes a light and a dark project with
each tool, and opens their pages at three widths with the reader's system the other way round. What does not fit is
printed, and pictures are left in FOLDER/seen. Not part of the tests: it needs the network once, and minutes.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from sitegen.build import build
from sitegen.config import ChartConfig, Config
from tests.browser.conftest import chromium
from tests.browser.test_embeds import MEASURE, choices

INSTALL = """python -m venv v && v/bin/pip install mkdocs-material zensical sphinx myst-parser furo
mkdir -p vp && cd vp && npm init -y && npm install vitepress"""
SAMPLE = Path(__file__).resolve().parents[2] / "sample_runs" / "mlflow3" / "mlruns"
WIDTHS = (926, 736, 360)
CIFAR = "cifar-cnn"
OTHER = {"light": "dark", "dark": "light"}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def serve(folder: Path) -> str:
    """The address at which a folder is served, until the program ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def write(file: Path, *parts: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n\n".join(parts) + "\n", "utf-8")


def run(folder: Path, *command: str) -> None:
    """Run a tool; what it says is printed only if it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} fails:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


# Projects -----------------------------------------------------------------------------------------------------------


def mkdocs(at: Path, tools: Path, found: dict[str, str], scheme: str, command: str) -> Path:
    """A project of Material for MkDocs or of Zensical, with the frame and the pictures of both schemes."""
    palette = "default" if scheme == "light" else "slate"
    config = (
        f"site_name: Report\nsite_url: http://127.0.0.1/\ntheme:\n  name: material\n  palette:\n    scheme: {palette}\n"
    )
    write(at / "mkdocs.yml", config)
    write(at / "docs" / "index.md", "# Report", found["MkDocs, Zensical"], found["Material, light and dark pictures"])
    run(at, str(tools / "v" / "bin" / command), "build")
    return at / "site"


def sphinx(at: Path, tools: Path, found: dict[str, str], scheme: str, page: str) -> Path:
    """A project of Sphinx with Furo; `page` is `md` for MyST, `rst` for reStructuredText."""
    write(at / "conf.py", 'project = "Report"\nextensions = ["myst_parser"]\nhtml_theme = "furo"')
    snippet, picture = (
        ("MyST", "Markdown picture") if page == "md" else ("reStructuredText", "reStructuredText picture")
    )
    write(at / f"index.{page}", "# Report" if page == "md" else "Report\n======", found[snippet], found[picture])
    run(at, str(tools / "v" / "bin" / "sphinx-build"), "-q", "-b", "html", ".", "out")
    return at / "out"


def vitepress(at: Path, tools: Path, found: dict[str, str], scheme: str, _: str) -> Path:
    """A project of VitePress, with the script of its comment in its config."""
    head = found["VitePress"].partition("head: ")[2].removesuffix(" -->")
    appearance = "false" if scheme == "light" else '"force-dark"'
    write(
        at / ".vitepress" / "config.mjs",
        f"export default {{ title: 'Report', appearance: {appearance}, head: {head} }}",
    )
    write(at / "index.md", "# Report", found["VitePress"])
    run(tools / "vp", "npx", "vitepress", "build", str(at))
    return at / ".vitepress" / "dist"


def readme(at: Path, tools: Path, found: dict[str, str], scheme: str, _: str) -> Path:
    """A plain page with pictures alone, as a README is."""
    ground = {"light": "#ffffff", "dark": "#0d1117"}[scheme]
    style = f"<meta name=viewport content='width=device-width'><style>html {{ background: {ground}; color-scheme: {scheme} }} img {{ max-width: 100% }}</style>"
    write(at / "index.html", f"<!doctype html><link rel=icon href='data:,'>{style}", found["Picture (README)"])
    return at


PROJECTS = {
    "material": (mkdocs, "mkdocs"),
    "zensical": (mkdocs, "zensical"),
    "myst": (sphinx, "md"),
    "rest": (sphinx, "rst"),
    "vitepress": (vitepress, ""),
    "readme": (readme, ""),
}


# Looking ------------------------------------------------------------------------------------------------------------


def copied(browser: Browser, base: str, experiment: str) -> dict[str, str]:
    """What the page of an experiment offers to copy of its first chart."""
    page = browser.new_page()
    page.goto(base + experiment)
    figure = page.locator("figure[data-pictures]").first
    figure.locator("summary[title='Chart menu']").click()
    figure.get_by_role("button", name="Embed").click()
    return choices(page)


def faults(page: Page, said: list[str], scheme: str) -> Iterator[str]:
    """What is wrong with the frames of a page."""
    yield from said
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield "the page scrolls sideways"
    for frame in page.frames[1:]:
        frame.wait_for_selector("html[data-ready]", state="attached")
        found = frame.evaluate(MEASURE)
        theme = frame.evaluate("document.documentElement.dataset.theme")
        ground = frame.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        if found["scrolls"] or found["outside"] or not 11 <= found["size"] <= 16:
            yield f"does not fit: {found}"
        if theme != scheme or ground != "rgba(0, 0, 0, 0)":
            yield f"is {theme} on {ground} in a {scheme} page"


def is_ours(message: ConsoleMessage, base: str) -> bool:
    """Whether an error is not one of the tool's own: of fonts from elsewhere, or an icon that is not there."""
    return message.type == "error" and (base in message.location["url"] or "load resource" not in message.text)


def look(browser: Browser, name: str, address: str, scheme: str, base: str, seen: Path) -> int:
    """Open a page at each width with the system the other way round; how many faults were found."""
    system = scheme if name == "readme" else OTHER[scheme]
    page = browser.new_page(color_scheme=system)  # type: ignore[arg-type]
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if is_ours(one, base) else None)
    page.on("pageerror", lambda one: said.append(str(one)))
    page.add_init_script(f"localStorage.setItem('theme', '{scheme}')")
    count = 0
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        page.locator("iframe, img").first.scroll_into_view_if_needed()
        page.wait_for_timeout(1200)
        found = list(faults(page, said, scheme))
        count += len(found)
        print(f"{name} {scheme} {width}: {'; '.join(found) or 'fits'}", flush=True)
        page.screenshot(path=seen / f"{name}-{scheme}-{width}.png")
    page.close()
    return count


def main(tools: Path) -> int:
    """Everything; 1 if something does not fit."""
    if not (tools / "v").is_dir() or not (tools / "vp" / "node_modules").is_dir():
        raise SystemExit(f"Install the tools first:\ncd {tools}\n{INSTALL}")
    seen = tools / "seen"
    seen.mkdir(exist_ok=True)
    mine = (ChartConfig("Validation loss", CIFAR, ("val_loss",)),)
    build(Config(str(SAMPLE), tools / "site", charts=mine, no_cache=True))
    base = serve(tools / "site")
    [experiment] = [
        file for file in (tools / "site" / "experiments").glob("*.html") if f"<h1>{CIFAR}" in file.read_text("utf-8")
    ]
    count = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        found = copied(browser, base, f"experiments/{experiment.name}")
        for name, (make, how) in PROJECTS.items():
            for scheme in OTHER:
                # Below `vp`, so that VitePress finds its libraries.
                folder = make(tools / "vp" / "projects" / f"{name}-{scheme}", tools, found, scheme, how)
                count += look(browser, name, serve(folder), scheme, base, seen)
        browser.close()
    return min(count, 1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
