"""Which files of a site are published, and what its manifest says of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sitegen.errors import UsageError
from sitegen.output import MANIFEST, Places
from sitegen.privacy import Privacy
from sitegen.publish.changes import small_file
from sitegen.publish.source import checked_site, files_of, held, is_site
from tests.publish.conftest import Sites


def test_every_file_is_published_with_the_users_own_and_all_are_listed(sites: Sites, tmp_path: Path) -> None:
    site = Path(shutil.copytree(sites.before_folder, tmp_path / "site"))
    own = {"badge.svg": "<svg/>", ".well-known/security.txt": "x", ".env": "x", ".git/config": "x", "a/.cache/b": "x"}
    for path, text in own.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    (site / "link").symlink_to("/etc/passwd")
    files = files_of(site)
    assert files.keys() - sites.before.keys() == {"badge.svg", ".well-known/security.txt"}
    assert files["badge.svg"].sha256 == small_file(b"<svg/>").sha256
    listed = {path for path, _, _ in json.loads(files[MANIFEST].read())["files"]}
    assert listed == files.keys() - {MANIFEST}


def test_a_site_without_own_files_is_published_with_its_own_manifest(sites: Sites) -> None:
    assert sites.before[MANIFEST].read() == (sites.before_folder / MANIFEST).read_bytes()


def test_a_site_is_what_has_a_manifest(sites: Sites, tmp_path: Path) -> None:
    assert is_site(sites.before_folder) and not is_site(tmp_path)
    with pytest.raises(UsageError, match="is not a site that sitegen built"):
        checked_site(tmp_path, Privacy(), "")


def test_a_build_waits_while_the_site_is_published(sites: Sites) -> None:
    lock = Places(sites.before_folder).lock
    with held(sites.before_folder):
        assert lock.exists()
    assert not lock.exists()
