"""The main sample site in use: search, the runs table, comparing, live charts, a run's place, images, copying, embedding, keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

import sitegen
from sitegen.addresses import run_page
from sitegen.build import build
from sitegen.config import Config
from tests.benchmarks.store import made, write_files
from tests.stores.mlruns_builder import write_all

from .samples import STORES, Sample, open_menu, open_page

CIFAR = "cifar-cnn"
BEST = "cnn-more-dropout"
BY_BEST_VAL_LOSS = ["cnn-more-dropout", "cnn-long", "cnn-small-batch", "cnn-baseline", "cnn-big-batch"]


@pytest.fixture
def table(page: Page, main_site: Sample) -> Page:
    """The page of the experiment `cifar-cnn`."""
    open_page(page, main_site.base + main_site.experiment(CIFAR))
    return page


def ready(page: Page) -> None:
    page.wait_for_selector("html[data-ready]", state="attached")


def shown_runs(page: Page) -> list[str]:
    return page.locator(".runs tbody tr th a").all_text_contents()


# ---- Search ----


@pytest.mark.parametrize(
    ("query", "title", "lands"),
    [
        ("churn", "churn-cross-validation", "experiments/"),
        ("more-dropout", BEST, "runs/"),
        ("customers", "churn-cross-validation", "experiments/"),
    ],
    ids=["experiment", "run", "word of a note"],
)
def test_slash_finds_and_enter_opens(page: Page, main_site: Sample, query: str, title: str, lands: str) -> None:
    open_page(page, main_site.base + "index.html")
    page.keyboard.press("/")
    page.locator("#search input").fill(query)
    expect(page.locator("#search .result-title").first).to_have_text(title)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#search .result").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(title)
    assert page.url.startswith(main_site.base + lands)


@pytest.mark.both_schemes
@pytest.mark.parametrize("kind", ["params", "tags"])
def test_search_finds_values_of_params_and_tags(page: Page, main_site: Sample, kind: str) -> None:
    run = main_site.run("cnn-small-batch")
    query = f"{run.name} adam" if kind == "params" else f"{run.name} {run.tags['gpu']}"
    open_page(page, main_site.base + "runs/" + run_page(run.run_id).removeprefix("runs/"))
    page.keyboard.press("/")
    page.locator("#search input").fill(query)
    expect(page.locator("#search .result")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(run.name)


def test_one_press_of_escape_closes_search(page: Page, main_site: Sample) -> None:
    open_page(page, main_site.base + "index.html")
    page.keyboard.press("/")
    page.locator("#search input").fill("cnn")
    page.keyboard.press("Escape")
    expect(page.locator("#search")).to_be_hidden()


# ---- The runs table (test_explorer.py has the rest) ----


@pytest.fixture
def live(table: Page) -> Page:
    """The same page, scrolled to the runs table."""
    table.locator("#runs").scroll_into_view_if_needed()
    table.locator(".runs .scroll").hover()
    expect(table.locator(".runs[data-live]")).to_be_visible()
    return table


def test_sorting_a_column_puts_the_best_first(live: Page) -> None:
    live.locator("th[data-col='metric:best_val_loss:last'] button").click()
    expect(live.locator(".runs tbody tr th a").first).to_have_text(BEST)
    assert shown_runs(live)[:5] == BY_BEST_VAL_LOSS
    assert len(shown_runs(live)) == 9


def test_drawing_by_script_changes_no_cell(page: Page, main_site: Sample) -> None:
    """What the HTML says and what the script draws from the data file is the same, cell by cell."""
    address = main_site.base + main_site.experiment(CIFAR)
    page.set_viewport_size({"width": 2400, "height": 900})
    page.context.add_init_script("window.IntersectionObserver = class { observe() {} disconnect() {} }")
    open_page(page, address)
    before = cells(page)
    page.locator(".runs .scroll").hover()
    expect(page.locator(".runs[data-live]")).to_be_visible()
    assert [line[1:] for line in cells(page)] == before


def cells(page: Page) -> list[list[str]]:
    found: list[list[str]] = page.locator(".runs tbody tr[data-run]").evaluate_all(
        "rows => rows.map(r => [...r.cells].filter(c => !c.matches('.gap')).map(c => c.textContent.trim()))"
    )
    return found


def test_filter_looks_into_params(live: Page) -> None:
    live.locator(".runs-filter").fill("params.batch_size = '256'")
    expect(live.locator(".runs-count")).to_have_text("1 of 9 runs")
    assert shown_runs(live) == ["cnn-big-batch"]


def test_a_param_that_is_the_same_in_all_runs_can_be_shown(live: Page) -> None:
    live.get_by_role("button", name="Table", exact=True).click()
    live.get_by_role("menuitem", name="Columns").click()
    live.locator("dialog label", has_text="optimizer").locator("input").check()
    live.get_by_role("button", name="Done").click()
    live.locator(".runs .scroll").evaluate("s => s.scrollLeft = 9999")
    expect(live.locator("th[data-col='param:optimizer']")).to_be_visible()
    expect(live.locator(".runs tbody tr[data-run]").first).to_contain_text("Adam")


def test_few_controls_stand_on_an_experiments_page(live: Page) -> None:
    live.set_viewport_size({"width": 1440, "height": 900})
    live.mouse.move(0, 0)
    live.evaluate("document.querySelectorAll('.curve').forEach((chart) => chart.scrollIntoView())")
    shown = live.evaluate(
        """() => [...document.querySelectorAll('button, input, select, summary')].filter((one) =>
          one.checkVisibility({visibilityProperty: true}) && one.getClientRects().length).length"""
    )
    assert 20 < shown < 40
    boxes = live.locator(".runs tbody input")
    assert boxes.count() == 9
    expect(boxes.first).to_be_hidden()
    live.get_by_role("button", name="Select", exact=True).click()
    expect(boxes.first).to_be_visible()


@pytest.mark.both_schemes
def test_chosen_runs_are_compared_and_back_returns_to_the_choice(live: Page, main_site: Sample) -> None:
    chosen = ["cnn-baseline", BEST, "cnn-big-batch", "cnn-lr-high"]
    for name in chosen:
        live.locator(".runs tbody tr[data-run]", has_text=name).hover()
        live.get_by_label(f"Select {name}", exact=True).click()
    live.get_by_role("link", name="Compare (4)").click()
    expect(live.locator("h1")).to_have_text("Compare runs")
    expect(live.locator(".compare-runs li a")).to_have_text(chosen)
    lr = row(live, "lr")
    expect(lr).to_have_attribute("data-differs", "")
    expect(lr.locator("td.differs")).to_have_count(2)
    expect(row(live, "optimizer")).to_have_count(0)
    figure = live.locator("figure[data-kind=curves]").first
    figure.scroll_into_view_if_needed()
    expect(figure.locator(".uplot canvas")).to_be_visible()
    expect(figure.locator(".chart-legend .key")).to_have_count(4)
    live.go_back()
    expect(live.locator("h1")).to_have_text(CIFAR)
    expect(live.get_by_role("link", name="Compare (4)")).to_be_visible()


def row(page: Page, key: str) -> Locator:
    return page.locator(".compare-table tr", has=page.locator("th[scope=row]", has_text=key)).first


def test_differences_alone_leave_out_what_is_the_same(page: Page, main_site: Sample) -> None:
    ids = ",".join(main_site.run(name).run_id for name in ("cnn-baseline", BEST))
    open_page(page, main_site.base + f"compare.html#runs={ids}")
    expect(page.locator("th[scope=row]", has_text="optimizer")).to_have_count(0)
    expect(page.locator("th[scope=row]", has_text="dropout")).to_have_count(1)
    page.get_by_label("Only differences").uncheck()
    expect(page.locator("th[scope=row]", has_text="optimizer")).to_have_count(1)


# ---- Theme ----


@pytest.mark.both_schemes
def test_theme_goes_through_three_states_and_holds_on_other_pages(page: Page, main_site: Sample) -> None:
    open_page(page, main_site.base + "index.html")
    button = page.locator("[data-action=theme]")
    assert ground(page) == "rgb(255, 255, 255)"
    button.click()
    expect(button).to_have_text("Light")
    button.click()
    expect(button).to_have_text("Dark")
    dark = ground(page)
    assert dark != "rgb(255, 255, 255)"
    for path in (main_site.experiment(CIFAR), "compare.html", main_site.pages["run"]):
        open_page(page, main_site.base + path)
        assert ground(page) == dark
    page.locator("[data-action=theme]").click()
    expect(page.locator("[data-action=theme]")).to_have_text("Auto")
    page.emulate_media(color_scheme="dark")
    assert ground(page) == dark
    page.emulate_media(color_scheme="light")
    assert ground(page) == "rgb(255, 255, 255)"


def ground(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))


# ---- Live charts ----


def test_curves_come_alive_and_obey_their_tools(table: Page) -> None:
    figure = table.locator("figure[data-kind=curves]").first
    expect(figure.locator(".plot svg.drawing").first).to_be_visible()
    figure.hover()
    canvas = figure.locator(".uplot canvas")
    expect(canvas).to_be_visible()
    linear = picture(canvas)
    tools = table.locator("section[aria-labelledby=curves] .curve-tools")
    tools.get_by_role("button", name="Log").click()
    expect(tools.get_by_role("button", name="Log")).to_have_attribute("aria-pressed", "true")
    logarithmic = picture(canvas)
    assert logarithmic != linear
    tools.locator("input[type=range]").fill("0.9")
    assert picture(canvas) not in (linear, logarithmic)


def picture(canvas: Locator) -> str:
    """What a canvas shows, once it has had time to draw."""
    canvas.page.wait_for_timeout(200)
    return str(canvas.evaluate("c => c.toDataURL()"))


@pytest.mark.parametrize(
    ("experiment", "kind"),
    [(CIFAR, "scatter"), ("churn-cross-validation", "strip")],
)
def test_dots_answer_on_the_finished_drawing(page: Page, main_site: Sample, experiment: str, kind: str) -> None:
    open_page(page, main_site.base + main_site.experiment(experiment))
    page.locator("#charts").click()
    figure = page.locator(f"figure[data-kind={kind}]").first
    figure.scroll_into_view_if_needed()
    before = figure.bounding_box()
    figure.hover()
    expect(figure).to_have_attribute("data-live", "")
    assert figure.bounding_box() == before
    dots = figure.locator(".drawing .dots").first
    place = dots.evaluate(
        """path => {
          const start = path.getPointAtLength(0);
          const at = new DOMPoint(start.x, start.y).matrixTransform(path.getScreenCTM());
          return [at.x, at.y];
        }"""
    )
    page.mouse.move(place[0] + 3, place[1])
    names = {run.name for run in main_site.runs_of(experiment)}
    tip = figure.locator(".chart-tip")
    expect(tip).to_be_visible()
    assert tip.locator("div").first.inner_text() in names
    assert not [url for url in page.watch.requests if "vendor/" in url]  # type: ignore[attr-defined]
    page.mouse.click(*place)
    page.wait_for_url("**/runs/*.html*")


@pytest.mark.both_schemes
def test_the_page_of_one_chart_comes_alive(page: Page, main_site: Sample) -> None:
    open_page(page, main_site.base + main_site.pages["chart"])
    figure = page.locator("figure.chart")
    figure.hover()
    expect(figure).to_have_attribute("data-live", "")


# ---- Another metric ----


def switchable(page: Page) -> dict[str, Any]:
    """The content of the page's data file on other metrics."""
    found: dict[str, Any] = page.evaluate(
        "SG.load('objectives/' + document.querySelector('[data-metric-switch]').dataset.metricSwitch)"
    )
    return found


