"""`sitegen init`: settings and CI files for what was found, nothing overwritten; and the steps of the recipes, run in order."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from sitegen import project
from sitegen.cli.init import init
from sitegen.config import load_config
from sitegen.errors import StoreError, UsageError
from sitegen.init import Answers, Seen, look, plan
from sitegen.init.files import FILES, next_steps, settings, template
from tests.docs.recipes import PAGE
from tests.runner import installed
from tests.stores.mlruns_builder import START, experiment, run, write

ROOT = Path(__file__).parents[2]
SERVER = Seen("https://mlflow.example.org", "", 0, (), False, True)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a store of two experiments."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)  # tests that ask MLflow set it
    run(experiment(tmp_path / "mlruns", "1", name='a "b"'), metrics={"val_loss": f"{START} 0.5 0\n"})
    return tmp_path


def call(*arguments: str) -> Result:
    return CliRunner().invoke(init, [*arguments])


def test_the_settings_name_the_store_and_what_decides(here: Path) -> None:
    done = call("--yes", "--title", 'My "runs"', "--site-url", "https://example.org/x")
    assert done.exit_code == 0 and "Wrote sitegen.toml." in done.output
    text = (here / "sitegen.toml").read_text("utf-8")
    config = load_config()
    assert (config.store, config.title, config.site_url) == (str(Path("mlruns")), 'My "runs"', "https://example.org/x")
    assert '# [experiments."a \\"b\\""]\n# objective = "min val_loss"  # what sitegen chose by itself' in text
    every = "\n".join(
        line.removeprefix("# ") if line.startswith(("# [", "# objective", "# strict")) else line
        for line in text.splitlines()
    )
    assert tomllib.loads(every)["experiments"]['a "b"'] == {"objective": "min val_loss"}


def test_nothing_is_overwritten(here: Path) -> None:
    (here / "sitegen.toml").write_text("# mine\n")
    (here / "netlify.toml").symlink_to(here / "gone")
    done = call("--yes", "--ci", "netlify", "--ci", "gitlab")
    assert "Kept sitegen.toml, which was there." in done.output and "Wrote .gitlab-ci.yml." in done.output
    assert "Kept netlify.toml" in done.output and not (here / "gone").exists()
    assert (here / "sitegen.toml").read_text() == "# mine\n"


def test_all_files_of_a_host_and_its_previews_are_written_and_parse(here: Path) -> None:
    done = call("--yes", "--previews", *(word for one in FILES for word in ("--ci", one)))
    assert done.exit_code == 0
    for path in FILES.values():
        text = (here / path).read_text("utf-8")
        assert yaml.safe_load(text) if path.endswith(".yml") else tomllib.loads(text)
        assert project.requirement() in text.replace("\\", "")
    assert (here / ".github" / "workflows" / "preview-comment.yml").is_file()
    assert "mlruns is not in git: commit it" in done.output and "switch Pages" in done.output


def test_a_store_in_git_needs_no_hint(here: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=here, check=True)
    subprocess.run(["git", "add", "mlruns"], cwd=here, check=True)
    assert look("", here).committed and "commit it" not in call("--yes", "--ci", "github").output


def test_a_server_gets_a_secret_for_its_token() -> None:
    files = {one.path: one.text for one in plan(SERVER, Answers(ci=("github",)))}
    job = yaml.safe_load(files[FILES["github"]])["jobs"]["build"]
    assert job["env"] == {"MLFLOW_TRACKING_TOKEN": "${{ secrets.MLFLOW_TRACKING_TOKEN }}"}
    assert 'store = "https://mlflow.example.org"' in settings(SERVER, Answers())
    assert next_steps(SERVER, ["github"])[-1].startswith("Add the secret MLFLOW_TRACKING_TOKEN")


def test_mistakes_are_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="The CI must be one of github, gitlab"):
        plan(SERVER, Answers(ci=("jenkins",)))
    with pytest.raises(StoreError):
        look(str(tmp_path / "gone"), tmp_path)


# The recipes, step by step -------------------------------------------------------------------------------------------


def machine(folder: Path) -> dict[str, str]:
    """The environment of a runner on which pip has installed sitegen."""
    return installed(folder / "tools") | {"BASE_URL": "https://ada.github.io/wine"}


def steps(job: Any, folder: Path, environment: dict[str, str], store: Path) -> None:
    """Run a job's steps as GitHub does; what is uploaded goes to `store`, from where it is downloaded."""
    for step in job["steps"]:
        uses, script = step.get("uses", ""), step.get("run", "")
        if "upload-artifact" in uses:
            for path in step["with"]["path"].split():
                (shutil.copytree if (folder / path).is_dir() else shutil.copy)(folder / path, store / path)
        elif "download-artifact" in uses:
            shutil.copytree(store, folder, dirs_exist_ok=True)
        elif script and "pip install" not in script:
            subprocess.run(["bash", "-e", "-c", script], cwd=folder, env=environment, check=True, capture_output=True)


