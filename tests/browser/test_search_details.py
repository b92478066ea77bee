"""What the search shows of a run that it found, and that it forgives a wrong letter."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.samples import Sample


def test_a_hit_shows_the_field_that_matches_its_status_and_result(page: Page, main_site: Sample) -> None:
    page.goto(main_site.base + "search.html#q=dropuot")
    expect(page.locator(".result mark").first).to_have_text("dropout")
    page.goto("about:blank")
    page.goto(main_site.base + "search.html#q=best_val_loss%20killed")
    detail = page.locator(".result-detail").first
    expect(detail).to_contain_text("Killed · best_val_loss 0.6046")
    expect(detail.locator("mark")).to_have_text("best_val_loss")
    page.goto("about:blank")
    page.goto(main_site.base + "search.html#q=zzzzqq")
    expect(page.locator(".result-note")).to_have_text("No match for all of these words.")
