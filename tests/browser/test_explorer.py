"""The runs table as a grid: against a plain Python model, by keyboard alone, its view in a link, what it downloads."""

from __future__ import annotations

import json
import math
import re
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from sitegen.analysis.digits import digits_of
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import number
from sitegen.config import ViewConfig
from sitegen.pages.views import read_views, view_page

from .fake_site import fake_rows, put, renderer, report_of, table_of, write_fake
from .samples import open_page

COUNT = 240
LIVE = ".runs[data-live]"
ROWS = ".runs tbody tr[data-run]"
LOSS, ACCURACY = "metric:val_loss:last", "metric:accuracy:last"


@pytest.fixture(scope="session")
def rows() -> list[RunRow]:
    return list(table_of(fake_rows(COUNT))[0].rows)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("fake")
    write_fake(made, fake_rows(COUNT))
    return made


@pytest.fixture(scope="session", params=["file", "http"])
def base(request: pytest.FixtureRequest, folder: Path, serve: Callable[[Path], str]) -> str:
    return folder.as_uri() + "/" if request.param == "file" else serve(folder)


def at(base: str, view: str = "v=1") -> str:
    return base + "experiments/1.html#" + view


def open_table(page: Page, base: str, view: str = "v=1") -> Locator:
    """Open the experiment with a view; its grid."""
    open_page(page, at(base, view))
    expect(page.locator(LIVE)).to_be_visible()
    return page.locator(".runs table")


def choose(page: Page, item: str) -> None:
    """Choose an item of the table's menu."""
    page.get_by_role("button", name="Table", exact=True).click()
    page.get_by_role("menuitem", name=item).click()


def scroll_all(page: Page) -> list[str]:
    """The ids of all rows, from the first to the last, as a reader who scrolls meets them."""
    found: list[str] = page.evaluate(
        """async () => {
          const scroll = document.querySelector('.runs .scroll'), found = new Map();
          const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
          for (scroll.scrollTop = 0; ; scroll.scrollTop += 400) {
            await frame();
            for (const tr of document.querySelectorAll('.runs tbody tr[data-run]')) found.set(Number(tr.dataset.line), tr.dataset.run);
            if (scroll.scrollTop + scroll.clientHeight >= scroll.scrollHeight - 1) break;
          }
          return [...found].sort((a, b) => a[0] - b[0]).map((one) => one[1]);
        }"""
    )
    return found


# ---- Against a plain model ----


def value_of(row: RunRow, column: str) -> float | str | None:
    group, _, key = column.partition(":")
    if group == "param":
        return row.params.get(key)
    summary = row.metrics.get(key.rpartition(":")[0])
    return None if summary is None or math.isnan(summary.last) else summary.last


def model_sort(rows: list[RunRow], keys: list[tuple[str, bool]]) -> list[str]:
    """Ids by several keys (True: descending); what is missing or NaN comes last both ways, ties in the table's order."""
    found = list(rows)
    for column, down in reversed(keys):
        values = {row.run_id: value_of(row, column) for row in rows}
        texts = [v for v in values.values() if isinstance(v, str)]
        if texts and all(re.fullmatch(r"[-+.0-9e]+", text) for text in texts):
            values = {key: None if v is None else float(v) for key, v in values.items()}
        known = [row for row in found if values[row.run_id] is not None]
        known.sort(key=lambda row: values[row.run_id], reverse=down)  # type: ignore[arg-type, return-value]
        found = known + [row for row in found if values[row.run_id] is None]
    return [row.run_id for row in found]


@pytest.mark.parametrize(
    "keys",
    [
        [("metric:val_loss:last", False)],
        [("metric:auc:last", True)],
        [("param:seed", True)],
        [("param:model", False), ("metric:f1:last", True)],
        [("param:lr", True), ("param:model", True), ("metric:val_loss:last", False)],
    ],
    ids=lambda keys: ",".join(("-" if down else "") + key for key, down in keys),
)
def test_sort_is_that_of_a_plain_model(
    page: Page, folder: Path, rows: list[RunRow], keys: list[tuple[str, bool]]
) -> None:
    sort = ",".join(("-" if down else "") + key for key, down in keys)
    open_table(page, folder.as_uri() + "/", f"sort={sort}")
    assert scroll_all(page) == model_sort(rows, keys)


