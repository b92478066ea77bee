"""What hosts of static sites allow: how many files, how large. As documented by them in autumn 2026."""

from __future__ import annotations

from collections.abc import Iterator
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
