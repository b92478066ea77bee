"""What hosts of static sites allow: how many files, how large. As documented by them in autumn 2026."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sitegen.analysis.words import size

NEAR = 0.8
"""The share of a limit from which a site is near it."""


@dataclass(frozen=True, slots=True)
class Host:
    """The limits of a host; 0 where it has none. Sizes are in bytes."""

    total: int = 0
    """Bytes of the whole site."""
    files: int = 0
    entries: int = 0
    """Files and folders."""
    file: int = 0
    """Bytes of the largest file."""
    in_folder: int = 0
    """Files of one folder."""


HOSTS = {
    # https://docs.github.com/en/pages/getting-started-with-github-pages/github-pages-limits
    "github": Host(total=1_000_000_000),
    # https://docs.gitlab.com/user/gitlab_com/#gitlab-pages, https://docs.gitlab.com/administration/instance_limits/
    "gitlab": Host(total=1_073_741_824, entries=200_000),
    # https://developers.cloudflare.com/pages/platform/limits/ (100,000 files where one pays)
    "cloudflare": Host(files=20_000, file=26_214_400),
    # https://docs.netlify.com/deploy/create-deploys/
    "netlify": Host(in_folder=54_000),
}
"""The limits by the name of the host."""
NAMES = {"github": "GitHub Pages", "gitlab": "GitLab Pages", "cloudflare": "Cloudflare Pages", "netlify": "Netlify"}


def sizes_of(files: Iterable[tuple[str, int]]) -> Sizes:
    """The sizes of a site with these files: paths from its root with their bytes."""
    sizes, folders = Sizes(), Counter[str]()
    for path, count in files:
        sizes.add(path, count)
        folders[path.rpartition("/")[0]] += 1
    above = {parent for folder in folders for parent in _with_parents(folder)}
    sizes.folders = len(above)
    if folders:
        sizes.fullest_folder, sizes.most_in_folder = max(sorted(folders.items()), key=lambda one: one[1])
    return sizes


def _with_parents(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def near_limits(sizes: Sizes, host: str) -> list[str]:
    """What is near the limits of `host`, or of any host where none is named, or beyond them, as phrases."""
    found = []
    for name, limits in HOSTS.items():
        for phrase in sizes.beyond(limits, NEAR) if host in ("", name) else ():
            word = "beyond" if phrase in set(sizes.beyond(limits)) else "near"
            found.append(f"{word} the limits of {NAMES[name]} ({phrase})")
    return found


@dataclass(slots=True)
class Sizes:
    """What limits are compared with. Sizes are in bytes."""

    total: int = 0
    files: int = 0
    folders: int = 0
    largest: int = 0
    largest_path: str = ""
    most_in_folder: int = 0
    fullest_folder: str = ""

    def add(self, path: str, count: int) -> None:
        """Count a file of `count` bytes, but not its folder."""
        self.total += count
        self.files += 1
        if count > self.largest:
            self.largest, self.largest_path = count, path

    def beyond(self, host: Host, share: float = 1.0) -> Iterator[str]:
        """What is beyond `share` of the limits of `host`, as phrases."""
        if host.total and self.total > share * host.total:
            yield f"{size(self.total)} in all, at most {size(host.total)}"
        if host.files and self.files > share * host.files:
            yield f"{self.files:,} files, at most {host.files:,}"
        if host.entries and self.files + self.folders > share * host.entries:
            yield f"{self.files + self.folders:,} files and folders, at most {host.entries:,}"
        if host.file and self.largest > share * host.file:
            yield f"{self.largest_path} has {size(self.largest)}, at most {size(host.file)}"
        if host.in_folder and self.most_in_folder > share * host.in_folder:
            folder = self.fullest_folder or "the top folder"
            yield f"{folder} holds {self.most_in_folder:,} files, at most {host.in_folder:,}"
