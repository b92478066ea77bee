"""What a build writes a run: counts and bytes, which are exact where times are not. And the stores of the benchmarks."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.build import build
from sitegen.config import Config
from sitegen.stores import open_store
from tests.benchmarks.store import write_database, write_files

FEW, MORE = 20, 60


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Sites of few and of more runs."""
    found = {}
    for runs in (FEW, MORE):
        folder = tmp_path_factory.mktemp(str(runs))
        write_files(folder / "mlruns", range(runs))
        build(Config(store=str(folder / "mlruns"), output=folder / "site", jobs=1))
        found[runs] = folder / "site"
    return found


def files(site: Path) -> list[Path]:
    """All files but those that every site has."""
    return [path for path in site.rglob("*") if path.is_file() and path.relative_to(site).parts[0] != "assets"]


def test_a_run_costs_one_file(sites: dict[int, Path]) -> None:
    """The five experiments have as many charts with 60 runs as with 20, or a few more."""
    added = len(files(sites[MORE])) - len(files(sites[FEW]))
    assert MORE - FEW <= added <= 1.05 * (MORE - FEW) + 5 * 30


def test_a_run_page_is_small(sites: dict[int, Path]) -> None:
    assert max(page.stat().st_size for page in (sites[MORE] / "runs").glob("*.html")) <= 18_500


def test_both_kinds_of_store_hold_the_same_runs(tmp_path: Path) -> None:
    write_files(tmp_path / "mlruns", range(3))
    write_database(tmp_path / "db" / "mlflow.db", range(3))
    found = []
    for place in (tmp_path / "mlruns", tmp_path / "db" / "mlflow.db"):
        store = open_store(str(place))
        runs = store.read_runs(store.catalog().runs).runs
        found.append(
            sorted(
                (
                    run.run_id,
                    run.name,
                    sorted(run.params.items()),
                    {k: h.values.tolist() for k, h in run.metrics.items()},
                )
                for run in runs
            )
        )
    assert found[0] == found[1]
    assert len(found[0]) == 3
