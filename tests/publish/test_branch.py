"""Publishing to a branch of a git remote: one commit, previews beside the site, nothing of others lost."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.errors import PublishError, UsageError
from sitegen.output import MANIFEST
from sitegen.publish import Changes, Publication, Target, branch_of, no_preview, preview, publish, whole_site
from sitegen.publish.branch import address_of, blob_id
from sitegen.publish.changes import SiteFile, small_file
from sitegen.publish.parts import PREVIEWS, preview_folder
from tests.publish.conftest import OTHER, Sites, commits, git, on_branch, push_to_branch

ToBranch = Callable[..., Changes]
NO_JEKYLL = {".nojekyll"}


def test_the_branch_holds_the_site_and_no_jekyll(sites: Sites, work: Path, to_branch: ToBranch) -> None:
    changes = to_branch(whole_site(sites.before))
    assert on_branch(work) == {*sites.before} | NO_JEKYLL and commits(work) == 1
    assert set(changes.added) == {*sites.before} | NO_JEKYLL and changes.size == sum(
        f.size for f in sites.before.values()
    )
    page = git(work.parent / "remote.git", "show", "gh-pages:index.html")
    assert page == (sites.before_folder / "index.html").read_text("utf-8").strip()


def test_a_second_publication_sends_what_changed_and_leaves_one_commit(
    sites: Sites, work: Path, to_branch: ToBranch
) -> None:
    to_branch(whole_site(sites.after))
    changes = to_branch(whole_site(sites.before))
    assert changes.deleted == tuple(sorted(sites.after.keys() - sites.before.keys()))
    assert f"runs/{OTHER}.html" in changes.deleted and "index.html" in changes.changed
    assert not any(path.startswith("assets/") for path in (*changes.added, *changes.changed))
    assert on_branch(work) == {*sites.before} | NO_JEKYLL and commits(work) == 1
    assert not to_branch(whole_site(sites.before)), "the same again is nothing to do"


def test_with_history_each_publication_is_a_commit(sites: Sites, work: Path, to_branch: ToBranch) -> None:
    to_branch(whole_site(sites.before), history=True)
    to_branch(whole_site(sites.after), history=True)
    assert commits(work) == 2 and on_branch(work) == {*sites.after} | NO_JEKYLL
    to_branch(whole_site(sites.before))
    assert commits(work) == 1


def test_the_site_keeps_previews_and_cname_and_previews_keep_the_site(
    sites: Sites, work: Path, to_branch: ToBranch
) -> None:
    push_to_branch(work, {"CNAME": "runs.example.org\n", "docs/a.html": "theirs"})
    to_branch(preview(sites.after, 7))
    to_branch(preview(sites.before, 8))
    to_branch(whole_site(sites.before))
    seven, eight = ({f"pr-preview/pr-{n}/{path}" for path in s} for n, s in ((7, sites.after), (8, sites.before)))
    rest = {"CNAME", "docs/a.html", *sites.before} | NO_JEKYLL
    assert on_branch(work) == rest | seven | eight
    changes = to_branch(preview(sites.before, 7))
    assert f"pr-preview/pr-7/runs/{OTHER}.html" in changes.deleted
    to_branch(no_preview(7))
    assert on_branch(work) == rest | eight
    assert preview_folder(8) == f"{PREVIEWS}pr-8/"
    to_branch(no_preview(8))
    assert on_branch(work) == rest
    assert not to_branch(no_preview(8))


def test_a_site_in_a_folder_leaves_the_rest(sites: Sites, work: Path, to_branch: ToBranch) -> None:
    push_to_branch(work, {"index.html": "the docs", "runs/mine.html": "mine"})
    to_branch(whole_site(sites.after, "runs/"))
    to_branch(whole_site(sites.before, "runs/"))
    assert on_branch(work) == {"index.html", "runs/mine.html", *(f"runs/{path}" for path in sites.before)} | NO_JEKYLL


def test_a_file_that_others_put_there_is_replaced_only_when_asked(
    sites: Sites, work: Path, to_branch: ToBranch
) -> None:
    push_to_branch(work, {"index.html": "the docs"})
    with pytest.raises(UsageError, match="index.html would be replaced, which sitegen did not put there"):
        to_branch(whole_site(sites.before))
    assert on_branch(work) == {"index.html"}
    to_branch(whole_site(sites.before), adopt=True)
    assert on_branch(work) == {*sites.before} | NO_JEKYLL


def test_a_preview_that_search_engines_may_list_is_refused(sites: Sites) -> None:
    page = (sites.before_folder / "index.html").read_bytes().replace(b"noindex", b"index")
    with pytest.raises(UsageError, match="without --index"):
        preview({**sites.before, "index.html": small_file(page)}, 7)


def test_commits_are_replaced_only_when_confirmed(sites: Sites, work: Path, to_branch: ToBranch) -> None:
    asked: list[str] = []

    def refuse(question: str) -> bool:
        asked.append(question)
        return False

    to_branch(whole_site(sites.before), confirm=refuse)
    to_branch(whole_site(sites.after), history=True, confirm=refuse)
    assert asked == [], "a new branch and a commit more replace nothing"
    with pytest.raises(UsageError, match="Nothing was published"):
        to_branch(whole_site(sites.before), confirm=refuse)
    assert len(asked) == 1 and "gh-pages" in asked[0] and commits(work) == 2


def test_a_dry_run_changes_nothing(sites: Sites, work: Path, to_branch: ToBranch) -> None:
    changes = to_branch(whole_site(sites.before), dry_run=True)
    assert len(changes.added) == len(sites.before) + 1
    assert git(work, "ls-remote", "origin") == ""


def state(folder: Path) -> dict[str, tuple[str, int]]:
    """Content and time of every file of the repository, its own files included."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    return {
        str(file.relative_to(folder)): (hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_mtime_ns)
        for file in files
    }


