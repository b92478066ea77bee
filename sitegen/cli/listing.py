"""The list of commands in the order of use, with a line on each and the page that explains it; for `--help`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sitegen import project


class About(NamedTuple):
    """A command in the list: a line of at most 60 characters, and its page in docs/."""

    line: str
    page: str


SECTIONS: Mapping[str, Mapping[str, About]] = {
    "Make a site": {
        "init": About("Write sitegen.toml, and the file that a CI needs.", "publishing.md"),
        "build": About("Build a website from a store.", "configuration.md"),
        "serve": About("Build, serve on this machine, rebuild while you train.", "security.md"),
        "publish": About("Publish to a branch, a folder, a bucket or a host.", "publishing.md"),
    },
    "Look and share": {
        "best": About("Show which runs are the best, and why.", "best.md"),
        "inspect": About("Show what is in a store.", "several.md"),
        "report": About("Put runs or an experiment into one file.", "report.md"),
        "embed": About("Write one chart as a picture or a page.", "publishing.md"),
        "export": About("Export everything as tables, histories included.", "export.md"),
    },
    "Check in CI": {
        "summary": About("Print the best runs as Markdown.", "gate.md"),
        "gate": About("Fail unless new runs are good enough.", "gate.md"),
        "scan": About("List the secrets in a store.", "publishing.md"),
        "check": About("Check a built site.", "publishing.md"),
    },
    "More": {
        "merge": About("Join parts that were built on several machines.", "scale.md"),
        "theme": About("Commands for authors of themes.", "themes.md"),
    },
}
COMMANDS: Mapping[str, About] = {name: about for section in SECTIONS.values() for name, about in section.items()}


def address(page: str) -> str:
    """Where a page of docs/ can be read: on the web once the repository is known, else in it."""
    home = project.home()
    return f"{home}/blob/main/docs/{page}" if home else f"docs/{page}"
