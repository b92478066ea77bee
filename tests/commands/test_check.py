"""`sitegen check`: what it prints, its two forms, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sitegen.build import build
from sitegen.check import HOSTS, Checked, Host
from sitegen.cli import main
from sitegen.commands.check import json_text, lines_of
from sitegen.config import Config
from tests.stores.mlruns_builder import RUN, experiment, run, write


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    run(experiment(tmp_path / "mlruns", "1", name="sweep"), RUN, metrics={"loss": "1700000000000 0.5 1\n"})
    build(Config(store=str(tmp_path / "mlruns"), output=tmp_path / "site"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "site"


def test_a_good_site_exits_with_0_and_a_broken_one_with_5(site: Path) -> None:
    result = call()
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Checked site: ") and result.stdout.endswith(" no problems.\n")
    (site / "compare.html").unlink()
    result = call("site")
    assert result.exit_code == 5
    assert "compare.html: is missing\n" in result.stdout
    assert "index.html: compare.html leads to no file\n" in result.stdout
    assert result.stderr.startswith("Error: Problems were found in site: ")


def test_the_json_form_may_be_written_to_a_file(site: Path, tmp_path: Path) -> None:
    write(site / "artifacts" / "x.js", "1")
    result = call(site, "--format", "json", "-o", tmp_path / "check.json")
    assert (result.exit_code, result.stdout) == (5, "")
    found = json.loads((tmp_path / "check.json").read_text("utf-8"))
    assert (found["format"], found["version"], found["good"]) == ("sitegen-check", 1, False)
    assert (found["counts"]["executable"], found["counts"]["link"], found["unlisted"]) == (1, 0, 1)
    what = "has the extension .js, which a browser may run"
    assert found["problems"] == [{"path": "artifacts/x.js", "rule": "executable", "what": what}]
    assert json.loads(call(site, "--format", "json").stdout) == found


def test_a_host_that_is_named_is_a_rule_and_others_are_told(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HOSTS, "netlify", Host(in_folder=1))
    result = call(site)
    assert result.exit_code == 0 and "Too large for netlify: " in result.stdout
    result = call(site, "--host", "netlify")
    assert result.exit_code == 5 and ".: netlify: " in result.stdout
    assert call(site, "--host", "cloudflare").exit_code == 0
    assert call(site, "--host", "nowhere").exit_code == 2


def test_mistakes_of_usage(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = call(tmp_path / "mlruns")
    assert (result.exit_code, result.stdout) == (2, "") and "is not a site that sitegen built" in result.stderr
    monkeypatch.setattr("sitegen.check.page.find_spec", lambda name: None)
    result = call(site, "--html")
    assert result.exit_code == 2 and "pip install 'mlruns-sitegen[html]'" in result.stderr


def test_hostile_names_are_harmless_in_a_log(site: Path) -> None:
    write(site / "artifacts" / "::error::##[x]\x1b[1m.js", "1")
    for form in ("text", "json"):
        out = call(site, "--format", form).stdout
        assert not [
            line for line in out.splitlines() if line.lstrip().startswith("::") or "##[" in line or "\x1b" in line
        ]


def test_what_is_near_a_limit_and_what_was_cut_is_said() -> None:
    found = Checked(files=2)
    found.hosts, found.near = {"github": [], "gitlab": []}, {"github": ["900 MB in all"], "gitlab": []}
    found.counts["link"] = 20_000
    lines = list(lines_of(found, Path("site")))
    assert "Near a limit of github: 900 MB in all." in lines
    assert "Only the first 10,000 problems are listed." in lines
    assert json.loads(json_text(found, Path("site")))["hosts"]["github"] == {"beyond": [], "near": ["900 MB in all"]}
