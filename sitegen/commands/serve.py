"""Serve a site on this machine, rebuild it when its store changes, and have open pages reload.

The server listens on loopback only. A page of another site that is open in the same browser must not read a store: a
request is answered only if its host is this machine, it comes from a page of the site or the address bar, and its path
begins with the random token of the site. Changes are detected by the store's signature instead of watching the disk:
that also works for databases, and does not run out of watches on a store of ten thousand runs.
"""

from __future__ import annotations

import functools
import re
import secrets
import tempfile
import threading
import time
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from sitegen.build import Built, build, read_options
from sitegen.config import Config
from sitegen.errors import SitegenError, UsageError
from sitegen.stores import find_stores, open_found
from sitegen.stores.find import FoundStores

ASK_EVERY = 0.25
"""Seconds between checks of the store; longer if a check takes long."""
CHECK_SHARE = 5
"""How many times as long as a check takes the next one waits."""
GONE, UNKNOWN = "gone", ""
"""Signatures of a store that cannot be opened, and of one whose state has to be looked at again."""
HOST = re.compile(r"(127\.0\.0\.1|localhost)(:\d{1,5})?", re.IGNORECASE)
OWN_USES = frozenset("document iframe script style image font audio video track embed object empty".split())
"""What a page of the site may ask a file for (`Sec-Fetch-Dest`): not for a worker, which would outlive the page."""
ROOT = re.compile(rb'data-root="([^"]*)"')
RELOAD_SCRIPT = "__sitegen/reload.js"
STATE_SCRIPT = "__sitegen/state.js"
# The policy of the pages allows scripts from the site itself and no fetch: so the page asks by loading a script.
RELOAD = """'use strict';
(function () {
  var seen = null;
  var own = document.currentScript.src;
  window.sitegenState = function (version) {
    if (seen !== null && version !== seen) location.reload();
    seen = version;
  };
  function ask() {
    var script = document.createElement('script');
    script.src = own.replace('reload.js', 'state.js') + '?' + Date.now();
    script.onload = script.onerror = function () { script.remove(); setTimeout(ask, 250); };
    document.head.appendChild(script);
  }
  ask();
})();
"""


class SiteServer(ThreadingHTTPServer):
    """Serves one folder below `prefix`, a path with a random token; `version` grows with every rebuild."""

    daemon_threads = True

    def __init__(self, folder: Path, port: int) -> None:
        self.version = 1
        self.prefix = f"/{secrets.token_urlsafe(16)}"
        handler = functools.partial(Handler, directory=str(folder))
        try:
            super().__init__(("127.0.0.1", port), handler)
        except OSError as error:
            raise UsageError(f"Port {port} cannot be used ({error.strerror}); choose another with --port.") from error

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{self.prefix}/"


