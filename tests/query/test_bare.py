"""Keys without a group: which of a run's values they mean, and what is said where that is not known."""

from __future__ import annotations

import pytest

from sitegen.errors import UsageError
from sitegen.query import check_names, matcher, parse
from tests.analysis.builders import row

ROWS = [
    row("metric", {"loss": 0.5}),
    row("param", {}, params={"loss": "0.5"}),
    row("tag", {}, tags={"loss": "x"}),
    row("none", {}),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("loss < 1", ["metric", "param"]),
        ("`loss` IN (0.5)", ["metric", "param"]),
        ("loss = 'x'", ["tag"]),
        ("loss LIKE '0%'", ["param"]),
        ("loss IS NULL", ["none"]),
        ("loss IS NOT NULL", ["metric", "param", "tag"]),
    ],
)
def test_whichever_thing_has_the_name_is_meant(text: str, found: list[str]) -> None:
    assert [one.run_id for one in filter(matcher(parse(text)), ROWS)] == found


def test_a_run_with_two_things_of_a_name_is_refused() -> None:
    both = row("both", {"lr": 0.1}, params={"lr": "0.1"})
    with pytest.raises(UsageError, match=r"Run both has more than one lr; write metrics\.lr or params\.lr\."):
        matcher(parse("lr < 1"))(both)


def test_a_name_that_no_run_has_is_told_with_the_nearest() -> None:
    check_names(parse("val_loss < 1 AND status = 'FINISHED'"), {"val_loss"})
    with pytest.raises(UsageError, match=r"called val_lss\. Did you mean val_loss\?"):
        check_names(parse("val_lss < 1"), {"val_loss", "acc"})
    with pytest.raises(UsageError, match=r"called val_lss\.$"):
        check_names(parse("val_lss < 1"), {"acc"})
