"""Markdown of notes to safe HTML. A note is untrusted text: raw HTML in it is shown as text.

Markdown is rendered without raw HTML (tables, fenced code, task lists, footnotes, strikethrough), then cleaned against
an allow-list. Notes that would take too long to render (thousands of brackets) are shown as they are. Images and links
of a run's artifacts lead into the site if the caller gives the artifacts (`Files`).
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from html import escape
from typing import Protocol
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import SimpleTagInlineProcessor
from markdown.treeprocessors import Treeprocessor

from sitegen.analysis.labels import show_controls
from sitegen.markup.links import resolve, safe_url

SITE = "sitegen-site:"
"""Prefix of addresses from the site's root in the HTML of a note, until the page is rendered (`rooted`)."""

_MAX_LENGTH = 8000
# Cleaning deeply nested marks takes time that grows with their square: 5,000 of them a tenth of a second.
_MAX_FRAGMENT = 200_000
_MAX_MARKS = 5_000
# Linear guards against quadratic and worse behaviour of the renderer: (characters counted together, most of them).
_LIMITS = (
    ("[", 300),
    ("<", 300),
    ("`", 400),
    ("*_", 1500),
    ("|", 1500),
    (">", 300),
    ("&", 1500),
    ("!", 1500),
    ("~", 300),
)
# Nesting on one line. The renderer's answer to it depends on how much stack is left, so on who calls: not for us.
_DEEP = re.compile(r"(?:>[ \t]*|(?:[-*+]|\d{1,9}[.)])[ \t]+){40}")
# One line of words and quiet punctuation that begins with a letter: Markdown has nothing to say about it.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_PLAIN = re.compile(r"[^\W\d_](?:[^\W_]|[ ,.;:()/'\"%=+-]|(?<=[^\W_])_(?=[^\W_]))*")
_PREFIX = "user-content-"
"""Prefix of every id, so that none equals the id of another element of the page."""
_LANGUAGE = re.compile(r"language-[A-Za-z0-9+#-]{1,30}", re.ASCII)
_TAGS = {
    *("p", "br", "hr", "blockquote", "pre", "code", "a", "em", "strong", "del", "ul", "ol", "li"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "sup", "img"),
}
_ATTRIBUTES = {
    "a": {"href", "title"}, "code": {"class"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}, "img": {"src", "alt"},
    "sup": {"id"}, "li": {"id", "class"}, "h3": {"id"}, "h4": {"id"}, "h5": {"id"}, "h6": {"id"},
}  # fmt: skip
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TASK = re.compile(r"\[([ xX])\]\s+")


class Files(Protocol):
    """The artifacts that a note may refer to, by their paths. Addresses are from the site's root, '' for none."""

    def image(self, path: str) -> str:
        """The address of the image at `path`."""

    def page(self, path: str) -> str:
        """Where a link to the artifact at `path` leads."""


def note_html(text: str, files: Files | None = None, path: str = "") -> str:
    """The note `text` (Markdown) as HTML that is safe to put into a page; empty for an empty note.

    Headings begin at h3, images from elsewhere become links, links leave the site without referrer. A note that is too
    long or has too many Markdown marks is returned as `<pre class="note-text">`. `files` are the artifacts that it may
    refer to, `path` its own among them; addresses of the site are then to be resolved by `rooted`.
    """
    text = text.strip()
    if len(text) < 400 and _PLAIN.fullmatch(text):
        return f"<p>{escape(text, quote=False)}</p>"
    # Without brackets nothing refers to anything, and equal notes are equal.
    return _render(text, files, path) if files and "](" in text else _rendered(text) if text else ""


def rooted(html: str, root: str) -> str:
    """The HTML of a note in a page whose path to the site's root is `root` (such as `../`)."""
    return html.replace(f'="{SITE}', f'="{root}')


