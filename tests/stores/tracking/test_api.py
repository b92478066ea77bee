"""Questions to a server: addresses, credentials, retries, and what the user is told."""

from __future__ import annotations

import base64
import gzip
import itertools
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from sitegen.errors import StoreError
from sitegen.stores.tracking import api as api_module
from sitegen.stores.tracking.address import credentials, parse_address
from sitegen.stores.tracking.api import Api, ApiError
from sitegen.stores.tracking.connections import TooSlow, watched
from tests.stores.tracking.fake_server import FakeServer, Say, fake_server

MLFLOW_VARIABLES = (
    "MLFLOW_TRACKING_USERNAME",
    "MLFLOW_TRACKING_PASSWORD",
    "MLFLOW_TRACKING_TOKEN",
    "MLFLOW_TRACKING_INSECURE_TLS",
    "MLFLOW_TRACKING_SERVER_CERT_PATH",
    "MLFLOW_TRACKING_CLIENT_CERT_PATH",
    "http_proxy",
    "HTTP_PROXY",
)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in MLFLOW_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between tries, which take no time."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    return waits


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with fake_server() as server:
        yield server


@pytest.fixture
def api(server: FakeServer) -> Iterator[Api]:
    with Api(parse_address(server.address)) as api:
        yield api


# Addresses


@pytest.mark.parametrize(
    ("location", "shown", "host", "port", "prefix"),
    [
        ("http://localhost:5000", "http://localhost:5000", "localhost", 5000, ""),
        ("HTTPS://ml.example.org/", "https://ml.example.org", "ml.example.org", 443, ""),
        ("http://h/mlflow/#/experiments/1", "http://h/mlflow", "h", 80, "/mlflow"),
        ("http://[::1]:5000?x=1", "http://[::1]:5000", "::1", 5000, ""),
        ("https://me:pa%2Fss@h:1/x", "https://h:1/x", "h", 1, "/x"),
    ],
)
def test_an_address_is_taken_apart(location: str, shown: str, host: str, port: int, prefix: str) -> None:
    address = parse_address(location)
    assert (address.shown, address.host, address.port, address.prefix) == (shown, host, port, prefix)


@pytest.mark.parametrize(
    "location", ["http://", "http://me:secret@", "http://h:port", "http://a b", "http://me:secret@h:x"]
)
def test_a_bad_address_is_refused_without_its_password(location: str) -> None:
    with pytest.raises(StoreError, match="not the address of a tracking server") as refused:
        parse_address(location)
    assert "secret" not in str(refused.value)


@given(st.text(min_size=1))
def test_a_password_is_never_shown_whatever_letters_it_has(password: str) -> None:
    address = parse_address(f"http://ada:{password}@host:5000/mlflow")
    assert address.shown == "http://host:5000/mlflow"
    assert "password" not in repr(address)


# Credentials


def test_user_and_password_of_the_environment_are_sent(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "ada")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "pässword")
    with Api(parse_address(server.address)) as api:
        api.get("runs/search")
    sent = server.questions[0].headers["Authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")).decode() == "ada:pässword"


def test_a_token_of_the_environment_is_sent(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "t0ken")
    with Api(parse_address(server.address)) as api:
        api.get("runs/search")
    assert server.questions[0].headers["Authorization"] == "Bearer t0ken"


def test_the_user_in_the_address_comes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "t0ken")
    sent = credentials(parse_address("http://grace:a%20b@host"))
    assert base64.b64decode(sent.removeprefix("Basic ")) == b"grace:a b"


def test_no_credentials_are_sent_where_there_are_none(api: Api, server: FakeServer) -> None:
    api.get("runs/search")
    assert "Authorization" not in server.questions[0].headers


def test_a_token_that_cannot_be_one_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "t0ken\r\nX-Evil: 1")
    with pytest.raises(StoreError, match="MLFLOW_TRACKING_TOKEN") as refused:
        credentials(parse_address("http://host"))
    assert "t0ken" not in str(refused.value)


@pytest.mark.parametrize("name", ["MLFLOW_TRACKING_SERVER_CERT_PATH", "MLFLOW_TRACKING_CLIENT_CERT_PATH"])
def test_a_missing_certificate_is_said(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "/nowhere/cert.pem")
    with Api(parse_address("https://127.0.0.1:9")) as api, pytest.raises(StoreError, match=name):
        api.get("runs/search")


