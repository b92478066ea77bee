"""While `sitegen serve` runs, its own pages work, and a page of another origin gets nothing of them, token or not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from sitegen.commands.serve import Handler, SiteServer
from tests.stores.mlruns_builder import write

pytestmark = pytest.mark.browser
# A page elsewhere that tries every way into the site, and notes what came of each.
ATTACK = """<!doctype html><title>elsewhere</title><script>
window.got = {};
function note(how, what) { window.got[how] = what; }
function element(name, more) {
  var one = document.createElement(name);
  one.onload = one.onloadedmetadata = function () { note(name, 'loaded'); };
  one.onerror = function () { note(name, 'refused'); };
  Object.assign(one, more);
  document.documentElement.appendChild(one);
  return one;
}
element('script', {src: 'SITE/data/site.js'});
element('img', {src: 'SITE/plot.png'});
element('link', {rel: 'stylesheet', href: 'SITE/site.css'});
element('video', {src: 'SITE/film.webm'});
element('object', {data: 'SITE/plot.png', type: 'image/png'});
document.head.append(Object.assign(document.createElement('link'), {rel: 'prefetch', href: 'SITE/index.html'}));
var module = document.createElement('script');
module.type = 'module';
module.textContent = "import('SITE/data/site.js').then(() => note('import', 'loaded'), () => note('import', 'refused'))";
document.head.append(module);
window.opened = window.open('SITE/index.html');
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


class Recording(SiteServer):
    """A server that knows how it answered."""

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(folder, port)
        self.answered: list[int] = []
        answered = self.answered

        class Noting(Handler):
            def send_response(self, code: int, message: str | None = None) -> None:
                answered.append(code)
                super().send_response(code, message)

        self.RequestHandlerClass = partial(Noting, directory=str(folder))  # type: ignore[assignment]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Recording]:
    folder = tmp_path / "site"
    write(folder / "index.html", '<html><head></head><script src="data/site.js"></script><p>the store</p></html>')
    write(folder / "data" / "site.js", "window.leak = 'the store';")
    write(folder / "plot.png", PNG)
    write(folder / "site.css", "body { --leak: 1 }")
    write(folder / "film.webm", (Path(__file__).parent / "files" / "clip.webm").read_bytes())
    with Recording(folder, 0) as running:
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
    site: Recording, browser: Browser, serve: Callable[[Path], str], tmp_path: Path, knows_token: bool
) -> None:
    address = site.url.rstrip("/") if knows_token else site.url.removesuffix(f"{site.prefix}/")
    write(tmp_path / "elsewhere" / "index.html", ATTACK.replace("SITE", address))
    context = browser.new_context()
    page = context.new_page()
    page.goto(serve(tmp_path / "elsewhere"))
    page.wait_for_function("Object.keys(window.got).length === 9")
    got = page.evaluate("window.got")
    assert got.pop("no-cors") in ("refused", "loaded"), "an answer that no script may read"
    assert got == dict.fromkeys(("script", "img", "fetch", "socket", "link", "video", "object", "import"), "refused")
    assert page.evaluate("window.leak") is None
    page.wait_for_timeout(200)
    everything = [frame.content() for one in context.pages for frame in one.frames if frame != page.main_frame]
    assert len(everything) >= 2 and not any("the store" in text for text in everything)
    assert page.evaluate("opened.closed || opened.length === 0")
    assert all(status == 403 for status in site.answered), "none was answered, a prefetch neither"
    context.close()
