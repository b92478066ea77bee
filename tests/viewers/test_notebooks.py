"""Jupyter notebooks as they were saved, without what would run."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from sitegen.viewers.blocks import Block, Facts, Picture, Prose, Sentence, Text
from sitegen.viewers.notebooks import IMAGE_BYTES, SHOWN_CELLS, notebook_view
from sitegen.viewers.reading import Unreadable

PNG = base64.b64encode(b"picture").decode()


def code(source: Any = "", *outputs: dict[str, Any], count: Any = 1) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "execution_count": count, "outputs": list(outputs)}


def shown(*cells: Any, **more: Any) -> list[Block]:
    return list(notebook_view({"cells": list(cells), **more})[1:])


def data(**kinds: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {key.replace("_", "/"): value for key, value in kinds.items()}}


def test_cells_are_shown_in_order_under_their_numbers() -> None:
    found = shown({"cell_type": "markdown", "source": ["# T", "itle"]}, code("1 < 2"), code("x", count=None))
    assert isinstance(found[0], Prose) and "Title" in found[0].html
    assert [block.label for block in found[1:] if isinstance(block, Text)] == ["In [1]", "Code"]
    assert isinstance(found[1], Text) and "&lt;" in found[1].html


def test_cells_without_anything_in_them_are_left_out() -> None:
    assert shown(code(" \n"), {"cell_type": "raw", "source": ""}, "no cell", {"cell_type": "markdown"}) == []
    (raw,) = shown({"cell_type": "raw", "source": "<x>"})
    assert isinstance(raw, Text) and (raw.html, raw.label) == ("&lt;x&gt;", "Raw")


@pytest.mark.parametrize(
    ("metadata", "said"),
    [({}, "python"), ({"kernelspec": {"language": "R"}}, "r"), ({"kernelspec": {"language": "julia"}}, "not said")],
)
def test_the_language_is_python_unless_another_is_said(metadata: dict[str, Any], said: str) -> None:
    facts = notebook_view({"cells": [], "metadata": metadata})[0]
    assert facts == Facts((("Cells", "0"), ("Language", said)))


def test_an_output_is_shown_in_its_best_form() -> None:
    every = {"image_png": PNG, "text_html": "<b>h</b>", "text_markdown": "*m*", "text_plain": "p"}
    (picture,) = shown(code("", data(**every)))
    assert picture == Picture(f"data:image/png;base64,{PNG}", "Image of a cell")
    (table,) = shown(code("", data(**{**every, "image_png": "not base64!"})))
    assert isinstance(table, Prose) and "<b>h</b>" in table.html
    (marked,) = shown(code("", data(text_markdown="*m*", text_plain="p")))
    assert isinstance(marked, Prose) and "<em>m</em>" in marked.html
    (plain,) = shown(code("", data(text_plain="<p>")))
    assert isinstance(plain, Text) and (plain.html, plain.label) == ("&lt;p&gt;", "Out")


def test_what_would_run_code_is_named_and_left_out() -> None:
    found = shown(code("", data(application_javascript="alert(1)", text_plain="p")))
    assert found[-1] == Sentence("Not shown here: application/javascript, which would run code.")
    assert "alert" not in repr(found)
    (html,) = shown(code("", data(text_html="<b>h</b><script>alert(1)</script>")))
    assert isinstance(html, Prose) and "alert" not in html.html


def test_streams_and_errors_are_text() -> None:
    stream = {"output_type": "stream", "text": ["a\n", "b"]}
    error = {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": ["\x1b[31mboom\x1b[0m", 3]}
    bare = {"output_type": "error", "ename": "KeyError", "evalue": "'x'"}
    texts = [(block.label, block.html) for block in shown(code("", stream, error, bare)) if isinstance(block, Text)]
    assert texts == [("Output", "a\nb"), ("Error", "boom"), ("Error", "KeyError: 'x'")]


def test_images_are_shown_while_there_is_room() -> None:
    large = "A" * IMAGE_BYTES
    found = shown(code("", data(image_png=large), data(image_png="AAAA", text_plain="p")))
    assert isinstance(found[0], Picture) and isinstance(found[1], Text)
    assert not any(isinstance(block, Picture) for block in shown(code("", data(image_png=large + "AAAA"))))


def test_cells_beyond_the_limit_are_counted() -> None:
    assert len(shown(*[code("x")] * SHOWN_CELLS)) == SHOWN_CELLS
    found = shown(*[code("x")] * (SHOWN_CELLS + 1))
    assert (len(found), found[-1]) == (SHOWN_CELLS + 1, Sentence("And 1 cell more."))


def test_notebooks_of_format_3_are_read_too() -> None:
    output = {"output_type": "pyout", "png": PNG}
    cell = {"cell_type": "code", "input": "x", "prompt_number": 4, "outputs": [output]}
    blocks = notebook_view({"worksheets": [{"cells": [cell]}, "no sheet"]})
    assert isinstance(blocks[1], Text) and blocks[1].label == "In [4]"
    assert isinstance(blocks[2], Picture)


def test_anything_else_is_refused() -> None:
    for value in ([], {"metadata": {}}, None):
        with pytest.raises(Unreadable, match="not a notebook"):
            notebook_view(value)
