"""The command line: one sentence and one exit code for every mistake, a quiet and harmless log."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sitegen.build
from sitegen.build import Built
from sitegen.cli import main
from sitegen.cli.printing import closing_summary, printable
from sitegen.config import Config
from sitegen.errors import SitegenError
from sitegen.model import Problem
from sitegen.privacy import Finding, Hidden
from tests.stores.mlruns_builder import OTHER_RUN, RUN, experiment, run, write

ROOT = Path(__file__).parents[2]


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def process(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "sitegen", *map(str, arguments)]
    env = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", env=env, check=False, timeout=120
    )


def assert_refused(result: Result, code: int, description: str) -> None:
    """One line on standard error: what is wrong, as a sentence."""
    assert (result.exit_code, result.stdout) == (code, "")
    assert re.fullmatch(r"Error: .*[.?]?\n", result.stderr), result.stderr
    assert description in result.stderr


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def store(here: Path) -> Path:
    folder = here / "mlruns"
    run(
        experiment(folder, "1", name="sweep"),
        params={"lr": "0.1"},
        metrics={"loss": "1700000000000 0.5 1\n1700000000001 0.4 2\n"},
    )
    return folder


# Building -----------------------------------------------------------------------------------------------------------


def test_build_says_what_it_built(store: Path, here: Path) -> None:
    result = call("build", store)
    assert result.exit_code == 0
    assert re.match(
        r"Built site/index.html: 1 run in 1 experiment, \d+ pages, \d+ files, [\d.]+ [kM]B, [\d.]+ s\.\n", result.stdout
    )
    assert "Hidden in the profile public: 2 paths, 1 user name (show" in result.stdout
    assert result.stderr == "", "no progress where there is no terminal"
    assert (here / "site" / "index.html").is_file()


def test_the_store_may_be_named_in_the_config_file(store: Path, here: Path) -> None:
    write(here / "sitegen.toml", 'store = "mlruns"\noutput = "public"\ntitle = "Wine"')
    assert call("build").exit_code == 0
    assert "Wine" in (here / "public" / "index.html").read_text()


def test_several_stores_make_one_site(store: Path, here: Path) -> None:
    run(experiment(here / "churn" / "mlruns", "1", name="sweep"), OTHER_RUN, metrics={"loss": "what?\n"})
    result = call("build", store, "churn")
    assert re.match(r"Built site/index.html: 2 runs in 2 experiments,", result.stdout)
    assert "  - churn/1/" in result.stdout
    home = (here / "site" / "index.html").read_text()
    assert f"<title>{here.name}, churn</title>" in home
    assert 'href="experiments/1.html"' in home and 'href="experiments/1-churn.html"' in home
    assert "sweep (churn)" in home
    words = "".join(file.read_text() for file in (here / "site" / "data" / "search").rglob("*.js"))
    assert RUN in words and OTHER_RUN in words, "one search over all"


def test_several_stores_may_be_named_in_the_config_file(store: Path, here: Path) -> None:
    run(experiment(here / "churn" / "mlruns", "1"), OTHER_RUN)
    write(here / "sitegen.toml", 'store = ["mlruns", "churn"]')
    assert "2 runs in 2 experiments" in call("build").stdout


def test_a_build_of_several_stores_is_the_same_in_any_number_of_processes(store: Path, here: Path) -> None:
    run(experiment(here / "copy" / "mlruns", "1", name="sweep"), RUN)
    run(here / "copy" / "mlruns" / "1", OTHER_RUN, tags={"mlflow.parentRunId": RUN})
    for jobs in "12":
        assert process("build", store, "copy", "-o", jobs, "--jobs", jobs).returncode == 0
    files = [{p.relative_to(here / n): p.read_bytes() for p in (here / n).rglob("*") if p.is_file()} for n in "12"]
    assert files[0] == files[1]
    assert f"{RUN}-copy.html" in (here / "1" / "runs" / f"{OTHER_RUN}.html").read_text()


def test_a_build_as_a_process_warns_of_nothing(store: Path, here: Path) -> None:
    result = process("build", store, "-o", here / "site", "--jobs", "2")
    assert (result.returncode, result.stderr) == (0, "")


def test_names_that_the_terminal_cannot_show_do_not_end_a_build(store: Path, here: Path) -> None:
    run(experiment(store, "Ω", name="Ω"), OTHER_RUN, metrics={"loss": "what?\n"})
    result = process("build", store, "-o", here / "site", PYTHONIOENCODING="ascii")
    assert (result.returncode, result.stderr) == (0, "")
    assert "could not be read properly:" in result.stdout


# Mistakes -----------------------------------------------------------------------------------------------------------


def test_no_store_is_a_mistake_of_usage(here: Path) -> None:
    assert_refused(call("build"), 2, "No store was named")


def test_a_path_that_is_not_there(here: Path) -> None:
    assert_refused(
        call("build", "nowhere"), 4, "nowhere does not exist; give a database such as mlflow.db, an mlruns folder, "
    )


def test_an_empty_folder(here: Path) -> None:
    (here / "empty").mkdir()
    assert_refused(call("build", "empty"), 4, "empty is empty; give")


def test_a_file_in_place_of_a_folder(here: Path) -> None:
    write(here / "notes.txt", "a,b\n")
    assert_refused(call("build", "notes.txt"), 4, "notes.txt is a file that holds no MLflow runs; give")


def test_a_folder_of_something_else(here: Path) -> None:
    write(here / "src" / "main.py", "print()\n")
    assert_refused(call("build", "src"), 4, "src holds no MLflow runs; give")


def test_an_unknown_address(here: Path) -> None:
    result = call("build", "ftp://host/mlruns")
    assert_refused(result, 4, "ftp://host/mlruns is a ftp address")


def test_a_store_of_which_no_run_can_be_read(here: Path) -> None:
    write(experiment(here / "mlruns", "1") / RUN / "meta.yaml", "]: not yaml")
    result = call("build", "mlruns")
    assert_refused(result, 4, "None of the 1 run in the store could be read")
    assert not (here / "site").exists()


def test_of_several_stores_the_one_that_cannot_be_read_is_named(store: Path) -> None:
    assert_refused(call("build", store, "nowhere"), 4, "nowhere does not exist;")


def test_a_store_that_is_given_twice(store: Path) -> None:
    assert_refused(call("build", store, "mlruns"), 2, "mlruns is given twice; give each store once.")


@pytest.mark.parametrize("order", [("mlruns", "other/mlruns"), ("other/mlruns", "mlruns")])
def test_the_output_may_be_in_none_of_several_stores(store: Path, here: Path, order: tuple[str, str]) -> None:
    run(experiment(here / "other" / "mlruns", "1"), OTHER_RUN)
    assert_refused(call("build", *order, "-o", "mlruns/site"), 2, "is inside the store")
    assert_refused(call("build", *order, "-o", "other"), 2, "The store is inside the output")
    assert (here / "other" / "mlruns" / "1" / "meta.yaml").is_file()


def test_an_unknown_theme(store: Path) -> None:
    assert_refused(
        call("build", store, "--theme", "glitter"),
        2,
        'The theme "glitter" does not exist; use default, paper, or the path of a folder',
    )
    assert_refused(call("build", store, "--theme", ""), 2, 'The theme "" does not exist; use')


def test_a_broken_config_file(store: Path, here: Path) -> None:
    write(here / "sitegen.toml", "title =")
    assert_refused(call("build", store), 2, "sitegen.toml is not valid TOML")


def test_an_unknown_key_in_the_config_file(store: Path, here: Path) -> None:
    write(here / "sitegen.toml", "outptu = 'x'")
    assert_refused(call("build", store), 2, 'has an unknown key "outptu"; did you mean output?')


def test_an_objective_that_cannot_be_read(store: Path) -> None:
    assert_refused(call("build", store, "--objective", "'loss"), 2, "has a quote that is not closed")


def test_an_output_that_is_not_ours(store: Path, here: Path) -> None:
    write(here / "site" / "thesis.tex", "years of work")
    assert_refused(call("build", store), 2, "holds files that sitegen did not make")
    assert call("build", store, "--force-adopt").exit_code == 0
    assert (here / "site" / "thesis.tex").is_file()


@pytest.mark.parametrize(
    "arguments",
    [("build", "--port", "1"), ("build", "x", "--profile", "none"), ("bild",), ("serve", "--port", "99999")],
)
def test_mistakes_that_click_finds_leave_with_2(here: Path, arguments: tuple[str, ...]) -> None:
    assert call(*arguments).exit_code == 2


def test_every_error_class_has_its_own_documented_code() -> None:
    codes = {kind.__name__: kind.exit_code for kind in [SitegenError, *SitegenError.__subclasses__()]}
    assert codes == {
        "SitegenError": 1,
        "UsageError": 2,
        "StrictError": 3,
        "StoreError": 4,
        "GateError": 5,
        "PublishError": 6,
    }


# Broken records -----------------------------------------------------------------------------------------------------


@pytest.fixture
def damaged(store: Path) -> Path:
    """A good run, one with a corrupt meta.yaml, one without, and one with a half-written metric line."""
    folder = store / "1"
    write(folder / ("c" * 32) / "meta.yaml", "]: not yaml")
    write(folder / ("d" * 32) / "params" / "lr", "0.1")
    run(folder, "e" * 32, metrics={"loss": "1700000000000 0.5 1\n1700000000001 zwei 2\n1700000000001 0."})
    return store


def test_broken_records_are_named_and_do_not_stop_a_build(damaged: Path) -> None:
    result = call("build", damaged)
    assert result.exit_code == 0
    assert "2 runs in 1 experiment" in result.stdout
    assert "could not be read properly:" in result.stdout
    for name in ("c", "d", "e"):
        assert re.search(rf"^  - \S*{name * 32}", result.stdout, re.MULTILINE), name


def test_strict_stops_at_broken_records_and_keeps_the_site(damaged: Path, here: Path) -> None:
    assert call("build", damaged).exit_code == 0
    before = {p: p.read_bytes() for p in (here / "site").rglob("*") if p.is_file()}
    result = call("build", damaged, "--strict", "--title", "another")
    assert_refused(result, 3, "of the store could not be read properly")
    assert "The previous site is untouched." in result.stderr
    assert {p: p.read_bytes() for p in (here / "site").rglob("*") if p.is_file()} == before
    assert sorted(p.name for p in here.iterdir()) == ["mlruns", "site"]


def test_strict_stops_at_secrets_without_telling_them(store: Path) -> None:
    run(store / "1", OTHER_RUN, params={"api_key": "hunter2hunter2"})
    result = call("build", store, "--strict")
    assert_refused(result, 3, "1 secret would have been masked")
    assert "hunter2" not in result.stderr


def test_a_bug_is_one_line_that_says_where_and_nothing_of_the_store(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("hunter2")

    monkeypatch.setattr(sitegen.build, "build", broken)
    result = call("build", store)
    assert result.exit_code == 1
    assert re.fullmatch(
        r"Error: sitegen has a bug \(KeyError at sitegen/cli/__init__\.py:\d+[^)]*\)\. Please .*\n", result.stderr
    )
    assert "hunter2" not in result.output


# Interrupts ---------------------------------------------------------------------------------------------------------


def test_an_interrupt_leaves_with_130(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sitegen.build, "build", interrupted)
    result = call("build", store)
    assert (result.exit_code, result.stderr) == (130, "Interrupted; the previous site is untouched.\n")


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize(
    ("jobs", "number", "code", "word"),
    [
        ("1", signal.SIGINT, 130, "Interrupted"),
        ("2", signal.SIGINT, 130, "Interrupted"),
        ("2", signal.SIGTERM, 143, "Terminated"),
    ],
)
def test_a_signal_to_all_processes_of_a_build_says_one_line_and_leaves_nothing(
    here: Path, jobs: str, number: int, code: int, word: str
) -> None:
    folder = experiment(here / "mlruns", "1")
    for n in range(300):
        run(folder, f"{n:032x}", metrics={"loss": "".join(f"1700000000000 0.{s} {s}\n" for s in range(200))})
    command = [sys.executable, "-m", "sitegen", "build", "mlruns", "--jobs", jobs]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, env=env, start_new_session=True, encoding="utf-8"
    ) as running:
        deadline = time.monotonic() + 60
        while not any(here.glob(".site.sitegen-stage/runs/*.html")) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(running.pid, number)
        _, description = running.communicate(timeout=60)
    assert (running.returncode, description) == (code, f"{word}; the previous site is untouched.\n")
    assert [p.name for p in here.iterdir()] == ["mlruns"]


# Help ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], *([name, "--help"] for name in main.commands)])
def test_help_has_an_example_and_no_line_that_is_too_wide(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, arguments, terminal_width=80)
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert len(arguments) == 1 or "Example:  sitegen" in result.stdout


def test_every_option_has_help() -> None:
    for name, command in main.commands.items():
        for param in command.params:
            assert param.param_type_name == "argument" or getattr(param, "help", None), f"{name} {param.name}"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom sitegen.cli import main\n"
        "try: main(['build', '--help'])\nexcept SystemExit: pass\n"
        "heavy = {'numpy', 'pandas', 'pyarrow', 'altair', 'jinja2', 'rich', 'yaml', 'PIL', 'vl_convert'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


def test_version() -> None:
    assert call("--version").stdout.startswith("sitegen, version ")


# The log ------------------------------------------------------------------------------------------------------------

HOSTILE = "\x1b[31mred\r\n::error::owned ##[add-mask]x \u202eevil\x9b31m"


def test_text_of_a_store_is_one_harmless_line() -> None:
    description = printable(HOSTILE)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]", description)
    assert "##[" not in description
    assert description.startswith("␛[31mred ::error::owned"), "codes are shown, not obeyed"
    assert "⟨U+202E⟩evil⟨U+009B⟩31m" in description


def test_the_summary_holds_no_line_that_a_ci_log_takes_for_a_command() -> None:
    built = Built(
        Path("site"), "Read mlflow.db.", runs=1, experiments=1, pages=9, files=20, size=12_345, seconds=1.25, deleted=2
    )
    built.problems = [Problem(HOSTILE, HOSTILE), *(Problem(f"::error::{n}", "x") for n in range(11))]
    built.secrets = [Finding(f"::set-output::{HOSTILE}", "a token", "12345678")]
    built.hidden = Hidden({"user names": 3})
    lines = closing_summary(built).split("\n")
    assert not [
        line for line in lines if line.lstrip().startswith("::") or "##[" in line or "\x1b" in line or "\r" in line
    ]
    assert lines[0].startswith("Built site/index.html: 1 run in 1 experiment, 9 pages, 20 files, ")
    assert lines[1] == "Read mlflow.db."
    assert lines[2] == "Left out as deleted: 2 (show them with --deleted)."
    assert lines[3] == "Hidden in the profile public: 3 user names (show them with --profile internal)."
    assert lines[4] == "Masked or left out: 1 secret (sitegen scan lists all)."
    assert lines[6] == "12 records could not be read properly:"
    assert lines[-1] == "  and 2 more; the home page of the site lists them."


def test_a_hostile_run_is_harmless_in_the_summary(store: Path) -> None:
    run(store / "1", OTHER_RUN, run_name="::error::owned\n::stop", metrics={"::error::loss": "no number\n"})
    result = call("build", store)
    assert result.exit_code == 0
    assert not [line for line in result.stdout.splitlines() if line.lstrip().startswith("::")]


def test_a_secret_in_a_file_is_named_and_hidden_in_its_copy(store: Path, here: Path) -> None:
    folder = store / "1" / RUN / "artifacts"
    write(folder / "config.yaml", "lr: 0.1\npassword: hunter2hunter2\n")
    write(folder / "report.html", '<script>fetch(u,{credentials:"same-origin"})</script>')
    result = call("build", store)
    assert f"  - run {RUN}: config.yaml, line 2: key-password, " in result.stdout
    page = (here / "site" / "files" / RUN / "config.yaml.html").read_text()
    assert "Hidden here: secrets (1)." in page and "•••(key-password)" in page
    assert "Download with these hidden" in page
    site = b"".join(p.read_bytes() for p in (here / "site").rglob("*") if p.is_file())
    assert b"hunter2" not in site and b"same-origin" in site


def test_the_summary_says_where_the_settings_are_from(store: Path, here: Path) -> None:
    assert "Settings are from" not in call("build", store).stdout
    write(here / "sitegen.toml", 'title = "Wine"')
    assert call("build", store).stdout.endswith("Settings are from sitegen.toml.\n")


def test_an_export_says_that_it_hides_nothing(store: Path) -> None:
    result = call("export", store, "-o", "out")
    assert result.exit_code == 0
    assert result.stderr == "It holds all that was logged, secrets and private facts too; do not publish it as it is.\n"


def test_a_build_can_be_silent_or_speak_to_programs(here: Path) -> None:
    run(experiment(here / "mlruns", "1"), RUN, metrics={"loss": "1700000000000 0.5 1\n"})
    assert call("build", "mlruns", "-q").output == ""
    found = json.loads(call("build", "mlruns", "--json").stdout)
    assert (found["schema"], found["runs"], found["problems"], found["unchanged"]) == (1, 1, [], False) or found[
        "unchanged"
    ]
    assert found["output"] == "site" and found["bytes"] > 0
    assert call("build", "mlruns", "-q", "--json").exit_code == 2


def test_progress_reaches_its_end_and_names_its_stages(here: Path) -> None:
    sweep = experiment(here / "mlruns", "1")
    for n in range(4):
        run(sweep, f"{n:032x}", lifecycle_stage="deleted" if n == 0 else "active")
    (sweep / f"{1:032x}" / "meta.yaml").write_text("[")
    seen: dict[str, list[tuple[int, int]]] = {}
    sitegen.build.build(
        Config(store="mlruns"), lambda what, done, total: seen.setdefault(what, []).append((done, total))
    )
    assert list(seen) == ["Reading runs", "Making pages", "Making lists and search"]
    for steps in seen.values():
        assert [done for done, _ in steps] == sorted(done for done, _ in steps)
        assert steps[-1][0] == steps[-1][1] > 0


def test_a_port_that_is_taken_is_said_before_anything_is_built(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(experiment(here / "mlruns", "1"), RUN)
    monkeypatch.setattr("sitegen.commands.serve.build", lambda *_: pytest.fail("it was built"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert_refused(call("serve", "mlruns", "--port", str(taken.getsockname()[1])), 2, "Port ")
