"""Jupyter notebooks: cells and outputs as they were saved, without scripts and widgets."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sitegen.analysis.words import plural
from sitegen.markup.notes import fragment_html
from sitegen.viewers.blocks import Block, Facts, Picture, Prose, Sentence, Text
from sitegen.viewers.reading import Unreadable
from sitegen.viewers.texts import markdown_view, text_view

SHOWN_CELLS = 300
IMAGE_BYTES = 3_000_000
"""Bytes of all images of a notebook in its page, as they are encoded."""
OUTPUT_CHARACTERS = 20_000
MARKED_CHARACTERS = 80_000
"""Characters of Markdown that are rendered, and of code that are highlighted; the rest of a long notebook is text."""
HTML_MARKS = 10_000
"""Tags in all outputs that are shown as HTML."""
_PICTURES = ("image/png", "image/jpeg", "image/gif")


def notebook_view(value: object) -> tuple[Block, ...]:
    """The cells of a notebook (format 3 or 4). Raises Unreadable."""
    if not isinstance(value, Mapping) or not ("cells" in value or "worksheets" in value):
        raise Unreadable("The file is not a notebook that can be read.")
    cells = [cell for cell in _cells(value) if isinstance(cell, Mapping)]
    reading = _Reading(_language(value))
    blocks: list[Block] = [Facts((("Cells", f"{len(cells):,}"), ("Language", reading.language or "not said")))]
    for cell in cells[:SHOWN_CELLS]:
        blocks += reading.cell(cell)
    if reading.is_long:
        blocks.append(Sentence("The notebook is long; its last cells are shown as plain text."))
    if len(cells) > SHOWN_CELLS:
        blocks.append(Sentence(f"And {plural(len(cells) - SHOWN_CELLS, 'cell')} more."))
    return tuple(blocks)


def _cells(value: Mapping[str, Any]) -> Sequence[Any]:
    if isinstance(value.get("cells"), list):
        return list(value["cells"])
    sheets = value.get("worksheets")
    found = [s.get("cells") for s in sheets if isinstance(s, Mapping)] if isinstance(sheets, list) else []
    return [cell for part in found if isinstance(part, list) for cell in part]


def _language(value: Mapping[str, Any]) -> str:
    meta = value.get("metadata")
    spec = meta.get("kernelspec") if isinstance(meta, Mapping) else None
    language = spec.get("language") if isinstance(spec, Mapping) else None
    return language.lower() if language in ("python", "Python", "r", "R") else ("python" if language is None else "")


class _Reading:
    """Converts a notebook to blocks; what may still be shown is counted down: `left` bytes of images, characters of

    Markdown and of code, tags of HTML. `is_long` is true when there was not enough for all."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.left = IMAGE_BYTES
        self.is_long = False
        self._markdown_left = self._code_left = MARKED_CHARACTERS
        self._html_left = HTML_MARKS

    def cell(self, cell: Mapping[str, Any]) -> Iterator[Block]:
        source = _joined(cell.get("source", cell.get("input", "")))
        kind = cell.get("cell_type")
        if kind == "markdown":
            yield from self.markdown(source)
        elif kind == "code":
            count = cell.get("execution_count", cell.get("prompt_number"))
            label = f"In [{count}]" if isinstance(count, int) else "Code"
            if source.strip():
                yield self.code(source, label)
            outputs = cell.get("outputs")
            for output in outputs if isinstance(outputs, list) else ():
                if isinstance(output, Mapping):
                    yield from self.output(output)
        elif source.strip():
            yield text_view(source, "", str(kind or "raw")[:20].capitalize(), numbered=False)

    def markdown(self, source: str) -> Iterator[Block]:
        """A text in Markdown, rendered while there is room for it."""
        self._markdown_left -= len(source)
        if self._markdown_left >= 0:
            yield from markdown_view(source)
        elif source.strip():
            self.is_long = True
            yield text_view(source, "", "Markdown", numbered=False)

    def code(self, source: str, label: str) -> Text:
        """Code, highlighted while there is room for it."""
        self._code_left -= len(source)
        self.is_long |= self._code_left < 0
        return text_view(source, self.language if self._code_left >= 0 else "", label, numbered=False)

    def html(self, source: str) -> str:
        """An output in HTML, made safe; empty if nothing of it can be shown, or there is no room for it."""
        self._html_left -= source.count("<")
        return fragment_html(source) if self._html_left >= 0 else ""

    def output(self, output: Mapping[str, Any]) -> Iterator[Block]:
        if output.get("output_type") in ("stream", "pyout_stream"):
            yield _text(_joined(output.get("text", "")), "Output")
        elif output.get("output_type") in ("error", "pyerr"):
            trace = output.get("traceback")
            lines = [line for line in trace if isinstance(line, str)] if isinstance(trace, list) else []
            yield _text("\n".join(lines) or f"{output.get('ename')}: {output.get('evalue')}", "Error")
        else:
            data = output.get("data")
            yield from self.data(data if isinstance(data, Mapping) else _old_names(output))

    def data(self, data: Mapping[str, Any]) -> Iterator[Block]:
        """One output, in the best form that can be shown."""
        picture = next((p for p in (self.picture(kind, data.get(kind)) for kind in _PICTURES) if p), None)
        table = self.html(_joined(data.get("text/html", "")))
        if picture:
            yield picture
        elif table:
            yield Prose(table)
        elif "text/markdown" in data:
            yield from self.markdown(_joined(data["text/markdown"]))
        elif "text/plain" in data:
            yield _text(_joined(data["text/plain"]), "Out")
        hidden = sorted(kind for kind in data if "javascript" in kind or "widget" in kind)
        if hidden:
            yield Sentence(f"Not shown here: {', '.join(hidden)[:200]}, which would run code.")

    def picture(self, kind: str, data: object) -> Picture | None:
        """An image of an output as a data address, if it is one and there is room for it."""
        encoded = "".join(_joined(data).split())
        if not encoded or len(encoded) > self.left:
            return None
        try:
            base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            return None
        self.left -= len(encoded)
        return Picture(f"data:{kind};base64,{encoded}", "Image of a cell")


def _text(text: str, label: str) -> Text:
    return text_view(text[:OUTPUT_CHARACTERS], "", label, numbered=False)


def _joined(text: object) -> str:
    if isinstance(text, list):
        return "".join(part for part in text if isinstance(part, str))
    return text if isinstance(text, str) else ""


def _old_names(output: Mapping[str, Any]) -> dict[str, Any]:
    """An output of format 3 under the names of format 4."""
    names = {"png": "image/png", "jpeg": "image/jpeg", "html": "text/html", "text": "text/plain"}
    return {new: output[old] for old, new in names.items() if old in output}
