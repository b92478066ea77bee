"""`sitegen report`: one file that opens offline, with the numbers of the site (`sitegen.cli.report`)."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from sitegen.build import build
from sitegen.cli.report import report
from sitegen.config import Config
from sitegen.errors import UsageError
from sitegen.pages.report import compared
from sitegen.report import MAX_BYTES, Report, make_report
from sitegen.report.pdf import find_browser, print_pdf
from sitegen.report.single import Budget, part_of
from sitegen.report.wanted import choose
from sitegen.stores import find_stores, open_found
from sitegen.stores.contract import ReadOptions
from tests.analysis.builders import row

SAMPLE = Path(__file__).parents[2] / "sample_runs" / "mlflow3" / "mlruns"
RUNS = ("cnn-more-dropout", "cnn-long", "cnn-baseline")


class Reader(HTMLParser):
    """What a browser would load, follow or run, the ids, and the text of the cells of tables."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.cells: list[str] = []
        self._cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.loaded += [given[key] or "" for key in ("src", "srcset", "poster", "data") if key in given]
        self.links += [given["href"] or ""] if "href" in given else []
        self.ids += [given["id"] or ""] if "id" in given else []
        if tag in ("td", "th"):
            self._cell = True
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self._cell = self._cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.cells[-1] += data


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return Config(store=str(SAMPLE))


@pytest.fixture(scope="module")
def texts(config: Config) -> dict[str, str]:
    """A report of each kind."""
    return {
        "run": make_report(config, [RUNS[0]]).text,
        "three runs": make_report(config, RUNS).text,
        "experiment": make_report(config, ["cifar-cnn"]).text,
        "comparison": make_report(config, RUNS, compare=True).text,
    }


@pytest.mark.parametrize("kind", ["run", "three runs", "experiment", "comparison"])
def test_a_report_loads_nothing_and_leads_nowhere_that_is_not_there(texts: dict[str, str], kind: str) -> None:
    text = texts[kind]
    read = Reader(text)
    assert len(text.encode()) < MAX_BYTES
    assert all(one.startswith("data:image/") for one in read.loaded)
    assert not read.tags & {"script", "iframe", "link", "object", "button", "form", "input"}
    assert len(read.ids) == len(set(read.ids))
    inside = {one[1:] for one in read.links if one.startswith("#")}
    assert inside <= {*read.ids, "content"}
    assert all(one.startswith(("#", "https://", "http://", "mailto:")) for one in read.links)
    css = text.partition("<style>")[2].partition("</style>")[0]
    assert base64.b64encode(hashlib.sha256(css.encode()).digest()).decode() in text.partition("<style>")[0]
    assert "default-src 'none'" in text and " style=" not in text.partition("</style>")[2]


def test_every_number_of_a_report_is_on_the_page_of_the_site(texts: dict[str, str], tmp_path: Path) -> None:
    build(Config(store=str(SAMPLE), output=tmp_path / "site"))
    for kind, pages in (("run", "runs"), ("three runs", "runs"), ("experiment", "experiments")):
        shown = {
            cell.strip()
            for page in (tmp_path / "site" / pages).glob("*.html")
            for cell in Reader(page.read_text("utf-8")).cells
        }
        cells = [cell.strip() for cell in Reader(texts[kind]).cells]
        numbers = [cell for cell in cells if re.search(r"\d", cell)]
        assert len(numbers) > 20 and set(numbers) <= shown
    compared_cells = {cell.strip() for cell in Reader(texts["comparison"]).cells}
    assert {"0.7706", "0.6395", "0.5429", "0.9608"} <= compared_cells


def test_a_comparison_has_what_differs_and_marks_the_better_value() -> None:
    found = compared(
        [
            row("a", {"loss": 0.5, "acc": 0.9, "odd": 1.0}, params={"lr": "1", "seed": "0"}),
            row("b", {"loss": 0.4, "acc": 0.8}, params={"lr": "2", "seed": "0"}, status="FAILED"),
        ]
    )
    assert [(one.key, one.cells) for one in found.params] == [("lr", ("1", "2"))]
    assert found.params_hint == "1 param the same in all" and found.runs == (("a", "FINISHED"), ("b", "FAILED"))
    assert {one.key: (one.best, one.hint) for one in found.metrics} == {
        "loss": (1, "lower is better"),
        "acc": (0, "higher is better"),
        "odd": (-1, ""),
    }


def test_pictures_beyond_the_budget_are_left_out_and_that_is_said(config: Config) -> None:
    small = make_report(config, [RUNS[0]], max_bytes=80_000)
    assert "<img" not in small.text and "left out of this file" in small.text
    assert small.left_out == "Left out: 6 pictures to stay under 80 kB." and small.left_out in small.text
    assert make_report(config, [RUNS[0]]).left_out == ""


def test_the_same_store_gives_the_same_bytes(config: Config, texts: dict[str, str]) -> None:
    assert make_report(config, ["cifar-cnn"]).text == texts["experiment"]


