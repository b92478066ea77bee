"""What the head of a page says to programs that show a link to it: description, Open Graph and Twitter tags, canonical
address.

Tags with addresses are there only where the address of the site is known, since they have to be whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from sitegen.addresses import NOWHERE, Href, card_of_page, view_card_file, whole_address
from sitegen.analysis.labels import one_line
from sitegen.analysis.words import shortened
from sitegen.pages.page import Page, Site

MAX_DESCRIPTION = 200
CARD_SIZE = 1200, 630
NOT_SHARED = frozenset(["missing", "search", "packed-run", "curve", "table", "preview"])
"""Kinds of pages that show nothing of their own at their address."""
_SENTENCES = {
    "compare": "Compare runs: their params, metrics and curves side by side.",
    "search": "Search experiments, runs, params, tags and notes.",
    "datasets": "The datasets that runs used.",
    "models": "Registered and logged models, with their versions and runs.",
    "traces": "The traces of an experiment.",
    "changes": "New runs, new best runs and gone runs since the last site.",
    "packed-run": "A run, with its metrics, params and artifacts.",
    "missing": "This page does not exist.",
    "reports": "The published reports.",
}


def preview(page: Page, site: Site) -> Markup:
    """The elements for the head of `page`, a line each."""
    return Markup("\n").join(_elements(page, site))


def description_of(page: Page) -> str:
    """`page` in a sentence, at most 200 characters."""
    said = str(getattr(page, "description", "") or getattr(page, "lede", ""))
    if page.kind == "view":
        said = f"{page.title}: {said} of {getattr(page, 'experiment', '')}. {getattr(page, 'note', '')}"
    if not said:
        about = str(getattr(page, "experiment", "") or getattr(page, "source", ""))
        said = _SENTENCES.get(page.kind) or (f"{page.title}, of {about}." if about else f"{page.title}.")
    return shortened(one_line(said).strip(), MAX_DESCRIPTION)


def _elements(page: Page, site: Site) -> Iterator[Markup]:
    said = description_of(page)
    yield Markup('<meta name="description" content="{}">').format(said)
    if not site.site_url or page.kind in NOT_SHARED:
        return
    address = whole_address(site.site_url, page.path)
    if page.kind != "best":  # which says its own without the site's address too
        yield Markup('<link rel="canonical" href="{}">').format(address)
    card = _card_of(page) if site.has_cards else ""
    tags = [
        ("og:type", "website" if page.kind == "home" else "article"),
        ("og:site_name", site.title),
        ("og:title", page.title),
        ("og:description", said),
        ("og:url", address),
    ]
    if card:
        width, height = CARD_SIZE
        tags += [("og:image", whole_address(site.site_url, card)), ("og:image:type", "image/png")]
        tags += [("og:image:width", str(width)), ("og:image:height", str(height)), ("og:image:alt", said)]
    for name, content in tags:
        yield _tag("property", name, content)
    yield _tag("name", "twitter:card", "summary_large_image" if card else "summary")
    labels: tuple[tuple[str, str], ...] = getattr(page, "labels", ())
    for at, (label, value) in enumerate(labels[:2], 1):
        yield _tag("name", f"twitter:label{at}", label)
        yield _tag("name", f"twitter:data{at}", value)


def _card_of(page: Page) -> str:
    """The picture of `page`, or of the experiment that it is about; empty for neither."""
    if page.kind == "view":
        return view_card_file(Href(page.path))
    own: str = getattr(page, "card", "")
    return own or card_of_page(_experiment_of(page))


def _experiment_of(page: Page) -> Href:
    """The page of the experiment that `page` is about."""
    if page.kind == "experiment":
        return Href(page.path)
    found: Href = getattr(page, "experiment_href", NOWHERE) or getattr(page, "source_href", NOWHERE)
    return found


def _tag(attribute: str, name: str, content: str) -> Markup:
    return Markup(f'<meta {attribute}="{name}" content="{escape(one_line(content))}">')