def test_every_metric_that_the_page_can_be_switched_to_is_judged_as_in_python(page: Page, main_site: Sample) -> None:
    catalog = sitegen.load(STORES / "mlflow3" / "mlruns")
    open_page(page, main_site.base + main_site.experiment(CIFAR))
    candidates = switchable(page)["candidates"]
    assert [one["metric"] for one in candidates] == page.locator(".metric-switch [data-metric]").evaluate_all(
        "all => all.map(one => one.dataset.metric)"
    )
    for one in candidates:
        for way, view in one["views"].items():
            frame = catalog.best(CIFAR, f"{way} {one['metric']}")
            lines = [*view["leaders"], *view["more"]]
            assert [(line["rank"], line["name"]) for line in lines] == [
                (str(rank), name) for rank, name in zip(frame["rank"], frame["name"], strict=True)
            ]
            verdict = frame.attrs["verdict"]
            assert " · ".join(filter(None, [view["verdict"]["name"], view["verdict"]["line"]])) == verdict["headline"]
            assert view["verdict"]["chip"].lower() == verdict["lead"]


def test_a_chosen_metric_changes_verdict_leaderboard_curves_and_table_and_is_in_the_link(
    page: Page, main_site: Sample
) -> None:
    open_page(page, main_site.base + main_site.experiment(CIFAR))
    before = page.locator(".verdict, .leaderboard").all_inner_texts()
    own = switchable(page)["candidates"][0]
    page.evaluate("SG.asset('js/leaderboard.js')")
    drawn = page.evaluate(
        "board => [SG.leaderboard.verdict(board), SG.leaderboard.leaders(board)]"
        ".map(parts => parts.map(part => part.outerHTML.replaceAll(/\\s+/g, '')).join(''))",
        own["views"][own["better"]],
    )
    assert drawn == page.locator(".verdict, .leaderboard").evaluate_all(FINISHED), "scripts draw what templates draw"
    page.get_by_role("button", name="val_accuracy", exact=True).click()
    expect(page.locator(".verdict-line")).to_contain_text("val_accuracy 0.7706")
    expect(page.locator("section[aria-labelledby=curves] .one figcaption")).to_contain_text("val_accuracy")
    expect(page.locator("[data-live] .best-cell")).to_have_text("0.7706")
    expect(page.locator("section[aria-labelledby=curves] > .section-head .hint")).to_be_hidden()
    assert "metric=val_accuracy,max" in page.url
    page.reload()
    expect(page.locator(".verdict-line")).to_contain_text("val_accuracy 0.7706")
    page.get_by_role("button", name="highest is best").click()
    expect(page.locator(".leaders tbody tr").first).to_contain_text("cnn-no-dropout")
    page.go_back()
    page.go_back()
    expect(page.locator(".verdict-line")).to_contain_text("best_val_loss")
    assert page.locator(".verdict, .leaderboard").all_inner_texts() == before


