"""A theme's preview: one page with every component in its states, with the theme's styles and scripts beside it."""

from __future__ import annotations

from pathlib import Path

from sitegen import __version__
from sitegen.build.assets import write_assets
from sitegen.markup.data_js import data_script
from sitegen.output import staged
from sitegen.pages.page import Site
from sitegen.pages.preview import preview_page
from sitegen.render import Renderer
from sitegen.render.themes import load_theme


def build_preview(theme_name: str, output: Path, *, is_trusted: bool = False) -> Path:
    """Write the preview of the theme into the folder `output`; gives the page's file.

    Raises UsageError when the theme does not exist or is broken, or the output cannot be used.
    """
    theme = load_theme(theme_name, is_trusted)
    with staged(output, stores=()) as stage:
        site = Site(f"Theme {Path(theme.name).name}", __version__, write_assets(theme, stage), "Example values", 2)
        page = preview_page(site)
        stage.write(page.path, Renderer(theme, site).render(page))
        data = {"title": site.title, "digits": site.digits, "experiments": []}
        stage.write("data/site.js", data_script("site", data))
    return output / page.path
