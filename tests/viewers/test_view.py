"""Previews: what they say of good files, and that broken, huge and hostile ones end in a sentence, quickly."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sitegen.markup.notes import fragment_html
from sitegen.model import Artifact, ArtifactFolder
from sitegen.privacy import Privacy
from sitegen.viewers import pictures
from sitegen.viewers.blocks import Block, Drawing, Facts, Frame, Media, Picture, Prose, Sentence, Table, Text, Tree
from sitegen.viewers.copying import copied_name, copy_file
from sitegen.viewers.sandbox import BASE
from sitegen.viewers.siblings import Siblings
from sitegen.viewers.view import Subject, view_of


def view(root: Path, name: str, content: bytes | str, profile: str = "public") -> tuple[Block, ...]:
    """The preview of one file, carried as the site carries it."""
    data = content.encode() if isinstance(content, str) else content
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    privacy = Privacy("internal" if profile == "internal" else "public")
    beside = [
        Artifact(p.relative_to(root).as_posix(), p.stat().st_size) for p in sorted(root.rglob("*")) if p.is_file()
    ]
    folder, artifact = ArtifactFolder("", root, tuple(beside)), Artifact(name, len(data))
    file, copied = copy_file(folder, artifact, "artifacts/r", privacy)
    return view_of(Subject(folder, artifact, copied, privacy, Siblings(folder, "r", privacy), file.kind))


def only(blocks: tuple[Block, ...], kind: type) -> Any:
    found = [block for block in blocks if isinstance(block, kind)]
    assert len(found) == 1, blocks
    return found[0]


def problem(blocks: tuple[Block, ...]) -> str:
    return next(block.text for block in blocks if isinstance(block, Sentence))


# ---- Text ----


def test_code_is_marked_and_numbered_and_nothing_in_it_is_markup(tmp_path: Path) -> None:
    text = only(view(tmp_path, "a.py", "def f():\n    return '<script>'\n"), Text)
    assert text.numbers == "1\n2"
    assert '<span class="k">def</span>' in text.html
    assert "<script>" not in text.html and "&lt;script&gt;" in text.html


def test_long_texts_are_cut_and_say_so(tmp_path: Path) -> None:
    assert only(view(tmp_path, "a.log", "x\n" * 5000), Text).note == "The first 2,000 of 5,000 lines."
    assert only(view(tmp_path, "b.log", "x" * 500_000), Text).note == "The first 200 kB of 500 kB."


@pytest.mark.parametrize(
    "name", ["a.py", "a.yaml", "a.md", "a.json", "a.csv", "a.ipynb", "a.geojson", "a.log", "a.xml", "a.sh"]
)
@given(text=st.text(max_size=200))
def test_no_text_breaks_a_preview_or_becomes_markup(
    tmp_path_factory: pytest.TempPathFactory, name: str, text: str
) -> None:
    for block in view(tmp_path_factory.mktemp("x"), name, text.encode("utf-8", "replace") + b"<img src=x onerror=1>"):
        if isinstance(block, Text | Tree | Prose):
            assert "<img" not in block.html


@pytest.mark.parametrize("name", ["a.py", "a.json", "a.yaml", "a.md", "a.csv", "a.ipynb", "a.xml", "a.sh", "a.js"])
@pytest.mark.parametrize("unit", ["[", "(", "<a ", "`", "'\\", '"', "- ", "{", "*_", "/*", "&a "])
def test_repeated_marks_cost_little(tmp_path: Path, name: str, unit: str) -> None:
    start = time.process_time()
    view(tmp_path, name, unit * (200_000 // len(unit)))
    assert time.process_time() - start < 10


# ---- Tables ----


def test_a_wide_and_long_table_shows_its_beginning_and_says_so(tmp_path: Path) -> None:
    text = "\n".join(",".join(str(n) for n in range(80)) for _ in range(301))
    table = only(view(tmp_path, "a.csv", text), Table)
    assert (len(table.rows), len(table.columns)) == (200, 50)
    assert table.note == "The first 200 of 300 rows, the first 50 of 80 columns."
    assert all(column.numeric for column in table.columns)


def test_a_semicolon_may_divide_a_csv_and_rows_may_be_short(tmp_path: Path) -> None:
    table = only(view(tmp_path, "a.csv", "name;score\nx;1,5\ny\n"), Table)
    assert [[cell.text for cell in row] for row in table.rows] == [["x", "1,5"], ["y", ""]]


def test_tables_that_mlflow_logs_show_their_pictures(tmp_path: Path) -> None:
    (tmp_path / "table_images" / "t").mkdir(parents=True)
    Image.new("RGB", (2, 2)).save(tmp_path / "table_images/t/a.png")
    image = {"type": "image", "filepath": "table_images/t/a.png", "compressed_filepath": "table_images/t/a.webp"}
    table = only(
        view(tmp_path, "t.json", json.dumps({"columns": ["q", "p"], "data": [["why", image], [None, None]]})), Table
    )
    assert table.rows[0][1].image == f"artifacts/r/{copied_name('table_images/t/a.png')}"
    assert [cell.text for cell in table.rows[1]] == ["", ""]


def test_a_list_of_records_is_a_table(tmp_path: Path) -> None:
    table = only(view(tmp_path, "r.json", '[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]'), Table)
    assert ([c.name for c in table.columns], [c.numeric for c in table.columns]) == (["a", "b"], [True, False])


def test_parquet_gives_schema_and_first_rows(tmp_path: Path) -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({"n": list(range(1000)), "s": [[1]] * 1000, "b": [b"x"] * 1000}), out)
    blocks = view(tmp_path, "t.parquet", out.getvalue())
    rows, types = [block for block in blocks if isinstance(block, Table)]
    assert rows.note == "The first 200 of 1,000 rows, 3 columns."
    assert [cell.text for cell in rows.rows[0]] == ["0", "[1]", "1 bytes"]
    assert [row[1].text for row in types.rows] == ["int64", "list<element: int64>", "binary"]


# ---- JSON and YAML ----


def test_a_tree_escapes_keys_and_values_and_stops(tmp_path: Path) -> None:
    tree = only(view(tmp_path, "a.json", json.dumps({"<b>": "<script>", "many": list(range(10_000))})), Tree)
    assert "<b>" not in tree.html and "<script>" not in tree.html
    assert "and 9,800 values more" in tree.html


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", "[" * 100_000), ("a.json", '{"a":' * 100_000), ("a.json", "1" * 5000), ("a.json", "{"), ("a.yaml", "a: [1"),
        ("a.yaml", "!!python/object/apply:os.system ['true']"), ("a.yaml", "[" * 50_000), ("a.json", "\x00"), ("a.ipynb", '{"cells": 3}'),
    ],
)  # fmt: skip
def test_broken_documents_are_told_and_shown_as_text(tmp_path: Path, name: str, text: str) -> None:
    blocks = view(tmp_path, name, text)
    assert isinstance(blocks[-1], Text | Facts | Sentence)


def test_aliases_that_mean_millions_are_not_followed(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"] + [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert problem(view(tmp_path, "a.yaml", "\n".join(lines))) == "The file holds too many values to be shown as YAML."


# ---- Arrays ----


def npy(array: Any) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def test_an_array_shows_shape_type_and_values(tmp_path: Path) -> None:
    blocks = view(tmp_path, "a.npy", npy(np.asfortranarray(np.arange(6.0).reshape(2, 3))))
    facts = dict(only(blocks, Facts).items)
    assert (facts["Shape"], facts["Type"], facts["Mean"]) == ("2 × 3", "float64", "2.5")
    assert [[cell.text for cell in row] for row in only(blocks, Table).rows] == [
        ["0", "0", "1", "2"],
        ["1", "3", "4", "5"],
    ]


@pytest.mark.parametrize(
    "array",
    [
        np.array(3),
        np.zeros((0, 4)),
        np.array([True]),
        np.zeros(3, "M8[s]"),
        np.zeros(2, [("a", "i4")]),
        np.zeros((2, 3, 4)),
        np.array(["é"]),
    ],
    ids=str,
)
def test_every_shape_and_type_of_array_has_a_preview(tmp_path: Path, array: Any) -> None:
    assert isinstance(view(tmp_path, "a.npy", npy(array))[0], Facts)


def test_an_array_of_objects_is_never_loaded(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "sprung",))

    blocks = view(tmp_path, "a.npy", npy(np.array([Trap()], dtype=object)))
    assert problem(blocks) == "It holds Python objects, which sitegen never loads."
    assert not (tmp_path / "sprung").exists()


def test_a_header_that_promises_a_world_is_not_believed(tmp_path: Path) -> None:
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 99999), }\n"
    data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"\0" * 80
    assert dict(only(view(tmp_path, "a.npy", data), Facts).items)["Values"] == "999,989,999,900,001"


def test_an_archive_of_arrays_that_unpacks_to_gigabytes_is_read_for_a_moment_only(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big.npy", npy(np.zeros(30_000_000, np.int8)))
        archive.writestr("../evil.npy", b"nothing")
    blocks = view(tmp_path, "a.npz", out.getvalue())
    assert any(isinstance(b, Sentence) for b in blocks)
    assert ("Values", "30,000,000") in [item for b in blocks if isinstance(b, Facts) for item in b.items]


# ---- Pictures ----


def png(width: int, height: int, mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_of_image_has_a_thumbnail_and_the_same_one(mode: str) -> None:
    data = png(1200, 300, mode)
    small = pictures.thumbnail(data)
    assert small == pictures.thumbnail(data)
    with Image.open(io.BytesIO(small)) as image:
        assert (image.format, image.size) == ("WEBP", (480, 120))


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", png(3000, 2000)[:300], b"%!PS-Adobe-3.0 EPSF-3.0\n"])
def test_a_broken_image_has_no_thumbnail(data: bytes) -> None:
    assert pictures.thumbnail(data) == b""


def test_a_bomb_of_pixels_is_never_unpacked() -> None:
    # The header alone of an image of 900 megapixels.
    data = bytearray(png(10, 10))
    data[16:24] = (30_000).to_bytes(4, "big") * 2
    start = time.process_time()
    assert pictures.thumbnail(bytes(data)) == b""
    assert time.process_time() - start < 10


def test_a_tiff_is_shown_converted(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("I;16", (40, 30), 700).save(out, "TIFF")
    picture = only(view(tmp_path, "a.tiff", out.getvalue()), Picture)
    assert picture.src.startswith("data:image/webp;base64,")
    assert picture.note == "40 × 30 pixels, converted for the page."


# ---- Maps, frames, media, charts ----


def test_a_map_is_drawn_from_numbers_alone(tmp_path: Path) -> None:
    shape = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], ["<script>", 2], [0, 0]]]}
    drawing = only(view(tmp_path, "a.geojson", json.dumps(shape)), Drawing)
    assert "script" not in drawing.svg and drawing.svg.count("L") == 3


@given(st.recursive(st.none() | st.floats() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=4)))
def test_no_coordinates_break_a_map(tmp_path_factory: pytest.TempPathFactory, coordinates: object) -> None:
    for kind in ("Point", "MultiPoint", "LineString", "Polygon", "MultiPolygon"):
        value = {"type": "Feature", "properties": {"a": 1}, "geometry": {"type": kind, "coordinates": coordinates}}
        for block in view(tmp_path_factory.mktemp("x"), "a.geojson", json.dumps(value)):
            if isinstance(block, Drawing):
                assert "nan" not in block.svg and "inf" not in block.svg


def test_a_page_is_framed_and_says_what_will_be_missing(tmp_path: Path) -> None:
    blocks = view(tmp_path, "a.html", '<script src="https://cdn.example.org/plotly.js"></script>')
    assert only(blocks, Frame).scripts and "cdn.example.org/" not in only(blocks, Frame).source
    assert "files from the web (cdn.example.org), which are not loaded here" in problem(blocks)
    plain = "<p>plain <a href='https://example.org/'>link</a>"
    assert view(tmp_path, "b.html", plain) == (
        Frame(
            BASE
            + plain.replace(
                "href='https://example.org/'", 'data-href="https://example.org/" title="https://example.org/"'
            )
        ),
    )


def test_only_a_pdf_is_shown_as_one(tmp_path: Path) -> None:
    assert view(tmp_path, "a.pdf", b"%PDF-1.4") == (Media("pdf"),)
    assert problem(view(tmp_path, "b.pdf", b"<html>")).startswith("The file is named .pdf, but holds HTML.")


def chart(**parts: object) -> str:
    return json.dumps({"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "mark": "bar", **parts})


def test_a_vega_lite_chart_is_a_picture(tmp_path: Path) -> None:
    text = chart(data={"values": [{"a": 1}]}, encoding={"x": {"field": "a"}}, usermeta={"embedOptions": {"ast": False}})
    assert only(view(tmp_path, "a.vl.json", text), Picture).src.startswith("data:image/svg+xml;base64,")


def test_a_chart_that_fetches_or_is_broken_is_told(tmp_path: Path) -> None:
    assert "does not fetch" in problem(view(tmp_path, "a.json", chart(data={"url": "https://example.org/a.csv"})))
    assert problem(view(tmp_path, "b.json", chart(data={"values": []}, mark=7))) == "The chart could not be drawn."


def test_a_chart_without_end_is_given_up(tmp_path: Path) -> None:
    endless = {"as": "x", "calculate": "length(sequence(0, 3e8)) + length(sequence(0, 3e8)) + length(sequence(0, 3e8))"}
    text = chart(data={"values": [{"a": 1}] * 200}, transform=[endless], encoding={"x": {"field": "x"}})
    assert problem(view(tmp_path, "a.json", text)) in ("The chart takes too long.", "The chart could not be drawn.")


# ---- What may not be shown ----


@pytest.mark.parametrize(
    "name", ["input_example.npy", "serving_input_example.parquet", "credentials.npy", ".ssh/id_rsa.npz"]
)
def test_what_may_not_be_published_has_no_preview(tmp_path: Path, name: str) -> None:
    assert view(tmp_path, name, npy(np.zeros(3))) == ()


def test_what_is_not_on_this_machine_has_no_preview(tmp_path: Path) -> None:
    for root in (None, tmp_path):
        folder = ArtifactFolder("mlflow-artifacts:/1", root, (Artifact("t.parquet", 9),))
        assert view_of(Subject(folder, folder.files[0], b"", Privacy(), Siblings(folder, "r", Privacy()), "")) == ()


def test_a_secret_is_masked_in_the_preview_of_a_text(tmp_path: Path) -> None:
    (block,) = view(tmp_path, "a.log", "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    assert isinstance(block, Text) and block.html == "AWS_SECRET_ACCESS_KEY=•••(key-secret)"


@given(st.text(max_size=100))
def test_html_of_a_notebook_keeps_words_and_tables_only(text: str) -> None:
    html = fragment_html(f"<table onclick=x()><tr><td style='x'>7{text}</td></tr></table><script>1</script><img src=x>")
    assert (
        "<script" not in html and "onclick" not in html and "style" not in html.replace(text, "") and "<img" not in html
    )
