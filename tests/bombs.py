"""Small artifacts that unpack to very much, and a store that holds one run for each.

python -m tests.bombs FOLDER        writes the store FOLDER/mlruns
"""

from __future__ import annotations

import base64
import io
import json
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.stores.mlruns_builder import experiment, run, write

MB = 1_000_000
BOMBS: dict[str, Callable[[], bytes]] = {}


def bomb(path: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """Add what the function returns to `BOMBS`, as the artifact `path`."""

    def add(make: Callable[[], bytes]) -> Callable[[], bytes]:
        BOMBS[path] = make
        return make

    return add


# Parquet ------------------------------------------------------------------------------------------------------------


def parquet(**columns: pa.Array) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, compression="zstd", write_statistics=False)
    return out.getvalue()


@bomb("dictionary.parquet")
def dictionary() -> bytes:
    """40 columns of 200 rows that all are the same value of 1 MB."""
    value = pa.DictionaryArray.from_arrays(pa.array(np.zeros(200, np.int8)), pa.array(["x" * MB]))
    return parquet(**{f"c{at}": value for at in range(40)})


@bomb("nested_dictionary.parquet")
def nested_dictionary() -> bytes:
    """Lists of a value of 1 MB, the same 20,000 times."""
    value = pa.DictionaryArray.from_arrays(pa.array(np.zeros(20_000, np.int8)), pa.array(["x" * MB]))
    return parquet(c=pa.ListArray.from_arrays(pa.array(np.arange(0, 20_001, 100), pa.int32()), value))


@bomb("list.parquet")
def long_list() -> bytes:
    """One row whose list has 20 million zeros."""
    many = 20_000_000
    return parquet(c=pa.ListArray.from_arrays(pa.array([0, many], pa.int32()), pa.array(np.zeros(many, np.int8))))


@bomb("nested.parquet")
def nested() -> bytes:
    """A list in a list in a list, and so on, 60 levels deep, each row with 100 values."""
    value: pa.Array = pa.array(np.zeros(100_000, np.int8))
    value = pa.ListArray.from_arrays(pa.array(np.arange(0, 100_001, 100), pa.int32()), value)
    for _ in range(60):
        value = pa.ListArray.from_arrays(pa.array(np.arange(len(value) + 1), pa.int32()), value)
    return parquet(c=value)


@bomb("wide.parquet")
def wide_table() -> bytes:
    """10,000 columns."""
    return parquet(**{f"c{at}": pa.array([1]) for at in range(10_000)})


@bomb("delta.parquet")
def delta() -> bytes:
    """Strings that are stored as what they share with the one before: 50 columns of 200 strings of 1 MB."""
    out = io.BytesIO()
    table = pa.table({"c": pa.array(["x" * MB] * 400)})
    pq.write_table(table, out, compression="zstd", use_dictionary=False, column_encoding="DELTA_BYTE_ARRAY")
    return out.getvalue()


# NumPy --------------------------------------------------------------------------------------------------------------


@cache
def deflated(byte: bytes, megabytes: int) -> bytes:
    """So many megabytes of one byte as a stream of DEFLATE, made without packing them all."""
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = pack.compress(byte * MB) + pack.flush(zlib.Z_FULL_FLUSH)
    return block * megabytes + b"\x03\0"


def npy(header: str, data: bytes = b"", length: int | None = None) -> bytes:
    text = header.encode()
    return b"\x93NUMPY\x02\x00" + struct.pack("<I", len(text) if length is None else length) + text + data


def zipped(start: bytes, byte: bytes, megabytes: int) -> bytes:
    """An archive with the one member `a.npy`: `start`, and many megabytes of `byte`."""
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = pack.compress(start) + pack.flush(zlib.Z_FULL_FLUSH) + deflated(byte, megabytes)
    sizes = (0, len(data), len(start) + megabytes * MB, 5)
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0x21, *sizes, 0) + b"a.npy"
    listed = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0x21, *sizes, 0, 0, 0, 0, 0, 0) + b"a.npy"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(listed), len(local) + len(data), 0)
    return local + data + listed + end


@bomb("header.npz")
def npz_header() -> bytes:
    """A member whose header is 600 MB of spaces."""
    return zipped(npy("", length=600 * MB), b" ", 600)


@bomb("item.npz")
def npz_item() -> bytes:
    """A member that is one string of 600 MB."""
    header = "{'descr': '<U150000000', 'fortran_order': False, 'shape': (1,)}\n"
    return zipped(npy(header), b"\0", 600)


@bomb("item.npy")
def npy_item() -> bytes:
    return npy("{'descr': '<U500000000', 'fortran_order': False, 'shape': (1000000,)}\n", b"\0" * 100)


@bomb("shape.npy")
def npy_shape() -> bytes:
    return npy("{'descr': '<f8', 'fortran_order': False, 'shape': (" + "9999999999, " * 300 + ")}\n", b"\0" * 100)


