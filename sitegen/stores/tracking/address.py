"""The address of a tracking server, with credentials and certificates from MLflow's own variables."""

from __future__ import annotations

import base64
import os
import re
import ssl
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from sitegen.errors import StoreError


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a server. `shown` is the printable form, without user and password."""

    scheme: str
    host: str
    port: int
    prefix: str
    shown: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def parse_address(location: str) -> Address:
    """The address that a user gave, perhaps copied from a browser: what follows `?` or `#` is dropped.

    A password may contain any character, so everything up to the last @ is user and password. Raises StoreError.
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
    """The token if it is valid in a header; otherwise http.client would quote it in its error."""
    if not re.fullmatch(r"[!-~]+", token):
        raise StoreError("MLFLOW_TRACKING_TOKEN holds a space, a line end or a character that a token cannot have.")
    return token


def tls_context() -> ssl.SSLContext:
    """Which certificates are trusted, from the environment variables that MLflow uses. Raises StoreError."""
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