def fragment_html(html: str) -> str:
    """The untrusted HTML `html` (a data frame's table in a notebook), made safe for a page. Text, lists

    and tables are kept; empty if nothing remains or it is too long to be cleaned quickly.
    """
    if len(html) > _MAX_FRAGMENT or html.count("<") > _MAX_MARKS:
        return ""
    cleaned = nh3.clean(
        _encodable(html),
        tags=_TAGS - {"img"} | {"caption", "tfoot", "span", "div", "b", "i", "sup", "sub"},
        attributes={"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        clean_content_tags={"script", "style"},
        url_schemes=set(),
        link_rel=None,
    )
    return cleaned if re.search(r"[^\s<>]", re.sub(r"<[^>]*>", "", cleaned)) else ""


def note_excerpt(text: str, length: int = 140) -> str:
    """The beginning of a note on one line without Markdown marks, at most `length` characters, cut at a word."""
    plain = _without_marks(text[: length * 8])
    if len(plain) <= length:
        return plain
    cut = plain[: length - 1]
    return (cut[: cut.rfind(" ")] if " " in cut[length // 2 :] else cut).rstrip(" ,.;:") + "…"


def _encodable(html: str) -> str:
    """`html` without lone surrogates, which a tracking server can send in JSON, and with controls as symbols."""
    html = _CONTROL.sub(lambda found: show_controls(found[0]), html)
    return html if html.isascii() else html.encode("utf-8", "replace").decode()


@lru_cache(maxsize=2048)
def _rendered(text: str) -> str:
    return _render(text, None, "")


def _render(text: str, files: Files | None, path: str) -> str:
    if not _is_light(text):
        return _as_text(text)
    try:
        # Without the reset, one note's `[x]: address` would serve the links of the next.
        html = _markdown().reset().convert_with(text, files, path)
    except Exception:  # RecursionError and whatever else hostile nesting does to the renderer: the words count
        _markdown.cache_clear()  # what it was in the middle of is still in its state
        return _as_text(text)
    return nh3.clean(
        _encodable(html),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        clean_content_tags={"script", "style"},
        url_schemes={"http", "https", "mailto", SITE.rstrip(":")},
        link_rel="noopener noreferrer nofollow",
        url_relative="pass_through",
    )


def _as_text(text: str) -> str:
    return f'<pre class="note-text">{escape(_encodable(text))}</pre>'


def _is_light(text: str) -> bool:
    """Whether `text` is small and plain enough to be rendered in well under a second."""
    if len(text) > _MAX_LENGTH or _DEEP.search(text):
        return False
    return all(sum(map(text.count, marks)) <= most for marks, most in _LIMITS)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return value if _LANGUAGE.fullmatch(value) or (tag, value) == ("li", "task") else None
    if name == "src":
        return value if value.startswith(SITE) else None
    if name == "href":
        return value if value.lower().startswith(("http://", "https://", "mailto:", f"#{_PREFIX}", SITE)) else None
    return value


@lru_cache(maxsize=1)
def _markdown() -> _Renderer:
    """The renderer, made once: making it takes longer than most notes do."""
    tables, footnotes = TableExtension(use_align_attribute=True), FootnoteExtension(BACKLINK_TEXT="↩")
    renderer = _Renderer(extensions=["fenced_code", "sane_lists", tables, footnotes])
    renderer.preprocessors.deregister("html_block")
    renderer.inlinePatterns.deregister("html")
    renderer.inlinePatterns.register(SimpleTagInlineProcessor(r"(~~)([^~\n]+)~~", "del"), "strikethrough", 65)
    renderer.treeprocessors.register(_SafeHtml(renderer), "safe_html", 5)
    return renderer


class _Renderer(Markdown):
    """A renderer that knows which artifacts the note that it works on may refer to."""

    files: Files | None = None
    path = ""
    prefix = ""

    def reset(self) -> _Renderer:
        super().reset()
        return self

    def convert_with(self, text: str, files: Files | None, path: str) -> str:
        """The HTML of `text`. Ids begin with a hash of it, so that several notes fit into a page."""
        self.files, self.path = files, path
        self.prefix = f"{_PREFIX}{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:6]}-"
        return self.convert(text)


class _SafeHtml(Treeprocessor):
    """Headings two levels down (a page has its own h1 and h2); images and links of the run's artifacts, or none."""

    md: _Renderer

    def run(self, root: Element) -> None:
        wanted = {href[1:].lower() for a in root.iter("a") if (href := a.get("href", "")).startswith("#")}
        ids: set[str] = set()
        for element in root.iter():
            if element.tag in _HEADINGS:
                self._heading(element, wanted)
            elif element.tag == "img":
                self._image(element)
            elif element.tag == "li":
                _mark_task(element)
            if "id" in element.attrib:
                ids.add(element.get("id", ""))
                element.set("id", self.md.prefix + element.get("id", ""))
        for link in list(root.iter("a")):
            self._link(link, ids)

    def _heading(self, element: Element, wanted: set[str]) -> None:
        """Gives a heading an id if a link of the note leads to it: its words, as on GitHub."""
        element.tag = f"h{min(6, int(element.tag[1]) + 2)}"
        words = re.sub(r"[^\w\- ]", "", "".join(element.itertext()).lower()).strip().replace(" ", "-")
        if words in wanted:
            element.set("id", words)

    def _image(self, element: Element) -> None:
        path = resolve(self.md.path, element.get("src", ""))
        address = self.md.files.image(path) if path and self.md.files else ""
        if not address:
            _image_to_link(element)
            return
        alt = element.get("alt", "")
        element.attrib.clear()
        element.attrib |= {"src": SITE + address, "alt": alt}

    def _link(self, element: Element, ids: set[str]) -> None:
        href = element.get("href", "")
        if href.startswith("#"):
            name = href[1:] if href[1:] in ids else href[1:].lower()
            element.set("href", f"#{self.md.prefix}{name}" if name in ids else "")
            return
        path = resolve(self.md.path, href)
        address = self.md.files.page(path) if path and self.md.files else ""
        if address:
            element.set("href", SITE + address)
        elif path or href.lower().startswith(SITE):
            element.set("href", "")


def _mark_task(item: Element) -> None:
    """A list item that begins with `[ ]` or `[x]` with a box in its place, ticked or not."""
    holder = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
    found = _TASK.match((holder.text or "").lstrip())
    if found:
        box = "☐" if found[1] == " " else "☑"
        holder.text = f"{box} {(holder.text or '').lstrip()[found.end() :]}"
        item.set("class", "task")


def _image_to_link(element: Element) -> None:
    source = safe_url(element.get("src", ""))
    element.text = element.get("alt") or source or "image"
    element.tag = "a" if source else "em"
    for name in list(element.keys()):
        del element.attrib[name]
    if source:
        element.set("href", source)


_MARKS = (
    (re.compile(r"^\s{0,3}(?:```|~~~).*$", re.MULTILINE), " "),
    (re.compile(r"^\s{0,3}(?:#{1,6}|>+|[-*+]|\d{1,9}[.)])\s+", re.MULTILINE), ""),
    (re.compile(r"^[\s|:=-]{3,}$", re.MULTILINE), " "),
    (re.compile(r"!?\[([^\[\]]{0,300})\]\([^()]{0,500}\)"), r"\1"),
    (re.compile(r"(?<!\\)(?:\*+|~~+|`+|\||(?<!\w)_+|_+(?!\w))"), ""),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
    (re.compile(r"[\s\x00-\x1f\x7f]+"), " "),
)


def _without_marks(text: str) -> str:
    for pattern, replacement in _MARKS:
        text = pattern.sub(replacement, text)
    return text.strip()
