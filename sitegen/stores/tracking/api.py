"""Questions to an MLflow tracking server over HTTP: one kept connection, credentials, retries, JSON.

The standard library's `http.client` rather than `requests`: a reader needs no cookies, no redirects, no uploads, and so
a connection that stays open with a timeout on every wait is all there is to it; nobody who reads a folder should
install five packages for it. What `requests` would do for MLflow's own client is done here too: the proxies of the
environment, certificates of one's own, basic and token credentials. Redirects are not followed: they would carry the
credentials to wherever a stranger says.

Nothing here ever puts credentials, query strings or the text of an answer into an error.
"""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

from sitegen.errors import StoreError

TIMEOUT = 120.0
"""Seconds to wait for a server to accept, or to say something; MLflow's own client waits as long."""
WAITS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Seconds before each further try."""
ANSWER_LIMIT = 1 << 28
"""Most bytes of one answer that are read."""

_MAX_WAIT = 30.0
_RETRIED = {408: 5, 429: 5, 500: 2, 502: 5, 503: 5, 504: 5}
"""How often at most a question is put again after this status. 500 is mostly a damaged record, not a bad moment."""
_CODE = re.compile(r"[A-Z_]{1,60}")
_REST = "/api/2.0/mlflow/"

Query = Sequence[tuple[str, str]]


class ApiError(Exception):
    """The server refused one question; the rest of it may work. `code` is MLflow's own word for why, or ''."""

    def __init__(self, status: int, code: str = "") -> None:
        super().__init__(f"HTTP {status}{', ' + code if code else ''}")
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is. `shown` is all of it that anybody may see: user and password are not in it."""

    scheme: str
    host: str
    port: int
    prefix: str
    shown: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def is_address(location: str) -> bool:
    """Whether a location given by the user is the address of a server."""
    return location.lower().startswith(("http://", "https://"))


def parse_address(location: str) -> Address:
    """The address that a user gave, perhaps copied from a browser: what follows `?` or `#` is dropped.

    A password may hold any letter, so everything up to the last @ is taken for user and password. Raises StoreError.
    """
    scheme, _, rest = location.partition("://")
    userinfo, _, place = rest.rpartition("@")
    place = re.split("[?#]", place, maxsplit=1)[0].rstrip("/")
    shown = f"{scheme.lower()}://{place}"
    try:
        parts = urlsplit(shown)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or not re.fullmatch(r"[!-~]+", place):
        raise StoreError(f"{shown} is not the address of a tracking server; write it as http://localhost:5000.")
    user, _, password = userinfo.partition(":")
    port = port or (443 if parts.scheme == "https" else 80)
    return Address(parts.scheme, host, port, parts.path, shown, unquote(user), unquote(password))


def credentials(address: Address) -> str:
    """The Authorization header, '' for none: of the address's own user, else from MLflow's environment variables."""
    user = address.user or os.environ.get("MLFLOW_TRACKING_USERNAME", "")
    password = address.password if address.user else os.environ.get("MLFLOW_TRACKING_PASSWORD", "")
    token = os.environ.get("MLFLOW_TRACKING_TOKEN", "")
    if user and (password or address.user):
        return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
    return f"Bearer {_plain(token)}" if token else ""


def _plain(token: str) -> str:
    """The token if it can stand in a header; http.client would quote it in its error otherwise."""
    if not re.fullmatch(r"[!-~]+", token):
        raise StoreError("MLFLOW_TRACKING_TOKEN holds a space, a line end or a character that a token cannot have.")
    return token


def tls_context() -> ssl.SSLContext:
    """How far certificates are trusted, from the environment that MLflow uses. Raises StoreError."""
    ca = os.environ.get("MLFLOW_TRACKING_SERVER_CERT_PATH")
    own = os.environ.get("MLFLOW_TRACKING_CLIENT_CERT_PATH")
    try:
        is_folder = ca is not None and os.path.isdir(ca)
        context = ssl.create_default_context(cafile=None if is_folder else ca, capath=ca if is_folder else None)
        if own:
            context.load_cert_chain(own)
    except OSError:
        raise StoreError(
            "A certificate cannot be read; check the paths in MLFLOW_TRACKING_SERVER_CERT_PATH and "
            "MLFLOW_TRACKING_CLIENT_CERT_PATH."
        ) from None
    if os.environ.get("MLFLOW_TRACKING_INSECURE_TLS", "").lower() in ("true", "1"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class Api:
    """Asks the server at `address`; `calls` counts the questions. Use as a context manager."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.calls = 0
        self._connection: HTTPConnection | None = None
        self._headers = {"Accept": "application/json, */*", "User-Agent": "sitegen"}
        if header := credentials(address):
            self._headers["Authorization"] = header

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def get(self, path: str, query: Query = ()) -> dict[str, Any]:
        """The JSON object at `path` of MLflow's REST API. Raises ApiError, or StoreError where nothing will work."""
        return self._json(*self._ask("GET", _path(path, query), None, ANSWER_LIMIT))

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """As `get`, for the searches, which MLflow wants as POST; they change nothing, so they are retried too."""
        return self._json(*self._ask("POST", _path(path), json.dumps(body).encode(), ANSWER_LIMIT))

    def pages(self, path: str, body: Mapping[str, Any], items: str, method: str = "POST") -> Iterator[dict[str, Any]]:
        """The objects in the list `items` of every page of a search. Raises as `get`."""
        token, seen = "", set[str]()
        while token not in seen:
            seen.add(token)
            asked = {**body, "page_token": token} if token else dict(body)
            page = (
                self.post(path, asked) if method == "POST" else self.get(path, [(k, str(v)) for k, v in asked.items()])
            )
            yield from objects(page, items)
            token = page.get("next_page_token") or ""
            if not isinstance(token, str) or not token:
                return

    def download(self, path: str, query: Query, limit: int) -> bytes:
        """The bytes at `path` (from the server's root), cut after `limit` + 1. Raises as `get`."""
        status, data = self._ask("GET", _path(path, query), None, limit)
        if status != 200:
            raise ApiError(status)
        return data

    def _json(self, status: int, data: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(data) if len(data) <= ANSWER_LIMIT else None
        except (ValueError, RecursionError):
            answer = None
        if status != 200:
            code = answer.get("error_code") if isinstance(answer, dict) else None
            raise ApiError(status, code if isinstance(code, str) and _CODE.fullmatch(code) else "")
        if not isinstance(answer, dict):
            raise StoreError(
                f"{self.address.shown} answers, but not as an MLflow tracking server does; check the address."
            )
        return answer

    def _ask(self, method: str, path: str, body: bytes | None, limit: int) -> tuple[int, bytes]:
        """Status and body of the answer, after as many tries as it takes or as there are."""
        for tried, wait in enumerate((*WAITS, None)):
            try:
                status, data, pause = self._once(method, path, body, limit)
            except (OSError, HTTPException) as error:
                self.close()
                if wait is None or isinstance(error, (ssl.SSLCertVerificationError, socket.gaierror)):
                    raise StoreError(unreachable(self.address, error)) from None
                pause = 0.0
            else:
                if wait is None or tried >= _RETRIED.get(status, 0):
                    return status, data
            time.sleep(min(max(wait, pause), _MAX_WAIT))
        raise AssertionError("the last try returns or raises")

    def _once(self, method: str, path: str, body: bytes | None, limit: int) -> tuple[int, bytes, float]:
        """One try: status, body, and the seconds that the server wants to be left in peace."""
        connection = self._connect()
        self.calls += 1
        headers = self._headers if body is None else {**self._headers, "Content-Type": "application/json"}
        connection.request(method, self._target + path, body, headers)
        with connection.getresponse() as response:
            self._refuse(response)
            data = response.read(limit + 1)
            if response.will_close or len(data) > limit:
                self.close()
            pause = response.headers.get("Retry-After", "")
            return response.status, data, float(pause) if pause.isascii() and pause.isdigit() else 0.0

    def _refuse(self, response: HTTPResponse) -> None:
        """Raise StoreError on the answers after which no question will be answered."""
        shown, status = self.address.shown, response.status
        if status == 401:
            raise StoreError(refusal(self.address, status))
        if 300 <= status < 400:
            target = urlsplit(response.headers.get("Location", ""))
            place = f"{target.scheme}://{target.netloc.rpartition('@')[2]}" if target.netloc else "another page"
            raise StoreError(
                f"{shown} redirects to {place}, which is not followed; give the tracking server's own address."
            )

    def _connect(self) -> HTTPConnection:
        if self._connection is None:
            self._connection = self._new_connection()
        return self._connection

    def _new_connection(self) -> HTTPConnection:
        """A connection, through the proxy that the environment names if there is one."""
        address = self.address
        proxy = None if proxy_bypass(address.host) else getproxies().get(address.scheme)
        parts = urlsplit(proxy if proxy and "://" in proxy else f"http://{proxy or ''}")
        host, port = (parts.hostname, parts.port or 80) if parts.hostname else (address.host, address.port)
        self._target = address.prefix
        if address.scheme == "https":
            secure = HTTPSConnection(host, port, timeout=TIMEOUT, context=tls_context())
            if parts.hostname:
                secure.set_tunnel(address.host, address.port, _proxy_headers(parts.username, parts.password))
            return secure
        if parts.hostname:
            self._target = f"http://{urlsplit(address.shown).netloc}{address.prefix}"
            self._headers |= _proxy_headers(parts.username, parts.password)
        return HTTPConnection(host, port, timeout=TIMEOUT)


def unreachable(address: Address, error: Exception) -> str:
    """What to say of a server that gave no answer at all."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"{address.shown} has a certificate that is not trusted here; name its authority in "
            "MLFLOW_TRACKING_SERVER_CERT_PATH, or set MLFLOW_TRACKING_INSECURE_TLS=true."
        )
    strerror = getattr(error, "strerror", None) or type(error).__name__
    why = "no answer in time" if isinstance(error, TimeoutError) else strerror
    return f"The tracking server {address.shown} cannot be reached ({why}); check the address, and that it runs."


def refusal(address: Address, status: int) -> str:
    """What to say of a server that wants other credentials."""
    return (
        f"{address.shown} does not accept the credentials (HTTP {status}); set MLFLOW_TRACKING_USERNAME and "
        "MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN."
    )


def _proxy_headers(user: str | None, password: str | None) -> dict[str, str]:
    if not user:
        return {}
    pair = f"{unquote(user)}:{unquote(password or '')}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair.encode()).decode("ascii")}


def _path(path: str, query: Query = ()) -> str:
    """A path of the REST API, or with a leading slash of the server, as it stands in a request."""
    whole = quote(path if path.startswith("/") else _REST + path)
    return f"{whole}?{urlencode(query)}" if query else whole


def objects(answer: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects in a list of an answer; whatever else stands there is passed over."""
    found = answer.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
