"""Live curves show the points of the store: at their steps, at their times, in both attempts of a resumed run."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sitegen.analysis.curve_choice import is_counter
from sitegen.build import build
from sitegen.charts.style import PALETTE
from sitegen.config import Config
from sitegen.pages.figures import colours_of
from tests.stores.mlruns_builder import START, experiment, run

from .samples import open_menu

RUNS = {
    name: f"{n:032x}" for n, name in enumerate(["plain", "one-step", "resumed", "epochs", "exact", "huge"], start=1)
}
MANY = f"{80:032x}"
"""A run with more curves than are finished drawings."""
Points = list[tuple[int, float, int]]
"""Timestamp in ms, value, step: the columns of a metric's file."""


def points() -> dict[str, Points]:
    """What each run logs. Times are uneven, since even ones are written in another form."""
    times = [START + 7_000 * n + 613 * (n * n % 7) for n in range(40)]
    again = [START + 400_000 + 10_000 * n for n in range(21)]
    first = [(START + 10_000 * n, 2.0 - n / 10, 10 * n) for n in range(16)]
    return {
        "plain": [(t, math.exp(-n / 9), 5 * n) for n, t in enumerate(times)],
        "one-step": [(t, 1 / (n + 1), 0) for n, t in enumerate(times)],
        "resumed": first + [(t, 0.9 - n / 50, 100 + 10 * n) for n, t in enumerate(again)],
        "epochs": [(t, 1 / (n + 1), t) for n, t in enumerate(times)],
        "exact": [(t, 1 / (n + 1), 2**53 + 1 + n) for n, t in enumerate(times)],
        "huge": [(t, [1.0, 1.1, 1.2][n % 3], n) for n, t in enumerate(times)] + [(times[-1] + 1, 1e9, 40)],
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("curves")
    store = folder / "mlruns"
    sweep = experiment(store, "1", name="curves")
    for name, logged in points().items():
        text = "".join(f"{t} {value!r} {step}\n" for t, value, step in logged)
        run(sweep, RUNS[name], metrics={"loss": text}, run_name=name)
    for n in range(14):  # enough runs for a histogram
        run(sweep, f"{90 + n:032x}", metrics={"loss": f"{START} {0.1 + n / 50} 0\n"}, run_name=f"short-{n}")
    waves = {f"m{k}": "".join(f"{START + n} {math.sin(n + k)} {n}\n" for n in range(30)) for k in range(6)}
    run(sweep, MANY, metrics=waves, run_name="many")
    build(Config(store=str(store), output=folder / "site", jobs=1))
    return folder / "site"


@pytest.fixture
def drawn(page: Page, serve: Callable[[Path], str], site: Path) -> Callable[..., Any]:
    """Opens the curve of a run over an axis; gives what uPlot holds: `[xs, [ys of each line]]`."""

    def draw(name: str, axis: str = "step") -> Any:
        page.goto(f"{serve(site)}runs/{RUNS[name]}.html")
        figure = page.locator("figure[data-metric=loss]").first
        figure.hover()
        expect(figure.locator(".uplot canvas")).to_have_count(1)
        open_menu(figure).get_by_label("Horizontal axis").select_option(axis)
        page.keyboard.press("Escape")
        return page.evaluate(
            """async () => {
              const state = SG.charts.adopt(document.querySelector('figure[data-metric=loss]'));
              const plot = (await SG.charts.hydrate(state)).plot();
              const [xs, ...lines] = plot.data;
              return [Array.from(xs), ...lines.map((line) => Array.from(line, (y) => y ?? null))];
            }"""
        )

    return draw


@pytest.mark.parametrize(("axis", "first", "unit"), [("step", 0, 1), ("relative", START, 1000), ("time", 0, 1000)])
def test_drawn_points_are_those_of_the_store(drawn: Callable[..., Any], axis: str, first: int, unit: int) -> None:
    xs, ys = drawn("plain", axis)
    logged = points()["plain"]
    assert xs == pytest.approx([((step if axis == "step" else t) - first) / unit for t, _, step in logged], abs=1e-6)
    assert ys == pytest.approx([value for _, value, _ in logged])


def test_a_curve_without_axes_is_drawn_when_it_comes_into_view(
    page: Page, serve: Callable[[Path], str], site: Path
) -> None:
    page.set_viewport_size({"width": 1280, "height": 300})
    page.goto(f"{serve(site)}runs/{MANY}.html")
    figure = page.locator("figure[data-metric=m5]")
    assert page.locator("figure .plot > svg.drawing").count() == 4
    expect(figure.locator(".plot > svg.spark path")).to_have_count(1)
    expect(figure.locator("figcaption")).to_contain_text("30 points, min -0.99999, max 0.9999, last 0.5291")
    expect(page.locator(".uplot")).to_have_count(0)
    height = figure.bounding_box()["height"]  # type: ignore[index]
    figure.scroll_into_view_if_needed()
    expect(figure.locator(".uplot canvas")).to_have_count(1)
    assert figure.bounding_box()["height"] == pytest.approx(height, abs=1)  # type: ignore[index]


def test_points_at_one_step_are_drawn_over_time_and_it_says_so(drawn: Callable[..., Any], page: Page) -> None:
    xs, ys = drawn("one-step")
    assert xs == pytest.approx([t / 1000 for t, _, _ in points()["one-step"]])
    assert ys == pytest.approx([value for _, value, _ in points()["one-step"]])
    expect(page.locator("figure[data-metric=loss] figcaption")).to_contain_text(
        "all points are at step 0: drawn over time"
    )


def test_both_attempts_of_a_resumed_run_are_drawn(drawn: Callable[..., Any], page: Page) -> None:
    xs, first, second = drawn("resumed")
    at = dict(zip(xs, zip(first, second, strict=True), strict=True))
    assert at[50][0] == pytest.approx(1.5) and at[50][1] is None
    assert at[100] == pytest.approx((1.0, 0.9)) and at[150] == pytest.approx((0.5, 0.8))
    assert at[300][0] is None and at[300][1] == pytest.approx(0.5)
    expect(page.locator("figure[data-metric=loss] .chart-note")).to_contain_text("Faint: earlier attempts")
    expect(page.locator("figure[data-metric=loss] .chart-legend .key")).to_have_count(1)


def test_the_finished_drawing_of_a_resumed_run_has_a_faint_line(
    page: Page, serve: Callable[[Path], str], site: Path
) -> None:
    page.goto(f"{serve(site)}runs/{RUNS['resumed']}.html")
    figure = page.locator("figure[data-metric=loss]")
    expect(figure.locator("path.line")).to_have_count(2)
    expect(figure.locator("path.faint")).to_have_count(1)
    assert float(figure.locator("path.faint").evaluate("path => getComputedStyle(path).opacity")) < 0.5
    expect(figure.locator("figcaption")).to_contain_text("logged in 2 attempts")


@pytest.mark.parametrize(
    ("name", "title"), [("epochs", "read as a time"), ("exact", "step after 9,007,199,254,740,993")]
)
def test_huge_steps_have_ticks_that_differ_and_do_not_touch(
    page: Page, serve: Callable[[Path], str], site: Path, name: str, title: str
) -> None:
    page.goto(f"{serve(site)}runs/{RUNS[name]}.html")
    ticks = page.locator("figure[data-metric=loss] svg g[text-anchor=middle] text")
    texts = ticks.all_text_contents()
    assert len(texts) > 1 and len(set(texts)) == len(texts)
    boxes = sorted((box["x"], box["x"] + box["width"]) for box in (tick.bounding_box() for tick in ticks.all()) if box)
    assert all(right < left for (_, right), (left, _) in zip(boxes[:-1], boxes[1:], strict=True))
    expect(page.locator("figure[data-metric=loss] svg")).to_contain_text(title)


def test_exact_steps_are_told_apart_live(drawn: Callable[..., Any]) -> None:
    assert drawn("exact")[0] == list(range(40))
    assert drawn("epochs")[0] == pytest.approx([t / 1000 for t, _, _ in points()["epochs"]])


def test_one_extreme_value_stays_outside_until_it_is_asked_for(drawn: Callable[..., Any], page: Page) -> None:
    top = "SG.charts.hydrate(SG.charts.adopt(document.querySelector('figure.chart'))).then(live => live.plot().scales.y.max)"
    drawn("huge")
    assert page.evaluate(top) < 10
    note = page.locator("figure[data-metric=loss] .chart-note")
    expect(note).to_contain_text("1 extreme value is outside")
    note.get_by_role("button", name="Show all").click()
    expect(note).to_be_hidden()
    assert page.evaluate(top) >= 1e9


def test_the_csv_of_a_curve_has_its_times(drawn: Callable[..., Any], page: Page) -> None:
    drawn("exact", "relative")
    open_menu(page.locator("figure[data-metric=loss]"))
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save CSV").click()
    rows = list(csv.DictReader(Path(saved.value.path()).read_text("utf-8").splitlines()))
    logged = points()["exact"]
    assert [row["step"] for row in rows] == [str(step) for _, _, step in logged]
    assert [float(row["relative_seconds"]) for row in rows] == pytest.approx([(t - START) / 1000 for t, _, _ in logged])
    assert rows[0]["time"] == "2023-11-14T22:13:20.000Z"


def test_canvases_have_the_colours_of_the_scheme(page: Page, serve: Callable[[Path], str], site: Path) -> None:
    page.goto(f"{serve(site)}runs/{RUNS['plain']}.html")
    for scheme, chosen, dark in [("light", "", 0), ("dark", "", 1), ("dark", "light", 0), ("light", "dark", 1)]:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.evaluate("chosen => { document.documentElement.dataset.theme = chosen; }", chosen)
        assert page.evaluate("[SG.token('c1'), SG.token('s1')]") == [PALETTE["c1"][dark], "4px"]
    ids = [f"run {n}" for n in range(12)]
    for best in ("", "run 3"):
        assert dict(page.evaluate("([ids, best]) => Array.from(SG.colours(ids, best))", [ids, best])) == colours_of(
            ids, best
        )


def test_a_run_far_outside_is_not_in_a_histogram_until_it_is_asked_for(
    page: Page, serve: Callable[[Path], str], site: Path
) -> None:
    page.goto(f"{serve(site)}experiments/1.html#distributions")
    figure = page.locator("figure[data-kind=histogram]").first
    expect(figure.locator("figcaption")).to_contain_text("1 run is far outside and not drawn.")
    figure.hover()
    note = figure.locator(".chart-note")
    expect(note).to_contain_text("1 run is far outside and not drawn.")
    first = "SG.charts.adopt(document.querySelector('figure[data-kind=histogram]'))"
    rows = f"SG.charts.hydrate({first}).then(live => live.vegaRows().length)"
    assert page.evaluate(rows) == len(RUNS) + 14 - 1
    note.get_by_role("button", name="Show all").click()
    expect(note).to_be_hidden()
    assert page.evaluate(rows) == len(RUNS) + 14


def test_scripts_know_the_same_counters(page: Page, serve: Callable[[Path], str], site: Path) -> None:
    page.goto(f"{serve(site)}runs/{RUNS['plain']}.html")
    page.evaluate("SG.asset('js/counters.js')")
    for key in ["epoch", "train/epoch", "trainer/global_step", "loss", "epoch_loss", "val/step_time", "Iteration"]:
        assert page.evaluate("key => SG.isCounter(key)", key) == is_counter(key)
