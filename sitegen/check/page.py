"""One page of a site: its links and anchors, its content policy, and whether its elements are closed in order.

It is read by the tokeniser of the standard library, whose cost is that of one pass. `sitegen check --html` asks a whole
HTML5 parser besides (`strict_errors`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.util import find_spec

from sitegen.errors import UsageError

ADDRESSES = frozenset(("href", "src", "data-href", "action", "formaction", "poster", "data", "srcset"))
"""Attributes that hold an address."""
MAX_PROBLEMS = 20
"""Problems of one page that are kept."""
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
# Elements whose end tag HTML lets an author omit.
_CLOSED_BY_PARENT = frozenset("p li dt dd tr td th thead tbody tfoot option optgroup colgroup rt rp caption".split())
_DATA_SCRIPTS = frozenset(("application/json", "application/ld+json", "text/plain"))
_ABOUT = frozenset(("canonical", "alternate"))
"""Relations of links that a browser does not follow; their addresses are absolute."""
_RUN_BY_ADDRESS = ("javascript:", "vbscript:")


class PageReader(HTMLParser):
    """Reads a page, fed in one piece; then `links`, `anchors` and `problems` hold what is in it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str, str]] = []
        """Element, attribute and address of each link."""
        self.anchors: Counter[str] = Counter()
        self.problems: list[tuple[str, str]] = []
        """Rule and phrase of what is wrong in the page itself."""
        self.policy: str | None = None
        self._open: list[str] = []
        self._has_loaded = False

    def read(self, text: str) -> None:
        """Read a whole page."""
        if text[:15].lower() != "<!doctype html>":
            self._wrong("html", "does not begin with <!doctype html>")
        self.feed(text)
        self.close()
        if left := [name for name in self._open if name not in _CLOSED_BY_PARENT]:
            self._wrong("html", f"<{left[-1]}> is not closed")
        if self.policy is None:
            self._wrong("policy", "has no content security policy")
        for anchor, count in self.anchors.items():
            if count > 1:
                self._wrong("html", f"the id {anchor} occurs {count} times")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if len(given) < len(attrs):
            self._wrong("html", f"<{tag}> has an attribute twice")
        for name in ADDRESSES & given.keys() if given.get("rel") not in _ABOUT else ():
            self.links += [(tag, name, one) for one in _addresses(name, given[name])]
        if "id" in given:
            self.anchors[given["id"]] += 1
        self._check_policy(tag, given)
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return self._wrong("html", f"</{tag}> closes an element that has no end")
        waiting = self._open
        while waiting and waiting[-1] != tag and waiting[-1] in _CLOSED_BY_PARENT and tag in waiting:
            waiting.pop()
        if waiting and waiting[-1] == tag:
            waiting.pop()
        else:
            inside = f"inside <{waiting[-1]}>" if waiting else "where none is open"
            self._wrong("html", f"</{tag}> stands {inside}")
            if tag in waiting:
                del waiting[len(waiting) - 1 - waiting[::-1].index(tag) :]

    def _check_policy(self, tag: str, given: dict[str, str]) -> None:
        if tag == "meta" and given.get("http-equiv", "").lower() == "content-security-policy":
            if self.policy is None:
                self.policy = given.get("content", "")
                if self._has_loaded or "head" not in self._open:
                    self._wrong("policy", "has the content security policy not first in its head")
                if "default-src 'none'" not in self.policy:
                    self._wrong("policy", "has a policy without default-src 'none'")
            return
        self._has_loaded |= tag not in ("html", "head", "meta")
        for name, value in given.items():
            if name.startswith("on"):
                self._wrong("policy", f"<{tag}> has the handler {name}")
            elif name in ADDRESSES and "".join(value.split()).lower().startswith(_RUN_BY_ADDRESS):
                self._wrong("policy", f"<{tag}> has an address that is a script")
        if tag == "script" and "src" not in given and given.get("type", "").lower() not in _DATA_SCRIPTS:
            self._wrong("policy", "holds a script in the page itself")

    def _wrong(self, rule: str, what: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append((rule, what))


def _addresses(name: str, value: str) -> list[str]:
    """The addresses in an attribute: a `srcset` holds several."""
    return [part.split()[0] for part in value.split(",") if part.split()] if name == "srcset" else [value]


def check_parser() -> None:
    """Raises UsageError where the parser that `strict_errors` needs is not installed."""
    if find_spec("tinyhtml5") is None:
        raise UsageError("--html needs an extra: pip install 'mlruns-sitegen[html]'.")


def strict_errors(text: str) -> Iterator[str]:
    """The parse errors of a page by the HTML5 specification, as phrases."""
    from tinyhtml5.parser import HTMLParser as StrictParser

    parser = StrictParser()
    parser.parse(text)
    for (line, _), code, values in parser.errors[:MAX_PROBLEMS]:
        name = f" ({values['name']})" if values.get("name") else ""
        yield f"line {line}: {code}{name}"
