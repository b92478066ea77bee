"""One artifact of every type that has a preview, as real MLflow logs them, for the browser tests.

`write_files` makes the files; `log_store` logs them to a file store with MLflow's client, beside what only MLflow
writes itself: tables, stepped images, dictionaries, figures.
"""

from __future__ import annotations

import base64
import io
import json
import math
import struct
import wave
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

HOSTILE = '"><img src=x onerror=document.title=1>'
CLIP = Path(__file__).parent / "files" / "clip.webm"
PIXEL_SCRIPT = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 60 40'><rect width='60' height='40' fill='teal'/><script>top.broken=1</script></svg>"
PAGE = """<!doctype html><title>report</title><style>body { font: 16px sans-serif } #out { color: teal }</style>
<h1>A report</h1><p id="out">waiting</p><script>
const said = [];
localStorage.setItem("own", "kept");
for (const [name, reach] of [["parent", () => parent.document.title], ["top", () => top.location.href],
  ["storage", () => localStorage.getItem("sitegen-theme") ?? localStorage.own], ["cookie", () => document.cookie]]) {
  try { said.push(name + " " + (reach() || "empty")); } catch { said.push(name + " refused"); }
}
document.getElementById("out").textContent = said.join(", ");
</script>"""
BOOK = """<!doctype html><link rel="stylesheet" href="style.css"><h1>The first</h1><img src="../image.png" alt="An image">
<p id="out">did not run</p><a href="second.html">Second</a> <a href="#end">End</a><div style="height: 3000px"></div><h2 id="end">The end</h2>
<script src="app.js"></script>"""
RECORDED = Path(__file__).parents[1] / "viewers" / "recorded" / "plotly.html"
PLOTLY = RECORDED.read_text("utf-8")
LIBRARY = Path(__file__).parents[2] / "themes/default/vendor/plotly.js-dist-min-4.1.2/plotly.min.js"


def inlined() -> str:
    """The figure as plotly writes it with its library inside."""
    start = PLOTLY.index('<script charset="utf-8" src=')
    return PLOTLY[:start] + "<script>" + LIBRARY.read_text("utf-8") + PLOTLY[PLOTLY.index("</script>", start) :]


MARKDOWN = f"# Findings\n\nA **bold** claim, `code`, and {HOSTILE}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
CODE = f'import math\n\n\ndef area(r: float) -> float:\n    """The area of a circle. {HOSTILE}"""\n    return math.pi * r**2\n'
VEGA_LITE = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "description": "Three bars",
    "data": {"values": [{"a": "x", "b": 3}, {"a": "y", "b": 5}, {"a": "z", "b": 2}]},
    "mark": "bar",
    "encoding": {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}},
}
MAP = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "properties": {"name": "island"}, "geometry": {"type": "Polygon", "coordinates": [[[10, 50], [12, 50.4], [13, 52], [11, 53], [10, 50]], [[11, 51], [11.6, 51], [11.4, 51.6], [11, 51]]]}},
        {"type": "Feature", "properties": {"name": "route"}, "geometry": {"type": "LineString", "coordinates": [[9, 49], [11, 51], [14, 52]]}},
        {"type": "Feature", "properties": {"name": "port"}, "geometry": {"type": "Point", "coordinates": [12, 50.4]}},
    ],
}  # fmt: skip


def picture(text: str, colour: str = "#2a6fb0") -> Image.Image:
    image = Image.new("RGB", (240, 160), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 20, 220, 140), fill=colour)
    draw.text((30, 30), text, fill="white")
    return image


def notebook() -> dict[str, Any]:
    png = io.BytesIO()
    picture("from a cell").save(png, "PNG")
    output = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"image/png": base64.b64encode(png.getvalue()).decode(), "text/plain": ["<Figure>"]},
    }
    table = {
        "output_type": "execute_result",
        "execution_count": 2,
        "metadata": {},
        "data": {
            "text/html": [
                "<script>top.broken=1</script><table onclick='x()'><tr><th>col</th></tr><tr><td>17.5</td></tr></table>"
            ],
            "text/plain": ["   col"],
        },
    }
    widget = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"application/vnd.jupyter.widget-view+json": {}, "text/plain": ["Slider()"]},
    }
    stream = {"output_type": "stream", "name": "stdout", "text": ["\x1b[31mepoch 1\x1b[0m\n", "done\n"]}
    error = {
        "output_type": "error",
        "ename": "ValueError",
        "evalue": "no",
        "traceback": ["\x1b[0;31mValueError\x1b[0m: no"],
    }
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["## A notebook\n", HOSTILE]},
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {},
            "source": ["print('epoch 1')\n"],
            "outputs": [stream, output],
        },
        {
            "cell_type": "code",
            "execution_count": 2,
            "metadata": {},
            "source": ["frame"],
            "outputs": [table, widget, error],
        },
    ]
    return {
        "cells": cells,
        "metadata": {"kernelspec": {"language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def pdf() -> bytes:
    """A page that says Hello, with a table of its objects."""
    stream = b"BT /F1 32 Tf 60 700 Td (Hello from a PDF) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    return (
        out
        + b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    )


def sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(n / 4))) for n in range(4000)))
    return out.getvalue()


