"""A branch that GitHub Pages, or any other host, publishes: one commit that is pushed, or nothing.

Own code over git's plumbing in place of ghp-import, which works on the user's repository and knows neither previews
nor which files are unchanged. Only trees are fetched (where the remote can leave out what is in the files), only what
changed is sent: git joins the new tree from the ids of the old one. A push is one step at the remote, so that an
interrupted one leaves the old site; it names the commit that it replaces, so that it fails if someone else was faster.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import IO

from sitegen.errors import PublishError, UsageError
from sitegen.publish.changes import Changes, Publication, SiteFile, changes_of, small_file
from sitegen.publish.git import (
    REMOTE,
    Git,
    page_address,
    private_repository,
    reason,
    remote_address,
    without_password,
)
from sitegen.publish.target import known_files

_OLD, _NEW = "refs/sitegen/old", "refs/sitegen/new"
_NO_JEKYLL = ".nojekyll"
"""Without it GitHub would first run Jekyll over the site."""
_NOBODY = b"sitegen <sitegen@users.noreply.invalid>"
"""The author where git knows none, as in a CI job."""


@dataclass
class Branch:
    """The branch `name` of `remote`. With `history` a publication is a commit on top of those before it; else the
    branch has one commit, and what was removed from the site is gone from the repository too."""

    git: Git
    address: str
    name: str
    history: bool = False
    adopt: bool = False
    confirm: Callable[[str], bool] = lambda question: True
    """Asked before commits are thrown away."""
    tip: str = ""
    """The id of the branch's commit; '' if there is no such branch."""
    _blobs: dict[str, str] = field(default_factory=dict)
    _is_confirmed: bool = False

    def describe(self) -> str:
        return f"the branch {self.name} of {without_password(self.address)}"

    def look(self) -> None:
        listed = self.git.run("ls-remote", REMOTE, f"refs/heads/{self.name}").split()
        self.tip, self._blobs = (listed[0].decode() if listed else ""), {}
        if self.tip:
            self.git.run(
                "fetch", "-q", "--no-tags", "--depth=1", "--filter=blob:none", REMOTE, f"+refs/heads/{self.name}:{_OLD}"
            )
            self.tip = self.git.run("rev-parse", _OLD).decode().strip()
            self._blobs = dict(self._listed())

    def _listed(self) -> Iterator[tuple[str, str]]:
        for entry in self.git.run("ls-tree", "-r", "-z", "--full-tree", _OLD).split(b"\0"):
            facts, _, path = entry.partition(b"\t")
            if path:
                mode, _, blob = facts.split(b" ")
                # Only a plain file can be the same: a link may have the same content.
                yield path.decode("utf-8", "surrogateescape"), blob.decode() if mode == b"100644" else ""

    def read(self, path: str) -> bytes | None:
        return self.git.run("cat-file", "blob", self._blobs[path]) if self._blobs.get(path) else None

    def paths(self) -> Mapping[str, str]:
        return self._blobs

    def changes(self, publication: Publication) -> Changes:
        ours = known_files(self.read, publication)
        more = {} if _NO_JEKYLL in self._blobs else {_NO_JEKYLL: small_file(b"")}
        whole = replace(publication, files={**publication.files, **more})
        return changes_of(whole, self._blobs, ours, blob_id, self.adopt)

    def apply(self, publication: Publication, changes: Changes, message: str) -> bool:
        """See `Target`. Raises UsageError if throwing the commits before it away is not confirmed."""
        self._confirm()
        self._commit(changes, message)
        where = f"refs/heads/{self.name}"
        lease = f"--force-with-lease={where}:{self.tip}"
        pushed = self.git.attempt("push", "-q", "--porcelain", "--no-verify", lease, REMOTE, f"{_NEW}:{where}")
        if pushed.returncode == 0:
            return True
        said = pushed.stderr + b"\n" + pushed.stdout
        if b"stale info" in said or b"fetch first" in said or b"cannot lock ref" in said:
            return False
        raise PublishError(f"The push failed, and the branch is as it was: {reason(said)}.")

    def _confirm(self) -> None:
        if not self.tip or self.history or self._is_confirmed:
            return
        if not self.confirm(f"Replace all commits of {self.describe()} by one (a forced push)?"):
            raise UsageError("Nothing was published; --history adds a commit in place of replacing the branch.")
        self._is_confirmed = True

    def _commit(self, changes: Changes, message: str) -> None:
        with self._importing() as stream:
            who = self.git.attempt("var", "GIT_COMMITTER_IDENT").stdout.rpartition(b">")[0]
            when = int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
            stream.write(b"feature done\ncommit %s\n" % _NEW.encode())
            stream.write(b"committer %s %d +0000\n" % (who + b">" if who else _NOBODY, when))
            stream.write(_data(message.encode()))
            if self.tip and self.history:
                stream.write(b"from %s\n" % self.tip.encode())
            elif self.tip:
                tree = self.git.run("rev-parse", f"{_OLD}^{{tree}}").strip()
                stream.write(b'M 040000 %s ""\n' % tree)
            for path in changes.deleted:
                stream.write(b"D %s\n" % _quoted(path))
            for path in changes.uploads:
                stream.write(b"M 100644 inline %s\n" % _quoted(path))
                stream.write(_data(changes.files[path].read()))
            stream.write(b"done\n")

    @contextlib.contextmanager
    def _importing(self) -> Iterator[IO[bytes]]:
        """What `git fast-import` reads. Raises PublishError if it fails."""
        process = self.git.start("fast-import", "--quiet", "--force", "--done")
        assert process.stdin and process.stderr
        with process:
            try:
                with contextlib.suppress(BrokenPipeError):
                    yield process.stdin
            except BaseException:
                process.kill()
                raise
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            errors = process.stderr.read()
        if process.returncode:
            raise PublishError(f"git fast-import failed: {reason(errors)}.")


@contextlib.contextmanager
def branch_of(remote: str, name: str) -> Iterator[Branch]:
    """The branch `name` of `remote`. Raises UsageError for a name that no branch can have."""
    with private_repository(remote) as git:
        if git.attempt("check-ref-format", "--branch", name).returncode or name.startswith("-"):
            raise UsageError(f"{name} cannot be the name of a branch; give another one with --branch.")
        branch = Branch(git, remote_address(remote), name)
        yield branch


def blob_id(file: SiteFile) -> str:
    """The id that git gives the content of a file."""
    return hashlib.sha1(b"blob %d\0" % file.size + file.read(), usedforsecurity=False).hexdigest()


def address_of(branch: Branch) -> str:
    """Where the branch is published, from its CNAME or GitHub's rule; '' if neither says."""
    name = (branch.read("CNAME") or b"").decode("utf-8", "replace").strip()
    return f"https://{name}/" if name and name.isprintable() and "/" not in name else page_address(branch.address)


def _data(content: bytes) -> bytes:
    return b"data %d\n" % len(content) + content + b"\n"


def _quoted(path: str) -> bytes:
    """A path as `git fast-import` reads it."""
    raw = path.encode("utf-8", "surrogateescape")
    return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'
