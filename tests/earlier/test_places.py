"""Where an earlier site may be: a folder, a commit, an address; and what is not read."""

from __future__ import annotations

import subprocess
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from sitegen.earlier import find_site, is_site, open_site
from sitegen.earlier.places import MARK
from sitegen.errors import UsageError


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with the one file that makes it a site."""
    file = tmp_path / "repo" / "docs" / MARK
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    return tmp_path / "repo" / "docs"


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_a_folder_is_read_but_no_link_in_it(site: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    (site / "link").symlink_to(tmp_path / "secret")
    found = open_site(str(site))
    assert is_site(str(site)) and found.read(MARK) == b"{}"
    assert found.read("link") is None and found.read("missing") is None and found.read("data") is None


def test_a_commit_is_read_by_branch_and_folder(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(site.parent, "init", "-b", "pages")
    git(site.parent, "add", ".")
    git(site.parent, "commit", "-m", "site")
    monkeypatch.chdir(site.parent)
    found = open_site("pages:docs")
    assert found.read(MARK) == b"{}" and found.read("missing") is None
    assert find_site("pages") is None and find_site("nothing") is None
    assert find_site("--output=x") is None and not (site.parent / "x").exists()


def test_an_address_is_read_only_when_it_is_named(site: Path) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        assert open_site(f"{address}/index.html").read(MARK) == b"{}"
        assert open_site(address).read("missing") is None
    finally:
        server.shutdown()
        server.server_close()
    with pytest.raises(UsageError, match="cannot be reached"):
        open_site(address)


def test_what_is_no_site_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no site that sitegen built; give its folder"):
        open_site(str(tmp_path))
