"""Serving: on this machine only, with reloads, with a page for missing addresses at any depth."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from sitegen.build.built import Built
from sitegen.commands import serve
from sitegen.commands.serve import SiteServer, from_root
from sitegen.config import Config
from sitegen.errors import StoreError, UsageError
from tests.stores.mlruns_builder import OTHER_RUN, experiment, run, write

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SiteServer]:
    """A server over a small made-up site."""
    write(tmp_path / "site" / "index.html", "<html><head></head>first</html>")
    write(tmp_path / "site" / "runs" / "a.html", "<html><head></head>run</html>")
    write(
        tmp_path / "site" / "404.html",
        '<html data-root=""><head><script src="assets/x.js"></script></head>missing</html>',
    )
    write(tmp_path / "outside.txt", "secret")
    with SiteServer(tmp_path / "site", 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def ask(
    server: SiteServer, path: str, host: str | None = None, method: str = "GET", headers: Mapping[str, str] = {}
) -> tuple[int, str]:
    """Status and body of the answer for a path below the server's prefix."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    connection.putrequest(method, server.prefix + path, skip_host=True)
    connection.putheader("Host", host if host is not None else f"127.0.0.1:{server.server_address[1]}")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def test_pages_come_with_the_reload_script(server: SiteServer) -> None:
    for path in ("/", "/index.html", "/runs/a.html"):
        status, body = ask(server, path)
        assert (status, body.count(f'<script defer src="{server.prefix}/__sitegen/reload.js"></script></head>')) == (
            200,
            1,
        )


def test_the_state_grows_with_every_version(server: SiteServer) -> None:
    assert ask(server, "/__sitegen/state.js?1") == (200, "sitegenState(1);")
    server.version += 1
    assert ask(server, "/__sitegen/state.js?2") == (200, "sitegenState(2);")
    assert "sitegenState" in ask(server, "/__sitegen/reload.js")[1]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost:x@evil"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_foreign_host_is_refused(server: SiteServer, host: str, method: str) -> None:
    status, body = ask(server, "/index.html", host, method)
    assert (status, "first" in body) == (403, False)


@pytest.mark.parametrize("host", ["localhost", "LocalHost:8000", "127.0.0.1"])
def test_this_machine_is_served(server: SiteServer, host: str) -> None:
    assert ask(server, "/index.html", host)[0] == 200


@pytest.mark.parametrize("path", ["/gone.html", "/runs/deep/gone.html", "/runs/", "/runs"])
def test_a_missing_page_is_told_with_addresses_that_hold_at_any_depth(server: SiteServer, path: str) -> None:
    status, body = ask(server, path)
    assert status == 404
    assert f'data-root="{server.prefix}/"' in body
    assert f'src="{server.prefix}/assets/x.js"' in body
    assert "/__sitegen/reload.js" in body


