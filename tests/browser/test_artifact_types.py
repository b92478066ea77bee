"""Every type of artifact, logged by real MLflow, opens with its content visible, from disk and over http."""

from __future__ import annotations

import html
import importlib.util
import os
import re
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sitegen.build import build
from sitegen.config import Config
from sitegen.viewers.sandbox import BASE, OFF

from . import every_type
from .samples import open_page

HAS_MLFLOW = importlib.util.find_spec("mlflow") is not None or "SITEGEN_REQUIRE_MLFLOW" in os.environ
pytestmark = [pytest.mark.mlflow, pytest.mark.skipif(not HAS_MLFLOW, reason="MLflow is not installed")]
HOSTILE = every_type.HOSTILE

# What a reader must see: of each artifact, the texts of its page.
SEEN = {
    "notes/findings.md": ["Findings", "A bold claim, code, and", HOSTILE],
    "code/train.py": ["import math", "return math.pi * r**2", HOSTILE],
    "config.yaml": ["optimizer", "adam", "0.001"],
    "scores.csv": ["name", "10.25", "2026-01-02", "4 rows, 3 columns", HOSTILE],
    "scores.tsv": ["1 row, 2 columns"],
    "run.log": ["epoch 1", "100%"],
    "nested.json": ["layers", "__proto__", HOSTILE, "null"],
    "answers.json": ["question", "why", "0.75"],
    "feature_importance_weight.json": ["Feature", "alcohol", "0.5"],
    "shapes.geojson": ["Features", "island", "port"],
    "analysis.ipynb": ["A notebook", "epoch 1", "17.5", "ValueError: no", HOSTILE, "Not shown here"],
    "cities.parquet": ["Ulm", "336000", "int64"],
    "matrix.npy": ["3 × 4", "float32", "5.5"],
    "arrays.npz": ["first", "1.5", "NaN", "second"],
    "objects.npy": ["It holds Python objects, which sitegen never loads."],
    "broken.json": ["The file is not valid JSON.", '{"a": [1, 2'],
    "broken.ipynb": ["The file is not a notebook that can be read."],
    "broken.parquet": ["The file is not a Parquet table that can be read."],
}


class Everything:
    """The built site: its folder, its address, and where the page of each artifact is."""

    def __init__(self, folder: Path, run_id: str) -> None:
        self.folder, self.run_id, self.base = folder, run_id, folder.as_uri() + "/"
        self._links: dict[str, str] = {}

    def view(self, page: Page, path: str) -> None:
        """Go to the page of an artifact, at the address that the list of its run leads to (which is read once)."""
        if not self._links:
            open_page(page, f"{self.base}runs/{self.run_id}.html")
            cells = page.locator("table.files td.key").filter(has=page.locator("a"))
            links = cells.evaluate_all("all => all.map(c => [c.textContent.trim(), c.querySelector('a').href])")
            self._links = {text.split()[0]: href for text, href in links if text}
        open_page(page, self._links[path])


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Everything:
    root = tmp_path_factory.mktemp("every-type")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow's own, about the pandas it meets
        run_id = every_type.log_store(root / "mlruns", root / "scratch")
    build(Config(store=str(root / "mlruns"), output=root / "site", jobs=1))
    return Everything(root / "site", run_id)


@pytest.fixture(params=["file", "http"])
def site(request: pytest.FixtureRequest, made: Everything, serve: Callable[[Path], str]) -> Everything:
    there = Everything(made.folder, made.run_id)
    if request.param == "http":
        there.base = serve(made.folder)
    return there


def test_texts_tables_and_trees_are_read_in_their_pages(page: Page, site: Everything) -> None:
    for path, texts in SEEN.items():
        site.view(page, path)
        viewer = page.locator(".viewer")
        for text in texts:
            expect(viewer, path).to_contain_text(text)
    assert page.title() != "1"


def test_pictures_are_drawn(page: Page, site: Everything) -> None:
    for path in ("figure.svg", "image.tiff", "bars.vl.json"):
        site.view(page, path)
        image = page.locator(".viewer img").first
        expect(image).to_be_visible()
        assert image.evaluate("i => i.decode().then(() => i.naturalWidth)") > 0, path
    site.view(page, "shapes.geojson")
    assert page.locator(".viewer svg path, .viewer svg circle").count() == 3


