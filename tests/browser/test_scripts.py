"""The browser scripts on a hand-written site, opened from disk and over http; see conftest for what always fails."""

from __future__ import annotations

import json
import math
import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sitegen.analysis.digits import digits_of
from sitegen.analysis.words import duration, number, when

from .fixture_site import HOSTILE, write_site
from .samples import open_menu

RUN = [f"{i:032x}" for i in range(12)]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session", params=["file", "http"])
def base(request: pytest.FixtureRequest, site: Path, serve: Callable[[Path], str]) -> str:
    return site.as_uri() + "/" if request.param == "file" else serve(site)


def go(page: Page, url: str) -> None:
    page.goto("about:blank")
    page.goto(url)
    page.wait_for_selector("html[data-ready]", state="attached")


def names(page: Page) -> list[str]:
    return page.locator("tbody tr th a").all_text_contents()


def test_text_of_a_store_makes_no_element_in_a_script(page: Page, base: str) -> None:
    go(page, base + "experiments/demo.html")
    made = page.evaluate(
        "text => { const p = SG.el('p', { text, title: text }, text); return [p.children.length, p.textContent] }",
        HOSTILE,
    )
    assert made == [0, HOSTILE * 2]


# ---- Table (tests/browser/test_explorer.py has the rest) ----


def test_table_sorts_missing_and_nan_last_both_ways(page: Page, base: str) -> None:
    go(page, base + "experiments/demo.html#v=1")
    header = page.locator("th[data-col='metric:loss:last']")
    header.click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("tbody tr th a").first).to_have_text("run-11")
    cut = HOSTILE[:35] + "…"  # as wide as the column
    assert names(page)[-3:] == ["__proto__", "run-0", cut]
    header.click()
    expect(header).to_have_attribute("aria-sort", "descending")
    expect(page.locator("tbody tr th a").first).to_have_text("__proto__")
    assert names(page)[-2:] == ["run-0", cut]
    expect(page.locator("tbody tr th").last).to_have_attribute("title", HOSTILE)
    assert "sort=-m.loss" in page.url


def test_fragment_of_the_old_form_restores_the_view(page: Page, base: str) -> None:
    go(page, base + f"experiments/demo.html#q=run&sort=-run:name&cols=run:name,param:__proto__&sel={RUN[7]},{RUN[8]}")
    expect(page.locator("tbody tr th a").first).to_have_text("run-9")
    assert names(page)[:2] == ["run-9", "run-8"]
    assert page.locator("thead th[data-col] .sort").all_text_contents() == ["Name", "__proto__"]
    expect(page.locator(".runs-filter")).to_have_value("run")
    expect(page.locator(".runs-compare")).to_have_text("Compare (2)")
    assert page.locator(f"tr[data-run='{RUN[7]}'] input").is_checked()


def test_parent_folds_its_children(page: Page, base: str) -> None:
    go(page, base + "experiments/demo.html#v=1")
    expect(page.locator("tbody tr[data-run]")).to_have_count(12)
    page.locator("button.fold").click()
    expect(page.locator("tbody tr[data-run]")).to_have_count(10)
    expect(page.locator("button.fold")).to_have_attribute("aria-expanded", "false")
    page.locator("button.fold").click()
    expect(page.locator("tbody tr[data-depth='1']")).to_have_count(2)


@pytest.mark.both_schemes
def test_selected_runs_lead_to_the_compare_page(page: Page, base: str) -> None:
    go(page, base + "experiments/demo.html#v=1")
    for run in (RUN[1], RUN[6]):
        page.locator(f"tr[data-run='{run}'] td.pick").click()
    page.get_by_role("link", name="Compare (2)").click()
    page.wait_for_url("**/compare.html*")
    page.wait_for_selector("html[data-ready]", state="attached")
    assert f"compare.html#runs={RUN[1]},{RUN[6]}" in page.url
    expect(page.locator(".compare-runs li")).to_have_count(2)


