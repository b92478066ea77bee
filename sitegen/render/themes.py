"""Find a theme: a folder with `theme.toml`, templates and assets, looked up file by file along its parents.

A theme is either built in (`themes/<name>`) or a folder of the user's, whose path has a `/`. `theme.toml` says
`extends = "default"`; a file of a theme replaces its parent's file of the same path, so the smallest theme is one CSS
file with token values. A theme may come from somebody else: it extends what is built in or beside it, and links that
leave it are not followed.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from sitegen.errors import UsageError

PACKAGE = Path(__file__).parent.parent
# In the wheel the themes lie inside the package, in a checkout beside it.
BUILT_IN = next(p for p in (PACKAGE / "themes", PACKAGE.parent / "themes") if p.is_dir())


@dataclass(frozen=True)
class Theme:
    """A theme's folders, nearest first; every lookup takes the first that has the file."""

    name: str
    folders: tuple[Path, ...]
    is_trusted: bool = False
    """Whether its templates run without a sandbox."""

    @property
    def is_sandboxed(self) -> bool:
        """Whether its templates run in a sandbox: when some are not sitegen's own, and it is not trusted."""
        own = BUILT_IN.resolve()
        foreign = [folder for folder in self.folders if not folder.is_relative_to(own)]
        return not self.is_trusted and any((folder / "templates").exists() for folder in foreign)

    def find(self, path: str) -> Path | None:
        """The file at `path` (such as `templates/run.html`), or None."""
        return next((f / path for f in self.folders if (f / path).is_file() and _is_inside(f / path, f)), None)

    def files(self, below: str) -> dict[str, Path]:
        """Every file below a folder of the theme, by path from the theme's root, sorted."""
        found: dict[str, Path] = {}
        for folder in reversed(self.folders):
            for file in (folder / below).rglob("*"):
                if file.is_file() and not file.name.startswith(".") and _is_inside(file, folder):
                    found[file.relative_to(folder).as_posix()] = file
        return dict(sorted(found.items()))


def load_theme(name: str, is_trusted: bool = False) -> Theme:
    """The theme called `name`, or in the folder `name`, a path with a `/`.

    Raises UsageError if there is none, if it extends itself, or what is neither built in nor beside it.
    """
    folders: list[Path] = []
    current: str | None = name
    while current is not None:
        folder = _folder(current)
        if folders and not (folder.is_relative_to(BUILT_IN.resolve()) or folder.is_relative_to(folders[0].parent)):
            raise UsageError(f"The theme {name} extends {folder}, which is not beside it; copy that theme there.")
        if folder in folders:
            raise UsageError(f"The theme {name} extends itself; fix `extends` in {folder / 'theme.toml'}.")
        folders.append(folder)
        current = _extends(folder)
    return Theme(name, tuple(folders), is_trusted)


def built_in_themes() -> tuple[str, ...]:
    return tuple(sorted(p.parent.name for p in BUILT_IN.glob("*/theme.toml")))


def _folder(name: str) -> Path:
    is_path = "/" in name or os.sep in name
    folder = Path(name) if is_path else BUILT_IN / name
    if name and (folder / "theme.toml").is_file():
        return folder.resolve()
    known = ", ".join(built_in_themes())
    raise UsageError(
        f'The theme "{name}" does not exist; use {known}, or the path of a folder with a theme.toml, such as ./ours.'
    )


def _is_inside(file: Path, folder: Path) -> bool:
    """Whether a file of the theme in `folder`, a real path, is there, and not a link to a file elsewhere."""
    return file.resolve().is_relative_to(folder)


def _extends(folder: Path) -> str | None:
    """What the theme in `folder` is based on, as `_folder` takes it: `default` if it names none, None for `default`
    itself."""
    if folder == (BUILT_IN / "default").resolve():
        return None
    try:
        parent = str(tomllib.loads((folder / "theme.toml").read_text("utf-8")).get("extends") or "default")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{folder / 'theme.toml'} is not valid TOML: {error}.") from error
    return str(folder / parent) if "/" in parent or os.sep in parent else parent
