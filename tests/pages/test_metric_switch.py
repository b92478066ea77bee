"""The file of what switching a page to another metric changes."""

from __future__ import annotations

import json
import re
from typing import Any

from sitegen.analysis.candidates import candidates_of
from sitegen.analysis.judge import judge
from sitegen.pages.leaderboard import LEADERS
from sitegen.pages.metric_switch import MAX_SWITCHED, metric_switch, switch_file
from tests.analysis.builders import row, table


def content(count: int, packed: bool = False) -> tuple[str, Any]:
    """The path and the value of the data file of some runs."""
    runs = table(row(f"r{at:02}", {"loss": (9.0, at + 0.5), "acc": 1 / (at + 1)}) for at in range(count))
    ranking = judge(runs).ranking
    assert ranking
    candidates = candidates_of(runs, ranking)
    switch = metric_switch("demo", candidates)
    assert switch and [(one.key, one.better) for one in switch.choices] == [("acc", "max"), ("loss", "min")]
    path, script = switch_file(switch, candidates, "1", None, packed=packed)
    found = re.fullmatch(r"SG\.put\('objectives/demo', JSON\.parse\('(.*)'\)\);\n", script)
    assert found
    return path, json.loads(found[1].replace("\\\\", "\\"))


def test_the_file_has_a_leaderboard_for_each_metric_and_direction() -> None:
    path, value = content(20)
    assert path == "data/objectives/demo.js"
    loss = value["candidates"][1]
    assert (loss["metric"], loss["better"], sorted(loss["views"])) == ("loss", "min", ["max", "min"])
    low, high = loss["views"]["min"], loss["views"]["max"]
    assert (low["best"], high["best"], low["curve"], low["runs"][0]) == ("r00", "r19", "loss", "r00")
    assert (len(low["leaders"]), len(low["more"])) == (LEADERS, MAX_SWITCHED - LEADERS)
    assert low["more_line"] == "12 more runs, the first 8 of them"
    assert value["candidates"][0]["views"]["max"]["curve"] == ""


def test_links_lead_to_the_one_page_of_a_packed_site() -> None:
    _, value = content(2, packed=True)
    assert value["candidates"][0]["views"]["max"]["leaders"][0]["href"] == "runs.html#r00"


def test_there_is_nothing_to_choose_between_fewer_than_two_metrics() -> None:
    assert metric_switch("demo", []) is None
