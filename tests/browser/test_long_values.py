"""Values and names of any length: long values fold, and nothing makes a page or a table wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from sitegen.build import build
from sitegen.config import Config
from tests.stores.mlruns_builder import RUN, START, experiment, run

pytestmark = pytest.mark.browser
NAME = "a-very-long-name-" * 18


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("long")
    sweep = experiment(folder / "mlruns", "1", name=NAME[:300])
    params = {"config": '{"a": 1}' * 7500, "same": "k" * 60_000, NAME[:200]: "W" * 300, "short": "x" * 500}
    for at in range(2):
        metrics = {"loss": f"{START} 0.{at} 0\n", "k" * 200: f"{START} 1 0\n"}
        tags = {"t" * 200: "v" * 5000}
        run(sweep, RUN[:-1] + str(at), run_name=f"{NAME[:298]}{at}", params=params, metrics=metrics, tags=tags)
    build(Config(store=str(folder / "mlruns"), output=folder / "site"))
    return folder / "site"


@pytest.fixture(params=[1440, 390])
def screen(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": request.param, "height": 900})
    yield page
    page.close()


@pytest.mark.parametrize("path", ["index.html", "experiments/1.html", "best/1.html", f"runs/{RUN[:-1]}0.html"])
def test_nothing_is_wider_than_the_screen(site: Path, screen: Page, path: str) -> None:
    screen.goto((site / path).as_uri())
    assert screen.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wide = "[...document.querySelectorAll('#params, #param-list .scroll, [aria-labelledby=tags] .scroll')]"
    assert screen.evaluate(f"{wide}.filter((e) => e.scrollWidth > e.clientWidth).length") == 0


def test_a_long_param_is_folded_and_whole_on_a_click(site: Path, screen: Page) -> None:
    screen.goto((site / f"runs/{RUN[:-1]}0.html").as_uri())
    row = screen.locator("#param-list tr", has_text="same")
    assert row.bounding_box()["height"] < 220  # type: ignore[index]
    assert "60,000 characters" in row.inner_text()
    assert not row.locator(".whole").is_visible()
    row.locator("summary").click()
    assert row.locator(".whole").is_visible() and row.locator(".whole").inner_text() == "k" * 60_000
    assert row.bounding_box()["height"] < 500  # type: ignore[index]
    assert screen.locator("#param-list tr", has_text="short").locator("details").count() == 0
