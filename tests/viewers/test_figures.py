"""Figures of plotly and Vega-Embed are taken out of what was logged, whoever wrote it; nothing of it is run.

`recorded/plotly.html` is what `mlflow.log_figure` of MLflow 3.17.2 wrote of a figure of plotly 7.1.0.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from sitegen.model import Artifact, ArtifactFolder
from sitegen.privacy import Privacy
from sitegen.viewers.blocks import Frame, Picture, Plotly, Sentence, Tree
from sitegen.viewers.copying import copy_file
from sitegen.viewers.figures import figure_of, figures_in_html, text_beside, without_scripts

from .test_view import only, problem, view

RECORDED = (Path(__file__).parent / "recorded" / "plotly.html").read_text("utf-8")
LIBRARY = "/**\n* plotly.js v4.1.2\n*/ Plotly.newPlot(t,e,r);Plotly.newPlot(n,[a],b); '</scr' + 'ipt>'" + "x" * 100_000


def inlined() -> str:
    """The recorded page as plotly writes it with the library inside."""
    start = RECORDED.index('<script charset="utf-8" src=')
    end = RECORDED.index("</script>", start)
    return RECORDED[:start] + f"<script>{LIBRARY}" + RECORDED[end:]


def test_what_mlflow_logs_is_drawn_from_its_data(tmp_path: Path) -> None:
    figure = only(view(tmp_path, "fig.html", RECORDED), Plotly)
    value = json.loads(figure.figure)
    assert [trace["type"] for trace in value["data"]] == ["scatter", "bar"]
    assert value["data"][1]["y"]["dtype"] == "f8", "typed arrays stay as they are, plotly.js decodes them"
    assert (figure.title, figure.height) == ("T fig", 450)
    assert "<" not in figure.figure and value["data"][0]["name"] == "loss </script><b>"


def test_of_a_page_with_the_library_inside_only_the_figure_is_copied(tmp_path: Path) -> None:
    (tmp_path / "fig.html").write_text(inlined())
    artifact = Artifact("fig.html", len(inlined()))
    file, data = copy_file(ArtifactFolder("", tmp_path, (artifact,)), artifact, "artifacts/r", Privacy())
    assert (file.href, file.kind) == ("artifacts/r/fig.html.json", "plotly")
    assert len(data) < 10_000 and json.loads(data)["layout"]["title"]["text"] == "T fig"
    blocks = view(tmp_path, "fig.html", inlined())
    assert only(blocks, Plotly).figure == only(view(tmp_path, "b.html", RECORDED), Plotly).figure


def test_a_report_around_figures_is_shown_too(tmp_path: Path) -> None:
    page = RECORDED.replace("<body>", "<body><h1>Report of March</h1>")
    blocks = view(tmp_path, "report.html", page)
    frame = only(blocks, Frame)
    assert only(blocks, Plotly) and "Report of March" in frame.source
    assert not frame.scripts and "newPlot" not in frame.source


@pytest.mark.parametrize(
    "call",
    [
        "Plotly.newPlot('a', [{\"y\": [1]}], {});",
        'Plotly.newPlot("a", [{"y": [1]}], {}, {"responsive": true}).then(function(){});',
        'Plotly.react("a",\n  [{"y": [1]}],\n  {}\n)',
        'Plotly.newPlot("a", {"data": [{"y": [1]}], "layout": {}});',
    ],
)
def test_calls_of_other_versions_are_known(call: str) -> None:
    assert [figure.data for figure in figures_in_html(f"<script>{call}</script>")] == [[{"y": [1]}]]


@pytest.mark.parametrize(
    "call", ["Plotly.newPlot(id, traces, layout)", 'Plotly.newPlot("a", [1, 2], {})', 'Plotly.newPlot("a", [{"y": [1']
)
def test_what_is_no_data_is_no_figure(call: str) -> None:
    assert figures_in_html(f"<script>{call}</script>") == []


def test_plotly_json_is_drawn(tmp_path: Path) -> None:
    text = json.dumps({"data": [{"x": [1, 2], "y": [2, None], "type": "scatter"}], "layout": {"height": 700}})
    assert only(view(tmp_path, "fig.json", text), Plotly).height == 700
    large = json.dumps({"data": [{"y": list(range(200_000)), "type": "scatter"}], "layout": {}})
    assert len(large) > 1_000_000 and only(view(tmp_path, "large.json", large), Plotly)
    assert only(view(tmp_path, "gaps.json", '{"data": [{"y": [NaN, 1]}], "layout": {}}'), Plotly).figure == (
        '{"data":[{"y":[null,1]}],"layout":{}}'
    )


@pytest.mark.parametrize(
    "value", [{"data": [1, 2], "layout": {}}, {"data": []}, {"data": [{"a": 1}]}, {"data": [{"y": 1}], "user": 1}, [1]]
)
def test_other_json_is_no_figure(value: object, tmp_path: Path) -> None:
    assert figure_of(value) is None
    assert only(view(tmp_path, "a.json", json.dumps(value)), Tree)


def test_a_map_says_what_is_missing(tmp_path: Path) -> None:
    text = json.dumps({"data": [{"type": "choropleth", "locations": ["FRA"], "z": [1]}], "layout": {}})
    assert "map under it" in problem(view(tmp_path, "map.json", text))


def test_a_page_of_vega_embed_is_a_picture(tmp_path: Path) -> None:
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": [{"a": 1}]},
        "mark": "bar",
        "encoding": {"x": {"field": "a", "type": "quantitative"}},
    }
    page = f'<div id="vis"></div><script>(function(vegaEmbed) {{ var spec = {json.dumps(spec)}; vegaEmbed("#vis", spec);</script>'
    assert only(view(tmp_path, "chart.html", page), Picture).src.startswith("data:image/svg+xml")


def test_words_beside_scripts_are_found() -> None:
    assert text_beside("<title>T</title><style>p { }</style><div></div><script>var a = 'words'</script>") == ""
    assert text_beside("<p>one</p><SCRIPT>x</SCRIPT> two<style>x</style> three") == "one two three"
    assert without_scripts("a<script>b</script >c<script>d") == "ac"


@pytest.mark.parametrize(
    "unit", ["<", "<script>", "Plotly.newPlot(", 'Plotly.newPlot("a", [', "<style", "spec = {", "</script"]
)
def test_hostile_pages_cost_little(tmp_path: Path, unit: str) -> None:
    start = time.process_time()
    view(tmp_path, "a.html", "vegaEmbed Plotly.x plotly.js v" + unit * (2_000_000 // len(unit)))
    assert time.process_time() - start < 8


def test_bokeh_says_that_it_needs_the_web(tmp_path: Path) -> None:
    page = "<script src='https://cdn.bokeh.org/bokeh-3.4.1.min.js'></script><script>Bokeh.embed.embed_items({},[])</script>"
    blocks = view(tmp_path, "bokeh.html", page)
    assert "cdn.bokeh.org" in problem(blocks) and [b for b in blocks if isinstance(b, Sentence)]
