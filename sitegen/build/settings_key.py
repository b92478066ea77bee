"""What pages depend on beside the store: the program, its libraries, the theme, and the settings of the build."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from dataclasses import fields
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path

from sitegen import __version__
from sitegen.build.digests import digest_of
from sitegen.charts.specs import KINDS_FILE
from sitegen.config import Config
from sitegen.render.themes import PACKAGE, Theme
from sitegen.stores.stamps import Stamp, rows_of, stamp_of

LIBRARIES = (
    "jinja2", "markdown", "markupsafe", "msgspec", "nh3", "numpy", "pillow", "pyarrow", "pygments", "pyyaml",
)  # fmt: skip
"""Libraries whose versions pages may depend on."""
NOT_IN_PAGES = frozenset(
    "output jobs strict allow_problems force_adopt cache no_cache by_content shard executor host since given".split()
)
"""Options that do not change what is built, or (`since`) count by what is read there. Any other option counts, a new
one too."""


@cache
def program_key() -> str:
    """The digest of sitegen's own code and the versions of Python and of the libraries.

    Of the content of the code, since an editable install has one version and many contents.
    """
    return digest_of([__version__, sys.version, [(name, _version(name)) for name in LIBRARIES], _code()])


def settings_key(config: Config, theme: Theme) -> str:
    """The digest of the settings and of every file of the theme."""
    chosen = [(field.name, getattr(config, field.name)) for field in fields(config) if field.name not in NOT_IN_PAGES]
    files = [(str(folder), _theme(str(folder), stamp_of(rows_of(str(folder))))) for folder in theme.folders]
    return digest_of([chosen, theme.is_trusted, files])


@lru_cache(maxsize=16)
def _theme(folder: str, stamp: Stamp) -> str:
    """The digest of the files in a folder; `stamp` tells the states of a process that builds several times apart."""
    return _digest(_files(Path(folder)))


def _code() -> str:
    """The digest of the code, and of the kinds of charts that are compiled ahead."""
    found = sorted([*PACKAGE.rglob("*.py"), KINDS_FILE])
    return _digest((file, file.relative_to(PACKAGE).as_posix()) for file in found)


def _files(folder: Path) -> Iterable[tuple[Path, str]]:
    return ((file, file.relative_to(folder).as_posix()) for file in sorted(folder.rglob("*")) if file.is_file())


def _digest(files: Iterable[tuple[Path, str]]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for file, name in files:
        data = file.read_bytes()
        digest.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
        digest.update(data)
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