def test_words_filter_as_a_plain_model(page: Page, folder: Path, rows: list[RunRow]) -> None:
    open_table(page, folder.as_uri() + "/")
    for words in ("resnet", "bold failed", '"model=vit"', "nothing-like-this"):
        page.locator(".runs-filter").fill(words)
        parts = [words.strip('"')] if '"' in words else words.split()
        wanted = {row.run_id for row in rows if all(part in text_of(row) for part in parts)}
        expect(page.locator(".runs-count")).to_have_text(
            f"{len(wanted)} of {COUNT} runs" if wanted else "No run matches"
        )
        parents = {row.run_id for row in rows if any(r.parent_id == row.run_id for r in rows if r.run_id in wanted)}
        assert set(scroll_all(page)) == wanted | parents


def test_a_query_filters_and_an_error_is_marked_at_its_place(page: Page, folder: Path, rows: list[RunRow]) -> None:
    open_table(page, folder.as_uri() + "/")
    box = page.get_by_role("combobox", name="Filter runs")
    box.fill("metrics.val_loss < 0.25 AND params.model = 'vit'")
    wanted = [r for r in rows if r.metrics["val_loss"].last < 0.25 and r.params["model"] == "vit"]
    expect(page.locator(".runs-count")).to_have_text(f"{len(wanted)} of {COUNT} runs")
    expect(page.locator(".query-note")).to_be_hidden()
    box.fill("metrics.val_loss < 'low'")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".query-note mark")).to_have_text("'low'")
    expect(page.locator(f"#{box.get_attribute('aria-describedby')}")).to_be_visible()
    box.fill("params.lr < 0.01")
    expect(page.locator(".query-note")).to_contain_text("MLflow")
    wanted = [r for r in rows if float(r.params["lr"]) < 0.01]
    expect(page.locator(".runs-count")).to_have_text(f"{len(wanted)} of {COUNT} runs")


def test_the_search_box_completes_keys_operators_and_values(page: Page, folder: Path) -> None:
    open_table(page, folder.as_uri() + "/")
    box = page.get_by_role("combobox", name="Filter runs")
    box.click()
    page.keyboard.type("params.mo")
    options = page.locator(".query-list [role=option]")
    expect(options.first).to_contain_text("params.model")
    press(page, "ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "")
    press(page, "Enter")
    expect(box).to_have_value("params.model")
    page.keyboard.type(" = ")
    expect(options.filter(has_text="'vit'")).to_have_count(1)
    page.keyboard.type("'v")
    expect(options).to_have_count(1)
    press(page, "Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value("params.model = 'v")
    press(page, "ArrowDown")
    expect(options).to_have_count(1)
    press(page, "ArrowDown", "Enter")
    expect(box).to_have_value("params.model = 'vit'")
    expect(options).to_have_count(0)
    assert "q=params.model" in page.url


def text_of(row: RunRow) -> str:
    pairs = [f"{k}={v}" for k, v in (*row.params.items(), *row.tags.items())]
    return "\n".join([row.run_id, row.name, row.status, row.user, row.source_name, *pairs]).lower()


def test_only_rows_on_the_screen_are_in_the_document(page: Page, folder: Path) -> None:
    grid = open_table(page, folder.as_uri() + "/")
    expect(grid).to_have_attribute("aria-rowcount", str(COUNT + 1))
    assert page.locator(ROWS).count() < 60
    page.locator(".runs .scroll").evaluate("s => s.scrollTop = s.scrollHeight")
    expect(page.locator(f"{ROWS}[aria-rowindex='{COUNT + 1}']")).to_be_visible()


def test_groups_say_mean_and_std(page: Page, folder: Path, rows: list[RunRow]) -> None:
    open_table(page, folder.as_uri() + "/", "group=p.model")
    lines = page.locator(".runs tr.group-line")
    expect(lines).to_have_count(4)
    values = [row.metrics["accuracy"].last for row in rows if row.params["model"] == "gbm"]
    mean = sum(values) / len(values)
    means = [
        statistics.mean(r.metrics["accuracy"].last for r in rows if r.params["model"] == m)
        for m in ("gbm", "mlp", "resnet", "vit")
    ]
    std = math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1))
    first = lines.first
    expect(first.locator("th")).to_contain_text(f"model = gbm {len(values)}")
    column = page.locator(f"th[data-col='{ACCURACY}']").get_attribute("aria-colindex")
    expect(first.locator(f"[aria-colindex='{column}']")).to_have_text(f"{digits_of(means).text(mean)} ± {number(std)}")
    first.locator(".fold").click()
    expect(page.locator(f"{ROWS}[aria-level='2']").first).to_be_visible()
    assert "open=gbm" in page.url


