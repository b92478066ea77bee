"""What the child process decodes: tables and images as plain data."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from sitegen.viewers import decoders, decoding, pictures
from sitegen.viewers.cells import SHOWN_CELL, cell_text
from sitegen.viewers.decoding import decode
from sitegen.viewers.images import BadImage, encoded, opened
from sitegen.viewers.reading import Unreadable


@pytest.fixture(autouse=True, scope="module")
def ended() -> Iterator[None]:
    yield
    decoding.close()


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def image(kind: str, mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 120 if mode in ("L", "I;16", "F") else None).save(out, kind)
    return out.getvalue()


def test_a_table_is_its_counts_its_schema_and_its_first_rows_as_strings() -> None:
    table = pa.table({"a": [1, None], "b": ["x" * 9_000, "y"], "c": [[1, 2], []], "d": [b"123", b""]})
    found = decode({"what": "parquet"}, parquet(table), "a table")
    assert (found["rows"], found["columns"], found["groups"]) == (2, 4, 1)
    assert found["types"] == [["a", "int64"], ["b", "string"], ["c", "list<element: int64>"], ["d", "binary"]]
    assert found["data"] == [["1", "x" * 2_300, "[1, 2]", "3 bytes"], ["", "y", "[]", "0 bytes"]]


def test_the_parts_of_a_table_that_are_too_large_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoders, "MAX_ROW_GROUP", 10)
    found = decoders._table(io.BytesIO(parquet(pa.table({"a": [1]}))))
    assert (found["rows"], found["data"]) == (1, None)


def test_what_is_not_a_table_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="not a Parquet table"):
        decode({"what": "parquet"}, b"PAR1 and so on PAR1", "a Parquet table")


@pytest.mark.parametrize(("value", "text"), [(None, ""), (float("nan"), ""), (1.5, "1.5"), ({"a": 1}, '{"a": 1}')])
def test_a_value_is_the_text_of_its_cell(value: object, text: str) -> None:
    assert cell_text(value) == text
    assert len(cell_text(10**2000)) == SHOWN_CELL


def test_a_large_image_is_made_small_in_the_child_as_it_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    data = image("PNG", size=(1_000, 600))
    here = pictures.thumbnail(data)
    monkeypatch.setattr(pictures, "MAX_HERE", 1)
    assert pictures.thumbnail(data) == here != b""


@pytest.mark.parametrize("mode", ["L", "I;16", "F", "RGBA", "P"])
def test_a_tiff_of_any_depth_is_an_image(mode: str) -> None:
    picture = pictures.picture_view(image("TIFF", mode), "a")
    assert (picture.width, picture.height) == (60, 40)


def test_pages_of_a_tiff_are_counted_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    pages = [Image.new("L", (2, 2), shade) for shade in range(4)]
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    assert "the first of 4 pages" in pictures.picture_view(out.getvalue(), "a").note
    monkeypatch.setattr(pictures, "MAX_PAGES", 2)
    assert "the first of more than 2 pages" in pictures.picture_view(out.getvalue(), "a").note


def test_a_jpeg_with_many_scans_is_refused() -> None:
    out = io.BytesIO()
    Image.fromarray(np.zeros((2_000, 2_000), np.uint8)).save(out, "JPEG", progressive=True)
    data = out.getvalue()
    assert encoded(opened(data), (10, 10), 70)
    with pytest.raises(BadImage, match="too many pixels"):
        opened(data + b"\xff\xda" * 90)