def write_files(root: Path) -> None:
    """The files that need no MLflow, below `root`."""
    import pandas as pd

    texts = {
        "notes/findings.md": MARKDOWN, "code/train.py": CODE, "config.yaml": "optimizer:\n  name: adam\n  lr: 0.001\nlayers: [64, 32]\n",
        "report.html": PAGE, "book/index.html": BOOK, "book/second.html": "<h1>The second</h1><a href='index.html'>back</a>",
        "book/style.css": "h1 { color: rgb(1, 2, 3) }", "book/app.js": "document.querySelector('#out').textContent = 'ran ' + (localStorage.theme || 'light')",
        "plotly.html": PLOTLY, "inlined.html": inlined(), "figure.json": json.dumps({"data": [{"y": [1, 3, 2], "type": "scatter"}], "layout": {"title": {"text": "From JSON"}}}), "figure.svg": PIXEL_SCRIPT, "scores.csv": "name,score,when\nbeta,9.5,2026-01-02\nalpha,10.25,2026-01-01\ngamma,,\n" + f'"{HOSTILE.replace(chr(34), chr(34) * 2)}",1,\n',
        "scores.tsv": "a\tb\n1\t2\n", "run.log": "start\n\x1b[32mepoch 1\x1b[0m\n10%\r50%\r100%\n", "nested.json": json.dumps({"model": {"layers": [64, 32], "__proto__": HOSTILE}, "ok": True, "none": None}),
        "bars.vl.json": json.dumps(VEGA_LITE), "shapes.geojson": json.dumps(MAP), "analysis.ipynb": json.dumps(notebook()), "broken.json": '{"a": [1, 2',
        "broken.ipynb": "{}", "empty.csv": "",
    }  # fmt: skip
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8", newline="")
    for name in ("png", "jpg", "gif", "webp", "avif", "bmp", "tiff"):
        picture(f"an image: {name}").save(root / f"image.{name}")
    frames = [picture(f"frame {n}", colour) for n, colour in enumerate(("#2a6fb0", "#b0402a", "#2ab06f"))]
    frames[0].save(root / "moving.gif", save_all=True, append_images=frames[1:], duration=200, loop=0)
    (root / "paper.pdf").write_bytes(pdf())
    (root / "tone.wav").write_bytes(sound())
    (root / "clip.webm").write_bytes(CLIP.read_bytes())
    (root / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    (root / "broken.parquet").write_bytes(b"PAR1 nothing PAR1")
    pd.DataFrame({"city": ["Ulm", "Bonn"], "people": [126000, 336000]}).to_parquet(root / "cities.parquet")
    np.save(root / "matrix.npy", np.arange(12, dtype=np.float32).reshape(3, 4))
    np.savez(root / "arrays.npz", first=np.array([1.5, np.nan]), second=np.array(["x", "y"]))
    np.save(root / "objects.npy", np.array([{"a": 1}], dtype=object))


def log_store(store: Path, scratch: Path) -> str:
    """Log everything to a new file store; the run's id. Needs MLflow."""
    import os

    os.environ |= {"MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_DISABLE_TELEMETRY": "true"}
    from mlflow import MlflowClient

    files = scratch / "files"
    files.mkdir(parents=True)
    write_files(files)
    client = MlflowClient(store.as_uri())
    experiment = client.create_experiment("every type")
    run_id: str = client.create_run(experiment, run_name="everything").info.run_id
    client.log_param(run_id, "lr", "0.1")
    for step in range(5):
        client.log_metric(run_id, "val_loss", 1 / (step + 1), step=step)
        client.log_image(run_id, np.asarray(picture(f"step {step}")), key="samples", step=step)
    client.log_artifacts(run_id, str(files))
    client.log_table(run_id, {"question": ["why", "how"], "score": [0.5, 0.75]}, "answers.json")
    client.log_dict(run_id, {"alcohol": 0.2, "ash": 0.5}, "feature_importance_weight.json")
    client.set_terminated(run_id)
    return run_id
