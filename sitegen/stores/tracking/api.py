"""Requests to an MLflow tracking server over HTTP: one persistent connection, credentials, retries,

JSON. urllib3 keeps the connection, waits, and retries. It is a required dependency: it has none of its own, and most
environments have it already. What `requests` would do for MLflow's own client is done here too: the proxies of the
environment, custom certificates, basic and token credentials. Redirects are not followed: they could send the
credentials to any host.

Nothing here ever puts credentials, query strings or the text of an answer into an error.
"""

from __future__ import annotations

import base64
import json
import re
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, InsecureRequestWarning, MaxRetryError, SSLError, TimeoutError

from sitegen.errors import StoreError
from sitegen.stores.tracking.address import Address, credentials, tls_context
from sitegen.stores.tracking.connections import TooSlow, watched

TIMEOUT = 120.0
"""Seconds to wait for a connection, or for data; the same as MLflow's own client."""
WAITS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Seconds before each retry."""
ANSWER_LIMIT = 1 << 27
"""Maximum number of bytes of one answer that are read."""
MAX_OBJECTS = 2_000_000
"""Maximum number of objects and lists in one answer; a page of 1,000 runs has some 50,000."""
MAX_PAGES = 2_000
"""Maximum number of pages of one search: two million runs, 200,000 traces or 50 million points of a metric."""
MAX_EMPTY_PAGES = 5
"""Maximum number of pages without content, one after the other, before the next one is not asked for."""
PATIENCE = 60.0
"""Seconds that an answer may take beyond what `MIN_RATE` allows, and its head beyond `TIMEOUT`."""
MIN_RATE = 10_000
"""Bytes a second of the slowest answer that is waited for."""

_MAX_WAIT = 30.0
_RETRIED = {408: 5, 429: 5, 500: 2, 502: 5, 503: 5, 504: 5}
"""Maximum number of retries after this status. 500 mostly means a damaged record, not a temporary failure."""
_CODE = re.compile(r"[A-Z_]{1,60}")
_REST = "/api/2.0/mlflow/"

Query = Sequence[tuple[str, str]]


class ApiError(Exception):
    """The server refused one request; others may work. `code` is MLflow's error code, or ''."""

    def __init__(self, status: int, code: str = "") -> None:
        super().__init__(f"HTTP {status}{', ' + code if code else ''}")
        self.status = status
        self.code = code


class Tries(urllib3.Retry):
    """The retry policy: after temporary failures, with growing waits, at most as often as `WAITS`."""

    @classmethod
    def fresh(cls) -> Tries:
        """A new retry policy for one request."""
        return cls(total=len(WAITS), allowed_methods=None, raise_on_status=False, redirect=False)

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Whether to retry after an answer with this status."""
        return len(self.history) < min(_RETRIED.get(status_code, 0), len(WAITS))

    def get_backoff_time(self) -> float:
        """Seconds before the next retry."""
        return WAITS[min(len(self.history), len(WAITS)) - 1]

    def get_retry_after(self, response: urllib3.BaseHTTPResponse) -> float | None:
        """The seconds in the server's Retry-After header, within bounds; None if it has none."""
        pause = response.headers.get("Retry-After", "")
        return min(max(float(pause), self.get_backoff_time()), _MAX_WAIT) if re.fullmatch("[0-9]{1,9}", pause) else None

    def increment(self, method: str | None = None, url: str | None = None, *rest: Any, **named: Any) -> Tries:
        """The policy after a failed try. Raises MaxRetryError if no retries are left, or none would help."""
        error = named.get("error") or (rest[1] if len(rest) > 1 else None)
        if isinstance(error, Exception) and _is_final(error):
            raise MaxRetryError(named.get("_pool"), url or "", error)  # type: ignore[arg-type]
        return super().increment(method, url, *rest, **named)


def _is_final(error: Exception) -> bool:
    """Whether an error is permanent: a certificate that is not trusted, a host that has no address."""
    cause = error.args[0] if isinstance(error, SSLError) and error.args else None
    return isinstance(cause, ssl.SSLCertVerificationError) or isinstance(error, urllib3.exceptions.NameResolutionError)


