"""The compare page on runs with nested params, code, environments and texts, opened from disk and over http."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .fixture_site import runs, shard_run, write_data, write_site

RUN = [f"{i:032x}" for i in range(12)]
CODE = "https://github.com/o/r/compare/{from}...{to}"


def scores_of(i: int) -> dict[str, object]:
    """Scores of run `i`: a matrix and a report, of the last run only the matrix, of other classes."""
    if i == 11:
        return {"matrices": [["val", ["x", "y"], [[1, 0], [0, 1]]]], "tables": []}
    matrix = ["val", ["negative", "positive"], [[40 + i, 10], [8 - i // 2, 20]]]
    rows = [["<b>cat", [i / 10, 7]], ["dog", [0.5, None]]]
    report = ["report.json", "Class", [["recall", 1], ["support", 0]], rows, [["macro avg", [i / 20, 7]]], 0.25]
    return {
        "matrices": [matrix],
        "tables": [report, ["", "k", [["ndcg", 1]], [["5", [0.5]], ["10", [i / 8]]], [], None]],
    }


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hand-written site, its runs 6 to 11 with all that the compare page can show."""
    site = write_site(tmp_path_factory.mktemp("compared"))
    records = [shard_run(i, run) for i, run in enumerate(runs())]
    for i, record in enumerate(records[6:], 6):
        params = [
            ["opt.lr", str(0.1 / i)],
            ["opt.name", "sgd"],
            ["net", f"{{'depth': {i}, 'act': 'relu', 'on': True}}"],
        ]
        record |= {"params": [*params, ["seed", "1"]], "commit": f"{min(i, 10):x}" * 40, "code": CODE, "files": 2}
        record |= {"datasets": [["iris", f"digest{i % 2}", "train"]]}
        lines = [f"line {n}" for n in range(40)]
        lines[20] = f"lr: {i}"
        files = [["conf.yaml", 10, f"artifacts/{record['id']}/conf.yaml", 0], ["model.bin", 5, "", 0]]
        data = {
            "files": files,
            "texts": [["conf.yaml", "\n".join(lines)]],
            "env": [["numpy", f"1.{i}"], ["python", "3.11"]],
        }
        write_data(site, f"artifacts/{record['id']}", data)
        record["scores"] = scores_of(i)
    write_data(site, "runs/all", {"runs": records})
    judged = [["loss", "min", "last", 0.015, 1]]
    write_data(site, "site", {"title": "Demo", "digits": 0, "experiments": [["1", "demo", "Demo", 12, judged]]})
    return site


@pytest.fixture(params=["file", "http"])
def base(request: pytest.FixtureRequest, folder: Path, serve: Callable[[Path], str]) -> str:
    return folder.as_uri() + "/" if request.param == "file" else serve(folder)


def go(page: Page, url: str) -> None:
    page.goto("about:blank")
    page.goto(url)
    page.wait_for_selector("html[data-ready]", state="attached")


def test_nested_params_are_a_tree_that_opens_where_runs_differ(page: Page, base: str) -> None:
    go(page, base + f"compare.html#runs={RUN[6]},{RUN[7]}&all=1")
    params = page.get_by_role("group", name="Params")
    heads = params.locator("tbody th")
    expect(heads).to_have_text(["▾ net", "depth", "act", "on", "▾ opt", "lr", "name", "seed"])
    params.get_by_role("button", name="net").press("Enter")
    expect(params.get_by_role("button", name="net")).to_be_focused()
    expect(heads).to_have_text(["▸ net", "▾ opt", "lr", "name", "seed"])


@pytest.mark.both_schemes
def test_environment_datasets_and_code_are_compared(page: Page, base: str) -> None:
    go(page, base + f"compare.html#runs={RUN[6]},{RUN[7]}")
    expect(page.get_by_role("group", name="Environment").locator("tbody th")).to_have_text(["commit", "numpy"])
    expect(page.get_by_role("group", name="Datasets").locator("td")).to_have_text(
        ["digest0", "≠ digest1 (not as in the baseline)"]
    )
    link = page.locator(".code-links a")
    expect(link).to_have_attribute("href", f"https://github.com/o/r/compare/{'6' * 40}...{'7' * 40}")
    for pair, said in (((10, 11), "opt.lr and data; same code."), ((6, 8), "opt.lr and code; same data.")):
        go(page, base + f"compare.html#runs={RUN[pair[0]]},{RUN[pair[1]]}")
        expect(page.locator(".compare-verdict")).to_contain_text(said)