def test_the_gallery_shows_every_image_format_and_its_lightbox_the_original(page: Page, site: Everything) -> None:
    open_page(page, f"{site.base}runs/{site.run_id}.html")
    page.locator(".gallery img").evaluate_all("all => all.forEach(i => i.loading = 'eager')")
    sizes = page.locator(".gallery img").evaluate_all(
        "all => Promise.all(all.map(i => i.decode().then(() => i.naturalWidth)))"
    )
    assert all(sizes)
    captions = page.locator(".gallery figcaption").all_inner_texts()
    for name in ("png", "jpg", "gif", "webp", "avif", "bmp"):
        assert any(f"image.{name}" in caption for caption in captions), name


@pytest.mark.whole_browser
@pytest.mark.both_schemes
def test_sound_and_film_play_and_a_document_is_shown(page: Page, site: Everything) -> None:
    for path, tag in (("tone.wav", "audio"), ("clip.webm", "video")):
        site.view(page, path)
        media = page.locator(tag)
        state = "m => new Promise(f => m.readyState >= 1 ? f(1) : (m.onloadedmetadata = () => f(1), m.onerror = () => f(0)))"
        assert media.evaluate(state) == 1, path
    site.view(page, "paper.pdf")
    assert page.frame_locator("iframe.document") is not None
    assert any(frame.url.endswith("/paper.pdf") for frame in page.frames)


@pytest.mark.both_schemes
def test_scripts_of_a_page_run_when_asked_for_and_reach_nothing(page: Page, site: Everything) -> None:
    site.view(page, "report.html")
    frame = page.frame_locator("iframe.sandbox")
    expect(frame.locator("h1")).to_have_text("A report")
    expect(frame.locator("#out")).to_have_text("waiting")
    assert page.locator("iframe.sandbox").get_attribute("sandbox") == ""
    page.evaluate("localStorage.setItem('sitegen-theme', 'dark'); document.cookie = 'reader=1'")
    page.get_by_role("button", name="Run its scripts").click()
    expect(frame.locator("#out")).to_have_text("parent refused, top refused, storage kept, cookie empty")
    assert page.locator("iframe.sandbox").get_attribute("sandbox") == "allow-scripts"
    assert page.evaluate("localStorage.getItem('own')") is None


def test_a_page_has_the_files_beside_it_and_leads_to_its_pages(page: Page, site: Everything) -> None:
    site.view(page, "book/index.html")
    frame = page.frame_locator("iframe.sandbox")
    expect(frame.locator("h1")).to_have_css("color", "rgb(1, 2, 3)")
    expect(frame.locator("#out")).to_have_text("did not run")
    page.get_by_role("button", name="Run its scripts").click()
    expect(frame.locator("#out")).to_have_text("ran light")
    assert frame.locator("img").evaluate("i => i.decode().then(() => i.naturalWidth)") == 240
    frame.get_by_role("link", name="End").click()
    expect(frame.locator("#end")).to_be_in_viewport()
    frame.get_by_role("link", name="Second").click()
    expect(page.locator("main h1")).to_have_text("second.html")
    expect(page.frame_locator("iframe.sandbox").locator("h1")).to_have_text("The second")
    page.locator(".framed .hint").get_by_role("link", name="index.html").click()
    expect(page.locator("main h1")).to_have_text("index.html")


@pytest.mark.both_schemes
def test_plotly_figures_are_drawn_without_the_web(page: Page, site: Everything) -> None:
    for path, title in (("plotly.html", "T fig"), ("inlined.html", "T fig"), ("figure.json", "From JSON")):
        site.view(page, path)
        figure = page.frame_locator("figure.plotly iframe")
        expect(figure.locator(".gtitle")).to_have_text(title)
        expect(figure.locator(".scatterlayer path.js-line")).to_be_visible()
        assert page.locator("figure.plotly iframe").get_attribute("sandbox") == "allow-scripts"
        expect(page.locator("figure.plotly[data-drawn]")).to_be_attached()


