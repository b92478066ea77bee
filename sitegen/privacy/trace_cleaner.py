"""The cleaner of traces, which hold what an application was given and returned: JSON of any form, and tracebacks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sitegen.model import Assessment, Span
from sitegen.privacy import private
from sitegen.privacy.cleaner import HIDDEN_KEYS, Cleaner, changed
from sitegen.privacy.keys import is_placeholder
from sitegen.privacy.own_rules import is_listed


@dataclass(slots=True)
class TraceCleaner(Cleaner):
    """As `Cleaner`, for what an application was given and gave: JSON of any form, and tracebacks."""

    def json(self, text: str, name: str) -> str:
        """JSON text with every key and text in it as it may be shown; anything else, and JSON that was cut, is cleaned
        as text."""
        if text[:1] not in ("{", "[", '"'):
            return self.words(text, name)
        try:
            found = json.loads(text)
            cleaned = self._walk(found, name)
            return text if cleaned == found else json.dumps(cleaned, ensure_ascii=False)
        except (ValueError, RecursionError):
            return self.words(text, name)

    def _walk(self, value: Any, name: str) -> Any:
        if isinstance(value, str):
            # What one tool tells another is often JSON once more, as a string.
            return self.json(value, name) if value[:1] in ("{", "[") else self.words(value, name)
        if isinstance(value, list):
            return [self._walk(one, name) for one in value]
        if isinstance(value, dict):
            return {self.key(key, name): self._member(key, one, name) for key, one in value.items()}
        return value

    def _member(self, key: str, value: Any, name: str) -> Any:
        if value and (kind := self._private_kind(key, value)):
            self.hide(kind)
            return "•••"
        rule = self.secret_key(key)
        if rule and isinstance(value, str | int | float) and not is_placeholder(str(value)):
            return self.found(f"{name}.{key}", rule, str(value))
        return self._walk(value, name)

    def _private_kind(self, key: str, value: Any) -> str | None:
        """Which kind of private fact the value of `key` is where the site hides it."""
        if is_listed(key, self.privacy.hide_keys):
            return HIDDEN_KEYS
        if not self.privacy.public:
            return None
        kind = private.private_pair(key, value) if isinstance(value, str) else private.certainly_private(key)
        return None if kind and is_listed(key, self.privacy.show_keys) else kind

    def words(self, text: str, name: str) -> str:
        """As `text`; in public also without what a private key in cut JSON holds, and the folders of a traceback."""
        text = self.text(text, name)
        if self.privacy.public:
            text, frames = private.FRAME.subn(r"\1…/", text)
            self.hide("paths", frames)
        hides = self.privacy.public or self.privacy.hide_keys
        return private.PAIR.sub(self._pair, text) if hides and text[:1] in ("{", "[") else text

    def _pair(self, match: re.Match[str]) -> str:
        kind = self._private_kind(match[1], match[2])
        if not kind:
            return match[0]
        self.hide(kind)
        return match[0][: match.start(2) - match.start()] + "•••"

    def has_parts(self, value: str) -> bool:
        """JSON, and tracebacks."""
        return value[:1] in ("{", "[", '"') or 'File "' in value

    def json_pairs(self, pairs: Mapping[str, str], name: str) -> Mapping[str, str]:
        """As `pairs`, where each value may be JSON."""

        def cleaner(key: str, value: str, where: str) -> str:
            plain = self.secret_key(key) or key == "mlflow.source.name"
            return self.value(key, value, where) if plain else self.json(value, where)

        return self._pairs(pairs, name, cleaner)

    def span(self, span: Span) -> Span:
        return changed(
            span,
            name=self.words(span.name, "span"),
            attributes=self.json_pairs(span.attributes, "span"),
            events=self.json(span.events, "events"),
        )

    def assessment(self, one: Assessment) -> Assessment:
        is_person = one.source_type.upper() == "HUMAN"
        return changed(
            one,
            name=self.text(one.name, "assessment"),
            value=self.json(one.value, "assessment"),
            source=self.user(one.source) if is_person else self.text(one.source, "assessment"),
            rationale=self.words(one.rationale, "assessment"),
        )
