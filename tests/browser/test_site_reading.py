"""The sample sites as a reader meets them: every page type, without scripts, on small screens, on paper."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sitegen.addresses import run_page
from sitegen.analysis.words import number
from sitegen.model import Run
from sitegen.pages.runs import SAID_ELSEWHERE

from .samples import Sample, build_store, open_page

TYPES = [
    "home", "experiment", "best", "curves", "over", "run", "parent", "compare", "search", "404", "chart", "curve",
    "models", "model", "logged model", "datasets", "dataset", "tables",
]  # fmt: skip
WIDTHS = [1440, 1024, 390]
SCREENS = [("light", 1440), ("dark", 390)]
"""Both schemes and both forms of a page; axe takes seconds a page, and the other two pairs hold nothing new."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
MORE_RULES = {"landmark-unique": {"enabled": True}, "target-size": {"enabled": True}}
"""Rules that axe does not count to those, or leaves out unless they are asked for."""


# ---- Every page type opens ----

POINTS = r"""() => {
  // Where the point of each number is, or would be: where its whole part ends.
  const whole = /^[-−+±]?[\d,]+(?=(\.\d+)?(e[-+]?\d+)?( ± [\d.e+-]+)?%?(\s|$))/;
  const edge = (cell) => {
    const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    let node = walk.nextNode();
    while (node && !node.data.trim()) node = walk.nextNode();
    const found = node && whole.exec(node.data.trim());
    // A duration, a size or a sentence is not a number with a point.
    if (!found || /^ ?[a-zA-Z]/.test(node.data.trim().slice(found[0].length).replace(/^(\.\d+)?e[-+]\d+/, ""))) return null;
    if (/ (ms|s|min|h|d|B|[kMG]B)\b/.test(node.data)) return null;
    const range = document.createRange();
    const at = node.data.indexOf(found[0]) + found[0].length;
    range.setStart(node, at - 1);
    range.setEnd(node, at);
    return range.getBoundingClientRect().right;
  };
  document.querySelectorAll("details").forEach((one) => (one.open = true));
  const result = { columns: 0, ragged: [] };
  for (const table of document.querySelectorAll("table")) {
    const columns = new Map();
    for (const row of table.rows)
      for (const cell of row.cells) {
        const isNumeric = ["right", "end"].includes(getComputedStyle(cell).textAlign) || cell.matches(".num");
        if (cell.tagName === "TH" || !isNumeric || !cell.checkVisibility()) continue;
        const x = edge(cell);
        if (x !== null) columns.set(cell.cellIndex, [...(columns.get(cell.cellIndex) || []), [x, cell.innerText]]);
      }
    for (const [at, found] of columns) {
      const xs = found.map(([x]) => x);
      result.columns += found.length > 1;
      if (Math.max(...xs) - Math.min(...xs) > 0.6) result.ragged.push([at, ...found.slice(0, 6).map(([, text]) => text)]);
    }
  }
  return result;
}"""
WITH_NUMBERS = {"experiment": 12, "curves": 12, "best": 2, "run": 2, "parent": 2, "compare": 2, "model": 4, "tables": 1}
"""How many columns of numbers there are at least on these pages."""


@pytest.mark.both_schemes
@pytest.mark.parametrize("kind", TYPES)
def test_page_opens_names_itself_and_aligns_its_numbers(page: Page, main_site: Sample, kind: str) -> None:
    open_page(page, main_site.base + main_site.pages[kind])
    found = page.evaluate(POINTS)
    assert found["columns"] >= WITH_NUMBERS.get(kind, 0)
    assert found["ragged"] == []
    assert page.title()
    assert page.locator("h1").count() == 1
    assert page.locator("main").inner_text().strip()


@pytest.mark.parametrize("store", ["mlflow1", "mlflow2"])
def test_older_layouts_open_too(page: Page, sample: Callable[[str], Sample], store: str) -> None:
    site = sample(store)
    for path in site.pages.values():
        open_page(page, site.base + path)
        assert page.locator("main").inner_text().strip(), path


# ---- Without scripts ----


@pytest.fixture
def plain(fresh_page: Callable[..., Page]) -> Page:
    """A page in which scripts are off."""
    return fresh_page(java_script_enabled=False, viewport={"width": 1280, "height": 900})


@pytest.mark.parametrize("store", ["mlflow1", "mlflow2", "mlflow3"])
def test_without_scripts_a_run_page_holds_all_that_was_logged(
    plain: Page, sample: Callable[[str], Sample], store: str
) -> None:
    site = sample(store)
    for run in site.runs:
        plain.goto(site.base + run_page(run.run_id))
        assert table(plain, "params") == dict(run.params)
        metrics = table(plain, "metrics") | table(plain, "system")
        assert metrics == {key: number(float(h.values[h.last])) for key, h in run.metrics.items() if len(h)}
        assert table(plain, "tags") == {k: v for k, v in run.tags.items() if k not in SAID_ELSEWHERE}
        assert artifact_paths(plain) == {file.path for file in run.artifacts.files}
        assert broken_images(plain) == []