# Retries


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again(status: int, api: Api, server: FakeServer, slept: list[float]) -> None:
    server.says_in_turn("runs/search", Say(status), Say(status), {"runs": []})
    assert api.post("runs/search", {}) == {"runs": []}
    assert slept == [0.25, 0.5]


def test_tries_end(api: Api, server: FakeServer, slept: list[float]) -> None:
    server.says("runs/search", Say(503))
    with pytest.raises(ApiError, match="HTTP 503"):
        api.post("runs/search", {})
    assert len(server.questions) == 6
    assert slept == list(api_module.WAITS)


def test_a_damaged_record_is_not_asked_for_often(api: Api, server: FakeServer, slept: list[float]) -> None:
    server.says("runs/search", Say(500, {"error_code": "INTERNAL_ERROR", "message": "secret path"}))
    with pytest.raises(ApiError, match=r"^HTTP 500, INTERNAL_ERROR$"):
        api.post("runs/search", {})
    assert len(server.questions) == 3


def test_the_pause_that_a_server_asks_for_is_kept_within_bounds(
    api: Api, server: FakeServer, slept: list[float]
) -> None:
    pauses = [Say(429, headers={"Retry-After": text}) for text in ("7", "86400", "soon")]
    server.says_in_turn("runs/search", *pauses, {})
    api.post("runs/search", {})
    assert slept == [7.0, 30.0, 1.0]


def test_a_connection_that_breaks_is_made_anew(api: Api, server: FakeServer, slept: list[float]) -> None:
    server.says("runs/search", Say(headers={"Connection": "close"}, body={"runs": []}))
    assert [api.get("runs/search") for _ in range(3)] == [{"runs": []}] * 3


def test_one_connection_serves_many_questions(api: Api, server: FakeServer) -> None:
    for _ in range(5):
        api.get("runs/search")
    assert api.pool is not None
    assert api.pool.connection_from_url(server.address).num_connections == 1


def test_an_answer_that_breaks_off_is_asked_for_again(api: Api, server: FakeServer, slept: list[float]) -> None:
    cut = Say(headers={"Content-Length": "100", "Connection": "close"}, body=b"{")
    server.says_in_turn("runs/search", cut, {"runs": []})
    assert api.post("runs/search", {}) == {"runs": []}
    assert slept == [0.25]


def test_an_answer_that_always_breaks_off_ends_in_a_sentence(api: Api, server: FakeServer, slept: list[float]) -> None:
    server.says("runs/search", Say(headers={"Content-Length": "100", "Connection": "close"}, body=b"{"))
    with pytest.raises(StoreError, match="cannot be reached"):
        api.post("runs/search", {})
    assert slept == list(api_module.WAITS)


def test_a_proxy_of_the_environment_is_used_and_told_its_own_password(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "t0ken")
    monkeypatch.setenv("http_proxy", server.address.replace("http://", "http://grace:s%20ecret@"))
    monkeypatch.setenv("no_proxy", "")
    with Api(parse_address("http://mlflow.example.org:5000")) as api:
        api.get("runs/search")
    [question] = server.questions
    assert base64.b64decode(question.headers["Proxy-Authorization"].removeprefix("Basic ")) == b"grace:s ecret"
    assert question.headers["Authorization"] == "Bearer t0ken"


def test_what_is_logged_on_the_way_holds_no_token(
    server: FakeServer, slept: list[float], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "t0ken")
    caplog.set_level("DEBUG")
    server.says_in_turn("runs/search", Say(503), {})
    with Api(parse_address(server.address)) as api:
        api.get("runs/search")
    assert caplog.text and "t0ken" not in caplog.text


# Errors