VERDICTS = [
    ((6, 7), "Clear run-7 is better by 0.02381 (14.3%) on loss. Differences: net, opt.lr, code and data."),
    ((10, 11), "Within noise run-11 and run-10 are within noise of each other on loss: 0.0909 and 0.1000. "),
    ((6, 9), "Fewer than two of these runs have finished, so none is called better on loss. "),
    ((6, 7, 9), "Clear run-7 is better by 0.02381 (14.3%) on loss; run-9 failed, so it is not ranked. "),
    ((6, 7, 8), "Clear run-8 is the best of 3 finished runs on loss: 0.1250, 0.01786 (12.5%) ahead of run-7. "),
]


def test_a_sentence_says_which_run_is_better_and_what_differs(page: Page, folder: Path) -> None:
    for which, said in VERDICTS:
        go(page, folder.as_uri() + "/compare.html#runs=" + ",".join(RUN[i] for i in which))
        expect(page.locator(".compare-verdict")).to_contain_text(said)
    best = page.locator(".best-of")
    go(page, folder.as_uri() + f"/compare.html#runs={RUN[6]},{RUN[7]},{RUN[9]}")
    expect(page.get_by_role("columnheader", name="run-9 Failed").first).to_be_visible()
    expect(page.get_by_role("group", name="Metrics").locator("td", has=best)).to_have_text(
        "0.1429 best −0.02381 (−14.3%) better"
    )
    go(page, folder.as_uri() + f"/compare.html#runs={RUN[10]},{RUN[11]}")
    expect(page.get_by_role("group", name="Metrics").locator("td").last).to_contain_text("within noise")
    expect(page.get_by_role("group", name="Metrics").locator(".best-of")).to_have_count(0)


def test_equal_rows_are_hidden_and_counted_and_what_belongs_to_a_run_alone_is_no_difference(
    page: Page, folder: Path
) -> None:
    go(page, folder.as_uri() + f"/compare.html#runs={RUN[6]},{RUN[7]}")
    expect(page.locator(".compare-hidden")).to_have_text(
        "Hidden because equal: 4 params, 1 tag, 2 facts of the environment, 1 artifact of the same size"
    )
    expect(page.get_by_role("group", name="Run", exact=True)).to_have_count(0)
    page.get_by_label("Only differences").uncheck()
    assert "all=1" in page.url
    own = page.get_by_role("group", name="Run", exact=True)
    expect(own.locator("th", has_text="run id")).to_be_visible()
    expect(own.locator(".differs")).to_have_count(0)
    expect(page.locator(".compare-hidden")).to_have_text("")


def test_images_over_steps_and_files_named_after_a_run_are_one_row(page: Page, folder: Path) -> None:
    go(page, folder.as_uri() + "/compare.html")
    logged = "images/conv1~filters%step%{}%timestamp%1792399500000%400d1768-1bb0-43dd-ab6b-f368418124bc"
    files = [[logged.format(step) + end, 10, "a/x.png", 1] for step in (0, 25) for end in (".png", "%compressed.webp")]
    files += [
        ["log-20261121T101112.txt", 5, "a/l.txt", 0],
        ["a-1792399500000.csv", 1, "", 0],
        ["a-1792399500001.csv", 1, "", 0],
    ]
    found = page.evaluate(
        "files => SG.compareFiles.alike({files, texts: [['log-20261121T101112.txt', 'x']], env: []})", files
    )
    assert found["files"] == [
        ["log-….txt", 5, "a/l.txt", 0],
        ["a-1792399500000.csv", 1, "", 0],
        ["a-1792399500001.csv", 1, "", 0],
        ["conv1/filters", 20, "a/x.png", 1, 2],
    ]


def test_texts_are_compared_line_by_line(page: Page, base: str) -> None:
    go(page, base + f"compare.html#runs={RUN[6]},{RUN[7]}")
    page.get_by_role("button", name="Compare the lines of conf.yaml").click()
    diff = page.locator(".diff")
    expect(diff.locator("tr.gone .line-text")).to_have_text(["lr: 6"])
    expect(diff.locator("tr.come .line-text")).to_have_text(["lr: 7"])
    expect(diff.locator("tr.skipped .line-text").first).to_have_text("17 lines are the same")
    assert "file=conf.yaml" in page.url


def test_many_runs_are_rows(page: Page, base: str) -> None:
    go(page, base + "compare.html#runs=" + ",".join(RUN[3:]))
    expect(page.get_by_role("group", name="Metrics").locator("tbody tr")).to_have_count(9)
    page.get_by_label("Runs as rows").uncheck()
    expect(page.get_by_role("group", name="Metrics").locator("tbody tr")).to_have_count(1)
    assert "layout=columns" in page.url