FINISHED = "all => all.map(one => one.innerHTML.replaceAll('../runs/', document.documentElement.dataset.root + 'runs/').replaceAll(/\\s+/g, ''))"


# ---- A run among others ----


def test_run_page_says_its_rank_and_leads_to_the_best(page: Page, main_site: Sample) -> None:
    open_page(page, main_site.base + run_page(main_site.run("cnn-baseline").run_id))
    place = page.locator("nav.place")
    expect(place.locator(".place-rank strong")).to_have_text("2nd of 6")
    expect(place.locator(".place-rank")).to_contain_text("2nd of 6, 0.")
    expect(place.locator(".place-rank")).to_contain_text(f" behind {BEST}")
    expect(place.locator("[rel=prev]")).to_have_text("Newer: cnn-lr-low")
    ids = f"{main_site.run(BEST).run_id},{main_site.run('cnn-baseline').run_id}"
    compare = place.get_by_role("link", name="Compare with the best")
    expect(compare).to_have_attribute("href", f"../compare.html#runs={ids}")
    place.get_by_role("link", name=BEST, exact=True).click()
    expect(page.locator("h1")).to_have_text(BEST)
    expect(page.locator("nav.place .place-rank strong")).to_have_text("Best of 6")
    page.locator("nav.place [rel=next]").click()
    ready(page)
    page.locator("nav.place [rel=prev]").click()
    expect(page.locator("h1")).to_have_text(BEST)


