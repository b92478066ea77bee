"""What private facts look like: home folders, email addresses, keys that name a user or a machine.

Every pattern is linear: its repeats are bounded, or its classes exclude what comes next.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urlsplit

from sitegen.privacy.secrets import words_of

HOME = re.compile(
    r"https?://[^\s\"'<>]*"  # a web address keeps its path
    r"|(?:/home|/Users)/[^/\s\"'<>,:;\\]+"
    r"|[A-Za-z]:[\\/]{1,4}Users[\\/]{1,4}(?:[^\\/\"'<>|:*?\r\n]{1,80}(?=[\\/])|[^\\/\s\"'<>|:*?]+)"
    r"|(?<![\w.~-])/root(?![\w.-])",
    re.IGNORECASE,
)
FRAME = re.compile(r'(File \\?")([^"\n]{0,400}[\\/])(?=[^"\n\\/]{1,200}\\?")')
"""The folders in a line of a Python traceback, which is text or, in JSON that was cut, has its quotes escaped."""
PAIR = re.compile(r'"([A-Za-z0-9_.-]{2,80})"\s{0,4}:\s{0,4}"((?:[^"\\]|\\.){1,4000})')
"""A key and its text in JSON that may have been cut anywhere."""
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,6}\.[A-Za-z]{2,24}")
_PRIVATE_HINT = re.compile(r"@|/home|/Users|[\\/]Users|/root", re.IGNORECASE)
ABSOLUTE = re.compile(
    r"[\\/~]|[A-Za-z]:[\\/]|(?!(?:runs|models|mlflow-artifacts):/)[A-Za-z][A-Za-z0-9+.-]*:|mlflow-artifacts://"
)

_PRIVATE_KEYS = {
    "mlflow.user": "user names",
    "mlflow.source.git.diff": "code differences",
    "mlflow.artifactLocation": "paths",
    "mlflow.trace.spansLocation": "paths",
    "mlflow.trace.archiveLocation": "paths",
    "mlflow.project.env": "paths",
    "mlflow.trace.user": "user names",
    # OpenTelemetry's words, as spans have them.
    **dict.fromkeys(("user.id", "user.full_name", "enduser.id", "process.owner"), "user names"),
    **dict.fromkeys(("process.executable.path", "process.command_line", "code.filepath", "code.file.path"), "paths"),
    **dict.fromkeys(
        (
            "client.address",
            "server.address",
            "source.address",
            "net.peer.name",
            "net.peer.ip",
            "net.sock.peer.addr",
            "net.sock.host.addr",
            "network.peer.address",
            "network.local.address",
            "http.client_ip",
        ),
        "host names",
    ),
}
_PRIVATE_PREFIXES = {"mlflow.databricks.": "workspace facts", "mlflow.docker.": "container facts"}
_PRIVATE_WORDS = {
    "hostname": "host names",
    "nodename": "host names",
    "fqdn": "host names",
    "username": "user names",
    "email": "emails",
}
_PRIVATE_NAMES = {
    ("host",): "host names",
    ("host", "name"): "host names",
    ("node", "name"): "host names",
    ("machine", "name"): "host names",
    ("ip", "address"): "host names",
    ("host", "ip"): "host names",
    ("user",): "user names",
    ("user", "name"): "user names",
}
_LOCAL_NAMES = ("local", "lan", "internal", "intranet", "corp", "home", "localhost", "private")


def without_private(text: str) -> tuple[str, int, int]:
    """`text` with home folders as `~` and email addresses as `•••`; how many of each there were."""
    if not _PRIVATE_HINT.search(text):
        return text, 0, 0
    homes = 0

    def home(match: re.Match[str]) -> str:
        nonlocal homes
        if match[0][:4].lower() == "http":
            return match[0]
        homes += 1
        return "~"

    text = HOME.sub(home, text)
    text, emails = EMAIL.subn("•••", text)
    return text, homes, emails


@lru_cache(maxsize=20_000)
def private_key(key: str) -> str | None:
    """Which kind of private fact the value of `key` is, or None."""
    for prefix, kind in _PRIVATE_PREFIXES.items():
        if key.startswith(prefix):
            return kind
    words = words_of(key)
    by_word = (_PRIVATE_WORDS.get(word) for word in words)
    return _PRIVATE_KEYS.get(key) or next(filter(None, by_word), None) or _PRIVATE_NAMES.get(words[-2:])


def is_open_repository(url: str) -> bool:
    """Whether `url` is a web address on a host that looks public, without a user in it."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or "." not in host:
        return False
    return host.rsplit(".", 1)[-1] not in _LOCAL_NAMES and not _is_address(host)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