def test_rows_have_levels_only_while_some_stand_below_others(page: Page, folder: Path) -> None:
    grid = open_table(page, folder.as_uri() + "/")
    group = page.get_by_label("Group rows by")
    dialog = page.get_by_role("dialog", name="Columns")

    def group_by(column: str) -> None:
        choose(page, "Columns and groups")
        group.select_option(column)
        dialog.get_by_role("button", name="Done").click()

    levels = grid.locator("tbody tr[aria-level]")
    expect(grid).to_have_attribute("role", "treegrid")  # nested runs
    expect(levels.first).to_be_visible()
    page.locator(f"th[data-col='{LOSS}'] .sort").click()
    expect(grid).to_have_attribute("role", "grid")
    expect(levels).to_have_count(0)
    group_by("param:model")
    expect(grid).to_have_attribute("role", "treegrid")
    expect(levels).to_have_count(4)
    group_by("")
    expect(grid).to_have_attribute("role", "grid")
    expect(levels).to_have_count(0)
    page.get_by_role("button", name="val_loss", exact=True).click()
    page.get_by_role("button", name="val_loss", exact=True).click()  # not sorted: in a tree again
    expect(grid).to_have_attribute("role", "treegrid")
    expect(levels.first).to_be_visible()


# ---- By keyboard alone ----