def test_run_page_says_why_the_run_failed_and_what_training_did(page: Page, main_site: Sample) -> None:
    open_page(page, main_site.base + run_page(main_site.run("forest-500-trees").run_id))
    failed = page.locator(".page-head .training")
    expect(failed).to_have_text("Failed with MemoryError: Unable to allocate 3.1 GiB, in traceback.txt")
    expect(failed.get_by_role("link")).to_have_attribute("href", re.compile("traceback"))
    open_page(page, main_site.base + run_page(main_site.run(BEST).run_id))
    said = page.locator(".page-head .training")
    expect(said).to_have_text("Converged val_loss is flat for the last 55 steps, best 0.5429 at step 74 of 99")
    expect(said).to_have_attribute("title", re.compile("^Converged: in its last quarter"))


def test_gallery_opens_and_turns_by_arrow_keys(page: Page, main_site: Sample) -> None:
    open_page(page, main_site.base + run_page(main_site.run("cnn-baseline").run_id))
    series = page.locator(".series")
    expect(series.locator("li:visible")).to_have_count(1)
    series.get_by_role("slider").fill("1")
    expect(series.locator("li:visible figcaption")).to_have_text("step 25")
    series.locator("a.view:visible").click()
    box = page.locator("dialog.lightbox")
    expect(box.locator("figcaption")).to_have_text("conv1/filters, step 25 (2 of 5)")
    page.keyboard.press("ArrowRight")
    expect(box.locator("figcaption")).to_have_text("conv1/filters, step 50 (3 of 5)")
    assert box.locator("img").evaluate("i => i.decode().then(() => i.naturalWidth)") > 0
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect(box.locator("figcaption")).to_contain_text("(5 of 5)")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    series.get_by_role("button", name="All steps").click()
    expect(series.locator("li:visible")).to_have_count(5)


