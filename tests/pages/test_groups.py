"""The section on groups: counts, intervals, what the table leaves out."""

from __future__ import annotations

from typing import Any

from sitegen.analysis.goals import Target
from sitegen.analysis.groups import Group, Grouping
from sitegen.analysis.statistics import Mean, mean_of
from sitegen.pages.groups import MAX_COMPARED, MAX_GROUPS, groups_view
from tests.analysis.builders import row


def group(label: str, *values: float, size: int = 0, others: tuple[Mean | None, ...] = (), **fields: Any) -> Group:
    rows = tuple(row(f"{label}{at}") for at in range(size or len(values)))
    return Group(label, rows, rows[: len(values)], (mean_of(values), *others), fields.get("rank", 1), fields.get("run"))


def grouping(*groups: Group, alone: int = 0, left_out: int = 0) -> Grouping:
    targets = (Target("acc", "max", "max"), Target("loss", "min"))
    return Grouping("By seeds.", "A leads.", targets, groups, alone, left_out)


def test_a_line_says_mean_spread_and_interval() -> None:
    (line,) = groups_view(grouping(group("a", 0.5, 0.75, others=(mean_of([1.0, 3.0]),)))).lines
    assert (line.mean, line.mean_full, line.std, line.runs) == ("0.625", "0.625", "0.1768", "2 runs")
    assert line.interval == "-0.9633 to 2.213" and line.drawing.startswith("<svg")
    assert line.others == ("2 ± 1.414",) and line.rank == "1"


def test_runs_that_do_not_count_are_said_and_one_run_has_no_spread() -> None:
    (line,) = groups_view(grouping(group("a", 0.5, size=3, others=(mean_of([2.0]),)))).lines
    assert (line.runs, line.std, line.interval, line.others) == ("1 of 3 runs", "", "", ("2",))
    (none,) = groups_view(grouping(group("b", size=2, others=(None,), rank=None))).lines
    assert (none.runs, none.mean, none.mean_full, none.drawing, none.others, none.rank) == (
        "0 of 2 runs",
        *[""] * 3,
        ("",),
        "",
    )


def test_a_group_of_nested_runs_leads_to_its_parent_and_all_lead_to_the_comparison() -> None:
    nested, plain = groups_view(grouping(group("a", 1.0, run=row("p")), group("b", *[1.0] * 13))).lines
    assert (nested.href, plain.href) == ("runs/p.html", "")
    assert plain.compare.count(",") == MAX_COMPARED - 1 and plain.compare.startswith("compare.html#runs=b0,b1,")


def test_means_have_the_digits_that_tell_them_apart() -> None:
    lines = groups_view(grouping(group("a", 0.99999912), group("b", 0.99999914))).lines
    assert [line.mean for line in lines] == ["0.99999912", "0.99999914"]


def test_what_is_not_in_the_table_is_said() -> None:
    many = [group(f"g{at}", 1.0) for at in range(MAX_GROUPS + 1)]
    view = groups_view(grouping(*many, alone=2, left_out=1))
    assert len(view.lines) == MAX_GROUPS
    assert (
        view.notes == "1 more group not shown. 2 runs without a group. 1 run of a group is not counted: it has no rank."
    )
    several = groups_view(grouping(*many[:MAX_GROUPS], left_out=2))
    assert several.notes == "2 runs of a group are not counted: they have no rank."
    assert (several.metric, several.others, several.how) == ("maximum of acc", ("loss",), "By seeds.")
