"""The feeds of what changed: Atom (RFC 4287) and JSON Feed 1.1. Same changes, same bytes: times are those of runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from sitegen.addresses import whole_address
from sitegen.analysis.labels import one_line
from sitegen.pages.changes import ATOM, JSON, PATH, ChangesPage
from sitegen.pages.page import Site

MAX_ENTRIES = 100
# What XML 1.0 cannot hold, not even as a reference.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of both feeds."""

    id: str
    title: str
    text: str
    href: str
    time: int


def feeds(page: ChangesPage, site: Site) -> list[tuple[str, str]]:
    """Path and content of both feeds."""
    entries = sorted(_entries(page), key=lambda one: (-one.time, one.id))[:MAX_ENTRIES]
    return [(ATOM, _atom(entries, site)), (JSON, _json_feed(entries, site))]


def _entries(page: ChangesPage) -> Iterator[Entry]:
    for best in page.bests:
        if best.run_id:
            text = f"{best.after} is best by {best.objective} ({best.verdict})."
            text += f" Before: {best.before}." if best.before else ""
            title = f"New best of {best.experiment}: {best.after}"
            yield Entry(f"best:{best.run_id}:{best.after}", title, text, best.after_href, best.time or 0)
    for run in page.new:
        text = f"{run.status}, {run.when}." if run.when else f"{run.status}."
        yield Entry(f"run:{run.run_id}", f"New run of {run.experiment}: {run.name}", text, run.href, run.time or 0)


def _address(href: str, site: Site) -> str:
    return whole_address(site.site_url, href) if site.site_url else href


def _identifier(entry: str) -> str:
    """A permanent id (RFC 4151) that does not depend on where the site is."""
    return "tag:sitegen,2026:" + re.sub(r"[^\w:.-]", "-", entry, flags=re.ASCII)


def _moment(time: int) -> str:
    """A time in milliseconds since 1970 as RFC 3339; one that no calendar has as 1970."""
    try:
        return datetime.fromtimestamp(time // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError, ValueError):
        return "1970-01-01T00:00:00Z"


def _xml(text: str) -> str:
    return escape(_ILLEGAL.sub("", one_line(text)))


def _atom(entries: list[Entry], site: Site) -> str:
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_xml(site.title)}: what changed</title>",
        f"<id>{_xml(_address(ATOM, site)) if site.site_url else _identifier(f'feed:{site.title}')}</id>",
        f"<updated>{_moment(entries[0].time if entries else 0)}</updated>",
        f"<author><name>{_xml(site.title) or 'sitegen'}</name></author>",
        f'<link rel="alternate" type="text/html" href={quoteattr(_address(PATH, site))}/>',
        f'<link rel="self" type="application/atom+xml" href={quoteattr(_address(ATOM, site))}/>',
    ]
    for one in entries:
        lines += [
            "<entry>",
            f"<title>{_xml(one.title)}</title>",
            f"<id>{_identifier(one.id)}</id>",
            f"<updated>{_moment(one.time)}</updated>",
            f'<link rel="alternate" type="text/html" href={quoteattr(_address(one.href, site))}/>',
            f"<summary>{_xml(one.text)}</summary>",
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""])


def _json_feed(entries: list[Entry], site: Site) -> str:
    """Addresses have to be whole in a JSON feed, so they are left out where the site's own is not known."""
    whole = bool(site.site_url)
    feed: dict[str, object] = {"version": "https://jsonfeed.org/version/1.1", "title": f"{site.title}: what changed"}
    feed |= {"home_page_url": _address(PATH, site), "feed_url": _address(JSON, site)} if whole else {}
    feed["items"] = [
        {"id": _identifier(one.id), "title": one.title, "content_text": one.text, "date_published": _moment(one.time)}
        | ({"url": _address(one.href, site)} if whole else {})
        for one in entries
    ]
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"