class Api:
    """Sends requests to the server at `address`; `calls` counts them. Use as a context manager."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.calls = 0
        self.pool: urllib3.PoolManager | None = None
        self._headers = {"Accept": "application/json, */*", "User-Agent": "sitegen"}
        if header := credentials(address):
            self._headers["Authorization"] = header

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self.pool is not None:
            self.pool.clear()
            self.pool = None

    def get(self, path: str, query: Query = ()) -> dict[str, Any]:
        """The JSON object at `path` of MLflow's REST API. Raises ApiError, or StoreError if no request will work."""
        return self._json(*self._ask("GET", _path(path, query), None, ANSWER_LIMIT))

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """As `get`, for the searches, which MLflow wants as POST; they change nothing, so they are retried too."""
        return self._json(*self._ask("POST", _path(path), json.dumps(body).encode(), ANSWER_LIMIT))

    def pages(self, path: str, body: Mapping[str, Any], items: str, method: str = "POST") -> Iterator[dict[str, Any]]:
        """The objects in the list `items` of every page of a search. Raises as `get`."""
        token, seen, empty = "", set[str](), 0
        while token not in seen and empty < MAX_EMPTY_PAGES:
            if len(seen) == MAX_PAGES:
                raise StoreError(f"{self.address.shown} sends more than {MAX_PAGES:,} pages of {items}; given up.")
            seen.add(token)
            asked = {**body, "page_token": token} if token else dict(body)
            page = (
                self.post(path, asked) if method == "POST" else self.get(path, [(k, str(v)) for k, v in asked.items()])
            )
            found = objects(page, items)
            yield from found
            empty = 0 if found else empty + 1
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
        is_small = len(data) <= ANSWER_LIMIT and data.count(b"{") + data.count(b"[") <= MAX_OBJECTS
        try:
            answer = json.loads(data) if is_small else None
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
        """Status and body of the answer, after retries."""
        self.pool = self.pool or _new_pool(self.address)
        tries = Tries.fresh()
        while True:
            try:
                response = self._once(method, path, body, tries)
                return response.status, _read(response, limit)
            except TooSlow:
                raise StoreError(f"{self.address.shown} answers too slowly; given up.") from None
            except MaxRetryError as error:
                raise StoreError(unreachable(self.address, error.reason or error)) from None
            except HTTPError as error:  # an answer that broke off
                tries = self._after(error, method, path, tries)

    def _once(self, method: str, path: str, body: bytes | None, tries: Tries) -> urllib3.BaseHTTPResponse:
        """The answer without its body. Raises StoreError for those after which no request will be answered."""
        assert self.pool is not None, "_ask makes one"
        self.calls += 1
        headers = self._headers if body is None else {**self._headers, "Content-Type": "application/json"}
        response = self.pool.urlopen(
            method,
            self.address.shown + path,
            body=body,
            headers=headers,
            redirect=False,
            retries=tries,
            preload_content=False,
            decode_content=False,
        )
        try:
            self._refuse(response)
        except StoreError:
            response.close()
            raise
        return response

    def _after(self, error: HTTPError, method: str, path: str, tries: Tries) -> Tries:
        """Wait for the next try, and return the policy after it. Raises StoreError if no retries are left."""
        try:
            left = tries.increment(method, path, error=error)
        except HTTPError:
            raise StoreError(unreachable(self.address, error)) from None
        left.sleep()
        return left

    def _refuse(self, response: urllib3.BaseHTTPResponse) -> None:
        shown, status = self.address.shown, response.status
        if status == 401:
            raise StoreError(refusal(self.address, status))
        if 300 <= status < 400:
            target = urlsplit(response.headers.get("Location", ""))
            place = f"{target.scheme}://{target.netloc.rpartition('@')[2]}" if target.netloc else "another page"
            raise StoreError(
                f"{shown} redirects to {place}, which is not followed; give the tracking server's own address."
            )


def _read(response: urllib3.BaseHTTPResponse, limit: int) -> bytes:
    """The body, cut after `limit` + 1 bytes; the connection is kept if it was read to the end. Raises TooSlow."""
    data, is_whole, started = bytearray(), False, time.monotonic()
    try:
        # Up to the empty piece: only there urllib3 says that an answer is shorter than it was to be.
        while len(data) <= limit and (piece := response.read1(limit + 1 - len(data))):
            data += piece
            if time.monotonic() - started > PATIENCE + len(data) / MIN_RATE:
                raise TooSlow
        is_whole = len(data) <= limit
    finally:
        if is_whole:
            response.release_conn()
        else:
            response.close()
    return bytes(data)


def _new_pool(address: Address) -> urllib3.PoolManager:
    """One connection, through the proxy that the environment names if there is one."""
    settings: dict[str, Any] = {"maxsize": 1, "timeout": urllib3.Timeout(connect=TIMEOUT, read=TIMEOUT)}
    if address.scheme == "https":
        settings["ssl_context"] = context = tls_context()
        if context.verify_mode == ssl.CERT_NONE:
            urllib3.disable_warnings(InsecureRequestWarning)
    proxy = None if proxy_bypass(address.host) else getproxies().get(address.scheme)
    parts = urlsplit(proxy if proxy and "://" in proxy else f"http://{proxy or ''}")
    if not parts.hostname:
        return watched(urllib3.PoolManager(**settings), TIMEOUT + PATIENCE)
    headers = _proxy_headers(parts.username, parts.password)
    place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    return watched(urllib3.ProxyManager(place, proxy_headers=headers, **settings), TIMEOUT + PATIENCE)


def unreachable(address: Address, error: Exception) -> str:
    """The message for a server that did not answer."""
    if isinstance(error, SSLError) and _is_final(error):
        return (
            f"{address.shown} has a certificate that is not trusted here; name its authority in "
            "MLFLOW_TRACKING_SERVER_CERT_PATH, or set MLFLOW_TRACKING_INSECURE_TLS=true."
        )
    cause = error.__cause__ or error.__context__
    strerror = getattr(cause, "strerror", None) or type(error).__name__
    why = "no answer in time" if isinstance(error, TimeoutError) else strerror
    return f"The tracking server {address.shown} cannot be reached ({why}); check the address, and that it is running."


def refusal(address: Address, status: int) -> str:
    """The message for a server that does not accept the credentials."""
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
    """The path of a request: of the REST API, or, with a leading slash, of the server."""
    whole = quote(path if path.startswith("/") else _REST + path)
    return f"{whole}?{urlencode(query)}" if query else whole


def objects(answer: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects in a list of an answer; other values are skipped."""
    found = answer.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