@bomb("brackets.npy")
def npy_brackets() -> bytes:
    return npy("{'descr': " + "(" * 4000 + ")" * 4000 + ", 'fortran_order': False, 'shape': (1,)}\n")


@bomb("listing.npz")
def npz_listing() -> bytes:
    """An archive with a million members, most of them listed without being there."""
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 0, 20, 0, 0, 0, 0, 0x21, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0)
    many, listing = 1_000_000, b"".join([entry + b"%06x" % at for at in range(1_000_000)])
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, many % 65536, many % 65536, len(listing), 0, 0)
    return listing + end


@bomb("lzma.npz")
def npz_lzma() -> bytes:
    """A member packed by LZMA with a dictionary of 4 GB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}\n", b"\0" * 8))
    whole = out.getvalue()
    at = whole.find(b"\x09\x04\x05\x00") + 4  # version and length of the properties, which follow
    return whole[: at + 1] + b"\xff\xff\xff\xf0" + whole[at + 5 :]


# Images -------------------------------------------------------------------------------------------------------------


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int = 8, colours: int = 2, filtered: int = 0, extra: bytes = b"") -> bytes:
    """A black PNG without ever holding its pixels."""
    row = bytes([filtered]) + bytes(width * depth * {0: 1, 2: 3, 6: 4}[colours] // 8)
    pack = zlib.compressobj(1)
    rows = pack.compress(row * 100) + pack.flush(zlib.Z_FULL_FLUSH)
    data = rows[:2] + rows[2:] * (height // 100) + b"\x03\0" + bytes(4)
    head = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@bomb("900mpx.png")
def png_huge() -> bytes:
    """900 million pixels."""
    return png(30_000, 30_000, 1, 0)


@bomb("40mpx.png")
def png_largest() -> bytes:
    """The largest image that is unpacked, 16 bits deep, filtered in the way that takes longest."""
    return png(6_300, 6_300, 16, 6, 4)


@bomb("text.png")
def png_text() -> bytes:
    """A text of 500 MB in the metadata."""
    return png(200, 200, extra=chunk(b"zTXt", b"Comment\0\0x\x9c" + deflated(b"x", 500) + bytes(4)))


def progressive(width: int, height: int, scans: int) -> bytes:
    """A progressive JPEG with one scan after the other that changes nothing."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (width, height)).save(out, "JPEG", progressive=True, quality=30)
    whole = out.getvalue()
    start = whole.rfind(b"\xff\xda")
    return whole[:start] + whole[start:-2] * scans + b"\xff\xd9"


@bomb("scans.jpg")
def jpeg_scans() -> bytes:
    """A progressive JPEG of 36 million pixels with very many scans."""
    data = progressive(6_000, 6_000, 1)
    return progressive(6_000, 6_000, max(2, 9 * MB // max(len(data) // 6, 1)))


@bomb("frames.gif")
def gif_frames() -> bytes:
    """200,000 frames of one pixel."""
    frame = b"\x21\xf9\x04\x00\x00\x00\x00\x00" + b"\x2c" + struct.pack("<4HB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 5_000, 5_000, 0x80, 0, 0) + bytes(6) + frame * 200_000 + b";"


@bomb("40mpx.webp")
def webp_largest() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGBA", (6_300, 6_300)).save(out, "WEBP", lossless=True, method=0)
    return out.getvalue() + b""


@bomb("pages.tif")
def tiff_pages() -> bytes:
    """500,000 pages."""
    entries = [
        (256, 3, 1, 1),
        (257, 3, 1, 1),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (279, 4, 1, 1),
    ]
    body = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    size = len(body) + 4
    pages = (body + struct.pack("<I", 16 + size * (at + 1)) for at in range(500_000))
    return b"II*\0" + struct.pack("<I", 16) + bytes(8) + b"".join(pages) + body + bytes(4)


@bomb("40mpx.tif")
def tiff_largest() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("F", (6_300, 6_300)).save(out, "TIFF", compression="tiff_adobe_deflate")
    return out.getvalue()


@bomb("base64.png")
def base64_frames() -> bytes:
    return base64.b64encode(png(6_000, 6_000, 8, 2, 4))


# Text ---------------------------------------------------------------------------------------------------------------


@bomb("deep.json")
def json_deep() -> bytes:
    return b"[" * 100_000


@bomb("wide.json")
def json_wide() -> bytes:
    return b"[" + b"[]," * 330_000 + b"0]"


@bomb("columns.json")
def json_columns() -> bytes:
    """A table with a hundred thousand columns."""
    return json.dumps({"columns": list(range(60_000)), "data": [list(range(300))] * 400}).encode()[: MB - 10]


@bomb("keys.geojson")
def geojson_keys() -> bytes:
    first = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [1, 1]},
        "properties": {f"k{at}": 1 for at in range(50_000)},
    }
    rest = {"type": "Feature", "geometry": None, "properties": {}}
    return json.dumps({"type": "FeatureCollection", "features": [first] + [rest] * 2_000}).encode()


@bomb("digits.json")
def json_digits() -> bytes:
    return b'{"a": ' + b"9" * 900_000 + b"}"


@bomb("brackets.ipynb")
def notebook_brackets() -> bytes:
    return b'{"cells": [' + b"[]," * 3_000_000 + b"0]}"


@bomb("cells.ipynb")
def notebook_cells() -> bytes:
    cell = {"cell_type": "markdown", "source": "*a " * 2_000 + "[x](y) " * 40}
    return json.dumps({"cells": [cell] * 900, "nbformat": 4}).encode()


@bomb("html.ipynb")
def notebook_html() -> bytes:
    """Outputs that are tables nested in tables."""
    output = {"output_type": "display_data", "data": {"text/html": "<table><tr><td>" * 1_000}}
    cell = {"cell_type": "code", "source": "x = 1\n" * 3_000, "outputs": [output] * 20}
    return json.dumps({"cells": [cell] * 25, "nbformat": 4}).encode()


@bomb("line.csv")
def csv_line() -> bytes:
    return b"a,b\n" + b"1," * 499_000


@bomb("cells.csv")
def csv_cells() -> bytes:
    return b"".join(b'"' + b"1," * 2_500 + b'"\n' for _ in range(190))


@bomb("aliases.yaml")
def yaml_aliases() -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    return "\n".join(lines + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]).encode()


