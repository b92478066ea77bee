"""What a publication changes, and in which order files are uploaded."""

from __future__ import annotations

import json

from sitegen.output import MANIFEST
from sitegen.publish.changes import Changes, Publication, SiteFile, changes_of, manifest_of, small_file
from sitegen.publish.target import known_files

A, B = small_file(b"a"), small_file(b"b")


def changes(publication: Publication, existing: dict[str, SiteFile], ours: set[str], adopt: bool = False) -> Changes:
    return changes_of(publication, {p: f.sha256 for p, f in existing.items()}, ours, lambda file: file.sha256, adopt)


def test_only_what_is_ours_and_no_longer_there_is_deleted() -> None:
    existing = {"same": A, "old": A, "theirs": A, "changed": A, "CNAME": A, "pr-preview/pr-1/x": A}
    found = changes(
        Publication({"same": A, "changed": B, "new": B}, replaces=""), existing, {"old", "changed", "CNAME"}
    )
    assert (found.added, found.changed, found.deleted) == (("new",), ("changed",), ("old",))
    assert found.size == 2 and bool(found)


def test_a_folder_of_its_own_holds_nothing_else() -> None:
    existing = {"p/1/old": A, "p/1/same": A, "p/10/x": A, "p/1": A}
    found = changes(Publication({"p/1/same": A, "p/1/new": A}, removes=("p/1/",)), existing, set())
    assert (found.added, found.changed, found.deleted) == (("p/1/new",), (), ("p/1/old",))


def test_pages_come_after_what_they_need_and_the_first_page_last() -> None:
    files = dict.fromkeys(("index.html", MANIFEST, "runs/a.html", "data/site.js", "assets/x/site.css", "search.html", "files/a/b.html"), A)  # fmt: skip
    order = changes(Publication(files), {}, set()).uploads
    assert order == [
        "assets/x/site.css", "data/site.js", "files/a/b.html", "runs/a.html", "search.html", "index.html", MANIFEST,
    ]  # fmt: skip
    below = changes(Publication({f"runs/{path}": file for path, file in files.items()}), {}, set()).uploads
    assert below == [f"runs/{path}" for path in order]


def test_a_manifest_says_of_what_it_does_not_know_only_that_it_is_ours() -> None:
    listing = json.loads(manifest_of({"b": B, MANIFEST: A, "a": A}, ["b", "c"]).read())
    assert listing == {"generator": "sitegen", "files": [["a", 1, A.sha256], ["b", 0, ""], ["c", 0, ""]]}


def test_what_is_known_is_what_the_manifests_of_the_replaced_parts_say() -> None:
    stored = {MANIFEST: manifest_of({"a": A}).read(), f"p/1/{MANIFEST}": manifest_of({"b": B}).read()}
    both = Publication({}, replaces="", removes=("p/1/", "p/2/"))
    assert known_files(stored.get, both) == {
        "a": (1, A.sha256), MANIFEST: (0, ""), "p/1/b": (1, B.sha256), f"p/1/{MANIFEST}": (0, ""),
    }  # fmt: skip
    assert known_files(stored.get, Publication({})) == {}