def test_the_users_repository_is_not_touched(sites: Sites, work: Path, to_branch: ToBranch) -> None:
    (work / "a.txt").write_text("committed")
    git(work, "add", ".")
    git(work, "commit", "-q", "-m", "first")
    (work / "a.txt").write_text("staged")
    git(work, "add", ".")
    (work / "a.txt").write_text("changed since")
    (work / "untracked.txt").write_text("new")
    before = state(work)
    to_branch(whole_site(sites.before))
    to_branch(preview(sites.after, 3))
    to_branch(whole_site(sites.after), history=True)
    assert state(work) == before


def test_a_push_that_the_remote_refuses_leaves_the_old_site(sites: Sites, work: Path, to_branch: ToBranch) -> None:
    to_branch(whole_site(sites.before))
    tip = git(work, "ls-remote", "origin")
    hook = work.parent / "remote.git" / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'no more room' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(PublishError, match="the branch is as it was: remote: no more room"):
        to_branch(whole_site(sites.after))
    assert git(work, "ls-remote", "origin") == tip


def test_an_interrupt_while_the_commit_is_made_leaves_the_old_site(
    sites: Sites, work: Path, to_branch: ToBranch, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_branch(whole_site(sites.before))
    tip = git(work, "ls-remote", "origin")
    with branch_of("origin", "gh-pages") as branch:
        branch.look()
        publication = whole_site(sites.after)
        changes = branch.changes(publication)
        monkeypatch.setattr(SiteFile, "read", lambda file: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            branch.apply(publication, changes, "Publish")
    assert git(work, "ls-remote", "origin") == tip


def test_who_is_slower_begins_anew_and_loses_nothing(sites: Sites, work: Path, to_branch: ToBranch) -> None:
    to_branch(whole_site(sites.before))
    tries: list[int] = []

    def make(target: Target) -> Publication:
        tries.append(1)
        if len(tries) == 1:
            push_to_branch(work, {"pr-preview/pr-9/index.html": "theirs"})
        return whole_site(sites.after)

    to_branch(make)
    assert len(tries) == 2
    assert on_branch(work) == {*sites.after, "pr-preview/pr-9/index.html"} | NO_JEKYLL


def test_a_branch_that_changes_all_the_time_is_given_up(sites: Sites, work: Path, to_branch: ToBranch) -> None:
    to_branch(whole_site(sites.before))
    tries: list[int] = []

    def make(target: Target) -> Publication:
        tries.append(1)
        push_to_branch(work, {"x.txt": str(len(tries))}, str(len(tries)))
        return whole_site(sites.after)

    with pytest.raises(PublishError, match="all the time"):
        to_branch(make)
    assert len(tries) == 4


def test_a_manifest_of_the_branch_cannot_delete_what_is_outside(sites: Sites, work: Path, to_branch: ToBranch) -> None:
    manifest = '{"generator":"sitegen","files":[["../a.html",1,"x"],["CNAME",1,"x"],["old.html",1,"x"]]}'
    push_to_branch(work, {f"runs/{MANIFEST}": manifest, "a.html": "a", "CNAME": "x", "runs/old.html": "x"})
    assert to_branch(whole_site(sites.before, "runs/")).deleted == ("runs/old.html",)


def test_names_of_all_kinds_arrive(work: Path, to_branch: ToBranch) -> None:
    names = ['a "quoted" name.txt', "new\nline.txt", "back\\slash.txt", "späce .txt"]
    to_branch(whole_site({name: small_file(name.encode()) for name in names}))
    listed = git(work.parent / "remote.git", "ls-tree", "-r", "-z", "--name-only", "gh-pages").split("\0")
    assert {*names} | NO_JEKYLL == {*filter(None, listed)}


def test_the_address_is_that_of_the_cname_or_of_github(sites: Sites, work: Path, to_branch: ToBranch) -> None:
    with branch_of("origin", "gh-pages") as branch:
        branch.look()
        assert address_of(branch) == ""
        branch.address = "https://github.com/Ada/wine.git"
        assert address_of(branch) == "https://ada.github.io/wine/"
    push_to_branch(work, {"CNAME": "runs.example.org\n"})
    with branch_of("origin", "gh-pages") as branch:
        branch.look()
        assert address_of(branch) == "https://runs.example.org/"


@pytest.mark.parametrize("name", ["-f", "a..b", "a b", ""])
def test_a_name_that_no_branch_can_have_is_refused(work: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a branch"), branch_of("origin", name):
        pass


def test_the_id_of_a_file_is_the_one_that_git_gives_it(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a\r\nb")
    assert blob_id(small_file(b"a\r\nb")) == git(tmp_path, "hash-object", "--no-filters", "a")


def test_a_link_that_took_a_files_place_is_not_followed(sites: Sites, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    file = small_file(b"secret")
    with pytest.raises(UsageError, match="cannot be read"):
        SiteFile(file.size, file.sha256, tmp_path / "link").read()
    with pytest.raises(UsageError, match="changed while"):
        SiteFile(3, file.sha256, tmp_path / "secret").read()


def test_publishing_needs_no_repository_here(
    sites: Sites, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with branch_of(str(tmp_path / "remote.git"), "pages") as branch:
        assert publish(branch, lambda target: whole_site(sites.before), "Publish")
    assert on_branch(work, "pages") == {*sites.before} | NO_JEKYLL


def test_what_is_unchanged_is_neither_fetched_nor_sent(sites: Sites, work: Path, to_branch: ToBranch) -> None:
    """Where the remote can leave out the contents of files, as GitHub can."""
    remote = work.parent / "remote.git"
    git(remote, "config", "uploadpack.allowFilter", "true")
    git(work, "remote", "set-url", "origin", f"file://{remote}")
    push_to_branch(work, {"CNAME": "runs.example.org\n", "large.txt": "large" * 1000})
    to_branch(whole_site(sites.before))
    to_branch(preview(sites.before, 7))
    with branch_of("origin", "gh-pages") as branch:
        branch.look()
        kinds = git_kinds(branch.git.run("cat-file", "--batch-all-objects", "--batch-check").decode())
        assert kinds["blob"] == 0 and kinds["commit"] == 1 and kinds["tree"] > 3
        assert branch.read("CNAME") == b"runs.example.org\n"
        publication = whole_site(sites.after)
        assert branch.apply(publication, branch.changes(publication), "Publish")
        kinds = git_kinds(branch.git.run("cat-file", "--batch-all-objects", "--batch-check").decode())
        assert kinds["blob"] < 40, "what changed, the manifest and CNAME, of over 100 files"
    assert git(remote, "fsck", "--full", "--no-dangling") == ""
    assert on_branch(work) >= {*sites.after, "large.txt", "CNAME", "pr-preview/pr-7/index.html"}
    assert git(remote, "show", "gh-pages:large.txt") == "large" * 1000


def git_kinds(listing: str) -> Counter[str]:
    return Counter(line.split()[1] for line in listing.splitlines())
