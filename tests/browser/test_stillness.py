"""A chart that goes live looks as the finished drawing did: nothing on it moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.samples import Sample
from tests.browser.stillness import MAX_CHANGED, MAX_SHIFT, RECORD, measured


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_moves_when_a_chart_goes_live(
    fresh_page: Callable[..., Page], sample: Callable[[str], Sample], width: int, scheme: Any
) -> None:
    site, page = sample("mlflow3"), fresh_page()
    page.add_init_script(RECORD)
    found = []
    for kind in ("curves", "run"):
        found += measured(page, site.base + site.pages[kind], kind, width, scheme, most=2)
    assert {one.kind for one in found} == {"curves"}
    for one in found:
        assert max(one.axes, one.points) <= MAX_SHIFT and one.changed < MAX_CHANGED and not one.texts, one