@pytest.mark.mlflow
def test_a_training_job_hands_its_store_to_the_job_that_builds(tmp_path: Path) -> None:
    recipe = yaml.safe_load(
        PAGE.read_text("utf-8").partition("<!-- recipe: training -->\n```yaml\n")[2].partition("```")[0]
    )
    train, build, store = (tmp_path / name for name in ("train", "build", "store"))
    for folder in (train, build, store):
        folder.mkdir()
    (train / "train.py").write_text(
        "import mlflow\nwith mlflow.start_run(run_name='first'):\n    mlflow.log_metric('val_acc', 0.9)\n"
        "    mlflow.log_text('hello', 'notes.txt')\n"
    )
    environment = machine(tmp_path)
    steps(recipe["jobs"]["train"], train, environment, store)
    shutil.rmtree(train)
    steps(recipe["jobs"]["build"], build, environment, store)
    [page] = (build / "site" / "runs").glob("*.html")
    assert "first" in page.read_text("utf-8") and list((build / "site").rglob("notes.txt"))


def test_the_workflow_builds_a_store_in_git(here: Path, tmp_path: Path) -> None:
    call("--yes", "--ci", "github")
    job = yaml.safe_load((here / FILES["github"]).read_text("utf-8"))["jobs"]["build"]
    steps(job, here, machine(tmp_path), tmp_path)
    missing = (here / "site" / "404.html").read_text("utf-8")
    assert (here / "site" / "index.html").is_file() and 'href="/wine/assets/' in missing


def test_the_action_builds_sums_up_and_judges(here: Path, tmp_path: Path) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    given = {name: one.get("default", "") for name, one in action["inputs"].items()}
    given |= {
        "store": "mlruns",
        "site-url": "https://example.org",
        "gate": "val_loss < 1\n",
        "args": "--title\nTwo words\n",
        "comment": "true",
    }
    of_github = {
        "github.token": "t",
        "github.event.number": "7",
        "github.event.pull_request.head.repo.full_name": "ada/x",
    }
    environment = machine(tmp_path)
    (tmp_path / "sitegen" / "bin").mkdir(parents=True)
    for name, program in (("sitegen", tmp_path / "tools" / "sitegen"), ("python", Path(sys.executable))):
        (tmp_path / "sitegen" / "bin" / name).symlink_to(program)
    # gh knows of no comment, and keeps what is to be posted.
    write(
        tmp_path / "tools" / "gh",
        f"""#!/bin/bash
case "$*" in
  *--paginate*) ;;
  *"POST repos/ada/x/issues/7/comments"*) cp {tmp_path}/sitegen-summary.md {tmp_path}/posted ;;
  *) exit 1 ;;
esac
""",
    ).chmod(0o755)
    environment |= {
        "GITHUB_REPOSITORY": "ada/x",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "out"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "sum"),
    }
    for step in action["runs"]["steps"]:
        if "run" in step and "pip install" not in step["run"]:
            asked = {key: text.removeprefix("${{ ").removesuffix(" }}") for key, text in step["env"].items()}
            values = {key: of_github.get(text) or given[text.removeprefix("inputs.")] for key, text in asked.items()}
            bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
            subprocess.run(bash, cwd=here, env=environment | values, check=True, capture_output=True)
    assert "<title>Two words</title>" in (here / "site" / "index.html").read_text("utf-8")
    out = dict(line.split("=", 1) for line in (tmp_path / "out").read_text("utf-8").splitlines())
    assert (out["site-dir"], out["best-json"]) == ("site", "site/data/best.json")
    built = json.loads(Path(out["report-json"]).read_bytes())
    pages = len([*(here / "site").rglob("*.html")])
    assert (int(out["page-count"]), out["warning-count"], out["finding-count"]) == (built["pages"], "0", "0")
    assert built["pages"] <= pages and re.fullmatch(r"val_loss [\d.]+", out["best-metric"])
    assert "| min val_loss |" in (tmp_path / "sum").read_text("utf-8")
    assert (tmp_path / "posted").read_text("utf-8") == (tmp_path / "sum").read_text("utf-8")


def test_recipes_install_from_the_repository_until_a_release_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project, "urls", lambda: {"Repository": "https://github.com/ada/sitegen"})
    assert 'pip install "mlruns-sitegen @ git+https://github.com/ada/sitegen"\n' in template("github")
    assert 'pip install -q \\"mlruns-sitegen @ git+https://github.com/ada/sitegen\\" &&' in template("netlify")
    assert (project.home(), project.slug()) == ("https://github.com/ada/sitegen", "ada/sitegen")
    monkeypatch.setattr(project, "urls", lambda: {"Package": "https://pypi.org/project/mlruns-sitegen/"})
    assert "pip install mlruns-sitegen\n" in template("github")
    assert project.home() == "", "the placeholder is no home"
