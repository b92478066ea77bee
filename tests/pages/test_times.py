"""Times that cannot be right are said to be wrong on every page, and never shown as facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.build import build
from sitegen.config import Config
from tests import html
from tests.stores.mlruns_builder import START, experiment, run

TIMES: dict[str, tuple[int, int | None]] = {
    "right": (START, START + 5000),
    "zero": (0, 0),
    "seconds": (START // 1000, START // 1000 + 60),
    "microseconds": (START * 1000, START * 1000 + 1),
    "far": (121_797_820_800_000, 121_797_820_801_000),
    "before": (-86_400_000, -1000),
    "backwards": (START + 50_000, START),
}
IDS = {name: f"{at:032x}" for at, name in enumerate(TIMES)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("times")
    sweep = experiment(folder / "mlruns", "1", name="clocks")
    for name, (start, end) in TIMES.items():
        run(sweep, IDS[name], run_name=name, start_time=start, end_time=end)
    build(Config(store=str(folder / "mlruns"), output=folder / "site"))
    return folder / "site"


def page(site: Path, name: str) -> html.Element:
    return html.read(site / "runs" / f"{IDS[name]}.html")


def notices(page: html.Element) -> list[str]:
    return [html.text(one) for one in page.iter("p") if one.get("class") == "notice"]


@pytest.mark.parametrize(
    ("name", "started", "sentence"),
    [
        ("zero", "1970-01-01 (wrong)", "0, which is 1970-01-01"),
        ("seconds", "1970-01-20 (wrong)", "1700000000, which is 1970-01-20"),
        ("microseconds", "1700000000000000 ms (wrong)", "1700000000000000. MLflow"),
        ("far", "5829-08-15 (wrong)", "121797820800000, which is 5829-08-15"),
        ("before", "1969-12-31 (wrong)", "-86400000, which is 1969-12-31"),
    ],
)
def test_the_page_of_the_run_says_so(site: Path, name: str, started: str, sentence: str) -> None:
    facts = html.facts(page(site, name))
    assert (facts["Started"], facts["Duration"]) == (started, "not known")
    said = notices(page(site, name))
    assert len(said) == 2 and said[0].startswith(f"The recorded start time cannot be right: {sentence}")
    assert said[1].startswith("The recorded end time cannot be right: ")


def test_a_run_that_ended_before_it_began_took_no_known_time(site: Path) -> None:
    assert html.facts(page(site, "backwards"))["Duration"] == "not known"
    assert notices(page(site, "backwards")) == [
        "The recorded end (2023-11-14 22:13 UTC) is before the start, so how long the run took is not known."
    ]


def test_a_run_whose_times_are_right_has_no_notice(site: Path) -> None:
    assert html.facts(page(site, "right"))["Duration"] == "5 s"
    assert notices(page(site, "right")) == []


def test_the_table_marks_them_and_the_lists_leave_them_out(site: Path) -> None:
    rows = {row["Run"]: row for row in html.cells(html.section(html.read(site / "experiments" / "1.html"), "runs"))}
    assert (rows["zero"]["Started"], rows["zero"]["Duration"]) == ("1970-01-01 (wrong)", "")
    home = html.read(site / "index.html")
    assert [row["Run"] for row in html.cells(html.section(home, "recent"))] == ["backwards", "right"]
    assert "1970" not in html.text(home) and "5829" not in html.text(home)


def test_the_short_id_stands_beside_the_name(site: Path) -> None:
    title = next(one for one in page(site, "seconds").iter("div") if one.get("class") == "title")
    assert html.text(title) == "seconds000000Finished"