def test_an_unreachable_server_is_said_in_a_sentence_without_the_password(slept: list[float]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Api(parse_address(f"http://ada:secret@127.0.0.1:{port}")) as api, pytest.raises(StoreError) as refused:
        api.get("runs/search")
    assert str(refused.value).startswith(f"The tracking server http://127.0.0.1:{port} cannot be reached (")
    assert "secret" not in str(refused.value)
    assert len(slept) == 5


def test_wrong_credentials_are_said_with_the_variables_to_set(api: Api, server: FakeServer) -> None:
    server.says("runs/search", Say(401, b"You are not authenticated."))
    with pytest.raises(StoreError, match=r"HTTP 401.*MLFLOW_TRACKING_USERNAME.*MLFLOW_TRACKING_TOKEN"):
        api.get("runs/search")


@pytest.mark.parametrize("body", [b"<html>hello</html>", b"[1]", b"\xff", b"[" * 100_000, b"9" * 5_000])
def test_an_answer_that_is_no_json_object_is_no_mlflow(body: bytes, api: Api, server: FakeServer) -> None:
    server.says("runs/search", Say(body=body))
    with pytest.raises(StoreError, match="not as an MLflow tracking server does"):
        api.get("runs/search")


def test_a_redirect_is_not_followed_and_its_path_not_shown(api: Api, server: FakeServer) -> None:
    server.says("runs/search", Say(302, headers={"Location": "https://u:p@login.example.org/in?state=secret"}))
    with pytest.raises(StoreError, match=r"redirects to https://login\.example\.org, which is not followed"):
        api.get("runs/search")


def test_an_error_code_that_is_none_of_mlflows_is_not_shown(api: Api, server: FakeServer) -> None:
    server.says("runs/search", Say(400, {"error_code": "<script>\x1b[31m"}))
    with pytest.raises(ApiError, match=r"^HTTP 400$"):
        api.get("runs/search")


# Pages and downloads


def test_pages_are_turned_until_there_is_no_token(api: Api, server: FakeServer) -> None:
    server.says_in_turn("runs/search", {"runs": [{"a": 1}], "next_page_token": "t"}, {"runs": [{"a": 2}, "no object"]})
    assert list(api.pages("runs/search", {"max_results": 1}, "runs")) == [{"a": 1}, {"a": 2}]
    assert [question.asked.get("page_token") for question in server.questions] == [None, "t"]


def test_a_token_that_comes_back_ends_the_pages(api: Api, server: FakeServer) -> None:
    server.says("runs/search", {"runs": [{}], "next_page_token": "again"})
    assert len(list(api.pages("runs/search", {}, "runs", "GET"))) == 2


def test_a_download_ends_at_its_limit(api: Api, server: FakeServer) -> None:
    server.says("/get-artifact", Say(body=b"x" * 1000))
    assert api.download("/get-artifact", [("path", "a")], 10) == b"x" * 11
    assert api.download("/get-artifact", [("path", "a")], 1000) == b"x" * 1000


# What does not end ---------------------------------------------------------------------------------------------------


class Dripping(socketserver.StreamRequestHandler):
    """Sends `head`, and then one byte after the other."""

    head = b""

    def handle(self) -> None:
        with suppress(OSError):
            self.request.recv(10_000)
            self.wfile.write(self.head)
            while True:
                self.wfile.write(b" ")
                threading.Event().wait(0.02)


@contextmanager
def dripping(head: bytes) -> Iterator[str]:
    """The address of a server that sends `head`, and then byte after byte."""
    handler = type("Handler", (Dripping,), {"head": head})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize("head", [b"HTTP/1.1 20", b"HTTP/1.1 200 OK\r\nX: "])
def test_a_connection_waits_for_the_head_of_an_answer_no_longer_than_said(head: bytes) -> None:
    with dripping(head) as address, pytest.raises(TooSlow):
        watched(urllib3.PoolManager(), 0.2).request("GET", address, retries=False)


def test_an_answer_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_module, "PATIENCE", 0.1)
    slow, head = (
        pytest.raises(StoreError, match="answers too slowly"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n{",
    )
    with dripping(head) as address, Api(parse_address(address)) as api, slow:
        api.get("x")


def test_pages_without_end_are_given_up(api: Api, server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_module, "MAX_PAGES", 20)
    count = itertools.count()
    server.says("runs/search", lambda question: {"runs": [{"x": 1}], "next_page_token": str(next(count))})
    with pytest.raises(StoreError, match="more than 20 pages of runs"):
        list(api.pages("runs/search", {}, "runs"))
    assert len(server.questions) == 20


def test_empty_pages_without_end_end_the_search(api: Api, server: FakeServer) -> None:
    count = itertools.count()
    server.says("runs/search", lambda question: {"runs": [], "next_page_token": str(next(count))})
    assert list(api.pages("runs/search", {}, "runs")) == []
    assert len(server.questions) == api_module.MAX_EMPTY_PAGES


@pytest.mark.parametrize(
    "answer",
    [Say(body=b'{"runs": [' + b"[]," * 2_100_000 + b"0]}"), Say(body=gzip.compress(bytes(10**7)), headers={"Content-Encoding": "gzip"})],
    ids=["brackets", "gzip"],
)  # fmt: skip
def test_an_answer_that_unpacks_to_very_much_is_none(api: Api, server: FakeServer, answer: Say) -> None:
    server.says("x", answer)
    with pytest.raises(StoreError, match="not as an MLflow tracking server does"):
        api.get("x")