@pytest.mark.parametrize("path", ["/../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt", "//outside.txt"])
def test_nothing_outside_the_site_is_served(server: SiteServer, path: str) -> None:
    status, body = ask(server, path)
    assert (status, "secret" in body) == (404, False)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Dest": "script"},
        {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "serviceworker"},
        {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "worker"},
        {"Sec-Fetch-Site": "nonsense"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_page_of_another_site_is_refused(server: SiteServer, headers: dict[str, str], method: str) -> None:
    assert ask(server, "/index.html", method=method, headers=headers)[0] == 403
    own = {"Sec-Fetch-Site": "same-origin", "Origin": f"http://127.0.0.1:{server.server_address[1]}"}
    assert ask(server, "/index.html", method=method, headers=own)[0] == 200


def raw(server: SiteServer, request: bytes) -> bytes:
    with socket.create_connection(server.server_address[:2], timeout=10) as connection:  # type: ignore[arg-type]
        connection.sendall(request)
        return connection.recv(100_000)


@pytest.mark.parametrize("path", ["/", "/index.html", "/__sitegen/state.js", "/wrong-token/index.html"])
def test_nothing_is_answered_without_the_token(server: SiteServer, path: str) -> None:
    answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert b" 403 " in answer.splitlines()[0] and b"first" not in answer


@pytest.mark.parametrize(
    "request_line",
    ["GET {}/index.html HTTP/1.1\r\n", "GET {}/%00 HTTP/1.1\r\nHost: localhost\r\n", "GET\r\n", "x y z w\r\n"],
)
def test_a_malformed_request_is_answered_400(server: SiteServer, request_line: str) -> None:
    answer = raw(server, (request_line.format(server.prefix) + "\r\n").encode())
    assert b"400" in answer[:400]


def test_answers_may_not_be_loaded_by_other_origins(server: SiteServer) -> None:
    answer = raw(server, f"GET {server.prefix}/index.html HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert b"\r\nCross-Origin-Resource-Policy: same-origin\r\n" in answer
    assert b"\r\nX-Content-Type-Options: nosniff\r\n" in answer
    assert b"\r\nCross-Origin-Opener-Policy: same-origin\r\n" in answer
    assert b"\r\nContent-Security-Policy: frame-ancestors 'self'\r\n" in answer


def test_a_404_page_made_for_a_site_below_a_path_is_put_at_the_root() -> None:
    page = b'<html data-root="/wine/"><a href="/wine/index.html"><a href="https://pypi.org/"><a href="#content">'
    assert (
        from_root(page, "/t")
        == b'<html data-root="/t/"><a href="/t/index.html"><a href="https://pypi.org/"><a href="#content">'
    )


def test_a_port_in_use_is_a_sentence(server: SiteServer, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Port \d+ cannot be used \(.*\); choose another with --port."):
        SiteServer(tmp_path, server.server_address[1])


# The whole command --------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_serve_builds_answers_rebuilds_and_stops(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "mlruns", "1", name="sweep")
    run(folder, run_name="first run", metrics={"loss": "1700000000000 0.5 1\n"})
    command = [sys.executable, "-u", "-W", "error", "-m", "sitegen", "serve", "mlruns", "--port", "0"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            description = [process.stdout.readline()]
            while not description[-1].startswith("Serving ") and description[-1]:
                description.append(process.stdout.readline())
            found = re.fullmatch(
                r"Serving http://127\.0\.0\.1:(\d+/[\w-]{20,})/ \(stop with Ctrl-C\)\n", description[-1]
            )
            assert found and description[0].startswith("Built ")
            assert "first run" in get(found[1], "/index.html")
            run(folder, OTHER_RUN, run_name="second run", metrics={"loss": "1700000000000 0.25 1\n"})
            wait_for(lambda: "second run" in get(found[1], "/index.html"))
            # The run is written file by file: it may take a second rebuild to see all of it.
            wait_for(lambda: get(found[1], "/__sitegen/state.js") in ("sitegenState(2);", "sitegenState(3);"))
            (tmp_path / "mlruns").rename(tmp_path / "away")
            description = [process.stdout.readline()]
            while description[-1].startswith("Built "):
                description.append(process.stdout.readline())
            assert description[-1].startswith("Not rebuilt: mlruns does not exist")
            assert len(description) in (2, 3)
            assert "second run" in get(found[1], "/index.html"), "the last good site stays"
        finally:
            process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "Stopped.\n"
    assert process.returncode == 0
    assert [p.name for p in tmp_path.iterdir()] == ["away"]


def test_a_store_that_looked_gone_for_a_moment_is_told_when_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is being written to, it may look gone although a moment later it is built."""
    seen = iter([serve.GONE, serve.GONE, serve.GONE])

    def signature(settings: Config) -> str:
        try:
            return next(seen)
        except StopIteration:
            raise KeyboardInterrupt from None

    def build(settings: Config) -> Built:
        if len(said) > 0:
            raise StoreError("mlruns does not exist.")
        return Built(Path("site"))

    said: list[str] = []
    monkeypatch.setattr(serve, "signature", signature)
    monkeypatch.setattr(serve, "build", build)
    monkeypatch.setattr(serve, "ASK_EVERY", 0)
    server = SimpleNamespace(version=1)
    serve.watch(Config(), "as built", server, said.append, lambda built: "Built it.")  # type: ignore[arg-type]
    assert said == ["Built it.", "Not rebuilt: mlruns does not exist.", "Stopped."]
    assert server.version == 2


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_serve_rebuilds_when_any_of_several_stores_changes(tmp_path: Path) -> None:
    folders = {name: experiment(tmp_path / name / "mlruns", "1", name="sweep") for name in ("wine", "churn")}
    for number, (name, folder) in enumerate(folders.items()):
        run(folder, f"{number:032x}", run_name=f"first of {name}")
    command = [sys.executable, "-u", "-W", "error", "-m", "sitegen", "serve", "wine", "churn", "--port", "0"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            description = process.stdout.readline()
            assert "2 runs in 2 experiments" in description
            while description and not description.startswith("Serving "):
                description = process.stdout.readline()
            port = re.findall(r":(\d+/[\w-]+)/", description)[0]
            assert all(f"first of {name}" in get(port, "/index.html") for name in folders)
            for number, (name, folder) in enumerate(reversed(folders.items()), 2):
                run(folder, f"{number:032x}", run_name=f"second of {name}")
                wait_for(lambda name=name: f"second of {name}" in get(port, "/index.html"))  # type: ignore[misc]
        finally:
            process.send_signal(signal.SIGINT)
        process.stdout.read()
    assert process.returncode == 0


def get(address: str, path: str) -> str:
    """The body behind a path below `PORT/TOKEN`."""
    port, _, token = address.partition("/")
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=10)
    connection.request("GET", f"/{token}{path}")
    body = connection.getresponse().read().decode()
    connection.close()
    return body


def wait_for(done: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.1)