# ---- Charts that go live ----


@pytest.mark.parametrize("width", [1280, 390])
def test_a_chart_that_goes_live_moves_nothing_under_the_pointer(page: Page, main_site: Sample, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for experiment in (CIFAR, "digits-grid-search", "churn-cross-validation"):
        open_page(page, main_site.base + main_site.experiment(experiment))
        page.locator("#charts").click()
        figures = page.locator("figure.chart[data-kind]")
        assert figures.count()
        for figure in figures.all():
            before = figure.evaluate("f => f.getBoundingClientRect().height")
            figure.evaluate("f => SG.charts.hydrate(SG.charts.adopt(f))")
            expect(figure).to_have_attribute("data-live", "")
            assert abs(figure.evaluate("f => f.getBoundingClientRect().height") - before) <= 1, figure.get_attribute(
                "id"
            )


# ---- Copying and embedding ----


@pytest.fixture
def copied(page: Page) -> Callable[[], str]:
    """What the page put into the clipboard last; the clipboard of the machine is left alone."""
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: {writeText: async text => { window.copied = text }}})"
    )
    return lambda: str(page.evaluate("window.copied"))


@pytest.mark.both_schemes
def test_copy_gives_the_run_id_and_a_snippet(page: Page, main_site: Sample, copied: Callable[[], str]) -> None:
    run = main_site.run("cnn-baseline")
    open_page(page, main_site.base + run_page(run.run_id))
    page.get_by_role("button", name="Copy run id").click()
    expect(page.locator("#sg-status")).to_have_text("Copied")
    assert copied() == run.run_id
    snippet = page.locator("#reproduce").locator("../..").locator("details[open]")
    snippet.get_by_role("button", name="Copy:").click()
    page.wait_for_function("run => window.copied !== run", arg=run.run_id)
    assert copied() == snippet.locator("pre").text_content() != ""


