"""A build on a Dask cluster, of which a worker is killed in the middle, makes the same site."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitegen.build import build
from sitegen.config import Config
from sitegen.errors import UsageError
from tests.benchmarks.store import write_files
from tests.build.test_build import tree

distributed = pytest.importorskip("distributed") if not os.environ.get("CI") else __import__("distributed")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[distributed.LocalCluster]:
    """Two workers with two threads each, in a folder of their own."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=2, dashboard_address=None, local_directory=str(tmp_path), host="127.0.0.1"
    ) as made:
        yield made


@pytest.mark.filterwarnings("default")
def test_a_worker_that_is_killed_costs_nothing(tmp_path: Path, cluster: distributed.LocalCluster) -> None:
    write_files(tmp_path / "mlruns", range(70))
    options = {"store": str(tmp_path / "mlruns"), "no_cache": True}
    build(Config(output=tmp_path / "whole", jobs=1, **options))
    with distributed.Client(cluster, set_as_default=False) as client:
        pids = list(client.run(os.getpid).values())
    seen: list[str] = []

    def kill_one(what: str, done: int, total: int) -> None:
        if not seen:
            os.kill(pids[0], signal.SIGKILL)
        seen.append(what)

    address = cluster.scheduler_address.replace("tcp", "dask")
    build(Config(output=tmp_path / "site", executor=address, **options), kill_one)
    assert tree(tmp_path / "site") == tree(tmp_path / "whole")
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "site").rglob("*.html")} == {0o644}
    assert "Making pages" in seen


def test_without_a_scheduler_or_the_library_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(tmp_path / "mlruns", range(1))

    def built(executor: str) -> None:
        build(Config(store=str(tmp_path / "mlruns"), output=tmp_path / "site", no_cache=True, executor=executor))

    with pytest.raises(UsageError, match="not the address of a scheduler"):
        built("http://localhost:8786")
    monkeypatch.setattr("sitegen.build.cluster.CONNECT_SECONDS", 0.5)
    with pytest.raises(UsageError, match="No Dask scheduler could be reached at dask://127.0.0.1:9"):
        built("dask://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'mlruns-sitegen\[dask\]'"):
        built("dask://127.0.0.1:9")
    assert not (tmp_path / "site").exists()
