"""A build and a server run nothing that lies in the working folder or in the store, in no process that they start."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.stores.mlruns_builder import RUN, experiment, run, write

ROOT = Path(__file__).parent.parent
MODULES = sorted(
    name
    for name in sys.stdlib_module_names
    if not name.startswith("__") and name not in ("sys", "builtins", "marshal", "posix", "time", "itertools")
)
OTHERS = ("sitecustomize", "usercustomize", "mlflow", "vl_convert", "altair")
"""Modules that are not imported by each build, or by Python itself."""
IMPORTED = """
import sys
from pathlib import Path
from sitegen.cli import main
sys.argv = ["sitegen", "build", sys.argv[1], "-o", sys.argv[2], "--jobs", "1"]
try:
    main()
finally:
    print("imported:", *sorted({name.partition(".")[0] for name in sys.modules}))
"""
CHART = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "data": {"values": [{"x": 1, "y": 2}]},
    "mark": "point",
    "encoding": {"x": {"field": "x"}, "y": {"field": "y"}},
}


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The packages that a build of a store with a chart imports, those of the standard library too."""
    folder = tmp_path_factory.mktemp("imported")
    small_store(folder / "mlruns")
    command = [sys.executable, "-c", IMPORTED, folder / "mlruns", folder / "site"]
    result = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=120, check=True)
    *_, names = result.stdout.partition("imported:")
    found = [name for name in names.split() if name.isidentifier() and name not in ("sys", "builtins", "__main__")]
    assert {"json", "random", "jinja2", "numpy", "msgspec", "click", "sitegen"} <= {*found}
    return found


def small_store(store: Path) -> None:
    folder = experiment(store, "1", name="sweep")
    for number in range(3):
        run(folder, f"{number:032x}", metrics={"loss": "1700000000000 0.5 1\n"})
    write(folder / ("0" * 32) / "artifacts" / "chart.json", json.dumps(CHART))


@pytest.fixture
def hostile(tmp_path: Path, imported: list[str]) -> Path:
    """A working folder and a store in it, both full of modules that say so when they are imported."""
    here = tmp_path / "here"
    small_store(here / "mlruns")
    code = f"open({str(tmp_path / 'ran')!r}, 'a').write(__file__ + chr(10))\n"
    for name in {*MODULES, *OTHERS, *imported}:
        for place in (here, here / "mlruns"):
            write(place / f"{name}.py", code)
    for name in ("multiprocessing", "sitegen", "encodings", "concurrent"):
        write(here / name / "__init__.py", code)
    return here


def command(folder: Path) -> list[str]:
    """The command `sitegen` as pip installs it: a script in a folder of its own."""
    script = write(
        folder.parent / "bin" / "sitegen", "from sitegen.cli import main\nif __name__ == '__main__':\n    main()\n"
    )
    return [sys.executable, str(script)]


def environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key != "PYTHONSAFEPATH"} | {"PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize("place", [".", "mlruns"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_build_imports_nothing_from_the_working_folder(hostile: Path, jobs: str, place: str) -> None:
    store = "mlruns" if place == "." else "."
    arguments = ["build", store, "-o", str(hostile.parent / "site"), "--jobs", jobs]
    result = subprocess.run(
        [*command(hostile), *arguments],
        cwd=hostile / place, env=environment(), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")
    assert "3 runs in 1 experiment" in result.stdout
    preview = hostile.parent / "site" / "files" / ("0" * 32) / "chart.json.html"
    assert "<svg" in preview.read_text() or "svg+xml" in preview.read_text(), "the chart was drawn by a child"
    assert not (hostile.parent / "ran").exists(), (hostile.parent / "ran").read_text()


def test_a_server_imports_nothing_from_the_working_folder(hostile: Path) -> None:
    arguments = ["serve", "mlruns", "--port", "0", "--jobs", "2"]
    with subprocess.Popen(
        [*command(hostile), *arguments], cwd=hostile, env=environment(), stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        lines = iter(running.stdout.readline, "")
        assert any(line.startswith("Serving http") for line in lines)
        run(hostile / "mlruns" / "1", RUN, metrics={"loss": "1700000000000 0.5 1\n"})
        deadline = time.monotonic() + 60
        rebuilt = next((line for line in lines if line.startswith("Built") or time.monotonic() > deadline), "")
        running.send_signal(signal.SIGINT)
        running.wait(30)
    assert "4 runs" in rebuilt
    assert not (hostile.parent / "ran").exists(), (hostile.parent / "ran").read_text()
