"""Where artifacts are now whose URIs name their old place: `s3://old-bucket/x` is `./local/x`.

A URI is compared part by part, so that `s3://b/x` does not mean `s3://b/xy`. Different spellings of the same folder
are equal: `file:` URIs (percent-decoded, as MLflow does with these and no others) and paths, with
either slash and in either case where they are Windows paths.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_DRIVE = re.compile(r"/?([A-Za-z]:)(?=/|$)")


class Moves:
    """The folders that replace beginnings of artifact URIs, by those beginnings."""

    def __init__(self, pairs: Iterable[tuple[str, Path]]) -> None:
        self._folders = {_compared(parts_of(uri)): os.path.abspath(folder) for uri, folder in pairs}

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders, as absolute paths."""
        return tuple(self._folders.values())

    def place_of(self, uri: str) -> str | None:
        """The path that a URI stands for by the longest beginning that is known, None when none is.

        None too for a URI that would climb out of it; links are for the caller to check.
        """
        if not self._folders:
            return None
        parts = parts_of(uri)
        compared = _compared(parts)
        for length in range(len(parts), 0, -1):
            folder = self._folders.get(compared[:length])
            if folder is not None:
                rest = parts[length:]
                return None if any(map(_leads_astray, rest)) else os.path.join(folder, *rest)
        return None


def parts_of(uri: str) -> tuple[str, ...]:
    """The parts of a URI or path: first how it is rooted, then the host or bucket if it has one, then its path.

    `/` begins the parts of a path from the root, `C:` that of a Windows path, `//` that of a share, `.` that of a
    relative one, `s3:` those of an S3 address.
    """
    scheme = _SCHEME.match(uri)
    if scheme is not None and scheme[1].lower() != "file":
        return (scheme[0].lower(), *_steps(uri[scheme.end() :]))
    path = uri.replace("\\", "/")
    if scheme is not None:
        path = unquote(path[scheme.end() :])
        host, path = _host(path)
        path = f"//{host}{path}" if host else path
    if drive := _DRIVE.match(path):
        return (drive[1].upper(), *_steps(path[drive.end() :]))
    root = "//" if path.startswith("//") else "/" if path.startswith("/") else "."
    return (root, *_steps(path))


def _host(path: str) -> tuple[str, str]:
    """The host after `file:`, '' for this machine, and the path."""
    if not path.startswith("//"):
        return "", path
    host, slash, rest = path[2:].partition("/")
    if re.fullmatch("[A-Za-z]:", host):  # file://C:/x, which is wrong and common
        return "", path[2:]
    return ("" if host == "localhost" else host), slash + rest


def _steps(path: str) -> list[str]:
    return [step for step in path.split("/") if step not in ("", ".")]


def _compared(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The parts for comparison: Windows paths, which begin with a drive or a share, are compared without case."""
    is_windows = parts[0] == "//" or parts[0].endswith(":") and len(parts[0]) == 2
    return tuple(map(str.casefold, parts)) if is_windows else parts


def _leads_astray(step: str) -> bool:
    """Whether a part is unsafe in a path: it is `..`, or has a separator of some operating system."""
    return step == ".." or "\0" in step or "\\" in step or (os.name == "nt" and ":" in step)