def table(page: Page, heading: str) -> dict[str, str]:
    """First and second cell of the rows of the table under a heading; empty where the page has none."""
    rows = page.locator(f"section[aria-labelledby={heading}] table tbody tr")
    found: list[list[str]] = rows.evaluate_all(
        "rows => rows.map(r => [r.cells[0].textContent, r.cells[1].textContent])"
    )
    return dict(found)


def artifact_paths(page: Page) -> set[str]:
    return set(page.locator("table.files td.key").all_text_contents())


def broken_images(page: Page) -> list[str]:
    """Images that did not load."""
    found: list[str] = page.locator("img").evaluate_all(
        "async all => { await Promise.all(all.map(i => i.decode().catch(() => 0)));"
        " return all.filter(i => !i.naturalWidth).map(i => i.src) }"
    )
    return found


@pytest.mark.parametrize("store", ["mlflow1", "mlflow2", "mlflow3"])
def test_without_scripts_an_experiment_page_lists_and_links_every_run(
    plain: Page, sample: Callable[[str], Sample], store: str
) -> None:
    site = sample(store)
    for experiment in site.experiments.values():
        plain.goto(site.base + site.experiment(experiment.name))
        links = plain.locator(".runs tbody tr th a").evaluate_all("all => all.map(a => [a.textContent, a.href])")
        expected = [[run.name, site.base + run_page(run.run_id)] for run in site.runs_of(experiment.name)]
        assert sorted(links) == sorted(expected)


@pytest.mark.parametrize("kind", TYPES)
def test_without_scripts_nothing_dead_is_shown(plain: Page, sample: Callable[[str], Sample], kind: str) -> None:
    site = sample("mlflow3")
    plain.goto(site.base + site.pages[kind])
    visible = "all => all.filter(e => e.checkVisibility()).map(e => e.outerHTML)"
    assert plain.locator(".needs-js, button, input, select").evaluate_all(visible) == []


def test_without_scripts_every_figure_is_drawn_and_has_its_data(plain: Page, sample: Callable[[str], Sample]) -> None:
    site = sample("mlflow3")
    for kind in ("experiment", "curves", "run", "chart"):
        plain.goto(site.base + site.pages[kind])
        for figure in plain.locator("figure.chart").all():
            assert figure.locator(".plot > svg:first-child").count() == 1
            assert re.search(r"\d", figure.locator(".chart-data :is(tbody, p)").first.text_content() or "")


def test_without_scripts_search_and_compare_lead_on(plain: Page, sample: Callable[[str], Sample]) -> None:
    site = sample("mlflow3")
    for kind in ("search", "compare"):
        plain.goto(site.base + site.pages[kind])
        hrefs = plain.locator("main noscript a, main li a").evaluate_all("all => all.map(a => a.href)")
        assert {site.base + site.experiment(e.name) for e in site.experiments.values()} <= set(hrefs)


# ---- Accessibility ----


@pytest.mark.parametrize(("scheme", "width"), SCREENS)
@pytest.mark.parametrize("kind", TYPES)
def test_axe_finds_no_fault(
    fresh_page: Callable[..., Page], sample: Callable[[str], Sample], kind: str, scheme: str, width: int
) -> None:
    site = sample("mlflow3")
    # axe is put into the page as an inline script, which the pages' own policy forbids.
    page = fresh_page(bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 900})
    open_page(page, site.base + site.pages[kind])
    assert axe_faults(page) == []


