"""How git is called: which remote, with which settings, and what is said when it fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sitegen.errors import PublishError, UsageError
from sitegen.publish import git as sitegen_git
from sitegen.publish.git import page_address, private_repository, reason, remote_address
from tests.publish.conftest import git


def test_a_remote_is_a_name_an_address_or_a_folder(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = str(work.parent / "remote.git")
    git(work, "remote", "add", "hub", "git@github.com:ada/wine.git")
    (work / "hub").mkdir()
    assert remote_address("origin") == remote_address("../remote.git") == remote_address(bare) == bare
    assert remote_address("hub") == "git@github.com:ada/wine.git"
    assert remote_address("https://example.org/x.git") == "https://example.org/x.git"
    monkeypatch.chdir(work / "hub")
    assert remote_address("origin") == bare, "a relative address is from the top of the repository"
    for name in ("nothing", "--upload-pack=x"):
        with pytest.raises(UsageError, match="--remote"):
            remote_address(name)


def test_settings_of_the_repository_reach_git_and_are_written_nowhere(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.name")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "Of the environment")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    included = work.parent / "token.config"
    included.write_text('[http "https://example.org/"]\n\textraheader = AUTHORIZATION: basic c2VjcmV0\n')
    environment = {name: value for name, value in os.environ.items() if name != "GIT_DIR"}
    monkeypatch.delenv("GIT_DIR")
    git(work, "config", "include.path", str(included))
    git(work, "config", "alias.push", "!touch /tmp/never")
    monkeypatch.setattr(os, "environ", environment | {"GIT_DIR": str(work / ".git"), "GIT_WORK_TREE": str(work)})
    monkeypatch.setattr(sitegen_git, "remote_address", lambda remote: "https://example.org/x.git")
    with private_repository("origin") as private:
        said = private.run("config", "--list").decode()
        assert "http.https://example.org/.extraheader=AUTHORIZATION: basic c2VjcmV0" in said
        assert "user.name=Of the environment" in said and "alias.push" not in said
        folder = Path(private.run("rev-parse", "--absolute-git-dir").decode().strip())
        assert not [f for f in folder.rglob("*") if f.is_file() and b"c2VjcmV0" in f.read_bytes()]
    assert not folder.exists()


def test_a_failure_is_told_in_gits_words_without_passwords(work: Path) -> None:
    said = b"hint: x\nfatal: unable to access 'https://ada:hunter2@example.org/x.git/': Could not resolve host.\n"
    assert reason(said) == "unable to access 'https://example.org/x.git/': Could not resolve host"
    assert reason(b"") == "git gave no reason"
    with private_repository(str(work / "nothing.git/")) as private, pytest.raises(PublishError, match="git ls-remote"):
        private.run("ls-remote", "target")


def test_without_git_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UsageError, match="needs git"), private_repository("x"):
        pass


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://github.com/Ada/wine.git", "https://ada.github.io/wine/"),
        ("git@github.com:ada/wine", "https://ada.github.io/wine/"),
        ("ssh://git@github.com/ada/ada.github.io.git", "https://ada.github.io/"),
        ("https://github.com/ada", ""),
        ("https://example.org/ada/wine.git", ""),
        ("/srv/git/wine.git", ""),
    ],
)
def test_the_address_of_the_pages_is_githubs_rule(remote: str, address: str) -> None:
    assert page_address(remote) == address