@pytest.mark.both_schemes
def test_csv_disarms_formulas_and_keeps_numbers(page: Page, base: str) -> None:
    go(page, base + "experiments/demo.html")
    page.get_by_role("button", name="Table", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="CSV").click()
    lines = download.value.path().read_text("utf-8").splitlines()
    assert lines[0] == "run_id,name,status,param:lr,metric:loss:last"
    assert lines[3] == f"{RUN[2]},__proto__,FINISHED,'=1+1,Infinity"
    assert len(lines) == 13


# ---- Search, theme, copy ----


def test_slash_opens_search_and_keys_walk_the_results(page: Page, base: str) -> None:
    go(page, base + "experiments/demo.html")
    page.keyboard.press("/")
    expect(page.locator("dialog#search")).to_be_visible()
    page.keyboard.type("run-7")
    expect(page.locator("dialog#search a.result")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.locator("dialog#search a.result")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#search")).to_be_hidden()
    page.get_by_role("button", name="Search").click()
    expect(page.locator("dialog#search")).to_be_visible()


@pytest.mark.both_schemes
def test_search_page_reads_the_fragment_and_groups(page: Page, base: str) -> None:
    go(page, base + "search.html#q=adam")
    expect(page.locator(".result-group")).to_have_text(["Runs, by their fields"])
    page.locator("input[type=search]").fill("__proto")
    expect(page.locator("a.result .result-title")).to_have_text(["__proto__"])
    assert page.url.endswith("#q=__proto")
    page.locator("input[type=search]").fill("demo run")
    expect(page.locator(".result-note")).to_have_text("No match for all of these words.")


@pytest.mark.both_schemes
def test_theme_button_cycles_and_is_remembered(page: Page, base: str) -> None:
    go(page, base + "experiments/demo.html")
    button = page.locator("[data-action=theme]")
    button.click()
    button.click()
    expect(button).to_have_text("Dark")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    expect(button).to_have_attribute("aria-label", "Theme: dark. Change theme")
    button.click()
    assert page.evaluate("document.documentElement.dataset.theme ?? null") is None


@pytest.mark.both_schemes
def test_copy_works_without_the_clipboard_interface(page: Page, base: str) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    go(page, base + "experiments/demo.html")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("[data-state=copied]")).to_have_count(1)


# ---- Figures ----


def test_curves_come_alive_on_focus_without_a_shift(page: Page, base: str) -> None:
    go(page, base + f"runs/{RUN[6]}.html")
    figure = page.locator("#fig-curves")
    height = figure.locator(".plot").bounding_box()["height"]  # type: ignore[index]
    figure.hover()
    expect(figure.locator(".uplot canvas")).to_have_count(1)
    assert figure.locator(".plot").bounding_box()["height"] == pytest.approx(height, abs=1)  # type: ignore[index]
    expect(figure.locator(".chart-legend button")).to_have_count(2)
    open_menu(figure).get_by_role("button", name="Log").click()
    expect(figure.locator(".chart-note")).to_contain_text("2 values are not above 0")
    figure.locator("input[type=range]").fill("0.9")
    figure.locator("select").select_option("time")
    figure.locator("select").select_option("relative")
    figure.get_by_role("button", name="Reset zoom").click()
    key = figure.locator(".chart-legend button").first
    key.click()
    expect(key).to_have_attribute("aria-pressed", "false")
    page.locator("[data-action=theme]").click()
    expect(figure.locator(".uplot canvas")).to_have_count(1)


def test_smoothing_is_de_biased_and_keeps_gaps(page: Page, base: str) -> None:
    go(page, base + f"runs/{RUN[6]}.html")
    page.locator("#fig-curves").hover()
    expect(page.locator("#fig-curves .uplot")).to_have_count(1)
    got = page.evaluate("SG.curveData.smoothed([0, 1, 2, 3], [1, 2, null, 4], 0.5)")
    second = (1 * 0.5 + 2) / 1.5
    fourth = ((1 * 0.5 + 2) * 0.25 + 4) / (1.5 * 0.25 + 1)
    assert got[0] == 1 and got[2] is None
    assert got[1] == pytest.approx(second) and got[3] == pytest.approx(fourth)