def axe_faults(page: Page) -> list[str]:
    chosen = {"runOnly": {"type": "tag", "values": RULES}, "rules": MORE_RULES, "preload": False}
    response = Axe().run(page, options=chosen).response
    return [
        f"{v['id']}: {node['html'][:160]}: {node['failureSummary'][:240]}"
        for v in response["violations"]
        for node in v["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_what_opens(
    fresh_page: Callable[..., Page], sample: Callable[[str], Sample], scheme: str
) -> None:
    site = sample("mlflow3")
    page = fresh_page(bypass_csp=True, color_scheme=scheme, viewport={"width": 1280, "height": 900})
    open_page(page, site.base + site.experiment("cifar-cnn"))
    page.locator("#charts").click()
    for kind in ("curves", "scatter"):
        page.locator(f"figure[data-kind={kind}]").first.hover()
        page.wait_for_selector(f"figure[data-kind={kind}][data-live]")
    page.locator("figure details").first.evaluate_all("all => all.forEach(d => d.open = true)")
    found = axe_faults(page)
    page.keyboard.press("/")
    page.locator("#search input").fill("cnn")
    page.wait_for_selector("#search .result")
    found += axe_faults(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Table", exact=True).click()
    page.get_by_role("menuitem", name="Columns").click()
    page.wait_for_selector("dialog[open] label")
    found += axe_faults(page)
    assert found == []


# ---- Layout ----


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways(page: Page, sample: Callable[[str], Sample], width: int) -> None:
    site = sample("mlflow3")
    page.set_viewport_size({"width": width, "height": 900})
    for path in site.pages.values():
        open_page(page, site.base + path)
        assert overhang(page) <= 0, path


def overhang(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    return int(page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth"))


@pytest.mark.parametrize("width", WIDTHS)
def test_long_names_do_not_break_the_layout(page: Page, long_site: Sample, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for kind in ("home", "experiment", "run", "compare", "search", "curve"):
        open_page(page, long_site.base + long_site.pages[kind])
        assert overhang(page) <= 0, kind
    open_page(page, long_site.base + long_site.pages["run"])
    assert LONG_VALUE in page.locator("main").inner_text()


LONG_KEY = "k" * 250
LONG_NAME = "n" * 300
LONG_VALUE = "v" * 2000


@pytest.fixture(scope="session")
def long_site(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Three runs with the longest names that MLflow lets through."""
    root = tmp_path_factory.mktemp("long")
    write_store(root / "mlruns")
    return build_store(root / "mlruns", root / "site")


def write_store(store: Path) -> None:
    """A file store of one experiment, written by hand."""
    experiment = store / "1"
    experiment.mkdir(parents=True)
    fields = {
        "artifact_location": "mlflow-artifacts:/1",
        "experiment_id": "'1'",
        "lifecycle_stage": "active",
        "name": "e" * 500,
    }
    write_yaml(experiment / "meta.yaml", fields)
    for n in range(3):
        write_run(experiment / f"{n:032x}", n)


def write_run(folder: Path, n: int) -> None:
    fields = {
        "artifact_uri": f"mlflow-artifacts:/1/{folder.name}/artifacts",
        "experiment_id": "'1'",
        "lifecycle_stage": "active",
        "run_id": f"'{folder.name}'",
        "run_name": LONG_NAME + str(n),
        "start_time": str(1700000000000 + n),
        "end_time": str(1700000900000 + n),
        "status": "3",
        "user_id": "ada",
    }
    files = {
        f"params/{LONG_KEY}": LONG_VALUE if n == 0 else str(n),
        f"metrics/val_loss_{LONG_KEY[:200]}": "".join(f"1700000000{s:03} {1 / (s + n + 1)} {s}\n" for s in range(5)),
        "metrics/val_loss": f"1700000000000 {0.5 + n} 0\n",
        f"tags/{LONG_KEY}": LONG_VALUE,
        "tags/mlflow.runName": LONG_NAME + str(n),
        "tags/mlflow.note.content": "w" * 3000,
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    write_yaml(folder / "meta.yaml", fields)


def write_yaml(path: Path, fields: dict[str, str]) -> None:
    path.write_text("".join(f"{key}: {value}\n" for key, value in fields.items()), "utf-8")


# ---- Paper ----


@pytest.mark.parametrize("kind", ["curves", "run"])
def test_page_prints_without_chrome(page: Page, sample: Callable[[str], Sample], kind: str) -> None:
    site = sample("mlflow3")
    open_page(page, site.base + site.pages[kind])
    assert page.pdf(format="A4", print_background=True).startswith(b"%PDF")
    page.emulate_media(media="print", color_scheme="dark")
    hidden = page.locator(".site-header, .chart-tools, .runs-tools, .place [rel]")
    assert hidden.evaluate_all("all => all.filter(e => e.checkVisibility()).length") == 0
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    if kind == "run":
        expect(page.locator(".place-rank")).to_be_visible()
        expect(page.locator(".place-rank")).to_contain_text(re.compile(r" of \d+"))


# ---- What a first look costs ----


@pytest.mark.both_schemes
@pytest.mark.parametrize("kind", ["curves", "run", "experiment", "home"])
def test_first_look_loads_no_chart_library_and_no_run_data(page: Page, main_site: Sample, kind: str) -> None:
    open_page(page, main_site.base + main_site.pages[kind])
    page.wait_for_timeout(300)
    asked = [url.removeprefix(main_site.base) for url in page.watch.requests]  # type: ignore[attr-defined]
    assert not [url for url in asked if "vega" in url or "uplot" in url.lower()]
    # The table's columns are loaded when the table comes on the screen.
    free = ("data/site.js", "data/places/", "data/experiments/", "data/columns/")
    assert not [url for url in asked if url.startswith("data/") and not url.startswith(free)]


def test_first_look_is_light(page: Page, sample: Callable[[str], Sample]) -> None:
    site = sample("mlflow3")
    open_page(page, site.base + site.pages["run"])
    asked = {url.removeprefix(site.base) for url in page.watch.requests if url.startswith(site.base)}  # type: ignore[attr-defined]
    assert weight(site, {url for url in asked if url.startswith("assets/") and url.endswith(".js")}) <= 30_000
    assert weight(site, {url for url in asked if url.endswith(".css")}) <= 14_000


def weight(site: Sample, urls: set[str]) -> int:
    """Compressed bytes of the files at these addresses."""
    assert urls
    return sum(len(gzip.compress((site.folder / url).read_bytes(), 9)) for url in urls)


def test_run_without_anything_has_a_page_that_says_so(plain: Page, sample: Callable[[str], Sample]) -> None:
    site = sample("mlflow3")
    empty: Run | None = next((run for run in site.runs if not run.metrics), None)
    assert empty is not None
    plain.goto(site.base + run_page(empty.run_id))
    assert "This run logged no metrics." in plain.locator("main").inner_text()