@pytest.mark.both_schemes
def test_a_copied_snippet_shows_the_chart_in_another_page(
    page: Page, main_site: Sample, copied: Callable[[], str], serve: Callable[[Path], str], tmp_path: Path
) -> None:
    open_page(page, main_site.base + main_site.experiment(CIFAR))
    figure = page.locator("figure[data-kind=curves]").first
    open_menu(figure).get_by_role("button", name="Embed").click()
    page.locator("dialog.share-box").get_by_role("button", name="Copy").click()
    expect(page.locator("#sg-status")).to_have_text("Copied")
    host = tmp_path / "host.html"
    host.write_text(host_page(copied(), main_site.base), "utf-8")
    page.goto(host.as_uri() if main_site.base.startswith("file:") else serve(tmp_path) + "host.html")
    frame = page.frame_locator("iframe")
    expect(frame.locator("figure.chart svg.drawing")).to_be_visible()
    expect(frame.locator(".embed-source a")).to_have_text(CIFAR)
    expect(page.locator("iframe")).to_have_attribute("title", f"val_loss, {CIFAR}")
    # The script that comes with the snippet gives the frame the height of its chart.
    page.wait_for_function("document.querySelector('iframe').style.aspectRatio === 'auto'")


def host_page(snippet: str, base: str) -> str:
    """A page of somebody else with the copied snippet in it; addresses made whole as a reader is told to."""
    whole = snippet.replace("https://YOUR-SITE/", base)
    return f"<!doctype html><title>Host</title><link rel=icon href='data:,'><p>A report</p>{whole}"


# ---- One page for all runs ----


TRACEBACK = 'Traceback (most recent call last):\n  File "train.py", line 3, in <module>\nValueError: bad # shape\n'


def test_a_packed_site_draws_a_run_from_its_data(page: Page, tmp_path: Path) -> None:
    write_files(tmp_path / "mlruns", range(6))
    run = made(4)
    [metrics] = (tmp_path / "mlruns").glob(f"*/{run.run_id}/metrics")
    report = {"ant_precision": 0.5, "ant_recall": 0.25, "bee_precision": 1.0, "bee_recall": 0.125}
    write_all(metrics, {key: f"1700000000000 {value} 0\n" for key, value in report.items()})
    (metrics.parent / "artifacts" / "error.txt").write_text(TRACEBACK, "utf-8")
    meta = metrics.parent / "meta.yaml"
    meta.write_text(meta.read_text("utf-8").replace("status: 3", "status: 4"), "utf-8")
    build(Config(store=str(tmp_path / "mlruns"), output=tmp_path / "site", jobs=1, max_run_pages=5))
    open_page(page, f"{(tmp_path / 'site').as_uri()}/runs.html#{run.run_id}")
    told = page.locator(".page-head p.training")
    expect(told.first).to_have_text("Failed with ValueError: bad # shape, in error.txt")
    expect(told.last).to_have_text(
        re.compile(r"^(Converged|Still|Past|No change|Noisy|Diverged|Overfits).* val/loss .*best 0\.\d+ at step")
    )
    assert (tmp_path / "site" / str(told.first.get_by_role("link").get_attribute("href"))).is_file()
    expect(page.locator("h1")).to_have_text(run.name)
    expect(page.locator("nav.place")).to_contain_text(re.compile(r" of \d+|only ranked run"))
    for key, value in run.params.items():
        expect(page.get_by_role("row", name=f"{key} {value}", exact=True)).to_be_visible()
    expect(page.locator("section[aria-label=Metrics] tbody tr")).to_have_count(len(run.points) + len(report))
    expect(page.locator("#scores .by-class tbody tr")).to_have_text(["ant0.50.250", "bee1.00.125"])
    for figure in page.locator("figure.chart").all():
        figure.scroll_into_view_if_needed()
        expect(figure.locator("canvas")).to_be_visible()
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link").last.click()
    page.locator(".runs tbody tr th a").first.click()
    page.wait_for_url("**/runs.html#*")
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.both_schemes
def test_the_permanent_address_leads_to_the_page_of_a_run(page: Page, main_site: Sample) -> None:
    run = main_site.run(BEST)
    page.goto(f"{main_site.base}runs.html#{run.run_id}")
    page.wait_for_url(main_site.base + run_page(run.run_id))
    expect(page.locator("h1")).to_have_text(BEST)
