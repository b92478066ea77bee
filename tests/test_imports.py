"""The direction of imports in docs/architecture.md, held true by reading them; each library in one room."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "sitegen"
ROOMS = {
    "errors": "", "model": "", "links": "", "datajs": "", "charts": "", "secret_patterns": "",
    "__init__": "api",
    "config": "errors", "output": "errors", "themes": "errors",
    "stores": "errors model",
    "privacy": "model secret_patterns",
    "analysis": "errors model",
    "query": "errors analysis",
    "notes": "links",
    "search": "datajs",
    "artifacts": "model stores privacy pages.addresses",
    "holdings": "model stores privacy analysis pages search",
    "evaluation": "model stores privacy artifacts analysis pages",
    "tracing": "model stores privacy pages",
    "viewers": "model stores privacy analysis charts notes artifacts pages.addresses",
    "pages": "errors model config query analysis charts notes links artifacts viewers",
    "render": "errors pages themes",
    "work": "model evaluation holdings tracing stores privacy query analysis artifacts charts datajs pages render themes "
            "output viewers",
    "workers": "errors work",
    "reports": "model errors config analysis query pages.home",
    "jobs": "model analysis evaluation holdings output pages privacy query reports stores themes tracing work",
    "sitefiles": "model analysis charts datajs holdings output pages render search themes",
    "build": "__init__ model errors config evaluation holdings tracing stores privacy query analysis artifacts charts "
             "pages render themes output work workers reports jobs sitefiles",
    "export": "__init__ model errors stores analysis pages.addresses output",
    "api": "__init__ model errors stores analysis query",
    "leaderboard": "model errors stores analysis query config",
    "inspection": "__init__ model stores analysis pages.addresses",
    "serve": "errors config stores build",
    "__main__": "cli",
    "cli": "errors model config stores analysis build inspection leaderboard serve export __init__",
}  # fmt: skip
LIBRARIES = {
    "yaml": "stores viewers", "pyarrow": "stores export viewers", "fsspec": "stores", "pandas": "api", "altair": "charts", "vl_convert": "charts", "jinja2": "render",
    "markdown": "notes", "nh3": "notes", "click": "cli", "rich": "cli", "PIL": "artifacts viewers", "pygments": "viewers", "markupsafe": "pages",
    "numpy": "model stores analysis charts pages export viewers", "sqlalchemy": "stores", "platformdirs": "charts render",
}  # fmt: skip


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "sitegen":
            # `from sitegen import work` takes a module, `from sitegen import __version__` a value of the package.
            rooms = [a.name if (PACKAGE / f"{a.name}.py").exists() else "__init__" for a in node.names]
            yield from (f"sitegen.{room}" for room in rooms)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


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


def test_the_table_names_every_room() -> None:
    assert set(ROOMS) == {room(file) for file in PACKAGE.rglob("*.py")}


def test_traces_are_read_in_three_places() -> None:
    """They are private: only the Python API, exports, and what makes their pages when asked may ask a store for them."""
    words = re.compile(r"\btraces\(|\bwith_traces\b|\bread_traces\b|\bHasTraces\b")
    using = {room(file) for file in PACKAGE.rglob("*.py") if words.search(file.read_text("utf-8"))}
    assert using == {"stores", "api", "export", "tracing"}
