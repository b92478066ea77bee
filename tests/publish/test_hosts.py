"""Hosts with programs of their own: what is prepared for them, and the command that is printed."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from sitegen.cli import main
from sitegen.publish.hosts import HOSTS, title_of
from tests.publish.conftest import Sites

ROOT = Path(__file__).parents[2]


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["publish", *arguments])


def headers(text: str) -> dict[str, dict[str, str]]:
    """A `_headers` file as a mapping from paths to headers."""
    found: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        if not line.startswith(" "):
            found[line] = current = {}
        else:
            name, _, value = line.strip().partition(": ")
            current[name] = value
    return found


@pytest.mark.parametrize("target", ["netlify", "cloudflare"])
def test_headers_go_with_the_site(sites: Sites, work: Path, target: str) -> None:
    done = call(target, str(sites.before_folder))
    assert done.exit_code == 0, done.output
    there = {
        file.relative_to(work / f"{target}-site").as_posix()
        for file in (work / f"{target}-site").rglob("*")
        if file.is_file()
    }
    assert there == {*sites.before, "_headers"}
    assert f"Prepared the site in {target}-site" in done.stdout
    assert f"  {HOSTS[target].commands[0].format(folder=f'{target}-site')}\n" in done.stdout
    ours = headers((work / f"{target}-site" / "_headers").read_text("utf-8"))
    toml = tomllib.loads((ROOT / "netlify.toml").read_text("utf-8"))
    assert ours == {entry["for"]: entry["values"] for entry in toml["headers"]}


def test_a_space_has_a_front_matter_whatever_the_title(sites: Sites, work: Path) -> None:
    done = call("huggingface", str(sites.before_folder), "-o", "space")
    assert done.exit_code == 0 and "hf upload OWNER/NAME space . --repo-type space" in done.stdout
    assert title_of(sites.before) == "Runs"
    assert (
        (work / "space" / "README.md")
        .read_text("utf-8")
        .startswith('---\ntitle: "Runs"\nsdk: static\napp_file: index.html\n')
    )
    for title in ('a: "b"\n---\n- c', "\u2028 é # x", "{{x}}", "\x00"):
        matter = HOSTS["huggingface"].files(title)["README.md"].decode().split("---\n")
        assert (matter[0], matter[-1]) == ("", "")
        assert yaml.safe_load("---\n".join(matter[1:-1]))["title"] == title


def test_the_same_again_is_nothing_to_do_and_the_command_is_still_told(sites: Sites, work: Path) -> None:
    call("netlify", str(sites.before_folder))
    again = call("netlify", str(sites.before_folder))
    assert "Nothing to do" in again.stdout and "npx netlify-cli" in again.stdout
    assert "npx" not in call("netlify", str(sites.before_folder), "--dry-run").stdout


def test_the_page_tells_the_commands() -> None:
    page = (ROOT / "docs" / "publishing.md").read_text("utf-8")
    assert [name for name, host in HOSTS.items() if host.commands[-1].format(folder=f"{name}-site") not in page] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("netlify", "--keep", "3"), "netlify takes whole sites"),
        (("gh-pages", "-o", "x"), "-o names the folder that is prepared for netlify or cloudflare or huggingface"),
        (("netlifi",), "netlifi is not a target; did you mean netlify,"),
        (("cloudflare", "SITE", "-o", "SITE/x"), "overlap"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(sites: Sites, work: Path, arguments: tuple[str, ...], said: str) -> None:
    result = call(*(one.replace("SITE", str(sites.before_folder)) for one in arguments))
    assert result.exit_code == 2 and said in result.stderr, result.output