def test_what_is_hidden_on_the_site_is_hidden_here(config: Config, texts: dict[str, str]) -> None:
    shown = make_report(Config(store=str(SAMPLE), profile="internal"), [RUNS[0]]).text
    user = re.search(r">User</dt><dd>([^<]+)", shown)
    assert user and user[1] not in texts["run"] and "are hidden" in texts["run"] and "are hidden" not in shown


def test_runs_and_experiments_are_found_by_id_beginning_and_name() -> None:
    store = open_found(find_stores([str(SAMPLE)], ReadOptions()), ReadOptions())
    catalog = store.catalog()
    (by_name,) = choose(store, catalog, ["cnn-long"])
    assert by_name.ref is not None
    run_id = by_name.ref.run_id
    assert choose(store, catalog, [run_id, run_id[:8], "cnn-long"]) == [by_name]
    (experiment,) = choose(store, catalog, ["cifar-cnn"])
    assert experiment.kind == "experiment" and experiment.experiment_id == by_name.experiment_id
    with pytest.raises(UsageError, match=r"no run and no experiment cnn-lng\. Did you mean cnn-long\?"):
        choose(store, catalog, ["cnn-lng"])
    with pytest.raises(UsageError, match="Name what the report is about"):
        choose(store, catalog, [])


def test_a_comparison_needs_two_runs(config: Config) -> None:
    for wanted in (["cnn-long"], ["cifar-cnn", "cnn-long"]):
        with pytest.raises(UsageError, match="needs two runs or more"):
            make_report(config, wanted, compare=True)


def test_only_the_main_content_of_a_page_becomes_a_part(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "a.png").write_bytes(b"x" * 30)
    (tmp_path / "runs" / "a.html").write_text(
        '<title>t</title><script>1</script><main id="content"><h1>A &amp; b</h1><p class="needs-js"><b>no</b></p>'
        '<p id="x" aria-labelledby="x y" onclick="a()" data-run="r" style="a">yes</p><a href="b.html#z">other</a>'
        '<a href="#x">own</a><a href="https://e.org/">web</a><a href="javascript:1">bad</a><img src="../a.png" alt="A">'
        '<img src="../../../etc/passwd.png" alt="B"><iframe srcdoc="x"></iframe><details><summary>s</summary></details>'
        '<svg viewBox="0 0 1 1"><g clip-path="url(#c)"/></svg></main><footer>no</footer>',
        "utf-8",
    )
    budget = Budget(10_000)
    title, text = part_of(tmp_path, "runs/a.html", {"runs/a.html": "p1", "runs/b.html": "p2"}, budget)
    assert title == "A & b" and (budget.pictures, budget.frames) == (1, 1)
    assert text == (
        '<h1>A &amp; b</h1><p id="p1-x" aria-labelledby="p1-x p1-y">yes</p><a href="#p2-z">other</a>'
        '<a href="#p1-x">own</a><a href="https://e.org/">web</a><a>bad</a>'
        f'<img src="data:image/png;base64,{base64.b64encode(b"x" * 30).decode()}" alt="A">'
        '<span class="left-out">B: left out of this file</span><details><summary>s</summary></details>'
        '<svg viewbox="0 0 1 1"><g clip-path="url(#p1-c)"/></svg>'
    )


def test_everything_is_unfolded_on_paper() -> None:
    text = '<details><summary>a</summary></details><details class="b" open=""></details>'
    unfolded = '<details open><summary>a</summary></details><details class="b" open=""></details>'
    assert Report(text, "", "").unfolded == unfolded


def test_the_command_writes_the_file_and_says_so(tmp_path: Path) -> None:
    out = tmp_path / "out.html"
    done = CliRunner().invoke(report, [str(SAMPLE), "cnn-long", "-o", str(out)])
    assert done.exit_code == 0 and f"Wrote {out}" in done.output and "<h1>" in out.read_text("utf-8")
    done = CliRunner().invoke(report, [str(SAMPLE), "cnn-long", "-o", str(tmp_path / "gone" / "out.html")])
    assert isinstance(done.exception, UsageError) and "choose another file with -o" in str(done.exception)


def test_without_a_browser_a_pdf_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("SITEGEN_CHROMIUM", raising=False)
    monkeypatch.setattr("sitegen.report.pdf.PLACES", ())
    with pytest.raises(UsageError, match="A PDF needs Chromium, Chrome or Edge"):
        find_browser()
    monkeypatch.setenv("SITEGEN_CHROMIUM", str(tmp_path / "nothing"))
    with pytest.raises(UsageError, match="could not print the report"):
        print_pdf("<p>", tmp_path / "out.pdf")


@pytest.mark.browser
@pytest.mark.whole_browser
def test_a_report_is_printed(texts: dict[str, str], tmp_path: Path) -> None:
    print_pdf(texts["comparison"], tmp_path / "out.pdf")
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF-") and (tmp_path / "out.pdf").stat().st_size > 10_000
