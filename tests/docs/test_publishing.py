"""The files and pages that publish: they parse, and the page's workflow is the one that is in use."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from sitegen import project
from sitegen.init.files import FILES, template
from sitegen.viewers import copying as artifacts
from sitegen.viewers import kinds
from tests.docs.recipes import filled

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "publishing.md").read_text("utf-8")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def workflow(text: str) -> Any:
    # YAML 1.1 takes the key `on` for true.
    return {"on" if key is True else key: value for key, value in yaml.safe_load(text).items()}


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda f: f.name)
def test_workflows_parse_and_may_only_read_unless_a_job_says_more(file: Path) -> None:
    read = workflow(file.read_text("utf-8"))
    assert read["permissions"] == {"contents": "read"}
    for job in read["jobs"].values():
        assert job["timeout-minutes"] <= 30
        for step in job["steps"]:
            assert "${{" not in step.get("run", ""), "values reach scripts through env only"
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False


def test_the_recipes_of_the_page_are_the_files_of_init() -> None:
    assert filled(PAGE) == PAGE, "python -m tests.docs.recipes"
    assert set(re.findall(r"<!-- recipe: (\w+) -->", PAGE)) == {*FILES, "action", "training"}


def test_the_workflow_of_the_demo_is_that_of_init() -> None:
    """But for the store, the title, how sitegen is installed, and the documentation beside the demo."""
    ours = workflow((ROOT / ".github" / "workflows" / "pages.yml").read_text("utf-8"))
    theirs = workflow(template("github"))
    steps = ours["jobs"]["build"]["steps"]
    steps[:] = [step for step in steps if "zensical build" not in step.get("run", "")]
    for mine, step in zip(steps, theirs["jobs"]["build"]["steps"], strict=True):
        if "run" in mine and "run" in step:
            mine.pop("run"), step.pop("run")
    assert ours == theirs


def test_every_action_is_pinned_to_a_commit_with_its_version() -> None:
    """As zizmor asks for, in the files of users too."""
    files = [*WORKFLOWS, ROOT / "action.yml", *(ROOT / "sitegen").rglob("*.yml"), ROOT / "docs" / "publishing.md"]
    used = [line for file in files for line in re.findall(r"uses: (actions/.*)", file.read_text("utf-8"))]
    loose = [line for line in used if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)]
    assert len(used) > 20 and loose == []
    assert len(set(used)) == len({line.partition("@")[0] for line in used}), "one version of each"


def test_no_page_leads_to_an_index_that_has_no_release() -> None:
    if "Package" not in project.urls():
        places = [*(ROOT / "docs").glob("*.md"), ROOT / "README.md", *(ROOT / "themes").rglob("*.html")]
        assert not [place.name for place in places if "pypi.org/project/mlruns-sitegen" in place.read_text("utf-8")]


def test_the_action_names_what_its_steps_use() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    steps = action["runs"]["steps"]
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text("utf-8")))
    assert used == set(action["inputs"]) and all(one["description"] for one in action["inputs"].values())
    for step in steps:
        assert "${{" not in step.get("run", "") and step.get("shell", "bash") == "bash"
        own = re.findall(r"^ *([A-Z]+)=", step.get("run", ""), re.MULTILINE)
        assert set(re.findall(r"\$\{?([A-Z_]+)", step.get("run", ""))) <= {
            *own,
            *step.get("env", {}),
            "GITHUB_REPOSITORY",
            "RUNNER_TEMP",
            "GITHUB_OUTPUT",
            "GITHUB_STEP_SUMMARY",
        }


def test_the_name_of_another_project_is_never_installed() -> None:
    named = ("README.md", "CONTRIBUTING.md", "netlify.toml")
    pages = [*(ROOT / "docs").glob("*.md"), *(ROOT / name for name in named), *WORKFLOWS]
    mistaken = re.compile(r"(?:pip|pipx|uv|tool) install[^\n&]*(?<![-\w./])sitegen(?![-\w./])")
    assert mistaken.search("python -m pip install -q sitegen && sitegen build")
    assert not [page.name for page in pages if mistaken.search(page.read_text("utf-8"))]


def test_toml_and_gitlab_snippets_parse() -> None:
    theirs, ours = tomllib.loads(template("netlify")), tomllib.loads((ROOT / "netlify.toml").read_text("utf-8"))
    assert theirs["build"]["publish"] == ours["build"]["publish"] == "site"
    assert theirs["build"]["environment"] == ours["build"]["environment"]
    assert {h["for"]: h["values"] for h in theirs["headers"]}["/artifacts/*"] in [h["values"] for h in ours["headers"]]
    assert yaml.safe_load(template("gitlab"))["pages"]["artifacts"]["paths"] == ["public"]


def test_the_page_tells_the_rules_of_artifacts() -> None:
    rows = [set(row.split()) for row in re.findall(r"^\| `([^`]+)`", PAGE, re.MULTILINE)]
    assert [row for row in rows if row == kinds.IMAGES]
    assert [row for row in rows if row == kinds.PLAIN_TEXTS]
    assert [row for row in rows if row == kinds.TEXTS_TO_DISARM]
    assert [row for row in rows if row == kinds.MEDIA]
    assert f"larger than {artifacts.FILE_CAP // 1_000_000} MB" in PAGE
    assert f"{artifacts.SVG_CAP // 1000} kB" in PAGE
    assert f"{artifacts.PIXEL_CAP // 1_000_000} megapixels" in PAGE


def test_the_snippet_of_the_page_is_the_one_of_the_site() -> None:
    from sitegen.pages.figures import SNIPPET

    address = "https://ada.github.io/wine/charts/1-curve-val-loss-90bfb7b1cd.html"
    assert SNIPPET.format(address, "val_loss") in PAGE
