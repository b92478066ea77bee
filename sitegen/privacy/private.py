"""How private facts are recognised: home folders, email addresses, keys that name a user or a machine.

Every pattern is linear: its repeats are bounded, or its classes exclude what comes next.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

from sitegen.privacy.keys import words_of
from sitegen.privacy.profile import Hidden

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
# `git@github.com:a/b.git` is not an email address, and `recall@5.mean` is a metric.
EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])(?!(?:git|hg|svn)@)[A-Za-z0-9._%+-]{1,200}"
    r"@(?!(?:[A-Za-z]|[0-9]+)\.(?!(?:com|org|net|cn)\b))"
    r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,6}\.[A-Za-z]{2,24}"
)
# `\\server\share\...`, also with its backslashes doubled as in JSON; `//server/share` where the server has no dots.
UNC = re.compile(
    r"(?<![\\\w])\\{2,4}[A-Za-z0-9][\w.$-]{1,80}(?:\\{1,2}(?:[^\\/\"'<>|:*?\r\n]{1,120}(?=\\)|[^\\/\s\"'<>|:*?,;]{1,120})){1,30}"
    r"|(?:(?<![\w:/.])|(?<=\bfile:))//[A-Za-z0-9][\w-]{1,80}/[^\s\"'<>]{2,400}"
)
# Folders that cloud drives name after a company: `OneDrive - Contoso`, `Dropbox (Contoso)`.
CLOUD_DRIVE = re.compile(
    r"(?<=[\\/])(OneDrive|Dropbox|Box|GoogleDrive)(?: - |-|%20-%20| \(|%20\()[^\\/\"'<>|:*?\r\n]{1,80}(?=[\\/\"']|$)",
    re.MULTILINE,
)
# The address of a workspace names a customer of a cloud.
WORKSPACE = re.compile(
    r"https?://[A-Za-z0-9.-]{1,200}\.(?:azuredatabricks\.net|(?:cloud|gcp|azure)\.databricks\.(?:com|us|cn)|api\.azureml\.ms"
    r"|sagemaker\.aws|notebook\.[a-z0-9-]{4,20}\.sagemaker\.aws)[^\s\"'<>]*"
)
_PRIVATE_HINT = re.compile(r"@|/home|/Users|[\\/]Users|/root|\\\\|//|OneDrive|Dropbox|GoogleDrive|/Box", re.IGNORECASE)
RELATIVE = re.compile(r"(?!\.\.)[^\s\\/:~]+(?:[\\/](?!\.\.)[^\s\\/:~]+)*")
"""A relative path that does not leave the folder that the program was started in."""
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
_PRIVATE_PREFIXES = {
    "mlflow.databricks.": "workspace facts",
    "mlflow.docker.": "container facts",
    # What mlflow-export-import writes of where a run came from, the user and the tracking address among it.
    "mlflow_exim.": "workspace facts",
    "mlflow_export_import.": "workspace facts",
}
# The last words of a key: `user.email` is an address, `email_max_len` a number.
_PRIVATE_NAMES = {
    ("hostname",): "host names",
    ("nodename",): "host names",
    ("fqdn",): "host names",
    ("username",): "user names",
    ("email",): "emails",
    ("emails",): "emails",
    ("email", "address"): "emails",
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


_NOTHING_HIDDEN = Hidden()


def without_private(text: str) -> tuple[str, Hidden]:
    """`text` without home folders, network paths, names of cloud drives, workspaces and email addresses.

    A home folder becomes `~`, a network path keeps the name of its file; with what was hidden, by kind.
    """
    if not _PRIVATE_HINT.search(text):
        return text, _NOTHING_HIDDEN
    hidden = Hidden()

    def hide(kind: str, pattern: re.Pattern[str], instead: Callable[[re.Match[str]], str], text: str) -> str:
        def one(match: re.Match[str]) -> str:
            shown = instead(match)
            if shown != match[0]:
                hidden[kind] += 1
            return shown

        return pattern.sub(one, text)

    text = hide("workspace facts", WORKSPACE, lambda match: "•••", text)
    text = hide("paths", UNC, _network_path, text)
    text = hide("paths", HOME, lambda match: match[0] if match[0][:4].lower() == "http" else "~", text)
    text = hide("company names", CLOUD_DRIVE, lambda match: match[1], text)
    text = hide("emails", EMAIL, lambda match: "•••", text)
    return text, hidden


def _network_path(match: re.Match[str]) -> str:
    """The path without server, share and folders; its last part stays if it is a file name."""
    separator = "\\" if match[0].startswith("\\") else "/"
    last = re.split(r"[\\/]", match[0])[-1]
    return f"…{separator}{last}" if re.fullmatch(r".+\.[A-Za-z0-9]{1,8}", last) else "•••"


@lru_cache(maxsize=20_000)
def private_key(key: str) -> str | None:
    """Which kind of private fact the value of `key` is, or None."""
    for prefix, kind in _PRIVATE_PREFIXES.items():
        if key.startswith(prefix):
            return kind
    words = words_of(key)
    return (
        _PRIVATE_KEYS.get(key)
        or _PRIVATE_NAMES.get(words[-2:])
        or (_PRIVATE_NAMES.get(words[-1:]) if words[-1:] != ("user",) else None)
    )


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
