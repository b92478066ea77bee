"""`sitegen publish` as it is called: what it publishes, what it refuses, what it says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sitegen.cli import main
from sitegen.cli.publish import NOT_WHEN_PUBLISHING
from tests.publish.conftest import Sites, git, on_branch
from tests.stores.mlruns_builder import RUN, experiment, run


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["publish", *arguments])


@pytest.fixture
def site(sites: Sites, work: Path) -> Path:
    return Path(shutil.copytree(sites.before_folder, work / "site"))


def test_a_site_is_published_previewed_and_the_preview_removed(site: Path, work: Path) -> None:
    planned = call("gh-pages", "--dry-run")
    assert planned.exit_code == 0 and "Would publish the site to the branch gh-pages of " in planned.stdout
    assert "  add index.html\n" in planned.stdout and git(work, "ls-remote", "origin") == ""
    assert "Published the site" in call("gh-pages").stdout
    assert "index.html" in on_branch(work)
    assert "Nothing to do" in call("gh-pages").stdout
    refused = call("gh-pages", "site", "--preview", "3")
    assert refused.exit_code == 2 and "--yes" in refused.stderr and "--history" in refused.stderr
    assert "Published preview 3 to" in call("gh-pages", "site", "--preview", "3", "--yes").stdout
    assert "pr-preview/pr-3/index.html" in on_branch(work)
    assert "Removed preview 3 from" in call("gh-pages", "--remove-preview", "3", "--history").stdout
    assert not [path for path in on_branch(work) if path.startswith("pr-preview/")]
    assert "has no preview 3" in call("gh-pages", "--remove-preview", "3").stdout


def test_a_site_with_findings_is_not_published(site: Path, work: Path) -> None:
    (site / "notes.txt").write_text("token: ghp_" + "a1B2" * 9)
    (site / "index.html").unlink()
    (site / "index.html").symlink_to("/etc/hostname")
    result = call("gh-pages")
    assert result.exit_code == 5 and git(work, "ls-remote", "origin") == ""
    assert "notes.txt: " in result.stdout and "index.html: is a link" in result.stdout


def test_a_store_is_built_strictly_and_published(work: Path) -> None:
    one = experiment(work / "mlruns", "1")
    run(one, RUN, metrics={"loss": "1700000000000 0.5 1\n"}, params={"api_token": "ghp_" + "a1B2" * 9})
    refused = call("./www", "mlruns")
    assert refused.exit_code == 3 and "1 secret" in refused.stderr and not (work / "www").exists()
    inside = call("./mlruns/www", "mlruns", "--no-strict")
    assert inside.exit_code == 2 and "is inside a store" in inside.stderr and not (work / "mlruns" / "www").exists()
    done = call("./www", "mlruns", "--no-strict", "--title", "Wine")
    assert done.exit_code == 0, done.output
    assert "1 run in 1 experiment" in done.stderr and "Published the site to www" in done.stdout
    assert "<title>Wine</title>" in (work / "www" / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("gh-page",), "gh-page is not a target; did you mean gh-pages, or a folder with a slash, such as ./gh-page."),
        (("gh-pages", "site", "--title", "x"), "site is built already, so that --title has no effect"),
        (("gh-pages", "--preview", "1", "--remove-preview", "1"), "exclude each other"),
        (("gh-pages", "--preview", "1", "--prefix", "x"), "leave out --prefix"),
        (("gh-pages", "--prefix", "../x"), "../x cannot be a folder of the target"),
        (("./site/sub", "site"), "overlap"),
        (("gh-pages", "--remote", "nothing"), "has no remote nothing"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(site: Path, arguments: tuple[str, ...], said: str) -> None:
    result = call(*arguments)
    assert result.exit_code == 2 and said in result.stderr, result.output


def test_own_files_of_the_site_are_published_but_not_hidden_ones(site: Path, work: Path) -> None:
    (site / "CNAME").write_text("runs.example.org\n")
    (site / ".DS_Store").write_text("x")
    done = call("gh-pages")
    assert {"CNAME", ".nojekyll"} <= on_branch(work) and ".DS_Store" not in on_branch(work)
    assert "It will be at https://runs.example.org/ once" in done.stdout or done.output


def test_options_of_a_build_are_offered_but_those_that_would_have_no_effect() -> None:
    text = call("--help").stdout
    assert "--objective" in text and "--site-url" in text
    left_out = {f"--{name.replace('_', '-')} " for name in NOT_WHEN_PUBLISHING} - {"--force-adopt ", "--output "}
    assert not [flag for flag in left_out if flag in text]
