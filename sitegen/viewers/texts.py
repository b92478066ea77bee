"""Text, code and Markdown."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import Any

from sitegen.analysis.words import plural, size
from sitegen.markup.notes import Files, note_html
from sitegen.viewers.blocks import Block, Prose, Text

SHOWN_LINES = 2_000
"""Maximum number of lines of a text file in its page; the file itself has all of them."""
SHOWN_CHARACTERS = 200_000
COLOURED_CHARACTERS = 100_000
"""Highlighting takes a second per megabyte, and more for a hostile text."""
MAX_COLOURED_LINE = 2_000

LANGUAGES = {
    "py": "python", "js": "javascript", "mjs": "javascript", "css": "css", "json": "json", "geojson": "json", "yaml": "yaml", "yml": "yaml",
    "toml": "toml", "ini": "ini", "cfg": "ini", "conf": "ini", "sh": "bash", "r": "r", "sql": "sql", "xml": "xml", "svg": "xml",
    "html": "html", "htm": "html", "xhtml": "html", "rst": "rst", "md": "markdown", "diff": "diff", "patch": "diff", "dockerfile": "docker",
    "makefile": "make", "mlmodel": "yaml", "mlproject": "yaml",
}  # fmt: skip
_ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def text_view(text: str, language: str = "", label: str = "Text", numbered: bool = True) -> Text:
    """The first lines of `text`, highlighted if `language` is one of Pygments' names."""
    text = plain(text)
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    kept = "\n".join(lines[:SHOWN_LINES])[:SHOWN_CHARACTERS]
    shown = kept.count("\n") + 1 if kept else 0
    numbers = "\n".join(map(str, range(1, shown + 1))) if numbered and shown > 1 else ""
    return Text(marked(kept, language), numbers, _note(shown, len(lines), kept, text), label)


def _note(shown: int, lines: int, kept: str, text: str) -> str:
    if shown < lines:
        return f"The first {shown:,} of {plural(lines, 'line')}."
    return f"The first {size(len(kept))} of {size(len(text))}." if len(kept) < len(text.rstrip("\n")) else ""


def plain(text: str) -> str:
    """`text` as a page can show it: no terminal codes, no control characters, `\\n` at the ends of lines."""
    text = text.replace("\r\n", "\n")
    # A progress bar goes back to the start of its line again and again; the last state of the line is what was seen.
    text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return _CONTROL.sub("�", _ANSI.sub("", text))


def marked(text: str, language: str) -> str:
    """`text` as HTML, highlighted if that is quick."""
    lexer = _lexer(language) if language else None
    too_much = len(text) > COLOURED_CHARACTERS or max(map(len, text.split("\n"))) > MAX_COLOURED_LINE
    if lexer is None or too_much:
        return escape(text, quote=False)
    from pygments import highlight

    html: str = highlight(text, lexer, _formatter())
    return html.rstrip("\n")


@lru_cache(maxsize=32)
def _lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name

    return get_lexer_by_name(language, stripnl=False)


@lru_cache(maxsize=1)
def _formatter() -> Any:
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(nowrap=True)


def markdown_view(text: str, files: Files | None = None, path: str = "") -> tuple[Block, ...]:
    """Rendered Markdown of the artifact at `path`, which may refer to `files`; limits are those of notes."""
    html = note_html(plain(text), files, path)
    return (Prose(html),) if html else ()
