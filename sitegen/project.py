"""What sitegen is called and where it is from: the one place that recipes, links and footers take it from.

The address of the repository is `[project.urls] Repository` of pyproject.toml. Until a release is on the index, recipes
install from the repository; the line `Package` there, the address on the index, says that one is.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

NAME = "mlruns-sitegen"
PLACEHOLDER = "OWNER/REPO"
"""Stands for the repository until its owner has set it."""
_FILE = Path(__file__).parents[1] / "pyproject.toml"


@cache
def urls() -> Mapping[str, str]:
    """The addresses of the project by their names: of a checkout from its pyproject.toml, else as installed."""
    try:
        project = tomllib.loads(_FILE.read_text("utf-8")).get("project", {})
    except OSError:
        project = {}
    if project.get("name") == NAME:
        found: dict[str, str] = project.get("urls", {})
        return found
    try:
        lines = metadata.metadata(NAME).get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        lines = []
    return {name: url for name, _, url in (line.partition(", ") for line in lines)}


def repository() -> str:
    """The address of the repository."""
    return urls().get("Repository", f"https://github.com/{PLACEHOLDER}").rstrip("/")


def slug() -> str:
    """Owner and name of the repository, as GitHub writes them: `OWNER/REPO`."""
    return "/".join(repository().split("/")[-2:])


def demo() -> str:
    """Where the Pages workflow of the repository publishes the demo site."""
    owner, name = slug().split("/")
    return f"https://{owner.lower()}.github.io/{name}/" if home() else f"https://{owner}.github.io/{name}/"


def home() -> str:
    """Where a reader learns more; '' as long as the repository is not known."""
    return "" if PLACEHOLDER in repository() else repository()


def requirement() -> str:
    """What pip installs: from the index once a release is there, else from the repository."""
    return NAME if "Package" in urls() else f"{NAME} @ git+{repository()}"


def quoted_requirement() -> str:
    """The same for a shell, in double quotes where it needs them."""
    return NAME if "Package" in urls() else f'"{requirement()}"'
