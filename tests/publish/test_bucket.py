"""Publishing to an object store: only what changed, in an order that never shows a page without what it needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from sitegen.errors import PublishError, UsageError
from sitegen.output import MANIFEST
from sitegen.publish import Changes, Publication, no_preview, preview, publish, whole_site
from sitegen.publish.bucket import Bucket, bucket_at
from sitegen.publish.changes import SiteFile, small_file
from sitegen.publish.types import FOREVER, keeping_of, type_of
from tests.publish.conftest import OTHER, Sites
from tests.publish.test_reports import kept, reports_of


class Recorded(MemoryFileSystem):
    """A file system in memory that says what was done, and fails at a file when told to."""

    store: dict[str, Any] = {}
    pseudo_dirs = [""]
    cachable = False
    done: list[tuple[str, str]] = []
    fails_at: str = ""

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **kwargs: Any) -> None:
        if self.fails_at and path.endswith(self.fails_at):
            raise OSError("key=hunter2")
        self.done.append(("put", path))
        super().pipe_file(path, value, mode, **kwargs)

    def rm(self, path: Any, recursive: bool = False, maxdepth: int | None = None) -> None:
        self.done.extend(("delete", one) for one in path)
        super().rm(path, recursive, maxdepth)


@pytest.fixture
def files() -> Iterator[Recorded]:
    Recorded.store.clear()
    Recorded.done.clear()
    Recorded.fails_at = ""
    Recorded.pseudo_dirs[:] = [""]
    yield Recorded()


def to_bucket(files: Recorded, make: Any, adopt: bool = False, dry_run: bool = False) -> Changes:
    bucket = Bucket(files, "bucket/runs", "s3://bucket/runs", adopt)
    return publish(bucket, make if callable(make) else lambda target: make, "", dry_run)


def there(files: Recorded) -> set[str]:
    return {path.removeprefix("/bucket/runs/") for path in files.store}


def test_only_what_changed_is_uploaded_pages_after_what_they_need_and_deletions_last(
    sites: Sites, files: Recorded
) -> None:
    to_bucket(files, whole_site(sites.after))
    assert there(files) == {*sites.after}
    assert {files.cat_file(f"bucket/runs/{path}") == file.read() for path, file in sites.after.items()} == {True}
    files.store["/bucket/mine.html"] = files.store["/bucket/runs/index.html"]
    files.store["/bucket/runs/mine.html"] = files.store["/bucket/runs/index.html"]
    del files.done[:]
    changes = to_bucket(files, whole_site(sites.before))
    assert f"runs/{OTHER}.html" in changes.deleted
    assert there(files) == {*sites.before, "mine.html", "/bucket/mine.html"}
    done = [(what, path.partition("/runs/")[2]) for what, path in files.done]
    assert not [path for _, path in done if path.startswith("assets/")]
    assert done[0] == ("put", MANIFEST), "first it is said which files may be in any state"
    puts = [path for what, path in done[1:] if what == "put"]
    assert (
        puts.index("data/site.js") < puts.index("experiments/1.html") < puts.index("index.html") < puts.index(MANIFEST)
    )
    assert [what for what, _ in done] == ["put"] * (len(puts) + 1) + ["delete"] * len(changes.deleted)
    assert not to_bucket(files, whole_site(sites.before)), "the same again is nothing to do"


def test_what_an_interrupted_upload_left_is_put_right_by_the_next(sites: Sites, files: Recorded) -> None:
    to_bucket(files, whole_site(sites.before))
    Recorded.fails_at = "index.html"
    with pytest.raises(PublishError, match=r"did not take all files \(OSError\); publish again to complete it\.$"):
        to_bucket(files, whole_site(sites.after))
    assert files.cat_file("bucket/runs/index.html") == sites.before["index.html"].read(), (
        "the first page is the old one"
    )
    Recorded.fails_at = ""
    to_bucket(files, whole_site(sites.before))
    assert there(files) == {*sites.before}
    assert {files.cat_file(f"bucket/runs/{path}") == file.read() for path, file in sites.before.items()} == {True}


def test_a_file_that_is_missing_or_has_another_size_is_uploaded_again(sites: Sites, files: Recorded) -> None:
    to_bucket(files, whole_site(sites.before))
    files.rm_file("bucket/runs/compare.html")
    MemoryFileSystem.pipe_file(files, "bucket/runs/search.html", b"cut")
    changes = to_bucket(files, whole_site(sites.before))
    assert (changes.added, changes.changed, changes.deleted) == (("compare.html",), ("search.html",), ())


def test_what_sitegen_did_not_put_there_is_replaced_only_when_asked(sites: Sites, files: Recorded) -> None:
    files.pipe_file("bucket/runs/index.html", b"theirs")
    with pytest.raises(UsageError, match="index.html would be replaced"):
        to_bucket(files, whole_site(sites.before))
    assert there(files) == {"index.html"}
    to_bucket(files, whole_site(sites.before), adopt=True)
    assert there(files) == {*sites.before}


def test_previews_and_reports_are_beside_each_other(sites: Sites, files: Recorded) -> None:
    to_bucket(files, preview(sites.after, 7))
    for name in "abc":
        to_bucket(files, kept(sites.before, name, 2))
    to_bucket(files, preview(sites.before, 7))
    assert reports_of(there(files)) == {"b", "c"}
    assert {path for path in there(files) if path.startswith("pr-")} == {f"pr-preview/pr-7/{p}" for p in sites.before}
    to_bucket(files, no_preview(7))
    assert not [path for path in there(files) if path.startswith("pr-")] and "index.html" in there(files)


def test_a_dry_run_uploads_nothing(sites: Sites, files: Recorded) -> None:
    assert to_bucket(files, whole_site(sites.before), dry_run=True).added and not files.store


def test_a_file_that_changed_since_the_check_is_told(sites: Sites, files: Recorded) -> None:
    broken = SiteFile(3, "0" * 64, sites.before_folder / "index.html")
    with pytest.raises(UsageError, match="changed while"):
        to_bucket(files, Publication({"index.html": broken, "a": small_file(b"a")}, replaces=""))


def test_files_have_their_types_on_s3(sites: Sites, s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    s3.mkdir("bucket")
    few = {path: f for path, f in sites.after.items() if not path.startswith("assets/") or path.endswith("site.css")}
    bucket = bucket_at("s3://bucket/runs/")
    assert bucket.describe() == "s3://bucket/runs"
    publish(bucket, lambda target: whole_site(few), "")
    fewer = {path: file for path, file in few.items() if OTHER not in path}
    assert publish(bucket, lambda target: whole_site(fewer), "").deleted
    s3.invalidate_cache()
    assert {path.removeprefix("bucket/runs/") for path in s3.find("bucket")} == {*fewer}
    styles = next(path for path in few if path.endswith("site.css"))
    for path, kind in (("index.html", "text/html"), ("data/site.js", "text/javascript"), (styles, "text/css")):
        facts = s3.call_s3("head_object", Bucket="bucket", Key=f"runs/{path}")
        assert facts["ContentType"] == f"{kind}; charset=utf-8" and facts["CacheControl"] == keeping_of(path)


@pytest.mark.parametrize(
    "address", ["https://example.org/x", "s3://", "s3://key@bucket/x", "s3://b/x?y", "file:///x", "s4://b"]
)
def test_what_is_no_bucket_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="cannot be published to"):
        bucket_at(address)


def test_types_do_not_let_a_browser_run_what_is_text() -> None:
    names = {
        "a/NAME.html.txt": "text/plain; charset=utf-8",
        "a/x.bin": "application/octet-stream",
        "a/CNAME": "application/octet-stream",
    }
    assert {path: type_of(path) for path in names} == names
    assert keeping_of("assets/ba2a018848/js/page.js") == keeping_of("reports/a/thumbs/98/7d.webp") == FOREVER
    assert keeping_of("data/site.js") == keeping_of("index.html") == "no-cache"
