"""The direction of imports in docs/architecture.md, held true by reading them; each library in one room."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.imports import picture

PACKAGE = Path(__file__).parent.parent / "sitegen"
ROOMS = {
    "errors": "", "model": "", "addresses": "", "child": "", "charts": "child",
    "markup": "analysis.labels", "search": "markup",
    "__init__": "api",
    "project": "",
    "config": "errors privacy", "output": "errors analysis",
    "stores": "errors model",
    "privacy": "model",
    "analysis": "errors model",
    "query": "errors analysis", "earlier": "errors analysis",
    "viewers": "addresses child model stores privacy analysis charts markup",
    "pages": "addresses errors model config query analysis charts markup viewers search earlier",
    "render": "addresses errors analysis markup pages",
    "build": "__init__ project addresses child model errors config stores privacy query analysis charts markup viewers pages search "
             "render output earlier",
    "export": "__init__ addresses model errors stores analysis output",
    "api": "__init__ model errors stores analysis query charts config build export",
    "check": "errors analysis stores privacy viewers output",
    "publish": "addresses errors analysis stores privacy output check pages render",
    "commands": "__init__ addresses earlier markup errors model config stores privacy analysis query pages output build check publish render",
    "init": "project errors config stores commands",
    "report": "__init__ addresses errors model config stores privacy analysis pages render output build",
    "__main__": "cli",
    "cli": "__init__ project errors model config stores analysis build check publish commands export report init",
}  # fmt: skip
LIBRARIES = {
    "yaml": "stores viewers", "pyarrow": "stores export viewers", "fsspec": "stores publish", "azure": "publish", "pandas": "api charts", "altair": "api charts", "vl_convert": "charts", "jinja2": "render",
    "markdown": "markup", "nh3": "markup", "click": "cli", "rich": "cli", "PIL": "charts viewers", "pygments": "viewers", "markupsafe": "pages render",
    "numpy": "api model stores analysis build charts pages export viewers", "sqlalchemy": "stores", "apsw": "stores", "distributed": "build", "urllib3": "stores", "platformdirs": "build charts render", "msgspec": "build", "re2": "privacy", "tinyhtml5": "check", "ahocorasick_rs": "privacy",
}  # fmt: skip


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "sitegen":
            # `from sitegen import work` takes a module, `from sitegen import __version__` a value of the package.
            rooms = [a.name if is_room(a.name) else "__init__" for a in node.names]
            yield from (f"sitegen.{room}" for room in rooms)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def is_room(name: str) -> bool:
    return (PACKAGE / f"{name}.py").exists() or (PACKAGE / name).is_dir()


def room(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


FILES = [pytest.param(file, id=str(file.relative_to(PACKAGE))) for file in sorted(PACKAGE.rglob("*.py"))]


@pytest.mark.parametrize("file", FILES)
def test_nothing_is_imported_against_the_arrow(file: Path) -> None:
    allowed = (room(file), *ROOMS[room(file)].split())
    own = [name.removeprefix("sitegen.") for name in imports(file) if name.startswith("sitegen")]
    assert [name for name in own if not any(f"{name}.".startswith(f"{a}.") for a in allowed)] == []


@pytest.mark.parametrize("file", FILES)
def test_each_library_stays_in_its_room(file: Path) -> None:
    used = {name.partition(".")[0] for name in imports(file)} - {"sitegen"} - sys.stdlib_module_names
    assert {name for name in used if room(file) not in LIBRARIES.get(name, "").split()} == set()


def test_nothing_that_could_run_a_strangers_code_is_imported() -> None:
    used = {name.partition(".")[0] for file in PACKAGE.rglob("*.py") for name in imports(file)}
    assert (
        used & {"pickle", "joblib", "torch", "cloudpickle", "dill", "shelve", "marshal", "mlflow", "requests"} == set()
    )
    calls = ("allow_pickle=True", "UnsafeLoader", "FullLoader", "eval(", "exec(")
    code = {file: file.read_text("utf-8") for file in PACKAGE.rglob("*.py")}
    assert [(file.name, call) for file, text in code.items() for call in calls if call in text] == []


def test_nothing_leads_back_up_and_nothing_goes_round() -> None:
    found = picture(PACKAGE)
    assert (found.back_up, found.room_circles, found.file_circles) == ([], [], [])


def test_the_table_names_every_room() -> None:
    assert set(ROOMS) == {room(file) for file in PACKAGE.rglob("*.py")}


def test_traces_are_read_in_few_places() -> None:
    """They are private: only the Python API, exports, and what makes their pages when asked may ask a store for them."""
    words = re.compile(r"\btraces\(|\bwith_traces\b|\bread_traces\b|\bHasTraces\b")
    using = {file for file in PACKAGE.rglob("*.py") if words.search(file.read_text("utf-8"))}
    outside = {str(file.relative_to(PACKAGE)) for file in using if room(file) not in ("stores", "export")}
    assert outside == {
        "api/catalog.py",
        "api/runs.py",
        "build/analyse.py",
        "build/evaluations.py",
        "build/scan.py",
        "build/sections/traces.py",
    }
