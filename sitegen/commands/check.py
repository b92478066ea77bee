"""What `sitegen check` prints: the problems of a site as text for people, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sitegen import __version__
from sitegen.analysis.words import plural, size
from sitegen.check import RULES, Checked
from sitegen.check.problems import MAX_LISTED
from sitegen.errors import GateError

VERSION = 1


def lines_of(found: Checked, site: Path) -> Iterator[str]:
    """A line for each problem, then the counts; names of files are not made safe in them."""
    for one in found.problems:
        yield f"{one.path}: {one.what}"
    if found.counts.total() > MAX_LISTED:
        yield f"Only the first {MAX_LISTED:,} problems are listed."
    files = f"{plural(found.files, 'file')}, {plural(found.pages, 'page')}, {size(found.size)}"
    yield f"Checked {site}: {files}: {_counts(found)}."
    if found.unlisted:
        yield f"Your own, not made by sitegen: {plural(found.unlisted, 'file')}."
    if found.allowed:
        yield f"Shown as the settings allow: {plural(found.allowed, 'value')} that would have been masked."
    for host, beyond in found.hosts.items():
        if beyond:
            yield f"Too large for {host}: {'; '.join(beyond)}."
        elif near := found.near[host]:
            yield f"Near a limit of {host}: {'; '.join(near)}."


def _counts(found: Checked) -> str:
    if found.is_good:
        return "no problems"
    rules = ", ".join(f"{found.counts[rule]:,} {rule}" for rule in RULES if found.counts[rule])
    return f"{plural(found.counts.total(), 'problem')} ({rules})"


def check_gate(found: Checked, site: Path) -> None:
    """Raises GateError if anything is wrong with the site."""
    if not found.is_good:
        raise GateError(f"Problems were found in {site}: {found.counts.total():,}; build it again, or see the list.")


def json_text(found: Checked, site: Path) -> str:
    """The same as one JSON document in plain ASCII."""
    document: dict[str, Any] = {
        "format": "sitegen-check",
        "version": VERSION,
        "sitegen": __version__,
        "site": str(site),
        "good": found.is_good,
        "files": found.files,
        "pages": found.pages,
        "bytes": found.size,
        "unlisted": found.unlisted,
        "allowed": found.allowed,
        "rules": RULES,
        "counts": {rule: found.counts[rule] for rule in RULES},
        "problems": [{"path": one.path, "rule": one.rule, "what": one.what} for one in found.problems],
        "hosts": {host: {"beyond": beyond, "near": found.near[host]} for host, beyond in found.hosts.items()},
    }
    # A CI log may take `##[` for a command wherever it stands.
    return json.dumps(document, indent=2).replace("##[", "\\u0023#[")
