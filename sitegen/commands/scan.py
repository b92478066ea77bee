"""What `sitegen scan` prints or writes: the findings as text, as JSON, and as SARIF for code scanning.

A finding is a place, a rule and a fingerprint, never the value. docs/publishing.md describes the three forms; a change
of the JSON form's keys raises `VERSION`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import quote

from sitegen import __version__
from sitegen.analysis.words import plural
from sitegen.build.scan import MAX_LISTED, Scan
from sitegen.commands.words import hidden_words, not_copied_words
from sitegen.errors import GateError
from sitegen.privacy import Finding

VERSION = 1
FORMATS = ("text", "json", "sarif")
SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LINE = re.compile(r", line (\d{1,9})\Z")


def report(found: Scan, form: Literal["text", "json", "sarif"], private: bool = False) -> str:
    """The findings in one of `FORMATS`; `private`: as text, list the places of private facts too."""
    if form == "text":
        return "\n".join(lines_of(found, private))
    document = _as_json(found) if form == "json" else _as_sarif(found)
    # Plain ASCII, without the one string that a CI log takes for a command wherever it stands.
    return json.dumps(document, indent=2).replace("##[", "\\u0023#[")


def check_gate(found: Scan) -> None:
    """Raises GateError if a secret was found that is not allowed."""
    if found.secrets:
        raise GateError(
            f"{plural(found.secrets, 'secret')} in the store; take them out and revoke them, or allow the fingerprints "
            "of those that are none in [privacy] of sitegen.toml."
        )


# As text ------------------------------------------------------------------------------------------------------------


def lines_of(found: Scan, private: bool = False) -> Iterator[str]:
    """A line for each finding, for each place of private facts if `private`; strings of the store are not made safe."""
    for one in found.findings:
        yield f"{one.where}: {one.rule}, {one.fingerprint}" + (", allowed" if one.is_allowed else "")
    if private:
        yield from (f"{where}: {hidden_words({kind: count})} hidden" for where, kind, count in found.private)


def summary_lines(found: Scan) -> Iterator[str]:
    """The last lines of a scan: counts, and what was not looked into."""
    values = len({one.fingerprint for one in found.findings if not one.is_allowed})
    several = f" ({plural(values, 'value')})" if found.secrets > 1 else ""
    yield f"Scanned {plural(found.runs, 'run')}: {plural(found.secrets, 'secret')}{several}, {found.allowed:,} allowed."
    if found.hidden:
        yield f"Hidden in the profile public: {hidden_words(found.hidden)} (list the places with --private)."
    if found.not_copied:
        yield f"Artifacts that a site lists but does not copy: {not_copied_words(found.not_copied)}."
    if found.traces_left_out:
        yield f"Not scanned, and not on a site: {plural(found.traces_left_out, 'trace')} (scan them with --traces)."
    if found.unused:
        yield f"Allowed in the settings, but not in the store any more: {', '.join(found.unused)}."
    if found.problems:
        yield f"Not scanned, since they could not be read: {plural(found.problems, 'record')} (see sitegen inspect)."
    if max(found.secrets + found.allowed, len(found.private)) > MAX_LISTED:
        yield f"Only the first {MAX_LISTED:,} places are listed."
    yield found.read


# As JSON ------------------------------------------------------------------------------------------------------------


def _as_json(found: Scan) -> dict[str, Any]:
    return {
        "format": "sitegen-scan",
        "version": VERSION,
        "sitegen": __version__,
        "runs": found.runs,
        "secrets": found.secrets,
        "allowed": found.allowed,
        "findings": [
            {"where": one.where, "rule": one.rule, "fingerprint": one.fingerprint, "allowed": one.is_allowed}
            for one in found.findings
        ],
        "private": dict(sorted(found.hidden.items())),
        "private_places": [{"where": where, "kind": kind, "count": count} for where, kind, count in found.private],
        "not_copied": dict(sorted(found.not_copied.items())),
        "traces_left_out": found.traces_left_out,
        "unused": list(found.unused),
        "problems": found.problems,
        "is_cut": found.secrets + found.allowed > len(found.findings),
    }


# As SARIF -----------------------------------------------------------------------------------------------------------


def _as_sarif(found: Scan) -> dict[str, Any]:
    """A SARIF 2.1.0 log. Rule ids are those of the findings; a value that is allowed is a suppressed result."""
    rules = sorted({one.rule for one in found.findings})
    driver = {
        "name": "sitegen",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_sarif_rule(rule) for rule in rules],
    }
    index = {rule: at for at, rule in enumerate(rules)}
    results = [_sarif_result(one, index[one.rule]) for one in found.findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _sarif_rule(rule: str) -> dict[str, Any]:
    kind = "the value of a key that names a secret" if rule.startswith("key-") else "a value that looks like a secret"
    return {
        "id": rule,
        "name": "".join(word.capitalize() for word in rule.split("-")),
        "shortDescription": {"text": f"{rule}: {kind}"},
        "help": {"text": "Take it out of the run store and revoke it; allow its fingerprint if it is not a secret."},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["security"], "security-severity": "8.0"},
    }


def _sarif_result(one: Finding, index: int) -> dict[str, Any]:
    """A result: its address is made of the record's words, since most records are not one line of one file."""
    line = _LINE.search(one.where)
    place = one.where[: line.start()] if line else one.where
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(place.replace(": ", "/"), safe="/")}}
    physical["region"] = {"startLine": int(line[1]) if line else 1}
    result: dict[str, Any] = {
        "ruleId": one.rule,
        "ruleIndex": index,
        "level": "error",
        "message": {"text": f"{one.where} holds what looks like a secret ({one.rule}, fingerprint {one.fingerprint})."},
        "locations": [{"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": place}]}],
        "partialFingerprints": {"sitegenValue/v1": one.fingerprint},
    }
    if one.is_allowed:
        result["suppressions"] = [{"kind": "external", "justification": "allowed in sitegen.toml"}]
    return result
