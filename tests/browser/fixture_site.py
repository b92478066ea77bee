"""A small site written by hand after docs/architecture.md, to try the browser scripts without the Python side.

Twelve runs with hostile names and keys (`__proto__`, `</script>`), a parent with two children, curves as numbers and as
base64, one page of each type.
"""

from __future__ import annotations

import base64
import html
import json
import math
import shutil
import struct
from pathlib import Path
from typing import Any

from sitegen.charts.kinds import for_browser
from sitegen.render.scripts import EVERY_PAGE, load_order
from sitegen.render.themes import load_theme

THEME = Path(__file__).resolve().parents[2] / "themes" / "default"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "frame-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'"
)
CSS = """:root{--bg:#fff;--fg:#1a1f26;--muted:#57616c;--line:#d8dde4;--c1:#0062d2;--c2:#fd5903;--c3:#25a572;--c4:#906091;
--c5:#562e06;--c6:#0a357c;--c7:#a47ddf;--c8:#843d4e}
[data-theme=dark]{--bg:#0f1318;--fg:#e6eaf0;--c1:#5a94ec}
html:not(.js) .needs-js{display:none} .visually-hidden{position:absolute;clip-path:inset(50%);width:1px;height:1px}
.runs .scroll{max-height:600px;overflow:auto} .runs[data-live] table{table-layout:fixed} .runs th,.runs td{height:32px;padding:0 8px;white-space:nowrap;overflow:hidden} .runs thead th{position:sticky;top:0}
body{background:var(--bg);color:var(--fg);font:14px system-ui} .plot{min-height:200px} .chart-tip{position:fixed}"""
HOSTILE = '</script><img src=x onerror="alert(1)">'
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
Json = dict[str, Any]


def runs(count: int = 12) -> list[Json]:
    """Runs as the columns and shards need them; run 3 is the parent of 4 and 5."""
    made = []
    for i in range(count):
        made.append(
            {
                "id": f"{i:032x}",
                "name": {1: HOSTILE, 2: "__proto__"}.get(i, f"run-{i}"),
                "status": "FAILED" if i % 5 == 4 else "FINISHED",
                "start": 1700000000000 - i * 60000,
                "parent": f"{3:032x}" if i in (4, 5) else None,
                "lr": ["0.1", "0.01", "=1+1"][i % 3],
                "proto": None if i % 2 else "x",
                "loss": [None, math.nan, math.inf][i] if i < 3 else 1 / i,
            }
        )
    return made


def write_data(folder: Path, key: str, value: Any) -> None:
    """A data file as `datajs` writes it: a call whose only argument is JSON text, with `<` and `>` escaped."""
    text = json.dumps(json.dumps(value, allow_nan=False)).replace("<", "\\u003c").replace(">", "\\u003e")
    target = folder / "data" / f"{key}.js"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f"SG.put({json.dumps(key)}, JSON.parse({text}));\n", "utf-8")


def deltas(values: list[int]) -> list[int]:
    return [b - a for a, b in zip([0, *values], values, strict=False)]


def columns(table: list[Json]) -> list[Json]:
    statuses = sorted({run["status"] for run in table})
    losses = [run["loss"] for run in table]
    bad = [i for i, loss in enumerate(losses) if loss is not None and not math.isfinite(loss)]
    plain = [None if i in bad else loss for i, loss in enumerate(losses)]
    return [
        {"g": "run", "n": "run_id", "t": "s", "v": [run["id"] for run in table]},
        {"g": "run", "n": "name", "t": "s", "v": [run["name"] for run in table]},
        {"g": "run", "n": "status", "t": "d", "u": statuses, "v": [statuses.index(run["status"]) for run in table]},
        {"g": "run", "n": "start_time", "t": "i", "v": deltas([run["start"] for run in table]), "x": []},
        {"g": "run", "n": "parent", "t": "s", "v": [run["parent"] for run in table]},
        {"g": "param", "n": "lr", "t": "s", "v": [run["lr"] for run in table]},
        {"g": "param", "n": "__proto__", "t": "s", "v": [run["proto"] for run in table]},
        {"g": "metric", "n": "loss", "r": "last", "t": "f", "v": plain, "nan": bad[:1], "inf": bad[1:], "ninf": []},
        {"g": "metric", "n": "acc", "r": "last", "t": "f", "v": [i / 10 for i, _ in enumerate(table)]},
    ]


def curve_of_numbers(i: int) -> Json:
    y = [None if step == 3 else (-1.0 if step == 5 else 1 / (step + 1 + i)) for step in range(10)]
    return {
        "k": "loss",
        "x": [0, 1, "x", 9],
        "t": [1700000000000, 1000, "x", 9],
        "y": y,
        "lo": -1,
        "hi": 1,
        "n": 10,
        "of": 10,
    }


