"""Run git in a private repository of the moment, so that nothing of the user's own repository is read but its settings.

The repository is bare, in a temporary folder, and goes away with it: the user's index, HEAD, files, branches and
objects stay as they are. What the user's repository says about reaching a remote (addresses, headers with a token,
helpers for passwords, how to call ssh) is handed on in the environment, and written nowhere.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sitegen.errors import PublishError, UsageError

REMOTE = "target"
"""What the remote is called in the private repository."""
_OF_REMOTES = tuple("http. credential. url. user. author. committer. ssh. core.sshcommand core.askpass".split())
"""The settings of the user's repository that are handed on."""


class Git:
    """A private repository with one remote."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = environment

    def run(self, *arguments: str, data: bytes | None = None) -> bytes:
        """What git prints. Raises PublishError with git's own words if it fails."""
        done = self.attempt(*arguments, data=data)
        if done.returncode:
            raise PublishError(f"git {arguments[0]} failed: {reason(done.stderr)}.")
        return done.stdout

    def attempt(self, *arguments: str, data: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        """A finished call of git, whether it failed or not."""
        return subprocess.run(self._command(*arguments), input=data or b"", env=self._environment, capture_output=True)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A call of git whose input is written piece by piece."""
        pipe = subprocess.PIPE
        return subprocess.Popen(self._command(*arguments), stdin=pipe, stderr=pipe, env=self._environment)

    def _command(self, *arguments: str) -> list[str]:
        return ["git", f"--git-dir={self._folder}", "-c", f"core.hooksPath={os.devnull}", *arguments]


@contextmanager
def private_repository(remote: str) -> Iterator[Git]:
    """A private repository whose remote is `remote`: a name that the repository here has, an address, or a folder.

    Raises UsageError if git is not installed, or there is no such remote.
    """
    if not shutil.which("git"):
        raise UsageError("Publishing to a branch needs git, which is not installed; install it, or copy the folder.")
    address = remote_address(remote)
    with tempfile.TemporaryDirectory(prefix="sitegen-publish-") as folder:
        settings = [*_settings_here(), (f"remote.{REMOTE}.url", address)]
        git = Git(Path(folder), _environment(settings))
        git.run("init", "-q", "--bare")
        yield git


def remote_address(remote: str) -> str:
    """The address that the name of a remote stands for; an address or a folder stands for itself."""
    if remote.startswith("-"):
        raise UsageError(f"{remote} is not a remote; give its name or address with --remote.")
    if Path(remote).exists() and (os.sep in remote or "/" in remote or not _address_here(remote)):
        return str(Path(remote).resolve())
    if ":" in remote or "/" in remote:
        return remote
    if address := _address_here(remote):
        return address
    raise UsageError(
        f"The repository here has no remote {remote}; run this inside the repository, or give an address with --remote."
    )


def page_address(remote: str) -> str:
    """Where GitHub publishes the branch of a repository at this address; '' for other hosts."""
    for start in ("https://github.com/", "git@github.com:", "ssh://git@github.com/"):
        owner, _, name = remote.removeprefix(start).removesuffix("/").removesuffix(".git").partition("/")
        if remote.startswith(start) and owner and name and "/" not in name:
            site = f"https://{owner.lower()}.github.io/"
            return site if name.lower() == f"{owner.lower()}.github.io" else f"{site}{name}/"
    return ""


def _address_here(remote: str) -> str:
    """The address to which the repository of the current folder pushes for `remote`; '' if it has none."""
    address = _output("remote", "get-url", "--push", remote).strip()
    # A relative one is from the top of the repository, whichever folder the command is run in.
    local = Path(_output("rev-parse", "--show-toplevel").strip(), address)
    return str(local.resolve()) if address and local.is_dir() else address


def _settings_here() -> list[tuple[str, str]]:
    """What the repository of the current folder says about remotes and the author."""
    found = []
    for entry in _output("config", "--local", "--includes", "--null", "--list").split("\0"):
        key, _, value = entry.partition("\n")
        if key.lower().startswith(_OF_REMOTES):
            found.append((key, value))
    return found


def _output(*arguments: str) -> str:
    """What git prints in the current folder; '' if that is in no repository."""
    done = subprocess.run(["git", *arguments], stdin=subprocess.DEVNULL, capture_output=True, env=_environment([]))
    return "" if done.returncode else done.stdout.decode("utf-8", "surrogateescape")


def _environment(settings: list[tuple[str, str]]) -> dict[str, str]:
    """The environment of git: no repository that a hook or an editor named, `settings` beside those given there."""
    ours = {name: value for name, value in os.environ.items() if name not in _OF_REPOSITORIES}
    count = int(ours.get("GIT_CONFIG_COUNT", "0") or 0)
    for number, (key, value) in enumerate(settings, count):
        ours |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    ours["GIT_CONFIG_COUNT"] = str(count + len(settings))
    if not sys.stdin.isatty():
        ours["GIT_TERMINAL_PROMPT"] = "0"
    return ours


_OF_REPOSITORIES = frozenset(
    f"GIT_{name}"
    for name in (
        "DIR", "WORK_TREE", "INDEX_FILE", "OBJECT_DIRECTORY", "ALTERNATE_OBJECT_DIRECTORIES", "COMMON_DIR", "PREFIX",
        "NAMESPACE", "GRAFT_FILE", "SHALLOW_FILE", "QUARANTINE_PATH", "CONFIG", "IMPLICIT_WORK_TREE",
    )
)  # fmt: skip
"""Variables that name a repository: hooks set them (`git rev-parse --local-env-vars`)."""


def reason(output: bytes) -> str:
    """What git or the remote says went wrong: the first line that tells, without passwords and a full stop."""
    lines = [line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:", "remote:", "!"))] or lines
    text = telling[0] if telling else "git gave no reason"
    return without_password(text.removeprefix("fatal: ").removeprefix("error: ").rstrip("."))


def without_password(text: str) -> str:
    """A string with the addresses in it, but not the users and passwords in those."""
    return re.sub(r"://[^/@\s]*@", "://", text)