@bomb("merges.yaml")
def yaml_merges() -> bytes:
    lines = ["a0: &a0 {x: 1, y: 2}"]
    return "\n".join(lines + [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 9)]).encode()


@bomb("many.yaml")
def yaml_many() -> bytes:
    return b"a: [" + b"1," * 490_000 + b"1]"


@bomb("base60.yaml")
def yaml_base60() -> bytes:
    return b"a: " + b"1" + b":1" * 400_000


@bomb("deep.yaml")
def yaml_deep() -> bytes:
    return b"- " * 400_000


@bomb("long.md")
def notes() -> bytes:
    return b"[" * 7_000 + b"*a _b `c <d> " * 60_000


@bomb("long.py")
def python_line() -> bytes:
    return b"x = '" + b"\\" * 99_000


@bomb("signature/MLmodel")
def mlmodel() -> bytes:
    columns = json.dumps([{"name": f"c{at}", "type": "double"} for at in range(20_000)])
    return f"flavors:\n  python_function: {{}}\nsignature:\n  inputs: '{columns}'\n".encode()[: MB - 5]


@bomb("figure.json")
def plotly_figure() -> bytes:
    trace = {"type": "scatter", "x": [], "y": []}
    return json.dumps({"data": [trace] * 200_000, "layout": {}}).encode()[: 9 * MB]


@bomb("figure.html")
def plotly_page() -> bytes:
    return b"<html><body><script>" + b"Plotly.newPlot('a', [{}], {});" * 300_000 + b"</script></body></html>"


@bomb("frames.html")
def html_tags() -> bytes:
    return b"<div>" * 1_900_000


@bomb("drawing.svg")
def svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g>" * 60_000 + b"</svg>"


# What is not an artifact ----------------------------------------------------------------------------------------------


def metric_lines() -> bytes:
    """A million points."""
    return b"".join(b"%d 0.%d %d\n" % (1_700_000_000_000 + at, at, at) for at in range(1_000_000))


def odd_metric_lines() -> bytes:
    """A million points, one of them with fields that need the slow parser."""
    return b"1700000000000 0.5 0 data digest\n" + metric_lines()


def write_store(folder: Path, only: str = "") -> Path:
    """A store with a run for each bomb, or for the one called `only`, and one harmless run."""
    store = folder / "mlruns"
    home = experiment(store, "1", name="bombs")
    run(home, "f" * 32, metrics={"loss": "1700000000000 0.5 1\n"}, artifacts={"a.txt": "x"})
    for at, (path, make) in enumerate(BOMBS.items()):
        if only in ("", path):
            here = run(home, f"{at:032x}", metrics={"loss": "1700000000000 0.5 1\n"}, run_name=path)
            write(here / "artifacts" / path, make())
    fields: dict[str, dict[str, dict[str, str | bytes]]] = {
        "metric": {"metrics": {"loss": metric_lines()}},
        "odd metric": {"metrics": {"loss": odd_metric_lines()}},
        "params": {"params": {f"p{at}": f"{at} " + "ab/c=d " * 149_000 for at in range(80)}},
        "tags": {"tags": {f"t{at}": f"{at} " + "x@y.z 1.2.3.4 " * 74_000 for at in range(20)}},
        "note": {"tags": {"mlflow.note.content": "*_[<`" * 200_000}},
    }
    for at, (name, given) in enumerate(fields.items()):
        if only in ("", name):
            run(home, f"{at:08x}" * 4, run_name=name, **given)  # type: ignore[arg-type]
    return store


if __name__ == "__main__":
    print(write_store(Path(sys.argv[1])))