@pytest.mark.both_schemes
@pytest.mark.parametrize("ending", ["SVG", "PNG", "CSV"])
def test_figure_is_saved(page: Page, base: str, ending: str) -> None:
    go(page, base + f"runs/{RUN[6]}.html")
    open_menu(page.locator("#fig-curves"))
    with page.expect_download() as download:
        page.locator("#fig-curves").get_by_role("button", name=f"Save {ending}").click()
    content = download.value.path().read_bytes()
    start = {
        "SVG": b"<svg",
        "PNG": b"\x89PNG",
        "CSV": b"run_id,run,metric,step,time,value,thinned,relative_seconds,attempt\r\n",
    }[ending]
    assert content.startswith(start)
    if ending == "CSV":
        assert f"{RUN[5]},run-5,loss,1,2023-11-14T22:13:21.000Z,".encode() in content


def test_scatter_comes_alive_in_vega_without_eval(page: Page, base: str) -> None:
    go(page, base + "experiments/demo.html")
    figure = page.locator("#fig-scatter")
    figure.hover()
    marks = figure.locator(".plot svg .mark-symbol path")
    expect(marks).to_have_count(9)
    assert figure.locator(".plot svg").bounding_box()["width"] <= figure.locator(".plot").bounding_box()["width"]  # type: ignore[index]
    marks.nth(0).hover()
    expect(page.locator(".chart-tip")).to_contain_text("run-")
    marks.nth(4).click()
    page.wait_for_url("**/runs/*.html")


@pytest.mark.both_schemes
def test_curve_page_draws_what_the_fragment_names_inside_a_frame(page: Page, base: str) -> None:
    page.goto(base + "host.html")
    frame = page.frame_locator("iframe")
    expect(frame.locator(".uplot canvas")).to_have_count(1)
    expect(frame.locator("figcaption")).to_have_text("loss · run-6")
    assert page.evaluate("parseFloat(document.querySelector('iframe').style.height)") >= 200


# ---- Compare, run page ----


def test_compare_lays_runs_side_by_side(page: Page, base: str) -> None:
    go(page, base + f"compare.html#runs={RUN[1]},{RUN[6]},nobody")
    expect(page.locator(".notice")).to_have_text("This site has no run nobody.")
    expect(page.locator(".compare-runs li a")).to_have_text([HOSTILE, "run-6"])
    params = page.get_by_role("group", name="Params").locator("tbody tr")
    expect(params.first).to_have_attribute("data-differs", "")
    expect(params.locator("th")).to_have_text(["lr"])
    page.get_by_label("Only differences").uncheck()
    expect(params.locator("th")).to_have_text(["lr", "__proto__", "same"])
    page.locator("figure.chart").first.scroll_into_view_if_needed()
    expect(page.locator(".uplot canvas")).to_have_count(2)
    page.locator(f".compare-runs [data-run='{RUN[6]}'] button").click()
    expect(page.locator(".compare-runs li")).to_have_count(1)
    page.go_back()
    expect(page.locator(".compare-runs li")).to_have_count(2)


def test_compare_shows_change_against_the_chosen_baseline(page: Page, base: str) -> None:
    go(page, base + f"compare.html#runs={RUN[4]},{RUN[8]}&all=1")
    metric = page.get_by_role("group", name="Metrics").locator("tbody tr td")
    expect(metric).to_have_text(["0.250", "0.125 best −0.125 (−50%) better"])
    page.locator(".compare-runs input[type=radio]").nth(1).check()
    expect(metric).to_have_text(["0.250 +0.125 (+100%) worse", "0.125 best"])
    for name in ("min", "max"):
        page.get_by_label(name, exact=True).check()
    way = " ↓ lower is better"
    expect(page.get_by_role("group", name="Metrics").locator("tbody th")).to_have_text(
        ["loss (last)" + way, "loss (max)" + way, "loss (min)" + way]
    )


def test_empty_compare_explains_itself_and_adds_a_run(page: Page, base: str) -> None:
    go(page, base + "compare.html")
    expect(page.locator(".empty")).to_contain_text("No runs chosen yet")
    page.locator(".add-run input").fill("run-7")
    page.locator(".add-matches button").click()
    expect(page.locator(".compare-runs li a")).to_have_text(["run-7"])


