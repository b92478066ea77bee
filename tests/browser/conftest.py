"""A real browser for tests: any console error, page error or request that leaves the site fails the test.

Fixtures: `browser` (one Chromium a session), `page` and `fresh_page` (pages that are checked at the end), `serve` (a folder over
http on loopback), `sample` (a sample store, built into a site once a session). All tests of this folder carry the
marker `browser`, so that `tests/run.py --quick` can leave them out.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from .samples import Sample, build_sample

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A wait ends when what it waits for is there; this is only how long a busy machine may take.
expect.set_options(timeout=20000)
HEADLESS_SHELL = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and leave out what `--both-schemes` asks for.

    A page behaves over http as it does from disk, where more is forbidden; so a test runs from `file://` alone, unless it
    is about something that browsers treat differently (links, storage, frames, clipboard, files that are loaded or saved)
    and says so with the marker `both_schemes`.
    """
    here = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    for item in here:
        item.add_marker("browser")
    if not config.getoption("--both-schemes"):
        doubled = {id(item) for item in here if _is_over_http(item) and not item.get_closest_marker("both_schemes")}
        config.hook.pytest_deselected(items=[item for item in items if id(item) in doubled])
        items[:] = [item for item in items if id(item) not in doubled]


def _is_over_http(item: pytest.Item) -> bool:
    return "http" in getattr(getattr(item, "callspec", None), "params", {}).values()


def chromium() -> str:
    """The browser's path: `$SITEGEN_CHROMIUM`, else the first that is on PATH."""
    found = os.environ.get("SITEGEN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail(
            "The browser tests need Chromium: apt install chromium, or set SITEGEN_CHROMIUM to its path.", pytrace=False
        )
    return found


@pytest.fixture(scope="session")
def chromiums() -> Iterator[Callable[[str], Browser]]:
    """`chromiums(path)` is the Chromium at this path, launched once a session."""
    with sync_playwright() as playwright:
        launched: dict[str, Browser] = {}

        def at(path: str) -> Browser:
            if path not in launched:
                launched[path] = playwright.chromium.launch(executable_path=path, args=ARGS)
            return launched[path]

        yield at
        for each in launched.values():
            each.close()


@pytest.fixture(scope="session")
def browser(chromiums: Callable[[str], Browser]) -> Browser:
    """One Chromium for all tests: its headless shell, where there is one, which does the same for less than half the CPU."""
    return chromiums(shutil.which(HEADLESS_SHELL) or chromium())


def _cut_short(request: Request) -> bool:
    """Whether the request ended because the test went to another page while it ran."""
    return "ERR_ABORTED" in (request.failure or "")


class Watch:
    """Faults of a page: console errors, exceptions, failed requests, and requests to anywhere but the site itself."""

    def __init__(self, page: Page) -> None:
        self.faults: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self._add(message.type == "error", f"console: {message.text}"))
        page.on("pageerror", lambda error: self._add(True, f"exception: {error}"))
        page.on(
            "requestfailed",
            lambda request: self._add(not _cut_short(request), f"failed: {request.url} {request.failure}"),
        )
        page.on("request", lambda request: self._see(request.url))

    def _see(self, url: str) -> None:
        self.requests.append(url)
        # The browser shows PDF documents by parts of its own.
        own = url.startswith(("file://", "http://127.0.0.1:", "data:", "blob:", "chrome-extension://", "chrome://"))
        self._add(not own, f"outside request: {url}")

    def _add(self, is_fault: bool, text: str) -> None:
        if is_fault:
            self.faults.append(text)


@pytest.fixture
def fresh_page(
    browser: Browser, chromiums: Callable[[str], Browser], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """`fresh_page(**options)` opens a page in a context with these options; all of them are checked at the end.

    With the marker `whole_browser` the page is in Chromium itself, for what its headless shell lacks (documents, sound).

    `page.watch` is the page's `Watch`; a test that expects faults clears them before its end.
    """
    opened: list[tuple[BrowserContext, Watch]] = []
    chosen = chromiums(chromium()) if request.node.get_closest_marker("whole_browser") else browser

    def open_one(**options: Any) -> Page:
        context = chosen.new_context(**options)
        page = context.new_page()
        page.set_default_timeout(30000)
        page.watch = Watch(page)  # type: ignore[attr-defined]
        opened.append((context, page.watch))  # type: ignore[attr-defined]
        return page

    yield open_one
    for context, _ in opened:
        context.close()
    faults = [fault for _, watch in opened for fault in watch.faults]
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(fresh_page: Callable[..., Page]) -> Page:
    """A page of ordinary size, in a context of its own."""
    return fresh_page(viewport={"width": 1280, "height": 900}, accept_downloads=True)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    """A server that says nothing when a browser hangs up in the middle of a file."""

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """`serve(folder)` gives the http address of a folder, ending in `/`."""
    servers: list[_Server] = []

    def start(folder: Path) -> str:
        server = _Server(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Sample]:
    """`sample("mlflow3")` is that sample store as a site, built on first use."""
    built: dict[str, Sample] = {}

    def get(name: str) -> Sample:
        if name not in built:
            built[name] = build_sample(name, tmp_path_factory.mktemp(name))
        return built[name]

    return get


@pytest.fixture(params=["file", "http"])
def main_site(request: pytest.FixtureRequest, sample: Callable[[str], Sample], serve: Callable[[Path], str]) -> Sample:
    """The main sample, `mlflow3`, opened from disk and over http."""
    made = sample("mlflow3")
    return made if request.param == "file" else made.at(_served(made.folder, serve))


_SERVED: dict[Path, str] = {}


def _served(folder: Path, serve: Callable[[Path], str]) -> str:
    if folder not in _SERVED:
        _SERVED[folder] = serve(folder)
    return _SERVED[folder]
