"""What heads say to programs that show links, and the sitemap: read with parsers, as such programs do."""

from __future__ import annotations

import io
import json
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from sitegen.build import build
from sitegen.config import Config, ViewConfig
from sitegen.errors import UsageError
from sitegen.pages.page import PlainPage
from sitegen.render.previews import description_of
from sitegen.render.sitemap import sitemap_files
from tests.stores.mlruns_builder import START, experiment, run, write

ADDRESS = "https://ada.example/runs/"
NAME = 'iris "><script>'
FIRST, SECOND = "a" * 32, "b" * 32


class Head(HTMLParser):
    """The `content` of each meta element by its name or property, and the canonical address."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {key: value or "" for key, value in attrs}
        if tag == "meta" and (key := said.get("name") or said.get("property")):
            assert key not in self.found
            self.found[key] = said["content"]
        elif tag == "link" and said.get("rel") == "canonical":
            self.found["canonical"] = said["href"]


def store(root: Path) -> Path:
    one = experiment(root, "1", name=NAME)
    for at, run_id in enumerate((FIRST, SECOND)):
        folder = run(one, run_id)
        write(folder / "metrics" / "accuracy", "".join(f"{START + s} {s + at} {s}\n" for s in range(3)))
        write(folder / "metrics" / "val_loss", "".join(f"{START + s} {9 - s + at} {s}\n" for s in range(3)))
    return root


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same store with an address, open to search engines, and without."""
    root = tmp_path_factory.mktemp("previews")
    runs = str(store(root / "mlruns"))
    views = (ViewConfig("small", experiment="1", filter="metrics.val_loss < 8", note="The small ones."),)
    build(Config(store=runs, output=root / "known", jobs=1, title="My runs", site_url=ADDRESS, index=True, views=views))
    build(Config(store=runs, output=root / "plain", jobs=1, title="My runs"))
    return root / "known", root / "plain"


def test_a_link_to_a_run_shows_what_judges_it_and_no_rank(sites: tuple[Path, Path]) -> None:
    found = Head(sites[0] / f"runs/{FIRST}.html").found
    assert found["description"].startswith(f"val_loss 7. Finished run of {NAME}")
    assert "best" not in found["description"].lower() and "rank" not in found["description"].lower()
    assert found["og:description"] == found["description"] and found["og:site_name"] == "My runs"
    assert found["og:url"] == found["canonical"] == f"{ADDRESS}runs/{FIRST}.html"
    assert (found["twitter:label1"], found["twitter:data1"]) == ("val_loss", "7")
    assert (found["twitter:label2"], found["twitter:data2"]) == ("Status", "Finished")


def test_a_link_to_an_experiment_shows_its_verdict_and_a_picture(sites: tuple[Path, Path]) -> None:
    head = Head(sites[0] / "experiments/1.html").found
    assert NAME in head["og:title"] and "2 runs. Ahead, spread unknown: " in head["description"]
    assert head["twitter:card"] == "summary_large_image"
    picture = sites[0] / head["og:image"].removeprefix(ADDRESS)
    size = Image.open(io.BytesIO(picture.read_bytes())).size
    assert size == (1200, 630) == (int(head["og:image:width"]), int(head["og:image:height"]))
    assert Head(sites[0] / f"runs/{SECOND}.html").found["og:image"] == head["og:image"]


def test_the_best_run_and_a_named_view_have_pictures_of_their_own(sites: tuple[Path, Path]) -> None:
    addresses = ["experiments/1.html", f"runs/{FIRST}.html", "views/small.html"]
    pictures = [Head(sites[0] / page).found["og:image"] for page in addresses]
    assert len({(sites[0] / one.removeprefix(ADDRESS)).read_bytes() for one in pictures}) == 3
    assert Head(sites[0] / "best/1.html").found["og:image"] == pictures[1]
    assert sum(one.suffix == ".png" for one in (sites[0] / "cards").rglob("*")) == 3


def test_every_run_or_nothing_has_a_picture_if_asked(tmp_path: Path) -> None:
    runs = str(store(tmp_path / "mlruns"))
    build(Config(store=runs, output=tmp_path / "all", jobs=1, site_url=ADDRESS, cards="all"))
    build(Config(store=runs, output=tmp_path / "none", jobs=1, site_url=ADDRESS, cards="none"))
    shown = Head(tmp_path / f"all/runs/{SECOND}.html").found["og:image"]
    assert (tmp_path / "all" / shown.removeprefix(ADDRESS)).is_file() and SECOND in shown
    found = Head(tmp_path / f"none/runs/{SECOND}.html").found
    assert "og:image" not in found and found["twitter:card"] == "summary" and not (tmp_path / "none/cards").exists()


def test_a_picture_for_every_run_needs_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.build.open.has_pictures", lambda: False)
    runs = str(store(tmp_path / "mlruns"))
    with pytest.raises(UsageError, match="images"):
        build(Config(store=runs, output=tmp_path / "all", jobs=1, site_url=ADDRESS, cards="all"))


def test_without_an_address_pages_have_a_description_alone(sites: tuple[Path, Path]) -> None:
    for page in sites[1].rglob("*.html"):
        found = Head(page).found
        assert found["description"] and found["robots"] == "noindex"
        assert not any(key.startswith(("og:", "twitter:")) for key in found)
    assert not (sites[1] / "cards").exists() and not (sites[1] / "sitemap.xml").exists()
    assert not any("noindex" in page.read_text("utf-8") for page in sites[0].glob("*.html"))


def test_a_badge_is_what_shields_expects(sites: tuple[Path, Path]) -> None:
    said = json.loads((sites[1] / "badges/1.json").read_text("utf-8"))
    assert said == {"schemaVersion": 1, "label": "val_loss", "message": "7", "color": "1d63d8"}
    badge = ElementTree.parse(sites[1] / "badges/1.svg")
    assert [text.text for text in badge.iter() if text.tag.endswith("}text")] == ["val_loss", "7"]


def test_the_sitemap_lists_pages_that_are_there(sites: tuple[Path, Path]) -> None:
    listed = [str(one.text) for one in ElementTree.parse(sites[0] / "sitemap.xml").iter() if one.tag.endswith("}loc")]
    assert ADDRESS in listed and f"{ADDRESS}runs/{FIRST}.html" in listed and f"{ADDRESS}404.html" not in listed
    assert all((sites[0] / (one.removeprefix(ADDRESS) or "index.html")).is_file() for one in listed)


def test_a_large_sitemap_is_an_index_of_parts() -> None:
    files = dict(sitemap_files([f"runs/{at}.html" for at in range(5)], "https://a.example", most=2))
    assert list(files) == ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml"]
    assert "<sitemapindex" in files["sitemap.xml"] and files["sitemap-3.xml"].count("<loc>") == 1


def test_a_page_without_a_description_gets_a_sentence() -> None:
    assert description_of(PlainPage("x.html", "x.html", "x", "Some page")) == "Some page."
