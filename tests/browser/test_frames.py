"""An HTML artifact reaches no network from its frame: nothing before a click, and after it no more than the page said."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sitegen.build import build
from sitegen.config import Config
from tests.stores.mlruns_builder import RUN, experiment, run

from .conftest import chromium
from .hostile_page import (
    ALONE,
    LAST,
    LEAVING,
    SCRIPTED,
    STATIC,
    Listeners,
    listening,
    markup,
    page_with_scripts,
    page_without_scripts,
)

pytestmark = pytest.mark.browser
TOGETHER = [way for way in SCRIPTED if way not in (*ALONE, *LEAVING, *LAST)] + list(LAST)
ARGS = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP *.leak.test 127.0.0.1"]
# Listeners on loopback stand for the web: that a browser asks before pages reach loopback must not help.
ARGS += ["--disable-features=LocalNetworkAccessChecks"]
# Playwright switches prefetching off, as a private window does: readers have it on.
WITHOUT = ["--disable-background-networking", "--disable-field-trial-config"]


class Visit:
    """A browser as readers have it, the built site, and what was heard. `log` names every host once the browser is closed."""

    def __init__(self, context: BrowserContext, site: Path, heard: Listeners, log: Path) -> None:
        self.context, self.site, self.heard, self.log = context, site, heard, log

    def open(self, base: str, name: str) -> Page:
        page = self.context.new_page()
        page.goto(f"{base}files/{RUN}/{name}.html.txt.html")
        expect(page.locator("html[data-ready]")).to_be_attached()
        return page

    def run(self, page: Page, ways: int) -> None:
        page.get_by_role("button", name="Run its scripts").click()
        page.wait_for_timeout(200)
        if ways > 1:
            page.frames[1].wait_for_function(f"tried.length === {ways}")
        page.wait_for_timeout(800)  # what comes late must have had its time

    def names(self) -> set[str]:
        """The hosts of the ways that the log names."""
        events = json.loads(self.log.read_text("utf-8"))["events"]
        return set(re.findall(r"([\w-]+)\.(?:leak|names)\.test", json.dumps(events)))


@pytest.fixture(scope="module")
def visit(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    root = tmp_path_factory.mktemp("frames")
    with listening((*STATIC, *SCRIPTED)) as heard:
        pages = {"quiet.html": page_without_scripts(heard.ports), "loud.html": page_with_scripts(TOGETHER, heard.ports)}
        pages |= {f"{way}.html": page_with_scripts([way], heard.ports) for way in (*ALONE, LEAVING[0])}
        run(experiment(root / "mlruns"), RUN, artifacts=pages)
        build(Config(store=str(root / "mlruns"), output=root / "site", jobs=1))
        context = browser.browser_type.launch_persistent_context(
            root / "profile", executable_path=chromium(), ignore_default_args=WITHOUT,
            args=[*ARGS, f"--log-net-log={root / 'net.json'}"],
        )  # fmt: skip
        yield Visit(context, root / "site", heard, root / "net.json")
        context.close()


CONTROL = ("img", "iframe", "preconnect", "link-preconnect", "inner-html", "webrtc")
LOOKED_UP = ("link-dns-prefetch",)


def control(visit: Visit, folder: Path) -> None:
    """In a page that nothing guards, ways of each kind are heard."""
    ports = visit.heard.ports
    scripted = [way for way in (*CONTROL, *LOOKED_UP) if way in SCRIPTED]
    text = page_with_scripts(scripted, ports) + "".join(markup(way, ports[way]) for way in CONTROL if way in STATIC)
    (folder / "open.html").write_text(text, "utf-8")
    page = visit.context.new_page()
    page.goto((folder / "open.html").as_uri(), wait_until="commit")
    page.wait_for_timeout(1000)
    assert set(CONTROL) <= visit.heard.heard


def test_no_way_to_the_network_is_open(visit: Visit, serve: Callable[[Path], str], tmp_path: Path) -> None:
    heard = visit.heard.heard
    for base in (visit.site.as_uri() + "/", serve(visit.site)):
        quiet = visit.open(base, "quiet")
        quiet.wait_for_timeout(300)
        assert heard == set(), "of a page without scripts"
        links = quiet.frame_locator("iframe.sandbox").locator("[id^=way-]")
        for link in links.all():
            link.dispatch_event("click")
        loud = visit.open(base, "loud")
        loud.wait_for_timeout(500)
        assert heard == set(), "before a click"
        visit.run(loud, len(TOGETHER))
        assert heard == set(), "after it"
    for way in ALONE:
        visit.run(visit.open(base, way), 1)
        assert heard == set(), way
    leaving = visit.open(base, LEAVING[0])
    expect(leaving.locator(".frame-tools")).to_contain_text("connect to a server by leaving for its address")
    visit.run(leaving, 1)
    assert heard == {LEAVING[0]}, "which the page said"
    control(visit, tmp_path)
    visit.context.close()
    assert set(LOOKED_UP) <= visit.names() <= {*LEAVING, *CONTROL, *LOOKED_UP}