def focus_table(page: Page) -> None:
    """Tab from the top of the page until the table has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.runs table')"):
            return
    pytest.fail("Tab does not lead to the table")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def active(page: Page) -> str:
    """The text of the cell that the table tells as active."""
    found: str = page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).textContent"
    )
    return found


def test_the_whole_table_by_keyboard_alone(page: Page, base: str, rows: list[RunRow]) -> None:
    open_table(page, base)
    focus_table(page)
    press(page, "ArrowUp", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight")
    assert active(page).startswith("val_loss")
    press(page, "Enter")
    expect(page.locator(f"th[data-col='{LOSS}']")).to_have_attribute("aria-sort", "ascending")
    press(page, "ArrowRight", "Shift+Enter", "Shift+Enter")
    expect(page.locator(f"th[data-col='{ACCURACY}']")).to_have_attribute("aria-sort", "descending")
    assert page.url.endswith("sort=m.val_loss,-m.accuracy")
    press(page, "Control+ArrowLeft")  # accuracy before val_loss
    expect(page.locator("thead th[data-col] >> nth=4")).to_have_attribute("data-col", ACCURACY)
    press(page, "Alt+ArrowDown")
    expect(page.get_by_role("menuitem", name="Sort ascending")).to_be_focused()
    press(page, "End", "Escape")
    wanted = model_sort(rows, [(LOSS, False)])
    press(page, "Home", "ArrowRight", "ArrowDown", "Space", "ArrowDown", "Space")
    expect(page.locator(".runs-compare")).to_have_text("Compare (2)")
    press(page, "Control+End")
    assert page.locator(f"{ROWS} >> nth=-1").get_attribute("data-run") == wanted[-1]
    press(page, "Control+Home")
    for _ in range(12):
        press(page, "Shift+Tab")
        if page.evaluate("document.activeElement.matches('.runs-compare')"):
            break
    press(page, "Enter")
    expect(page).to_have_url(re.compile(re.escape(f"compare.html#runs={wanted[0]},{wanted[1]}")))
    expect(page.locator("h1")).to_have_text("Compare runs")


def test_columns_are_chosen_by_keyboard(page: Page, folder: Path) -> None:
    open_table(page, folder.as_uri() + "/")
    page.get_by_role("button", name="Table", exact=True).focus()
    press(page, "Enter", "Enter")
    dialog = page.get_by_role("dialog", name="Columns")
    expect(dialog.get_by_label("Find a column")).to_be_visible()
    dialog.get_by_label("Find a column").focus()
    page.keyboard.type("val_loss")
    press(page, "Tab", "Tab", "Tab", "Space")
    expect(page.locator(".column-order li")).to_contain_text(["val_loss (min)"])
    moved = dialog.get_by_role("button", name="Move up val_loss (min)")
    moved.focus()
    press(page, "Enter")
    expect(moved).to_be_focused()
    press(page, "Escape")
    expect(dialog).to_be_hidden()
    assert "min.val_loss" in page.url
    page.go_back()
    expect(page).to_have_url(re.compile("min.val_loss$"))


# ---- The view in a link ----

VIEW = "v=1&q=resnet&cols=name,m.accuracy,p.lr,min.val_loss,mean.val_loss,spark.val_loss&wide=p.lr*180&pin=p.lr&sort=-m.accuracy,p.lr&heat=m.accuracy"


def shown(page: Page) -> tuple[list[str], list[str], str, list[str]]:
    heads = page.locator("thead th[data-col]")
    return (
        heads.evaluate_all("all => all.map(th => th.dataset.col)"),
        heads.evaluate_all("all => all.map(th => th.getAttribute('aria-sort'))"),
        page.locator(".runs-filter").input_value(),
        page.locator(f"{ROWS}[aria-selected=true]").evaluate_all("all => all.map(tr => tr.dataset.run)"),
    )


@pytest.mark.both_schemes
def test_a_copied_link_restores_the_view_in_a_fresh_profile(
    page: Page, fresh_page: Callable[..., Page], base: str, rows: list[RunRow]
) -> None:
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: {writeText: async text => { window.copied = text }}})"
    )
    open_table(page, base, VIEW)
    for _ in range(2):
        page.locator(f"{ROWS}[aria-selected=false] .pick").first.click()
    before = shown(page)
    choose(page, "Copy link")
    expect(page.locator(".runs-count")).to_have_text("Link to this view copied")
    link = page.evaluate("window.copied")
    other = fresh_page(viewport={"width": 1280, "height": 900})
    open_page(other, link)
    expect(other.locator(f"{ROWS}[aria-selected=true]")).to_have_count(2)
    assert shown(other) == before
    assert before[0][:2] == ["run:name", "param:lr"]
    assert other.locator("th[data-col='param:lr']").evaluate("th => th.offsetWidth") == 180
    expect(other.locator(".sparkline").first).to_be_visible()
    expect(other.locator("[class*=heat]").first).to_be_visible()


def test_a_link_holds_when_runs_are_added(fresh_page: Callable[..., Page], tmp_path: Path, rows: list[RunRow]) -> None:
    hidden, chosen, top = rows[3].run_id[:12], rows[7].run_id[:12], rows[9].run_id[:12]
    view = f"v=1&sort=m.val_loss&sel={chosen}&hide={hidden}&top={top}"
    for count in (COUNT, COUNT + 100):
        write_fake(tmp_path / str(count), fake_rows(count))
        page = fresh_page(viewport={"width": 1280, "height": 900})
        open_table(page, (tmp_path / str(count)).as_uri() + "/", view)
        expect(page.locator(".runs-compare")).to_have_text("Compare (1)")
        expect(page.locator(".runs-count")).to_have_text(f"{count} runs · 1 hidden")
        found = scroll_all(page)
        assert found[0] == rows[9].run_id
        assert rows[3].run_id not in found
        assert len(found) == count - 1


@pytest.mark.both_schemes
def test_back_takes_back_a_step_but_not_a_letter(page: Page, base: str) -> None:
    open_table(page, base)
    page.locator(f"th[data-col='{LOSS}']").click()
    expect(page.locator(f"th[data-col='{LOSS}']")).to_have_attribute("aria-sort", "ascending")
    page.locator(".runs-filter").press_sequentially("resnet")
    expect(page.locator(".runs-count")).to_contain_text("of")
    page.go_back()
    expect(page.locator(f"th[data-col='{LOSS}']")).to_have_attribute("aria-sort", "none")
    expect(page.locator(".runs-filter")).to_have_value("")
    expect(page.locator(".runs-count")).to_have_text(f"{COUNT} runs")
    page.go_forward()
    expect(page.locator(".runs-filter")).to_have_value("resnet")


def test_a_link_of_a_newer_version_shows_all_and_says_so(page: Page, folder: Path) -> None:
    open_table(page, folder.as_uri() + "/", "v=9&q=resnet")
    expect(page.locator(".runs-count")).to_have_text(f"{COUNT} runs")
    expect(page.locator("#sg-status")).to_contain_text("newer version")


# ---- Downloads ----


def saved(page: Page, kind: str) -> str:
    with page.expect_download() as download:
        choose(page, f"Download {kind}")
    return download.value.path().read_text("utf-8")


def test_downloads_hold_what_is_shown(page: Page, folder: Path, rows: list[RunRow]) -> None:
    open_table(page, folder.as_uri() + "/", "cols=name,p.model,m.val_loss,m.auc&sort=m.val_loss")
    order = model_sort(rows, [(LOSS, False)])
    by_id = {row.run_id: row for row in rows}
    first = by_id[order[0]]
    lines = saved(page, "CSV").splitlines()
    assert lines[0] == "run_id,name,param:model,metric:val_loss:last,metric:auc:last"
    assert [line.split(",")[0] for line in lines[1:]] == order
    records = json.loads(saved(page, "JSON"))
    assert [record["run_id"] for record in records] == order
    assert records[0]["metric:val_loss:last"] == pytest.approx(first.metrics["val_loss"].last, rel=1e-8)
    bad = next(i for i, key in enumerate(order) if math.isnan(by_id[key].metrics["auc"].last))
    assert records[bad]["metric:auc:last"] == "NaN"
    markdown = saved(page, "Markdown").splitlines()
    losses = digits_of(row.metrics["val_loss"].last for row in rows)
    assert markdown[:2] == ["| Run | model | val\\_loss | auc |", "| --- | --- | ---: | ---: |"]
    assert markdown[2].startswith(
        f"| {first.name} | {first.params['model']} | **{losses.text(first.metrics['val_loss'].last)}** |"
    )
    latex = saved(page, "LaTeX")
    assert latex.startswith(
        "% \\usepackage{booktabs}\n\\begin{tabular}{llrr}\n  \\toprule\n  Run & model & val\\_loss & auc \\\\\n  \\midrule\n"
    )
    assert f"\\textbf{{{losses.text(first.metrics['val_loss'].last)}}}" in latex
    assert latex.endswith("  \\bottomrule\n\\end{tabular}\n")


def test_grouped_latex_has_mean_and_std_with_the_best_in_bold(page: Page, folder: Path, rows: list[RunRow]) -> None:
    open_table(page, folder.as_uri() + "/", "cols=name,m.val_loss&group=p.model")
    latex = saved(page, "LaTeX")
    models = sorted({row.params["model"] for row in rows})
    means = {m: [r.metrics["val_loss"].last for r in rows if r.params["model"] == m] for m in models}
    best = min(models, key=lambda m: sum(means[m]) / len(means[m]))
    lines = [line for line in latex.splitlines() if "\\pm" in line]
    assert [line.split(" (")[0].strip() for line in lines] == models
    assert [line.split(" (")[0].strip() for line in lines if "\\textbf" in line] == [best]


# ---- Looks ----


@pytest.mark.parametrize(
    "view", [VIEW, "v=1&group=p.model&open=gbm&heat=m.accuracy", "v=1"], ids=["flat", "grouped", "nested"]
)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing(fresh_page: Callable[..., Page], folder: Path, width: int, scheme: str, view: str) -> None:
    page = fresh_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    grid = open_table(page, folder.as_uri() + "/", view)
    expect(grid).to_have_attribute("role", "grid" if view == VIEW else "treegrid")
    page.locator(f"{ROWS} .pick").first.click()
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "preload": False})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_named_view_is_finished_in_its_html_and_goes_on_from_there(
    page: Page, folder: Path, rows: list[RunRow]
) -> None:
    config = ViewConfig(
        "Good", "fake", "metrics.val_loss < 0.3", ("metrics.val_loss", "params.model"), ("metrics.val_loss",)
    )
    report = report_of(fake_rows(COUNT))
    (view,) = read_views([config])
    made = view_page(view, [report])
    put(folder, made.path, renderer(COUNT).render(made).encode())
    wanted = [key for key in model_sort(rows, [(LOSS, False)]) if key in {r.run_id for r in rows if loss(r) < 0.3}]
    assert [line.run_id for line in made.rows] == wanted
    open_page(page, folder.as_uri() + "/" + made.path)
    page.locator(".runs .scroll").hover()
    expect(page.locator(LIVE)).to_be_visible()
    expect(page.locator(".runs-filter")).to_have_value("metrics.val_loss < 0.3")
    assert scroll_all(page) == wanted
    page.locator(".runs-filter").fill("")
    expect(page.locator(".runs-count")).to_have_text(f"{COUNT} runs")
    page.reload()
    expect(page.locator(".runs-count")).to_have_text(f"{COUNT} runs")


def loss(row: RunRow) -> float:
    return row.metrics["val_loss"].last
