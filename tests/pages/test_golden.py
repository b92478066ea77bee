"""Six pages of a small store, whole, as they were last reviewed.

A change of a page shows here as a diff to be read. To take the pages as they are now:

    pytest tests/pages/test_golden.py --refresh-golden

The version of sitegen and the names of asset folders (which hold a hash) are fixed; pages know no clock.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sitegen.build import build
from sitegen.config import Config
from tests.stores.mlruns_builder import START, experiment, run, write, write_meta

GOLDEN = Path(__file__).parent / "golden"
ASSETS = re.compile(r"assets/[0-9a-f]{10}/")
FIRST, SECOND, FAILED = (letter * 32 for letter in "abc")
PAGES = {
    "home": "index.html",
    "experiment": "experiments/1.html",
    "run": f"runs/{FIRST}.html",
    "best": "best/1.html",
    "model": "models/iris.html",
    "file": f"files/{FIRST}/report.csv.html",
}


def history(*values: float) -> str:
    return "".join(f"{START + 1000 * step} {value} {step}\n" for step, value in enumerate(values))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a note, three runs (one of them failed), a table among the artifacts and a registered model."""
    folder = tmp_path_factory.mktemp("golden")
    store = folder / "mlruns"
    sweep = experiment(
        store, "1", tags={"mlflow.note.content": "Which *rate* fits <iris>?", "team": "plants"}, name="iris"
    )
    run(sweep, FIRST, run_name="slow & steady", params={"lr": "0.01", "optimizer": "adam"},
        metrics={"val_loss": history(0.9, 0.5, 0.25), "epochs": history(3)},
        tags={"mlflow.source.git.commit": "1f" * 20, "stage": "final"},
        artifacts={"report.csv": "class,n\nsetosa,50\nvirginica,49\n"})  # fmt: skip
    run(sweep, SECOND, run_name="fast", params={"lr": "0.1", "optimizer": "adam"},
        metrics={"val_loss": history(0.8, 0.6, 0.5)}, start_time=START + 60_000, end_time=START + 65_000)  # fmt: skip
    run(sweep, FAILED, run_name="wild", params={"lr": "10"}, metrics={"val_loss": history(float("nan"))},
        status=4, start_time=START + 120_000, end_time=START + 121_000)  # fmt: skip
    model = {
        "name": "iris",
        "creation_timestamp": START,
        "last_updated_timestamp": START,
        "description": "Tells irises.",
    }
    write_meta(store / "models" / "iris", model)
    version = {
        "name": "iris",
        "version": 1,
        "run_id": FIRST,
        "creation_timestamp": START,
        "current_stage": "Production",
    }
    write_meta(store / "models" / "iris" / "version-1", version)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sitegen.build.open.__version__", "VERSION")
        build(Config(store=str(store), output=folder / "site", title="Flowers"))
    return folder / "site"


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_as_it_was_reviewed(name: str, site: Path, request: pytest.FixtureRequest) -> None:
    page = ASSETS.sub("assets/HASH/", (site / PAGES[name]).read_text("utf-8"))
    file = GOLDEN / f"{name}.html"
    if request.config.getoption("--refresh-golden"):
        write(file, page)
    assert page.splitlines() == file.read_text("utf-8").splitlines()
