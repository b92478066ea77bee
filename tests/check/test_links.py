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
    wrong = list(check_links("assets/a.css", css_links(sheet), paths, Anchors()))
    assert wrong == ["y.woff2 leads to no file"]


def test_a_place_is_looked_for_in_pages_before_and_behind(tmp_path: Path) -> None:
    anchors = Anchors()
    for fragment in ("there", "nowhere"):
        anchors.want("b.html", fragment, "a.html")
    write(tmp_path / "b.html", PAGE)
    assert list(anchors.missing(tmp_path)) == [("a.html", "b.html#nowhere leads to no place in that page")]
    anchors.add_page("b.html", {"there", "nowhere"})
    assert list(anchors.missing(tmp_path)) == []


def test_places_beyond_the_limit_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "MAX_PLACES", 1)
    anchors = Anchors()
    anchors.want("b.html", "one", "a.html")
    anchors.want("b.html", "two", "a.html")
    write(tmp_path / "b.html", PAGE)
    assert [what for _, what in anchors.missing(tmp_path)] == ["b.html#one leads to no place in that page"]
