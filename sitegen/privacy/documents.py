"""The text of an artifact as the site may show it: secrets masked, in the profile `public` private facts hidden.

A viewer decodes what a file says: escapes of JSON and Python, entities of HTML, the lines of a notebook's cell. So
those that stand for plain letters are replaced by the letters where something is found only then, and a notebook's
cells are read whole. JSON stays JSON.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sitegen.privacy.assigned import mask
from sitegen.privacy.columns import without_columns
from sitegen.privacy.files import is_program
from sitegen.privacy.keys import is_placeholder
from sitegen.privacy.names import NO_NAMES, Names
from sitegen.privacy.own_rules import found_in
from sitegen.privacy.profile import Finding, Hidden, Privacy
from sitegen.privacy.scan import is_escaped
from sitegen.privacy.scanner import TOO_MUCH, Found, hidden_in

MAX_FINDINGS = 20
"""Findings of one artifact that are listed; a text with more different secrets is withheld as a whole."""
_JSON_KINDS = frozenset(("json", "geojson", "jsonl", "ipynb", "plotly"))
_ESCAPE = re.compile(r"\\(?:u00|x)([2-7][0-9A-Fa-f])")
_ENTITY = re.compile(r"&#(?:[0-9]{2,7}|[xX][0-9A-Fa-f]{2,6});?")
_PLAIN = re.compile(r"[A-Za-z0-9_.:@/+=-]")
"""Letters that mean the same whether they are escaped or not, wherever they stand."""
_NUMBER = re.compile(r"-?[0-9.eE+-]+|true|false")
_MAX_LISTS = 300_000
"""Brackets of the largest notebook whose cells are told apart; Python takes 60 bytes for each list."""
_MAX_IMAGE = 8_000_000


class CleanDocument(NamedTuple):
    """A text as the site may show it, what was found in it, by line, and how many private facts were hidden."""

    text: str
    findings: tuple[Finding, ...]
    hidden: Hidden
    why: str = ""
    """Why the text must not be shown all the same, else '': with so many secrets the rest cannot be trusted either."""


def clean_document(text: str, path: str, kind: str, privacy: Privacy, names: Names = NO_NAMES) -> CleanDocument:
    """The text of the artifact at `path`, which is a `kind` by its content; `names` are those that its run's fields
    hold."""
    cleaning = _Cleaning(privacy, names, is_program(path), kind in _JSON_KINDS)
    read = cleaning.notebook(text) if kind == "ipynb" else without_columns(text, kind, cleaning.cell)
    clean = cleaning.text(text if read is None else read)
    findings = tuple(sorted(cleaning.findings, key=lambda one: (int(one.where.partition(" ")[2] or 0), one.rule)))
    secrets = {one.fingerprint for one in findings if not one.is_allowed}
    why = "holds many secrets" if len(secrets) > MAX_FINDINGS else ""
    if cleaning.hidden[TOO_MUCH]:
        why = "holds too much that would have to be hidden"
    return CleanDocument(clean, findings[:MAX_FINDINGS], +cleaning.hidden, why)


@dataclass(slots=True)
class _Cleaning:
    """Cleans one text."""

    privacy: Privacy
    names: Names
    is_code: bool
    is_json: bool
    hidden: Hidden = field(default_factory=Hidden)
    findings: list[Finding] = field(default_factory=list)

    def text(self, text: str, line: int = 0) -> str:
        """`text` cleaned; findings are at their line of it, or at `line`."""
        text, found = self._best_reading(text)
        if found:
            text = hidden_in(text, self._not_allowed(text, found, line))
        if self.names.words and self.privacy.public:
            text, count = self.names.hide(text, is_free=True)
            self.hidden.update({"names": count} if count else {})
        return text

    def _best_reading(self, text: str) -> tuple[str, Sequence[Found]]:
        """`text` and what is found in it; with escaped letters as letters, if more is found then."""
        found = found_in(text, self.privacy, self.is_code, True)
        plain = without_escapes(text)
        if plain is text:
            return text, found
        more = found_in(plain, self.privacy, self.is_code, True)
        return (plain, more) if len(more) > len(found) else (text, found)

    def _not_allowed(self, text: str, found: Iterable[Found], line: int) -> list[Found]:
        kept, at, count = [], 0, 1
        for one in found:
            if not one.is_secret:
                self.hidden[one.rule] += 1
            else:
                count += text.count("\n", at, one.start)
                at = one.start
                finding = self.privacy.finding(f"line {line or count}", one.rule, text[one.start : one.end])
                self.findings.append(finding)
                if finding.is_allowed:
                    continue
            kept.append(self._in_quotes(text, one) if self.is_json else one)
        return kept

    def _in_quotes(self, text: str, one: Found) -> Found:
        """A number in JSON is replaced by a string."""
        behind = text[one.end : one.end + 9].lstrip()[:1]
        is_value = behind in (",", "}", "]") and _NUMBER.fullmatch(text, one.start, one.end)
        return one._replace(shown=f'"{one.shown}"') if is_value else one

    def cell(self, rule: str, cell: str) -> str:
        """What is shown in place of a cell of a column that is secret by its name."""
        if is_placeholder(cell):
            return cell
        finding = self.privacy.finding("line 1", rule, cell)
        self.findings.append(finding)
        return cell if finding.is_allowed else mask(rule)

    def notebook(self, text: str) -> str | None:
        """A notebook with its cells cleaned, whose lines are a list; None if it is clean or cannot be read."""
        if text.count("[") + text.count("{") > _MAX_LISTS:
            return None
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return None
        before = len(self.findings), self.hidden.total()
        try:
            clean = self._walk(value, "")
        except RecursionError:
            return None
        changed = (len(self.findings), self.hidden.total()) != before
        return json.dumps(clean, ensure_ascii=False, indent=1) + "\n" if changed and clean != value else None

    def _walk(self, value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {name: self._walk(one, name) for name, one in value.items()}
        if isinstance(value, str):
            return self._image(value) if key.startswith("image/") and key != "image/svg+xml" else self.text(value, 1)
        if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
            whole = "".join(value)
            clean = self._walk(whole, key)
            return value if clean == whole else clean.splitlines(keepends=True)
        if isinstance(value, list):
            return [self._walk(one, key) for one in value]
        return value

    def _image(self, text: str) -> str:
        """The base64 of an image, unless something is found in its bytes, such as its metadata."""
        try:
            data = base64.b64decode("".join(text.split())[:_MAX_IMAGE], validate=True)
        except (binascii.Error, ValueError):
            return self.text(text, 1)
        found = found_in(data.decode("latin-1"), Privacy(self.privacy.profile), is_code=True)
        if not found:
            return text
        self._not_allowed(data.decode("latin-1"), found, 1)
        return ""


def without_escapes(text: str) -> str:
    """`text` with letters in place of escapes such as `\\u0067`, `\\x67` and `&#103;`, where they mean the same; the
    same object if there are none."""
    plain = text
    if "\\u00" in text or "\\x" in text:
        plain = _ESCAPE.sub(_letter, plain)
    if "&#" in text:
        plain = _ENTITY.sub(_character, plain)
    return text if plain == text else plain


def _letter(match: re.Match[str]) -> str:
    letter = chr(int(match[1], 16))
    return letter if _PLAIN.fullmatch(letter) and not is_escaped(match.string, match.start()) else match[0]


def _character(match: re.Match[str]) -> str:
    letter = html.unescape(match[0])
    return letter if _PLAIN.fullmatch(letter) else match[0]
