"""Hosts with a program of their own for uploading: what it wants beside the site, and the command to run.

sitegen prepares a folder and does not run the command: it needs an account, which is between the user and the host.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sitegen.publish.changes import SiteFile

_HEADERS = """\
/*
  X-Content-Type-Options: nosniff
  Referrer-Policy: no-referrer
  Permissions-Policy: camera=(), geolocation=(), microphone=()
/runs/*
  Content-Security-Policy: frame-ancestors 'none'
/experiments/*
  Content-Security-Policy: frame-ancestors 'none'
/artifacts/*
  Content-Security-Policy: sandbox; default-src 'none'; img-src 'self'
/assets/*
  Cache-Control: public, max-age=31536000, immutable
"""
"""What netlify.toml of this repository has, as a file that goes with the site."""


@dataclass(frozen=True)
class Host:
    """A host: the files that it wants, made for the title of the site, and the commands to run, as lines."""

    files: Callable[[str], Mapping[str, bytes]]
    commands: tuple[str, ...]
    """With `{folder}` for the prepared folder; capitals stand for what the user chose at the host."""


def _headers(title: str) -> Mapping[str, bytes]:
    return {"_headers": _HEADERS.encode()}


def _space(title: str) -> Mapping[str, bytes]:
    # A string of JSON is one of YAML too, whatever is in the title.
    facts = (f"title: {json.dumps(title)}", "sdk: static", "app_file: index.html", "pinned: false")
    return {"README.md": "\n".join(("---", *facts, "---", "")).encode()}


HOSTS = {
    "netlify": Host(_headers, ("npx netlify-cli deploy --prod --no-build --dir {folder}",)),
    "cloudflare": Host(_headers, ("npx wrangler pages deploy {folder} --project-name PROJECT",)),
    "huggingface": Host(
        _space,
        (
            "hf repos create OWNER/NAME --repo-type space --space-sdk static --exist-ok",
            "hf upload OWNER/NAME {folder} . --repo-type space --delete '*'",
        ),
    ),
}
"""The hosts by the name of their target."""


def title_of(files: Mapping[str, SiteFile]) -> str:
    """The title of a site."""
    return str(json.loads(files["data/best.json"].read())["title"])