class Handler(SimpleHTTPRequestHandler):
    """Serves the files of the site; pages get one more script, which asks whether there is a newer version."""

    server: SiteServer

    def parse_request(self) -> bool:
        """Whether the request is answered; `path` is then without the prefix."""
        if not super().parse_request():
            return False
        host = self.headers.get("Host", "")
        if not host or "\0" in unquote(self.path):
            self.send_error(400)
        elif not HOST.fullmatch(host) or not self._is_own():
            self.send_error(403, "Only the pages of this site are answered")
        elif not self.path.startswith(f"{self.server.prefix}/"):
            self.send_error(403, "The address begins with the token that sitegen printed")
        else:
            self.path = self.path.removeprefix(self.server.prefix)
            return True
        return False

    def _is_own(self) -> bool:
        """Whether the request comes from a page of the site, from the address bar, or from no browser."""
        origin, use = self.headers.get("Origin"), self.headers.get("Sec-Fetch-Dest", "document")
        own = f"http://{self.headers.get('Host', '')}".lower()
        uses = {"same-origin": OWN_USES, "none": {"document"}}.get(self.headers.get("Sec-Fetch-Site", "none"), ())
        return use in uses and origin in (None, own)

    def do_GET(self) -> None:
        if self.path.startswith(f"/{RELOAD_SCRIPT}"):
            self._send(RELOAD.encode(), "text/javascript")
        elif self.path.startswith(f"/{STATE_SCRIPT}"):
            self._send(f"sitegenState({self.server.version});".encode(), "text/javascript")
        else:
            self._send_file()

    def _send_file(self) -> None:
        path = Path(self.translate_path(self.path))
        page = path / "index.html" if path.is_dir() else path
        if page.suffix == ".html" and page.is_file():
            self._send(reloading(page.read_bytes(), self.server.prefix), "text/html; charset=utf-8")
        elif path.is_dir():
            self.send_error(404)
        else:
            super().do_GET()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "404.html"
        prefix = self.server.prefix
        if code == 404 and page.is_file():
            self._send(reloading(from_root(page.read_bytes(), prefix), prefix), "text/html; charset=utf-8", 404)
        else:
            super().send_error(code, message, explain)

    def list_directory(self, path: object) -> None:
        self.send_error(404)

    def _send(self, body: bytes, kind: str, code: int = 200) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Content-Security-Policy", "frame-ancestors 'self'")
        self.send_header("Referrer-Policy", "no-referrer")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the interesting lines are those of the rebuilds."""


def reloading(page: bytes, prefix: str) -> bytes:
    """The page with the script that asks for a newer version."""
    return page.replace(b"</head>", f'<script defer src="{prefix}/{RELOAD_SCRIPT}"></script></head>'.encode(), 1)


def from_root(page: bytes, prefix: str) -> bytes:
    """404.html with addresses that hold at any depth: relative to a root, or from the site's own path."""
    found = ROOT.search(page)
    base = re.escape(found[1]) if found else b""
    root = rf'\1="{prefix}/'.encode()
    return re.sub(rb'\b(href|src|data-root|data-assets)="' + base + rb"(?!#|[a-z]+:)", root, page)


def serve(
    config: Config, port: int, keep: bool, open_it: bool, say: Callable[[str], None], summary: Callable[[Built], str]
) -> None:
    """Serve until interrupted. With `keep` the site stays in the config's output, else in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="sitegen-") as folder:
        settings = config if keep else replace(config, output=Path(folder) / "site", cache=Path(folder) / "cache")
        found = find_stores(settings.stores, read_options(settings))
        settings = replace(settings, store=found.locations)
        asked = signature(settings)
        # The port first: a build of ten thousand runs is not made for a port that is taken.
        with SiteServer(settings.output.absolute(), port) as server:
            built = build(settings)
            built.read = found.sentence
            say(summary(built))
            say(f"Serving {server.url} (stop with Ctrl-C)")
            threading.Thread(target=server.serve_forever, daemon=True).start()
            if open_it:
                webbrowser.open(server.url)
            watch(settings, asked, server, say, summary)


def watch(
    settings: Config, before: str, server: SiteServer, say: Callable[[str], None], summary: Callable[[Built], str]
) -> None:
    """Rebuild whenever the store's signature changes; while the store cannot be read, the last good site stays.

    A rebuild takes over what has not changed (`build/reuse.py`): a new run in 1,000 costs less than a second.
    """
    try:
        while True:
            started = time.monotonic()
            now = signature(settings)
            pause = max(ASK_EVERY, CHECK_SHARE * (time.monotonic() - started))
            if now != before:
                # A store that is only being written to may look gone for a moment; the next time it may be.
                before = UNKNOWN if _rebuild(settings, server, say, summary) and now == GONE else now
            time.sleep(pause)
    except KeyboardInterrupt:
        say("Stopped.")


def _rebuild(settings: Config, server: SiteServer, say: Callable[[str], None], summary: Callable[[Built], str]) -> bool:
    """Build again; returns whether the store could be read."""
    try:
        built = build(settings)
    except SitegenError as error:
        say(f"Not rebuilt: {error}")
        return False
    if not built.is_unchanged:  # else a file got a new time and no new content
        server.version += 1
        say(summary(built).splitlines()[0])
    return True


def signature(settings: Config) -> str:
    """The current signature of the store, `GONE` while it cannot be opened."""
    try:
        return open_found(FoundStores(settings.stores), read_options(settings)).signature()
    except SitegenError:
        return GONE
