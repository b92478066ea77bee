"""Markdown of notes to safe HTML. A note is a stranger's text: raw HTML in it is shown, not obeyed.

Markdown is rendered without raw HTML and with three harmless extensions, then cleaned against an allow-list, so that
two walls have to fall. Notes that would keep the renderer busy (thousands of brackets) are shown as they are.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.extensions.tables import TableExtension
from markdown.treeprocessors import Treeprocessor

from sitegen.markup.links import safe_url

_MAX_LENGTH = 8000
# Cleaning deeply nested marks takes time that grows with their square: 5,000 of them a tenth of a second.
_MAX_FRAGMENT = 200_000
_MAX_MARKS = 5_000
# Linear guards against quadratic and worse behaviour of the renderer: (characters counted together, most of them).
_LIMITS = (("[", 300), ("<", 300), ("`", 400), ("*_", 1500), ("|", 1500), (">", 300), ("&", 1500), ("!", 1500))
# Nesting on one line. The renderer's answer to it depends on how much stack is left, so on who calls: not for us.
_DEEP = re.compile(r"(?:>[ \t]*|(?:[-*+]|\d{1,9}[.)])[ \t]+){40}")
# One line of words and quiet punctuation that begins with a letter: Markdown has nothing to say about it.
_PLAIN = re.compile(r"[^\W\d_](?:[^\W_]|[ ,.;:()/'\"%=+-]|(?<=[^\W_])_(?=[^\W_]))*")
_LANGUAGE = re.compile(r"language-[A-Za-z0-9+#-]{1,30}", re.ASCII)
_TAGS = {
    *("p", "br", "hr", "blockquote", "pre", "code", "a", "em", "strong", "del", "ul", "ol", "li"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "code": {"class"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}}


def note_html(text: str) -> str:
    """The note `text` (Markdown) as HTML that is safe to put into a page; empty for an empty note.

    Headings begin at h3, images become links, links leave the site without referrer. A note that is too long or too
    full of marks comes back as `<pre class="note-text">`.
    """
    text = text.strip()
    if len(text) < 400 and _PLAIN.fullmatch(text):
        return f"<p>{escape(text, quote=False)}</p>"
    return _rendered(text) if text else ""


def fragment_html(html: str) -> str:
    """The HTML `html` of a stranger (the table of a data frame in a notebook) as it may stand in a page.

    Words, lists and tables are left of it; empty where nothing is, or where it is too much to be cleaned quickly.
    """
    if len(html) > _MAX_FRAGMENT or html.count("<") > _MAX_MARKS:
        return ""
    cleaned = nh3.clean(
        html,
        tags=_TAGS | {"caption", "tfoot", "span", "div", "b", "i", "sup", "sub"},
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


@lru_cache(maxsize=2048)
def _rendered(text: str) -> str:
    if not _is_light(text):
        return _as_text(text)
    try:
        # Without the reset, one note's `[x]: address` would serve the links of the next.
        html = _markdown().reset().convert(text)
    except Exception:  # RecursionError and whatever else hostile nesting does to the renderer: the words count
        _markdown.cache_clear()  # what it was in the middle of is still in its state
        return _as_text(text)
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        clean_content_tags={"script", "style"},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        url_relative="deny",
    )


def _as_text(text: str) -> str:
    return f'<pre class="note-text">{escape(text)}</pre>'


def _is_light(text: str) -> bool:
    """Whether `text` is small and plain enough to be rendered in well under a second."""
    if len(text) > _MAX_LENGTH or _DEEP.search(text):
        return False
    return all(sum(map(text.count, marks)) <= most for marks, most in _LIMITS)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return value if _LANGUAGE.fullmatch(value) else None
    return value


@lru_cache(maxsize=1)
def _markdown() -> Markdown:
    """The renderer, made once: making it takes longer than most notes do."""
    renderer = Markdown(extensions=["fenced_code", "sane_lists", TableExtension(use_align_attribute=True)])
    renderer.preprocessors.deregister("html_block")
    renderer.inlinePatterns.deregister("html")
    renderer.treeprocessors.register(_SafeHtml(renderer), "tame", 5)
    return renderer


class _SafeHtml(Treeprocessor):
    """Headings two levels down (a page has its own h1 and h2), images as links: a page loads nothing from outside."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
                element.tag = f"h{min(6, int(element.tag[1]) + 2)}"
            elif element.tag == "img":
                _image_to_link(element)


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