def curve_of_bytes(i: int) -> Json:
    codes = [65535 if q == 50 else q * 600 for q in range(100)]
    y = base64.b64encode(struct.pack("<100H", *codes)).decode()
    return {
        "k": "__proto__",
        "x": [0, 10, "x", 99],
        "t": [1700000000000, 60000, "x", 99],
        "y": y,
        "lo": i,
        "hi": i + 1,
        "n": 100,
        "of": 5000,
    }


def shard_run(i: int, run: Json) -> Json:
    loss = run["loss"]
    shown = {math.inf: "Infinity"}.get(loss, loss) if loss is None or loss == loss else "NaN"
    metrics = [] if shown is None else [["loss", shown, 1, 0.1, 9, 1, 0, 0.5, 10, 9, 0]]
    return {
        "id": run["id"], "exp": "demo", "name": run["name"], "status": run["status"], "start": run["start"],
        "end": run["start"] + 7380000, "user": "", "source": "train.py", "commit": "", "parent": run["parent"],
        "file": run["id"], "params": [["lr", run["lr"]], ["same", "1"], ["__proto__", HOSTILE]],
        "tags": [["team", "a"]], "metrics": metrics, "better": {"up": [], "down": ["loss"]}, "curves": [curve_of_numbers(i), curve_of_bytes(i)],
    }  # fmt: skip


def page_html(title: str, kind: str, root: str, scripts: list[str], body: str) -> str:
    tags = "".join(
        f'<script defer src="{root}assets/js/{name}.js"></script>'
        for name in load_order(load_theme("default"), [*EVERY_PAGE, *scripts])
    )
    return (
        f'<!doctype html><html lang="en" data-root="{root}" data-page="{kind}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>{title}</title>'
        f'<link rel="icon" href="data:,"><link rel="stylesheet" href="{root}assets/css/site.css"><script src="{root}assets/js/theme.js"></script>'
        f'{tags}<script defer src="{root}data/site.js"></script></head><body>'
        f'<button data-action="theme">Auto</button><button data-action="search">Search</button>'
        f'<button data-copy="copied text">Copy</button>{body}</body></html>'
    )


def table_html(table: list[Json], total: int) -> str:
    heads = [("run:name", "Name"), ("run:status", "Status"), ("param:lr", "lr"), ("metric:loss:last", "loss")]
    head = "".join(f'<th scope="col" data-col="{col}">{label}</th>' for col, label in heads)
    rows = "".join(
        f'<tr data-run="{run["id"]}" data-depth="{1 if run["parent"] else 0}"><th scope="row">'
        f'<a href="../runs/{run["id"]}.html">{html.escape(run["name"])}</a></th><td>{run["status"]}</td>'
        f'<td>{html.escape(run["lr"])}</td><td class="num">{run["loss"]}</td></tr>'
        for run in table
    )
    return (
        f'<div class="runs" data-runs-table data-experiment="demo" data-total="{total}"><div class="runs-tools needs-js"></div>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="Runs"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></div>'
    )


def figure_html(kind: str, attributes: str) -> str:
    return (
        f'<figure class="chart" id="fig-{kind}" data-kind="{kind}" {attributes}><figcaption>{kind}</figcaption>'
        '<div class="chart-tools needs-js"></div><div class="plot"><svg viewBox="0 0 640 200" width="640" height="200" role="img">'
        '<circle cx="9" cy="9" r="4"/></svg></div></figure>'
    )


def scatter_kind() -> Json:
    """What the compiler makes of a scatter kind, in short: no data, an expression, title signals, theme colours."""
    axis = {"labelColor": "var(--muted)", "titleColor": "var(--muted)"}
    scale = {"type": "linear", "nice": True, "zero": False}
    update = {
        "x": {"scale": "x", "field": "x"},
        "y": {"scale": "y", "field": "y"},
        "fill": {"value": "var(--c1)"},
        "fillOpacity": [{"test": "datum.status === 'FINISHED'", "value": 1}, {"value": 0}],
        "tooltip": {"signal": "datum"},
    }
    return {
        "$schema": "https://vega.github.io/schema/vega/v6.json", "height": 200, "padding": 8,
        "autosize": {"type": "fit-x", "contains": "padding"}, "background": None,
        "signals": [{"name": "xTitle", "value": ""}, {"name": "yTitle", "value": ""}],
        "data": [{"name": "data"}],
        "scales": [
            {"name": "x", "domain": {"data": "data", "field": "x"}, "range": [0, {"signal": "width"}], **scale},
            {"name": "y", "domain": {"data": "data", "field": "y"}, "range": [{"signal": "height"}, 0], **scale},
        ],
        "axes": [
            {"scale": "x", "orient": "bottom", "title": {"signal": "xTitle"}, **axis},
            {"scale": "y", "orient": "left", "title": {"signal": "yTitle"}, **axis},
        ],
        "marks": [{"type": "symbol", "from": {"data": "data"}, "encode": {"update": update}}],
    }  # fmt: skip