def test_the_library_of_figures_is_in_the_site_once(made: Everything) -> None:
    large = [p for p in made.folder.rglob("*") if p.is_file() and p.stat().st_size > 1_000_000]
    assert [p.relative_to(made.folder).as_posix() for p in large] == ["data/libraries/plotly.js"]
    assert "Permission is hereby granted" in large[0].read_text("utf-8")[:1500]


def test_a_page_of_a_stranger_cannot_get_out(
    page: Page, made: Everything, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    text = """<img src="http://192.0.2.1/a.png"><script src="http://192.0.2.1/a.js"></script><p id=out>in</p><script>
    fetch("http://192.0.2.1/b").catch(() => 0); new Image().src = "http://192.0.2.1/c";
    try { top.location = "http://192.0.2.1/d" } catch {} try { window.open("http://192.0.2.1/e") } catch {}
    document.getElementById("out").textContent = "tried"; location.href = "http://192.0.2.1/f";</script>"""
    site = tmp_path / "site"
    shutil.copytree(made.folder, site)
    view = next(site.rglob("report.html.txt.html"))
    shown = html.escape(BASE + text.replace("<script", OFF))
    view.write_text(re.sub(r'srcdoc="[^"]*"', lambda _: f'srcdoc="{shown}"', view.read_text("utf-8")), "utf-8")
    page.goto(serve(site) + view.relative_to(site).as_posix())
    expect(page.locator("html[data-ready]")).to_be_attached()
    page.get_by_role("button", name="Run its scripts").click()
    page.wait_for_timeout(500)  # what it starts last must have had its time
    faults: list[str] = page.watch.faults  # type: ignore[attr-defined]
    asked = {fault.removeprefix("outside request: ") for fault in faults if fault.startswith("outside request")}
    assert asked <= {fault.split(" ")[1] for fault in faults if fault.endswith(" csp")}, "the policy refused each"
    assert page.url.startswith("http://127.0.0.1:") and len(page.context.pages) == 1
    assert any("Content Security Policy" in fault for fault in faults)
    faults.clear()  # the browser says what it refused


def test_a_table_is_sorted_by_its_heads(page: Page, site: Everything) -> None:
    site.view(page, "scores.csv")
    column = page.locator("table.data tbody tr td:nth-child(2)")
    first = column.all_text_contents()
    page.get_by_role("button", name="score").click()
    expect(column).to_have_text(["1", "9.5", "10.25", ""])
    page.get_by_role("button", name="score").click()
    expect(column).to_have_text(["10.25", "9.5", "1", ""])
    expect(page.locator("th[aria-sort=descending]")).to_have_count(1)
    page.get_by_role("button", name="score").click()
    expect(page.locator("th[aria-sort]")).to_have_count(0)
    expect(column).to_have_text(first)


def test_a_text_is_whole_on_paper(page: Page, site: Everything) -> None:
    site.view(page, "code/train.py")
    page.emulate_media(media="print")
    expect(page.locator(".source .lines")).to_be_visible()


def test_nothing_that_a_browser_runs_came_from_the_store(made: Everything) -> None:
    names = [
        p.relative_to(made.folder).as_posix()
        for p in made.folder.rglob("*")
        if p.suffix in (".html", ".svg", ".js", ".xml")
    ]
    assert not [name for name in names if name.startswith(("artifacts/", "thumbs/"))]
    for path in (made.folder / "files").rglob("*.html"):
        text = path.read_text("utf-8")
        assert "<img src=x" not in text and "top.broken=1</script>" not in text, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_previews(fresh_page: Callable[..., Page], made: Everything, scheme: str) -> None:
    page = fresh_page(bypass_csp=True, color_scheme=scheme, viewport={"width": 390, "height": 900})
    rules = {
        "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
        "preload": False,
        "iframes": False,
    }
    for path in (
        "code/train.py",
        "config.yaml",
        "scores.csv",
        "nested.json",
        "shapes.geojson",
        "analysis.ipynb",
        "cities.parquet",
        "tone.wav",
        "figure.svg",
        "book/index.html",
        "plotly.html",
    ):
        made.view(page, path)
        found = Axe().run(page, options=rules).response["violations"]
        assert [f"{path}: {v['id']}: {n['html'][:120]}" for v in found for n in v["nodes"]] == []
        assert page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth") <= 0, path
