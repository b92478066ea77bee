"""Turn page values into HTML: the Jinja environment, and nothing else.

Rendering returns text; `output` writes it. Templates get `page` (the page's own value), `site` (the values that all
pages share), `root` (the path from the page to the site's root, such as `../`) and `url`, which every address goes
through: pages hold addresses from the site's root, and `url` makes them relative to the page.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from pathlib import Path
from types import CodeType
from typing import Any
from urllib.parse import urlsplit

import platformdirs
from jinja2 import (
    Environment,
    FunctionLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.bccache import Bucket, FileSystemBytecodeCache
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from sitegen.addresses import Href, placed, resolved
from sitegen.analysis.labels import show_controls
from sitegen.errors import UsageError
from sitegen.markup.notes import rooted
from sitegen.pages.page import Page, Site
from sitegen.render.previews import preview
from sitegen.render.scripts import EVERY_PAGE, load_order
from sitegen.render.themes import Theme

_SPECIAL = re.compile("[&<>'\"]").search
_SET_UP = Path(__file__).read_text("utf-8")


class _Compiled(FileSystemBytecodeCache):
    """Templates as Python's code, kept from build to build; Jinja checks whether the source is unchanged. The

    code also depends on how the environment is set up, so code compiled by another version of this module is not used.
    """

    def get_source_checksum(self, source: str) -> str:
        return super().get_source_checksum(_SET_UP + source)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):  # a full disk does not stop the build
            super().dump_bytecode(bucket)


class _Template(Template):
    """A template that shows control characters of untrusted strings as symbols and escapes fast: most printed strings
    have nothing to escape, and `escape` makes a `Markup` of each. Compiled templates take `escape` from their globals.
    """

    @classmethod
    def from_code(
        cls,
        environment: Environment,
        code: CodeType,
        globals: MutableMapping[str, Any],
        uptodate: Callable[[], bool] | None = None,
    ) -> Template:
        template = super().from_code(environment, code, globals, uptodate)
        template.root_render_func.__globals__["escape"] = _escaped
        return template


def _escaped(value: object) -> object:
    if type(value) is not str:
        return escape(value)
    if not value.isprintable():
        value = show_controls(value)
    return value if _SPECIAL(value) is None else escape(value)


def _compiled(is_sandboxed: bool) -> _Compiled | None:
    """Compiled templates in the user's cache; None if there is no cache folder that only the user can write to.

    Compiling takes each worker as long as a hundred run pages. Code for the sandbox is kept apart: it checks each call.
    """
    folder = platformdirs.user_cache_path("sitegen") / "templates"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_own = _only_own(folder.stat())
    except OSError:
        return None
    return _Compiled(str(folder), "sandboxed_%s.cache" if is_sandboxed else "__jinja2_%s.cache") if is_own else None


def _only_own(folder: os.stat_result) -> bool:
    """Whether nobody but the user can have written into the folder: what is in it is run."""
    return not hasattr(os, "getuid") or (folder.st_uid == os.getuid() and not folder.st_mode & 0o022)


class Renderer:
    """Renders pages of one site with one theme; a worker makes its own from the same two values."""

    def __init__(self, theme: Theme, site: Site) -> None:
        self.theme = theme
        self.site = site
        kind = ImmutableSandboxedEnvironment if theme.is_sandboxed else Environment
        self.environment = kind(
            loader=FunctionLoader(self._source),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=_compiled(theme.is_sandboxed),
        )
        self.environment.template_class = _Template
        # A global, so that macros have it too; not a filter, which Jinja would apply to constants when it compiles.
        self.environment.globals["url"] = self._url
        self.environment.globals["rooted"] = self._rooted
        self.environment.globals["scripts"] = self._scripts
        self.environment.globals["preview"] = self._preview
        self._root = ""
        self._script_elements: dict[tuple[tuple[str, ...], str], Markup] = {}

    def render(self, page: Page) -> str:
        """The HTML of `page`. Raises UsageError when a template of the theme is broken."""
        try:
            template = self.environment.get_template(page.template)
            self._root = self._way_to_root(page)
            return template.render(page=page, site=self.site, root=self._root)
        except (TemplateError, UnicodeDecodeError) as error:
            raise UsageError(f"The theme {self.theme.name} cannot render {page.template}: {_what(error)}.") from error

    def _url(self, href: Href) -> str:
        """The address `href`, which is from the site's root, for the page that is being rendered."""
        return resolved(placed(href, self.site.is_packed), self._root)

    def _rooted(self, html: str) -> Markup:
        """The finished HTML of a note, its addresses made relative to the page that is being rendered."""
        return Markup(rooted(html, self._root))

    def _scripts(self, *names: str) -> Markup:
        """The script elements for `names` and what they need, without those of every page; without names, those of
        every page."""
        elements = self._script_elements.get((names, self._root))
        if elements is None:
            every = load_order(self.theme, EVERY_PAGE)
            order = [one for one in load_order(self.theme, names) if one not in every] if names else every
            line = Markup('<script defer src="{}"></script>')
            found = (line.format(self._url(Href(f"{self.site.assets}js/{one}.js"))) for one in order)
            elements = self._script_elements[names, self._root] = Markup("\n").join(found)
        return elements

    def _preview(self, page: Page) -> Markup:
        """What the head of `page` says to programs that show a link to it."""
        return preview(page, self.site)

    def _way_to_root(self, page: Page) -> str:
        """The path from the page to the root. A host shows 404.html at any depth, so it needs the absolute path."""
        if page.path == "404.html" and self.site.site_url:
            return urlsplit(self.site.site_url).path.rstrip("/") + "/"
        return "../" * page.path.count("/")

    def _source(self, name: str) -> str | None:
        if name.startswith("/") or ".." in name.split("/"):
            return None  # a template is a file of the theme
        file = self.theme.find(f"templates/{name}")
        return file.read_text("utf-8") if file else None


def _what(error: TemplateError | UnicodeDecodeError) -> str:
    """What is wrong with a template, as the end of a sentence."""
    if isinstance(error, TemplateNotFound):
        return f"the template {error.name} does not exist"
    if isinstance(error, TemplateSyntaxError):
        return f"{(error.message or 'a mistake').rstrip('.')} in line {error.lineno} of {error.name}"
    return str(error).rstrip(".")
