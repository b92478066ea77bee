"""What a site says of the filter that chose its runs: nothing private in public."""

from __future__ import annotations

from functools import partial

import pytest

from sitegen.privacy import Privacy, hides
from sitegen.query.footer import describe
from sitegen.query.parser import parse


@pytest.mark.parametrize(
    "text", ["metrics.loss < 1", "params.user = 'x'", "tags.mlflow.runName = 'a'", "tags.team = 'a'"]
)
def test_a_filter_that_tells_nothing_private_is_shown(text: str) -> None:
    assert describe(parse(text), public=True) == f"; only runs that match {text}"


@pytest.mark.parametrize(
    "text", ["user_id = 'ada'", "metrics.a < 1 AND tags.mlflow.user = 'ada'", "artifact_uri LIKE '/home/%'"]
)
def test_a_filter_that_may_hold_a_name_or_a_path_is_not_shown_in_public(text: str) -> None:
    assert describe(parse(text), public=True) == "; only the runs that a filter chose"
    assert text in describe(parse(text), public=False)


@pytest.mark.parametrize(
    "text",
    [
        "params.password = 'hunter2-and-more'",
        "tags.contact = 'ada@example.org'",
        "params.hostname = 'gpu7'",
        "params.note = 'ACME-12345'",
        "params.lr < 1 AND metrics.billing.eur > 5",
    ],
)
def test_a_filter_with_what_the_site_hides_is_not_shown(text: str) -> None:
    privacy = Privacy(patterns=(("ticket", "ACME-[0-9]+"),), hide_keys=("billing.*",))
    assert describe(parse(text), True, partial(hides, privacy)) == "; only the runs that a filter chose"
    assert describe(parse("params.lr < 1"), True, partial(hides, privacy)) == "; only runs that match params.lr < 1"


def test_a_long_filter_is_cut() -> None:
    assert len(describe(parse(" OR ".join(["metrics.loss < 1"] * 20)), public=True)) < 120
