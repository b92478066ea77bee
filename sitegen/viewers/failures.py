"""Why a run failed, as far as its artifacts say: the last line of a logged traceback, or the last error in a log.

Looks at the bytes that the site publishes of an artifact, in which secrets are masked and private facts hidden, and at
the end of each file alone. Nothing is looked at of runs that did not fail.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sitegen.viewers.copies import CopiedArtifact
from sitegen.viewers.kinds import extension

FAILED = frozenset(("FAILED", "KILLED"))
MAX_FILES = 50
"""Number of text artifacts of a run that are looked at."""
MAX_TAIL = 64_000
"""Bytes at the end of each of them."""
MAX_LINE = 240
"""Characters of the line that a page shows."""

_TYPES = frozenset(("txt", "log", "err", "out", "md", ""))
_TELLING = re.compile(r"traceback|exception|error|fail|stderr|crash|\.err$", re.IGNORECASE)
_LOGS = re.compile(r"log|stdout|output|console|\.out$", re.IGNORECASE)
_TRACEBACK = "Traceback (most recent call last)"
_ERROR = re.compile(
    r"(?:\b|[a-z])(?:Error|Exception|Interrupt)\b|\bERROR\b|\bFATAL\b|\bCRITICAL\b|[Oo]ut of memory|^Killed$"
)
_COLOURS = re.compile(r"\x1b\[[0-9;]{0,20}m")


@dataclass(frozen=True, slots=True)
class Failure:
    """What ended a run: a line of one of its artifacts, cut to `MAX_LINE` characters, and which one that is."""

    line: str
    """The line, as its run logged it but for what is masked."""
    path: str
    """The path of the artifact."""
    href: str
    """Where its preview is, else its copy, from the site's root."""


def failure_of(status: str, copies: Sequence[CopiedArtifact], texts: Sequence[bytes]) -> Failure | None:
    """What the artifacts of a run with this `status` say of its end; `texts` are the published bytes of each of
    `copies`, empty for what is not a small text. None for a run that did not fail, or where none says so."""
    if status not in FAILED:
        return None
    pairs = zip(copies, texts, strict=True)
    found = [(one, data) for one, data in pairs if data and one.file.href and extension(one.file.path) in _TYPES]
    found.sort(key=lambda pair: _rank(pair[0].file.path))
    tails = [(one, _COLOURS.sub("", data[-MAX_TAIL:].decode("utf-8", "replace"))) for one, data in found[:MAX_FILES]]
    for read in (_last_of_traceback, _last_error):
        for one, text in tails:
            if line := read(text, one.file.path):
                shown = line if len(line) <= MAX_LINE else line[: MAX_LINE - 1] + "…"
                return Failure(shown, one.file.path, one.view or one.file.href)
    return None


def _rank(path: str) -> tuple[int, str]:
    """Files that are named after an error first, then logs, then any other."""
    name = path.rpartition("/")[2]
    return (0 if _TELLING.search(name) else 1 if _LOGS.search(path) else 2), path


def _last_of_traceback(text: str, _: str) -> str:
    """The exception of the last traceback in `text`; '' if there is none."""
    before, marker, after = text.rpartition(_TRACEBACK)
    if not marker:
        return ""
    prefix = before.rpartition("\n")[2]  # torchrun writes `[rank0]: ` before each line
    for line in after.splitlines()[1:]:
        plain = line.removeprefix(prefix)
        if plain.strip() and not plain[0].isspace():
            return plain.strip()
    return ""


def _last_error(text: str, path: str) -> str:
    """The last line of `text` that names an error, in a file that is named after errors or is a log; else ''."""
    if _rank(path)[0] > 1:
        return ""
    lines = (line.strip()[:MAX_LINE] for line in reversed(text.splitlines()))
    return next((line for line in lines if _ERROR.search(line)), "")
