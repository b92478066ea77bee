"""While `sitegen serve` runs, its own pages work, and a page of another origin gets nothing of them, token or not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from sitegen.commands.serve import SiteServer
from tests.stores.mlruns_builder import write

pytestmark = pytest.mark.browser
# A page elsewhere that tries every way to the site, and notes what came of each.
ATTACK = """<!doctype html><title>elsewhere</title><script>
window.got = {};
function note(how, what) { window.got[how] = what; }
function element(name, address) {
  var one = document.createElement(name);
  one.onload = function () { note(name, 'loaded'); };
  one.onerror = function () { note(name, 'refused'); };
  one.src = address;
  document.documentElement.appendChild(one);
}
element('script', 'SITE/data/site.js');
element('img', 'SITE/plot.png');
fetch('SITE/index.html').then(function (r) { return r.text(); }).then(
  function (t) { note('fetch', 'loaded'); }, function () { note('fetch', 'refused'); });
fetch('SITE/index.html', {mode: 'no-cors'}).then(
  function () { note('no-cors', 'loaded'); }, function () { note('no-cors', 'refused'); });
var socket = new WebSocket('SITE/index.html'.replace('http', 'ws'));
socket.onopen = function () { note('socket', 'loaded'); };
socket.onerror = function () { note('socket', 'refused'); };
</script><iframe src="SITE/index.html"></iframe>"""
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f00030001017f1b0e8c0000000049454e44ae426082"
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SiteServer]:
    folder = tmp_path / "site"
    write(folder / "index.html", '<html><head></head><script src="data/site.js"></script><p>the store</p></html>')
    write(folder / "data" / "site.js", "window.leak = 'the store';")
    write(folder / "plot.png", PNG)
    with SiteServer(folder, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def test_its_own_pages_load_their_scripts(site: SiteServer, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(site.url)
    page.wait_for_function("typeof window.sitegenState === 'function' && window.leak === 'the store'")
    page.close()


@pytest.mark.parametrize("knows_token", [True, False])
def test_a_page_of_another_origin_gets_nothing(
    site: SiteServer, browser: Browser, serve: Callable[[Path], str], tmp_path: Path, knows_token: bool
) -> None:
    address = site.url.rstrip("/") if knows_token else site.url.removesuffix(f"{site.prefix}/")
    write(tmp_path / "elsewhere" / "index.html", ATTACK.replace("SITE", address))
    page = browser.new_page()
    page.goto(serve(tmp_path / "elsewhere"))
    page.wait_for_function("Object.keys(window.got).length === 5")
    got = page.evaluate("window.got")
    assert got.pop("no-cors") in ("refused", "loaded"), "an answer that no script may read"
    assert got == dict.fromkeys(("script", "img", "fetch", "socket"), "refused")
    assert page.evaluate("window.leak") is None
    frame = page.frames[1]
    assert "the store" not in frame.content()
    page.close()