def test_the_whole_page_works_by_keys_alone(page: Page, base: str) -> None:
    go(page, base + "compare.html")
    keys = page.keyboard
    tab_to(page, "input[name=add]")
    for name in ("run-6", "run-7"):
        keys.type(name)
        expect(page.locator(".add-matches button").first).to_have_text(name)
        keys.press("ArrowDown")
        keys.press("Enter")
        expect(page.locator(".compare-runs li a").last).to_have_text(name)
        expect(page.locator("input[name=add]")).to_be_focused()
    metric = page.get_by_role("group", name="Metrics").locator("tbody tr td")
    expect(metric.last).to_contain_text("better")
    tab_to(page, "input[name=baseline]:checked", "Shift+Tab")
    keys.press("ArrowDown")
    expect(metric.first).to_contain_text("worse")
    expect(page.locator("input[name=baseline]").last).to_be_focused()
    tab_to(page, "input[name=different]")
    keys.press("Space")
    expect(page.get_by_role("group", name="Params").locator("th", has_text="seed")).to_have_count(1)
    expect(page.locator("input[name=different]")).to_be_focused()
    tab_to(page, f"[data-remove='{RUN[6]}']", "Shift+Tab")
    keys.press("Enter")
    expect(page.locator(".compare-runs li")).to_have_count(1)


def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press `key` until what `selector` names has the focus."""
    for _ in range(120):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press(key)
    pytest.fail(f"{key} does not lead to {selector}")


def test_matrices_and_reports_are_beside_each_other_with_differences(page: Page, base: str) -> None:
    go(page, base + f"compare.html#runs={RUN[6]},{RUN[8]}&all=1")
    section = page.locator("#scores")
    matrices = section.locator("table.matrix")
    expect(matrices.first.locator("tbody tr").first.locator("td")).to_have_text(["4682%", "1018%"])
    expect(matrices.last.locator("tbody tr").first.locator("td")).to_have_text(["4883%+2", "1017%±0"])
    expect(matrices.last.locator("tbody tr").last.locator("td")).to_have_text(["417%−1", "2083%±0"])
    rates = section.get_by_role("group", name="Rates of the confusion matrix, val")
    expect(rates.locator("tbody th")).to_have_text(
        ["precision", "recall", "f1", "specificity", "prevalence", "accuracy"]
    )
    expect(rates.locator("tbody tr").nth(1).locator("td")).to_contain_text(["0.8000", "0.8333 best +0.03333"])
    report = section.get_by_role("group", name="Scores by class, report.json")
    names = [
        "<b>cat · recall",
        "<b>cat · support",
        "dog · recall",
        "macro avg · recall",
        "macro avg · support",
        "accuracy",
    ]
    expect(report.locator("tbody th")).to_have_text(names)
    expect(report.locator("tbody tr").first.locator("td")).to_contain_text(["0.6", "0.8 best +0.2 (+33.3%) better"])
    expect(section.get_by_role("group", name="Scores at k").locator("tbody th")).to_have_text(
        ["k 5 · ndcg", "k 10 · ndcg"]
    )
    page.get_by_label("Only differences").check()
    expect(report.locator("tbody th")).to_have_text(["<b>cat · recall", "macro avg · recall"])


def test_charts_are_drawn_where_they_say_more_than_two_dots(page: Page, folder: Path) -> None:
    go(page, folder.as_uri() + f"/compare.html#runs={RUN[6]},{RUN[7]},{RUN[8]},{RUN[10]},{RUN[11]}")
    page.locator(".compare-charts").scroll_into_view_if_needed()
    charts = page.locator(".compare-charts figure.chart")
    expect(charts.filter(has_text="loss against opt.lr")).to_be_visible()
    expect(charts.filter(has_text="Histogram")).to_have_count(0)
    expect(page.get_by_role("heading", name="Charts")).to_be_visible()
    go(page, folder.as_uri() + f"/compare.html#runs={RUN[6]},{RUN[7]}")
    page.locator(".compare-charts").scroll_into_view_if_needed()
    expect(page.locator(".compare-charts")).to_have_count(0)


def test_scores_of_other_classes_or_of_one_run_have_no_difference(page: Page, folder: Path) -> None:
    go(page, folder.as_uri() + f"/compare.html#runs={RUN[6]},{RUN[11]},{RUN[0]}")
    section = page.locator("#scores")
    expect(section.locator("table.matrix .delta")).to_have_count(0)
    expect(section.locator(".score-list > .scores").last).to_contain_text("(none)")
    expect(section.get_by_role("group", name="Scores by class").locator("tbody tr").first.locator("td")).to_have_text(
        ["0.6", "", ""]
    )
    go(page, folder.as_uri() + f"/compare.html#runs={RUN[0]},{RUN[1]}")
    expect(page.locator("#compare .compare-runs")).to_be_visible()
    expect(page.locator("#scores")).to_have_count(0)
