"""Links of pages and style sheets, and the places in other pages that are looked for last."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.check import links
from sitegen.check.links import Anchors, check_links, css_links
from sitegen.check.walk import Paths
from tests.stores.mlruns_builder import write

PAGE = '<!doctype html><html><head></head><body><p id="there"></p></body></html>'


def test_the_addresses_of_a_style_sheet_are_found() -> None:
    sheet = "a{b:url(x.png)} c{d:url( 'y.woff2' )} e{f:url(\"data:image/png;base64,AA\")}"
    paths = Paths(iter(["assets/x.png"]))
    wrong = list(check_links("assets/a.css", css_links(sheet), paths, Anchors(Path())))
    assert wrong == ["y.woff2 leads to no file"]


def test_a_place_is_looked_for_in_pages_before_and_behind(tmp_path: Path) -> None:
    anchors = Anchors(write(tmp_path / "b.html", PAGE).parent)
    for fragment in ("there", "nowhere"):
        anchors.want("b.html", fragment, "a.html")
    anchors.add_page("b.html", {"there"})
    assert anchors.missing() == [("a.html", "b.html#nowhere leads to no place in that page")]
    anchors.want("b.html", "there", "c.html")
    anchors.want("b.html", "gone", "c.html")
    assert [what for _, what in anchors.missing()][1:] == ["b.html#gone leads to no place in that page"]


def test_only_some_places_are_kept_at_a_time_and_none_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "MAX_PLACES", 2)
    anchors = Anchors(write(tmp_path / "b.html", PAGE).parent)
    for number in range(5):
        anchors.want("b.html", f"p{number}", f"{number}.html")
        anchors.want("b.html", "there", f"{number}.html")
        assert anchors.count <= 2
    assert [source for source, _ in anchors.missing()] == [f"{number}.html" for number in range(5)]