@pytest.mark.both_schemes
def test_run_page_says_its_place(page: Page, base: str) -> None:
    go(page, base + f"runs/{RUN[6]}.html")
    nav = page.locator("nav.place")
    expect(nav).to_contain_text("3rd of 12")
    expect(nav.locator("a[rel=next]")).to_have_attribute("href", f"../runs/{RUN[7]}.html")
    expect(nav.locator("details li")).to_have_count(2)
    expect(nav.locator("details li").first).to_contain_text(HOSTILE)


def test_lightbox_opens_turns_and_closes(page: Page, base: str) -> None:
    go(page, base + f"runs/{RUN[6]}.html")
    page.locator(".gallery img").first.click()
    box = page.locator("dialog.lightbox")
    expect(box.locator("figcaption")).to_have_text("image a (1 of 2)")
    page.keyboard.press("ArrowRight")
    expect(box.locator("figcaption")).to_have_text("image b (2 of 2)")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()


# ---- Formats and decoding ----

NUMBERS = [
    0,
    1,
    -1,
    999999,
    1000000,
    123456.7,
    12345.0,
    0.1,
    1 / 3,
    1234.5,
    1235.5,
    0.00012345,
    1.5e-5,
    9999.6,
    2.5e-310,
    1e300,
    -0.5,
]


def test_numbers_are_written_as_python_writes_them(page: Page, base: str) -> None:
    go(page, base + "search.html")
    assert page.evaluate("(all) => all.map(SG.number)", NUMBERS) == [number(value) for value in NUMBERS]
    assert page.evaluate("[SG.number(NaN), SG.number(-Infinity), SG.number(null)]") == ["NaN", "−∞", ""]


VECTORS = json.loads((Path(__file__).parents[1] / "analysis" / "labels.json").read_text("utf-8"))


def any_columns(count: int) -> list[list[float]]:
    """Columns of values that differ: of any size, close to each other, or whole."""
    draw = random.Random(7)
    kinds: list[Callable[[], float]] = [
        lambda: struct.unpack("<d", draw.randbytes(8))[0],
        lambda: 0.7 + draw.randrange(-9, 9) * math.ulp(0.7),
        lambda: draw.uniform(-2, 2) * 10.0 ** draw.randrange(-6, 9),
        lambda: round(draw.uniform(0, 1), draw.randrange(1, 8)),
        lambda: float(draw.randrange(-(2**53), 2**53)),
    ]
    made = [
        {kinds[draw.randrange(1, 5) if n % 3 else n % 5]() for _ in range(draw.randrange(1, 9))} for n in range(count)
    ]
    return [[value for value in sorted(column) if math.isfinite(value)] for column in made]


def test_no_two_values_of_a_column_look_the_same(page: Page, base: str) -> None:
    go(page, base + "search.html")
    page.evaluate("SG.asset('js/digits.js')")
    columns = any_columns(1500)
    found = page.evaluate("(all) => all.map((values) => values.map(SG.digits(values)))", columns)
    assert all(len(set(texts)) == len(set(values)) for texts, values in zip(found, columns, strict=True))
    assert found == [[digits_of(values).text(value) for value in values] for values in columns]


def test_columns_and_labels_are_written_as_python_writes_them(page: Page, base: str) -> None:
    go(page, base + "search.html")
    page.evaluate("SG.asset('js/digits.js')")
    for kind, script in {
        "digits": "(all) => all.map(([values]) => values.map(SG.digits(values)))",
        "numbers": "(all) => all.map(([value]) => SG.number(value))",
        "texts": "(all) => all.map(([texts]) => { const cut = SG.labels.cutApart(texts); return texts.map((t) => cut.get(t)); })",
        "runs": "(all) => all.map(([runs]) => { const found = SG.labels.runs(runs); return runs.map(([id]) => found.get(id)); })",
        "controls": "(all) => all.map(([text]) => SG.showControls(text))",
    }.items():
        assert page.evaluate(script, VECTORS[kind]) == [expected for _, expected in VECTORS[kind]], kind


