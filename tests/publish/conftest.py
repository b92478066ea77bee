"""`sites`: two states of a small site; `work`: a git repository whose remote `origin` is a bare one beside it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sitegen.build import build
from sitegen.config import Config
from sitegen.publish import Changes, Publication, Target, branch_of, files_of, publish
from sitegen.publish.changes import SiteFile
from tests.stores.conftest import s3
from tests.stores.mlruns_builder import RUN, experiment, run

__all__ = ["s3"]
"""A fixture of other tests that is used here too."""

OTHER = "b" * 32


@dataclass(frozen=True)
class Sites:
    """The files of a site by their paths, and the folders where they are; `after` has a run more."""

    before_folder: Path
    after_folder: Path
    before: dict[str, SiteFile]
    after: dict[str, SiteFile]


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Sites:
    place = tmp_path_factory.mktemp("sites")
    one = experiment(place / "mlruns", "1")
    run(one, RUN, metrics={"loss": "1700000000000 0.5 1\n"})
    build(Config(store=(str(place / "mlruns"),), output=place / "before", title="Runs", no_cache=True))
    run(one, OTHER, metrics={"loss": "1700000000000 0.4 1\n"})
    build(Config(store=(str(place / "mlruns"),), output=place / "after", title="Runs", no_cache=True))
    return Sites(place / "before", place / "after", files_of(place / "before"), files_of(place / "after"))


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")
    folder = tmp_path / "work"
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    git(tmp_path, "init", "-q", "work")
    git(folder, "remote", "add", "origin", "../remote.git")
    monkeypatch.chdir(folder)
    return folder


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    return subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def on_branch(work: Path, branch: str = "gh-pages") -> set[str]:
    """The paths of a branch of the remote."""
    return set(git(work.parent / "remote.git", "ls-tree", "-r", "--name-only", branch).splitlines())


def commits(work: Path) -> int:
    return int(git(work.parent / "remote.git", "rev-list", "--count", "gh-pages"))


def push_to_branch(work: Path, files: dict[str, str], message: str = "theirs") -> None:
    """What someone else pushes to the branch."""
    with_clone = work.parent / f"clone-{message}"
    git(work.parent, "clone", "-q", "remote.git", with_clone.name)
    if git(with_clone, "ls-remote", "origin", "gh-pages"):
        git(with_clone, "checkout", "-q", "gh-pages")
    else:
        git(with_clone, "checkout", "-q", "-b", "gh-pages")
    for path, text in files.items():
        (with_clone / path).parent.mkdir(parents=True, exist_ok=True)
        (with_clone / path).write_text(text, "utf-8")
    git(with_clone, "add", ".")
    git(with_clone, "commit", "-q", "-m", message)
    git(with_clone, "push", "-q", "origin", "gh-pages")


@pytest.fixture
def to_branch(work: Path) -> Iterator[Callable[..., Changes]]:
    """Publishes to the branch `gh-pages` of `origin`."""

    def publish_it(
        make: Callable[[Target], Publication] | Publication,
        history: bool = False,
        adopt: bool = False,
        dry_run: bool = False,
        confirm: Callable[[str], bool] = lambda question: True,
    ) -> Changes:
        with branch_of("origin", "gh-pages") as branch:
            branch.history, branch.adopt, branch.confirm = history, adopt, confirm
            maker = make if callable(make) else lambda target: make
            return publish(branch, maker, "Publish", dry_run)

    yield publish_it
