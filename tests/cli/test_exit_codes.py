"""Every command ends with a code of docs/messages.md, and with 1 only where sitegen has a bug."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sitegen.cli import main
from sitegen.errors import Terminated
from tests.stores.mlruns_builder import RUN, experiment, run, write

WORK = {
    "best": "sitegen.commands.best.leaderboards",
    "build": "sitegen.build.build",
    "check": "sitegen.check.check_site",
    "embed": "sitegen.commands.embed.embed",
    "export": "sitegen.export.export_store",
    "gate": "sitegen.commands.standing.read_standing",
    "init": "sitegen.init.look",
    "inspect": "sitegen.commands.inspect.inspect_stores",
    "merge": "sitegen.build.parts.merge_parts",
    "publish": "sitegen.commands.publish.build_for",
    "report": "sitegen.report.make_report",
    "scan": "sitegen.build.scan.scan",
    "serve": "sitegen.commands.serve.serve",
    "summary": "sitegen.commands.standing.read_standing",
}
"""What does the work of each command."""
FIRST = {"publish": ["./www"]}
"""Arguments before the store."""
NEEDED = {
    "gate": ["loss < 9"],
    "report": ["x"],
    "embed": ["--chart", "x", "-o", "x.svg"],
    "export": ["-o", "out"],
    "serve": ["--port", "0"],
}
"""Arguments without which a command does nothing."""
READ_A_STORE = sorted(WORK.keys() - {"check", "merge"})


def call(command: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, [command, *FIRST.get(command, []), *arguments, *NEEDED.get(command, [])])


def one_sentence(result: Result) -> bool:
    return bool(re.fullmatch(r"(Error: [^\n]+|Usage: [^\n]+\n[^\n]+\n\nError: [^\n]+)\n", result.stderr))


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    run(experiment(tmp_path / "mlruns", "1"), RUN, metrics={"loss": "1700000000000 0.5 1\n"})
    return tmp_path / "mlruns"


def test_the_table_names_every_command() -> None:
    # The commands below `theme` read neither a store nor a config file: tests/cli/test_theme_preview.py.
    assert {*WORK, "theme"} == main.commands.keys()


@pytest.mark.parametrize("command", WORK)
def test_an_unknown_option_is_2(command: str) -> None:
    result = call(command, "mlruns", "--nonsense")
    assert result.exit_code == 2 and one_sentence(result), result.stderr


@pytest.mark.parametrize("command", sorted(WORK.keys() - {"init"}))
def test_a_damaged_config_file_is_2(command: str, tmp_path: Path) -> None:
    write(tmp_path / "sitegen.toml", "[privacy]\nallow = 1\n")
    result = call(command, "mlruns")
    assert result.exit_code == 2 and one_sentence(result), result.stderr


@pytest.mark.parametrize("command", sorted(WORK.keys() - {"export", "init", "merge"}))
def test_a_pattern_that_cannot_be_used_is_2(command: str, tmp_path: Path) -> None:
    write(tmp_path / "sitegen.toml", '[privacy.patterns]\nbad = "(a"\n')
    result = call(command, "mlruns")
    assert result.exit_code == 2 and "pattern" in result.stderr and one_sentence(result), result.stderr


@pytest.mark.parametrize("command", READ_A_STORE)
def test_a_store_that_is_not_there_is_4(command: str) -> None:
    result = call(command, "nowhere")
    assert result.exit_code == 4 and one_sentence(result), result.stderr


@pytest.mark.parametrize("command", WORK)
@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (Terminated, 143), (RuntimeError, 1)])
def test_an_interrupt_is_130_or_143_and_a_bug_is_1(
    command: str, error: type[BaseException], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(WORK[command], ends)
    result = call(command, "mlruns")
    assert (result.exit_code, result.stderr.count("\n"), "Traceback" in result.stderr) == (code, 1, False)


def test_a_gate_that_fails_is_5_and_a_strict_build_3(store: Path) -> None:
    run(store / "1", "c" * 32, params={"password": "hunter2-and-more"})
    assert call("build", "mlruns").exit_code == 0
    assert call("scan", "mlruns").exit_code == 0
    assert call("check", "site").exit_code == 0
    assert call("scan", "mlruns", "--strict").exit_code == 5
    assert call("build", "mlruns", "--strict").exit_code == 3
    Path("site/index.html").unlink()
    assert call("check", "site").exit_code == 5