def test_control_characters_in_elements_are_shown(page: Page, base: str) -> None:
    go(page, base + "search.html")
    made = page.evaluate(
        "SG.el('p', { title: '\\u202ea', 'data-id': '\\u202ea', text: '\\u0000' }, 'b\\u2066').outerHTML"
    )
    assert made == '<p title="⟨U+202E⟩a" data-id="\u202ea">␀b⟨U+2066⟩</p>'


def test_durations_and_times(page: Page, base: str) -> None:
    go(page, base + "search.html")
    given = [0, 450, 1150, 1250, 1750, 12300, 59949, 59999, 312000, 3599600, 7380000, 7200000, 86399000, 273600000]
    assert page.evaluate("(all) => all.map(SG.duration)", given) == [duration(value) for value in given]
    assert page.evaluate("SG.when(1700000000000)") == "2023-11-14 22:13 UTC"
    wrong = [when(time) for time in (0, -86_400_000, 121_797_820_800_000, 1_790_000_000_000_000)]
    assert page.evaluate("[0, -86400000, 121797820800000, 1790000000000000].map(SG.when)") == wrong
    assert page.evaluate(
        "[SG.span(1700000000000, 1700000000005), SG.span(5, 9), SG.span(1700000000005, 1700000000000)]"
    ) == [5, None, None]


@pytest.mark.both_schemes
def test_columns_curves_and_shards_decode(page: Page, base: str) -> None:
    go(page, base + "search.html")
    page.evaluate("SG.asset('js/unpack.js')")
    assert page.evaluate("SG.column({t: 'i', v: [5, 0, 2], x: [1]})") == [5, None, 7]
    assert page.evaluate("SG.column({t: 'd', u: ['a', 'b'], v: [1, -1]})") == ["b", None]
    numbers = page.evaluate("SG.column({t: 'f', v: [1, null, null, null], nan: [1], inf: [2], ninf: []})")
    assert numbers[0] == 1 and math.isnan(numbers[1]) and numbers[2] == math.inf and numbers[3] is None
    page.evaluate("Promise.all(['ticks', 'axes', 'data'].map((name) => SG.asset(`js/curve-${name}.js`)))")
    coded = "{x: [0, 2, 'x', 2, 5], t: [10, 1, 'x', 3], u: 10, y: '//8AAP7/', lo: 1, hi: 3, inf: [0]}"
    curve = page.evaluate(f"SG.curveData.decode({coded})")
    assert (curve["x"], curve["t"], curve["y"]) == ([0, 2, 4, 9], [10, 20, 30, 40], [None, 1, 3])
    assert curve["logged"] == [math.inf, 1, 3] and curve["steps"] is None
    exact = page.evaluate("SG.curveData.decode({x: ['9007199254740993', 2], t: [1, 1], y: [0, 1]}).steps.map(String)")
    assert exact == ["9007199254740993", "9007199254740995"]
    metrics = page.evaluate("[['a', 0.5, 7], ['b', 'NaN', 7], ['c', 'Infinity', 7]].map(SG.fullMetric)")
    assert metrics[0] == ["a", 0.5, 0.5, 0.5, 7, 0.5, 7, 0.5, 1, 7, 0]
    assert metrics[1:] == [
        [key, value, value, value, at, value, at, value, 1, 7, 1]
        for key, value, at in (("b", "NaN", 0), ("c", "Infinity", 7))
    ]
    assert page.evaluate("[SG.shardOf('a', 2), SG.shardOf('a', 0), SG.shardOf('foobar', 3)]") == ["e4", "all", "bf9"]


def test_scripts_keep_their_budget() -> None:
    import gzip

    js = Path(__file__).resolve().parents[2] / "themes" / "default" / "assets" / "js"
    size = sum(
        len(gzip.compress((js / f"{name}.js").read_bytes()))
        for name in ("theme", "sitegen", "formats", "labels", "decode", "page", "points", "charts", "run")
    )
    assert size < 18 * 1024