def write_search(folder: Path, table: list[Json]) -> None:
    docs = [["experiment", "experiments/demo.html", "Demo", "12 runs"]]
    docs += [["run", f"runs/{run['id']}.html", run["name"], "Demo"] for run in table]
    write_data(folder, "search/docs-0", {"docs": docs})
    write_data(folder, "search/meta", {"docs": len(docs), "shards": ["64", "72", "70", "61"]})
    write_data(folder, "search/64", {"words": "demo\t0*9"})
    ids = " ".join(["1*9", *["1*9"] * 11])
    write_data(folder, "search/72", {"words": f"run\t{ids}\nrun-6\t7*9\nrun-7\t8*9"})
    write_data(folder, "search/70", {"words": "proto\t3*9"})
    write_data(folder, "search/61", {"words": "adam\t5*3 4"})


def place_rows(table: list[Json]) -> list[list[Any]]:
    a, b, c = table[5], table[6], table[7]
    siblings = [[run["id"], run["name"], run["status"], "0.2"] for run in (table[1], table[2])]
    return [
        [b["id"], 3, 12, "0.01 behind the best", a["id"], a["name"], c["id"], c["name"], c["id"], c["name"], siblings]
    ]


def write_pages(folder: Path, table: list[Json], shown: int) -> None:
    a, b = table[5]["id"], table[6]["id"]
    curves = figure_html("curves", f'data-runs="{a} {b}" data-metric="loss" data-href="../charts/curve.html"')
    scatter = figure_html(
        "scatter",
        'data-experiment="demo" data-x="metric:acc:last" data-y="metric:loss:last" data-x-title="acc" data-y-title="loss"',
    )
    gallery = "".join(
        f'<figure><a href="../img/{n}.gif"><img src="../img/{n}.gif" alt="image {n}" width="40" height="40"></a></figure>'
        for n in "ab"
    )
    pages = {
        "experiments/demo.html": page_html("Demo", "experiment", "../", ["table", "charts"], table_html(table[:shown], len(table)) + scatter),
        f"runs/{b}.html": page_html("Run", "run", "../", ["charts", "run", "gallery"], f'<nav class="place" data-place="{b}"></nav>{curves}<div class="gallery">{gallery}</div>'),
        "compare.html": page_html("Compare", "compare", "", ["charts", "diff", "nested", "gallery", "compare-tables", "compare-artifacts", "compare"], '<main id="compare"><h1>Compare</h1></main>'),
        "search.html": page_html("Search", "search", "", ["search"], '<div id="search-results"></div>'),
        "charts/curve.html": page_html("Curve", "embed", "../", ["charts", "embed-child", "curve"], '<main id="curve"></main>'),
        "host.html": '<!doctype html><html><head><title>Host</title><link rel="icon" href="data:,"><script src="assets/js/embed.js"></script></head><body>'
        f'<iframe data-sitegen height="50" src="charts/curve.html#run={b}&amp;metric=loss"></iframe></body></html>',
    }  # fmt: skip
    others = {f"runs/{run['id']}.html": page_html("Run", "run", "../", [], "") for run in table[:12]}
    for name, text in (others | pages).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def copy_assets(folder: Path) -> None:
    shutil.copytree(THEME / "assets" / "js", folder / "assets" / "js")
    shutil.copytree(
        THEME / "vendor", folder / "assets" / "vendor", ignore=shutil.ignore_patterns("*.py", "__pycache__")
    )
    (folder / "assets" / "css").mkdir()
    (folder / "assets" / "css" / "site.css").write_text(CSS, "utf-8")
    (folder / "img").mkdir()
    for name in "ab":
        (folder / "img" / f"{name}.gif").write_bytes(GIF)


def write_site(folder: Path, count: int = 12, shown: int = 12) -> Path:
    """Write the site into `folder`, with `count` runs of which the HTML shows the first `shown`."""
    table = runs(count)
    copy_assets(folder)
    write_data(folder, "site", {"title": "Demo", "digits": 0, "experiments": [["1", "demo", "Demo", count]]})
    experiment = {
        "id": "1",
        "name": "Demo",
        "n": count,
        "objective": None,
        "best": table[7]["id"],
        "columns": columns(table),
    }
    write_data(folder, "experiments/demo", experiment)
    write_data(folder, "runs/all", {"runs": [shard_run(i, run) for i, run in enumerate(table[:12])]})
    write_data(folder, "places/all", {"places": place_rows(table)})
    write_data(folder, "kinds", {"scatter": scatter_kind()})
    write_data(folder, "chart-kinds", for_browser())
    write_search(folder, table)
    write_pages(folder, table, shown)
    return folder
