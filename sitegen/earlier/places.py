"""Where an earlier site is, and its files: in a folder, in a commit of the git repository here, or at an address."""

from __future__ import annotations

import hashlib
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sitegen.errors import UsageError

MARK = "data/best.json"
"""The file that every site has."""
READ = (MARK, "data/runs.json", "data/charts/*.json")
"""What a build reads of an earlier site."""
MAX_BYTES = 64_000_000
"""Size of a file of an earlier site that is read; the list of 100,000 runs takes 15 MB."""
SECONDS = 30


class EarlierSite(Protocol):
    """The files of an earlier site."""

    def read(self, path: str) -> bytes | None:
        """The content of the file at a path from the site's root; None if it has none or it is too large."""
        ...

    def state(self) -> str | None:
        """A string that changes when what is read of the site does; None where that is not known without reading it."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A site on this machine."""

    root: Path

    def read(self, path: str) -> bytes | None:
        """The content of a regular file; a link is not followed."""
        file = self.root / path
        try:
            if file.is_symlink() or not file.is_file() or file.stat().st_size > MAX_BYTES:
                return None
            return file.read_bytes()
        except OSError:
            return None

    def state(self) -> str | None:
        """The digest of the files that a build reads."""
        digest = hashlib.blake2b(digest_size=16)
        for file in sorted(file for pattern in READ for file in self.root.glob(pattern)):
            path = file.relative_to(self.root).as_posix()
            data = self.read(path) or b""
            digest.update(f"{path}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
            digest.update(data)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Commit:
    """A site in a commit of the repository of the current folder, below `folder`."""

    ref: str
    folder: str

    def read(self, path: str) -> bytes | None:
        """The content of a file of the commit."""
        place = f"{self.ref}:{self.folder}{path}"
        size = _git("cat-file", "-s", place)
        if size is None or int(size) > MAX_BYTES:
            return None
        return _git("cat-file", "blob", place)

    def state(self) -> str | None:
        """The id of the commit."""
        return f"{(_git('rev-parse', self.ref) or b'').decode().strip()}:{self.folder}"


@dataclass(frozen=True, slots=True)
class Address:
    """A site on the web, which is asked only because the user named it."""

    url: str

    def read(self, path: str) -> bytes | None:
        """The content of a file at the address; None where the host has none. Raises UsageError if it cannot be
        reached."""
        request = urllib.request.Request(f"{self.url}/{path}", headers={"User-Agent": "sitegen"})
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                data: bytes = answer.read(MAX_BYTES + 1)
        except urllib.error.HTTPError:
            return None
        except (OSError, ValueError) as error:
            raise UsageError(f"The earlier site {self.url} cannot be reached ({_reason(error)}).") from error
        return data if len(data) <= MAX_BYTES else None

    def state(self) -> str | None:
        """Not known: its files would have to be loaded."""
        return None


def is_site(place: str) -> bool:
    """Whether a folder on this machine holds a site."""
    return (Path(place) / MARK).is_file()


def find_site(place: str) -> EarlierSite | None:
    """The site at `place`: a folder, an address, or a git ref (`gh-pages`, `origin/gh-pages:docs`); else None.

    Raises UsageError for an address that cannot be reached.
    """
    if place.startswith(("https://", "http://")):
        found: EarlierSite = Address(place.removesuffix("/index.html").rstrip("/"))
        return found if found.read(MARK) is not None else None
    if Path(place).exists():
        return Folder(Path(place)) if is_site(place) else None
    ref, _, folder = place.partition(":")
    if not ref or ref.startswith("-") or _git("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}") is None:
        return None
    commit = Commit(ref, f"{folder.strip('/')}/" if folder.strip("/") else "")
    return commit if commit.read(MARK) is not None else None


def open_site(place: str) -> EarlierSite:
    """The same. Raises UsageError, with what to do, where there is no site."""
    found = find_site(place)
    if found is None:
        raise UsageError(
            f"{place} is no site that sitegen built; give its folder, its address, or a git ref such as gh-pages."
        )
    return found


def _git(*arguments: str) -> bytes | None:
    """What git prints; None if it fails or is not there. No setting of the repository can make it run something else:
    these commands call no hooks, pagers or filters."""
    try:
        done = subprocess.run(["git", "--no-pager", *arguments], capture_output=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _reason(error: Exception) -> str:
    return str(getattr(error, "reason", "") or error)
