"""Charts in frames of other pages: they fit, in every width and scheme, with `embed.js` and without."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Frame, Page

from sitegen.build import build
from sitegen.config import Config, load_config
from sitegen.pages.figures import SNIPPET
from tests.browser.samples import STORES, Sample

GROUNDS = {"light": "#fdf6e3", "dark": "#101020"}
MEASURE = """() => {
  const svg = document.querySelector("svg.drawing");
  const box = svg.getBoundingClientRect();
  const words = [...document.querySelectorAll("svg.drawing text:not([data-hidden]), figcaption, .embed-source a")];
  const outside = words.filter(word => {
    const { left, top, right, bottom } = word.getBoundingClientRect();
    return left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1;
  });
  return {
    scrolls: document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth,
    size: (12 * box.width) / svg.viewBox.baseVal.width,
    outside: outside.map(word => word.textContent),
    height: innerHeight,
    plot: box.height,
  };
}"""


def host(folder: Path, charts: list[str], scheme: str, script: str) -> Path:
    frames = "".join(f"<p>Words of the report.</p>{SNIPPET.format(chart, 'A chart')}" for chart in charts)
    style = f"html {{ background: {GROUNDS[scheme]}; color-scheme: {scheme} }} body {{ margin: 8px }}"
    file = folder / f"host-{scheme}-{bool(script)}.html"
    file.write_text(
        f"<!doctype html><title>Report</title><link rel=icon href='data:,'><style>{style}</style>{frames}"
        + (f"<script src='{script}' defer></script>" if script else ""),
        "utf-8",
    )
    return file


def charts_of(site: Sample) -> list[str]:
    """A chart of each kind that the site has."""
    kinds: dict[str, str] = {}
    for file in sorted((site.folder / "charts").glob("*-*.html")):
        kind = file.read_text("utf-8").partition('data-kind="')[2].partition('"')[0]
        kinds.setdefault(kind, f"file://{file}")
    assert {"curves", "scatter", "strip"} <= set(kinds)
    return list(kinds.values())


def ground_of(page: Page, at: int) -> tuple[int, ...]:
    """The colour of the lower right corner of a frame."""
    picture = page.locator("iframe").nth(at).screenshot(type="png")
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    return image.getpixel((image.width - 2, image.height - 2))  # type: ignore[return-value]


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


@pytest.fixture
def site(sample: Callable[[str], Sample]) -> Sample:
    return sample("mlflow3")


@pytest.mark.parametrize("script", [True, False], ids=["script", "alone"])
def test_a_chart_fits_its_frame_whatever_its_width(
    fresh_page: Callable[..., Page], site: Sample, tmp_path: Path, script: bool
) -> None:
    charts = charts_of(site)
    file = host(tmp_path, charts, "light", f"file://{site.folder}/charts/embed.js" if script else "")
    page = fresh_page(viewport={"width": 926, "height": 2000}, color_scheme="dark")
    page.goto(file.as_uri())
    for width in (926, 736, 360):
        page.set_viewport_size({"width": width, "height": 2000})
        page.wait_for_timeout(200)
        for at, frame in enumerate(page.frames[1:]):
            found = measured(frame)
            assert (found["scrolls"], found["outside"]) == (False, []), (width, charts[at])
            assert 11 <= found["size"] <= 16 and found["plot"] >= 120, (width, found)
            assert ground_of(page, at) == rgb(GROUNDS["light"])


def measured(frame: Frame) -> dict[str, float]:
    frame.wait_for_selector("html[data-ready]", state="attached")
    found: dict[str, float] = frame.evaluate(MEASURE)
    return found


def test_with_embed_js_a_chart_is_dark_in_a_dark_page_and_follows_it(
    fresh_page: Callable[..., Page], site: Sample, tmp_path: Path
) -> None:
    file = host(tmp_path, charts_of(site)[:1], "dark", f"file://{site.folder}/charts/embed.js")
    page = fresh_page(viewport={"width": 736, "height": 900}, color_scheme="light")
    page.goto(file.as_uri())
    frame = page.frames[1]
    frame.wait_for_selector("html[data-theme=dark]", state="attached")
    assert ground_of(page, 0) == rgb(GROUNDS["dark"])
    page.evaluate("document.documentElement.style.cssText = 'background: white; color-scheme: light'")
    frame.wait_for_selector("html[data-theme=light]", state="attached")
    assert ground_of(page, 0) == (255, 255, 255)


def test_a_frame_that_is_too_high_shrinks(fresh_page: Callable[..., Page], site: Sample, tmp_path: Path) -> None:
    file = host(tmp_path, charts_of(site)[:1], "light", f"file://{site.folder}/charts/embed.js")
    file.write_text(file.read_text("utf-8").replace("aspect-ratio:2", "height:1500px"), "utf-8")
    page = fresh_page(viewport={"width": 736, "height": 900})
    page.goto(file.as_uri())
    page.wait_for_function("document.querySelector('iframe').clientHeight < 600")


@pytest.mark.parametrize(
    ("fragment", "theme", "ground"), [("#theme=dark", "dark", None), ("#theme=light&ground=ff0000", "light", "#ff0000")]
)
def test_the_address_says_light_dark_and_ground(
    fresh_page: Callable[..., Page], site: Sample, tmp_path: Path, fragment: str, theme: str, ground: str | None
) -> None:
    file = host(tmp_path, [charts_of(site)[0] + fragment], theme, "")
    page = fresh_page(viewport={"width": 736, "height": 900})
    page.goto(file.as_uri())
    frame = page.frames[1]
    frame.wait_for_selector(f"html[data-theme={theme}]", state="attached")
    assert ground_of(page, 0) == rgb(ground or GROUNDS[theme])


def test_embed_js_is_small(site: Sample) -> None:
    assert (site.folder / "charts" / "embed.js").stat().st_size < 2000


# What is copied -------------------------------------------------------------------------------------------------------


def choices(page: Page) -> dict[str, str]:
    """What the open dialog offers, by where it goes."""
    found = {}
    box = page.locator("dialog.share-box")
    box.wait_for()
    for name in box.locator("option").all_text_contents():
        box.locator("select").select_option(name)
        found[name] = box.locator("pre").text_content() or ""
    return found


def test_the_chart_of_the_objective_has_something_for_every_tool(fresh_page: Callable[..., Page], site: Sample) -> None:
    page = fresh_page(viewport={"width": 1280, "height": 900})
    page.goto(site.base + site.experiment("cifar-cnn"))
    figure = page.locator("figure[data-pictures]").first
    figure.locator("summary[title='Chart menu']").click()
    figure.get_by_role("button", name="Embed").click()
    found = choices(page)
    title = "val_loss, cifar-cnn"
    assert f'title="{title}"' in found["HTML"] and "charts/embed.js" in found["HTML"]
    assert found["MyST"].startswith("```{raw} html\n") and found["reStructuredText"].startswith(
        ".. raw:: html\n\n   <iframe"
    )
    assert found["Picture (README)"].count("-light.svg") == 2 and f'alt="{title}"' in found["Picture (README)"]
    assert found["Markdown picture"].startswith("[![val\\_loss, cifar-cnn](https://YOUR-SITE/charts/")
    assert found["Vega-Lite"].endswith(".vl.json")
    for ending in ("-light.svg", "-dark.svg", "-narrow-dark.svg", ".svg", ".vl.json", ".html"):
        file = found["Vega-Lite"].removesuffix(".vl.json").removeprefix("https://YOUR-SITE/") + ending
        assert (site.folder / file).is_file()


def test_a_curve_of_a_run_has_a_frame_of_its_own(fresh_page: Callable[..., Page], site: Sample) -> None:
    page = fresh_page(viewport={"width": 1280, "height": 900})
    run = site.run("cnn-baseline")
    page.goto(f"{site.base}runs/{run.run_id}.html")
    figure = page.locator("figure[data-kind=curves]").first
    figure.locator("summary[title='Chart menu']").click()
    figure.get_by_role("button", name="Embed").click()
    address = choices(page)["Address"]
    page.goto(address.replace("https://YOUR-SITE/", site.base))
    page.locator(".uplot canvas").wait_for()


def test_a_view_of_the_explorer_is_the_lines_of_a_declared_chart_and_a_frame_at_once(
    fresh_page: Callable[..., Page], site: Sample, tmp_path: Path
) -> None:
    page = fresh_page(viewport={"width": 1280, "height": 900})
    page.goto(site.base + site.experiment("cifar-cnn") + "#charts=runs")
    seen = {}
    for kind in ("curves", "trend"):
        figure = page.locator(f".run-charts figure[data-kind={kind}]").first
        figure.scroll_into_view_if_needed()
        figure.locator("svg, canvas").first.wait_for()
        figure.locator("summary[title='Chart menu']").click()
        figure.get_by_role("button", name="Embed this view").click()
        seen[kind] = choices(page)
        page.locator("dialog.share-box .close").click()
    assert all("sitegen.toml (an address that stays)" in one for one in seen.values()), seen
    file = tmp_path / "sitegen.toml"
    file.write_text("".join(one["sitegen.toml (an address that stays)"] for one in seen.values()), "utf-8")
    declared = load_config(file).charts
    assert [chart.x == "step" for chart in declared] == [True, False]
    assert all(chart.experiment == "cifar-cnn" for chart in declared)
    build(Config(str(STORES / "mlflow3" / "mlruns"), tmp_path / "site", charts=declared, no_cache=True))
    assert len([one for one in (tmp_path / "site" / "charts").glob("*.png") if not one.name[0].isdigit()]) == 2
    page.goto(seen["curves"]["Address, at once"].replace("https://YOUR-SITE/", site.base))
    page.locator(".uplot canvas").wait_for()
    assert page.locator(".chart-legend button").count() == len(
        seen["curves"]["Address, at once"].split("&")[0].split(",")
    )


def test_a_runs_table_has_a_frame_of_the_view_that_is_shown(fresh_page: Callable[..., Page], site: Sample) -> None:
    page = fresh_page(viewport={"width": 1280, "height": 900})
    view = "#v=1&q=metrics.val_loss%20%3E%200&cols=name,m.val_loss,p.lr&sort=-m.val_loss"
    page.goto(site.base + site.experiment("cifar-cnn") + view)
    rows = page.locator(".runs[data-live] tbody tr[data-run]")
    rows.first.wait_for()
    shown = [row.inner_text() for row in rows.all()]
    page.get_by_role("button", name="Table", exact=True).click()
    page.get_by_role("menuitem", name="Embed").click()
    found = choices(page)
    assert 'title="Runs of cifar-cnn"' in found["HTML"] and found["LaTeX table"].startswith("% \\usepackage{booktabs")
    assert found["Markdown table"].count("\n") == len(shown) + 2
    page.goto(found["Address"].replace("https://YOUR-SITE/", site.base))
    page.locator("#runs tbody tr").first.wait_for()
    alone = [row.inner_text() for row in page.locator("#runs tbody tr").all()]
    assert [one.split("\t") for one in alone] == [[cell for cell in row.split("\t") if cell] for row in shown]
    assert page.locator("#runs th[scope=col]").all_inner_texts()[1:] == ["val_loss", "lr"]
    page.locator("#runs .embed-source a").click()
    page.wait_for_url("**/experiments/*.html#v=1*")
    assert page.locator(".runs[data-live] tbody tr[data-run]").count() == len(shown)


@pytest.mark.parametrize("width", [926, 360])
def test_a_runs_table_fits_its_frame(fresh_page: Callable[..., Page], site: Sample, tmp_path: Path, width: int) -> None:
    experiment = site.experiment("cifar-cnn")
    table = f"file://{site.folder}/charts/table.html#exp={Path(experiment).stem}"
    file = host(tmp_path, [table], "light", f"file://{site.folder}/charts/embed.js")
    page = fresh_page(viewport={"width": width, "height": 1200}, color_scheme="dark")
    page.goto(file.as_uri())
    frame = page.frames[1]
    frame.locator("tbody tr").first.wait_for()
    frame.wait_for_function(
        "document.querySelector('.scroll').scrollHeight <= document.querySelector('.scroll').clientHeight"
    )
    assert frame.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert ground_of(page, 0) == rgb(GROUNDS["light"])


# Links ----------------------------------------------------------------------------------------------------------------


def test_share_gives_the_page_as_it_is_shown_and_its_tables(fresh_page: Callable[..., Page], site: Sample) -> None:
    page = fresh_page(viewport={"width": 1280, "height": 900})
    run = site.run("cnn-baseline")
    page.goto(f"{site.base}runs/{run.run_id}.html#metrics")
    page.get_by_role("button", name="Share this page").click()
    found = choices(page)
    assert found["Link"] == page.url
    assert found["Markdown"] == f"[cnn-baseline]({page.url})"
    assert found["HTML"] == f'<a href="{page.url}">cnn-baseline</a>'
    [params] = [text for name, text in found.items() if name.startswith("Table in Markdown: Params")]
    assert params.startswith("| ") and "\n| --- | ---" in params


def test_links_name_the_site_where_its_address_is_known(fresh_page: Callable[..., Page], tmp_path: Path) -> None:
    folder = tmp_path / "site"
    build(
        Config(
            str(STORES / "mlflow3" / "mlruns"), folder, site_url="https://example.org/base", no_cache=True, cards="none"
        )
    )
    page = fresh_page(viewport={"width": 1280, "height": 900})
    page.add_init_script("navigator.clipboard.writeText = text => { window.taken = text; return Promise.resolve() }")
    experiment = next(
        file for file in (folder / "experiments").glob("*.html") if "cifar-cnn" in file.read_text("utf-8")
    )
    page.goto(experiment.as_uri() + "#v=1&q=val")
    page.get_by_role("button", name="Share this page").click()
    assert choices(page)["Link"] == f"https://example.org/base/experiments/{experiment.name}#v=1&q=val"
    page.keyboard.press("Escape")
    figure = page.locator("figure[data-href]").first
    figure.locator("summary[title='Chart menu']").click()
    figure.get_by_role("button", name="Copy link").click()
    page.wait_for_function("window.taken")
    assert page.evaluate("taken").startswith("https://example.org/base/charts/")
