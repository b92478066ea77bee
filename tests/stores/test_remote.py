"""Artifacts in object stores: an S3 server on loopback, and fsspec's memory in the place of a bucket."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.registry import _registry

from sitegen.build import build
from sitegen.config import Config
from sitegen.errors import StoreError
from sitegen.model import Artifact, ArtifactFolder
from sitegen.stores import open_store, remote
from sitegen.stores.contract import ReadOptions, Store
from sitegen.stores.remote import is_remote, path_of
from tests.stores.mlruns_builder import OTHER_RUN, RUN, experiment, run

ROOT = f"bucket/some where/1/{RUN}/artifacts"


class Bucket(MemoryFileSystem):  # type: ignore[misc]
    """Object storage in memory that remembers what it was asked, and fails when told to."""

    cachable = False
    store: dict[str, Any] = {}
    pseudo_dirs = [""]

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.asked.append(("open", options))

    asked: list[tuple[str, Any]] = []
    failure: Exception | None = None

    def find(self, path: str, **options: Any) -> Any:
        self.asked.append(("list", path))
        if self.failure:
            raise self.failure
        return super().find(path, **options)

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **options: Any) -> Any:
        self.asked.append(("read", (path, start, end)))
        return super().cat_file(path, start, end, **options)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> type[Bucket]:
    """What `s3://`, `gs://` and Azure addresses mean during a test."""
    monkeypatch.setattr(Bucket, "store", {})
    monkeypatch.setattr(Bucket, "pseudo_dirs", [""])
    monkeypatch.setattr(Bucket, "asked", [])
    monkeypatch.setattr(Bucket, "failure", None)
    for protocol in ("s3", "gs", "abfs"):
        monkeypatch.setitem(_registry, protocol, Bucket)
    return Bucket


def put(files: dict[str, bytes]) -> None:
    system = MemoryFileSystem(skip_instance_cache=True)  # the one that is kept belongs to other tests
    system.store, system.pseudo_dirs = Bucket.store, Bucket.pseudo_dirs
    for path, content in files.items():
        system.pipe_file(path, content)


def small_text(artifact: Artifact) -> bool:
    return artifact.path.endswith(".txt") and artifact.size <= 10


def store_of(tmp_path: Path, *uris: str, fetch: bool = True) -> Store:
    """A file store with a run for each URI; the first is called RUN, the second OTHER_RUN."""
    root = tmp_path / "mlruns"
    for run_id, uri in zip((RUN, OTHER_RUN), uris, strict=False):
        run(experiment(root), run_id, artifact_uri=uri)
    return open_store(str(root), ReadOptions(fetch_artifacts=small_text if fetch else None))


def test_files_are_listed_once_and_those_the_site_carries_are_fetched(bucket: type[Bucket], tmp_path: Path) -> None:
    put(
        {
            f"{ROOT}/a.txt": b"hello",
            f"{ROOT}/sub/b c.txt": b"",
            f"{ROOT}/model.pkl": b"123",
            f"{ROOT}/long.txt": b"x" * 11,
        }
    )
    store = store_of(tmp_path, f"s3://{ROOT}")
    found = store.read_runs(store.catalog().runs).runs[0].artifacts
    assert [(file.path, file.size) for file in found.files] == [
        ("a.txt", 5),
        ("long.txt", 11),
        ("model.pkl", 3),
        ("sub/b c.txt", 0),
    ]
    assert found.root is not None
    assert {path.name: path.read_bytes() for path in found.root.rglob("*.*")} == {"a.txt": b"hello", "b c.txt": b""}
    assert found.uri == f"s3://{ROOT}"
    assert [what for kind, what in bucket.asked if kind == "list"] == [ROOT]
    assert ("read", (f"{ROOT}/a.txt", 0, 6)) in bucket.asked


def test_nothing_is_asked_unless_the_user_wants_it(bucket: type[Bucket], tmp_path: Path) -> None:
    store = store_of(tmp_path, f"s3://{ROOT}", fetch=False)
    assert store.read_runs(store.catalog().runs).runs[0].artifacts == ArtifactFolder(f"s3://{ROOT}")
    assert bucket.asked == []


def test_a_second_reading_fetches_nothing_again(bucket: type[Bucket], tmp_path: Path) -> None:
    put({f"{ROOT}/a.txt": b"hello"})
    store = store_of(tmp_path, f"s3://{ROOT}")
    refs = store.catalog().runs
    first = store.read_runs(refs).runs[0].artifacts
    again = pickle.loads(pickle.dumps(store)).read_runs(refs).runs[0].artifacts
    assert first == again
    assert sum(kind == "read" for kind, _ in bucket.asked) == 1


@pytest.mark.parametrize(
    "uri",
    [
        "s3://bucket/secrets",
        f"s3://bucket/{OTHER_RUN}/artifacts",
        f"s3://bucket/../{RUN}/artifacts",
        f"ftp://bucket/{RUN}/artifacts",
        f"https://bucket/{RUN}/artifacts",
        f"file:///gone/{RUN}/artifacts",
        f"memory://bucket/{RUN}/artifacts",
        "",
    ],
)
def test_only_a_runs_own_folder_in_an_object_store_is_listed(uri: str) -> None:
    assert not is_remote(uri, RUN)


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        (f"s3://b/p/{RUN}/artifacts/", f"b/p/{RUN}/artifacts"),
        (f"gs://b/{RUN}/artifacts", f"b/{RUN}/artifacts"),
        (f"wasbs://c@acct.blob.core.windows.net/p/{RUN}/artifacts", f"c/p/{RUN}/artifacts"),
        (f"abfss://c@acct.dfs.core.windows.net/p/{RUN}/artifacts", f"c/p/{RUN}/artifacts"),
        (f"dbfs:/databricks/mlflow/1/{RUN}/artifacts", f"/databricks/mlflow/1/{RUN}/artifacts"),
        (f"hdfs://nn:8020/mlflow/{RUN}/artifacts", f"/mlflow/{RUN}/artifacts"),
    ],
)
def test_addresses_mean_the_place_that_mlflow_means(uri: str, path: str) -> None:
    assert is_remote(uri, RUN)
    assert path_of(uri) == path


def test_names_that_lead_astray_are_left_out(
    bucket: type[Bucket], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{ROOT}/../../x.txt", f"{ROOT}//x.txt", "other/x.txt", f"{ROOT}/good.txt"]
    monkeypatch.setattr(bucket, "find", lambda self, path, **options: {name: {"size": 2} for name in names})
    put({f"{ROOT}/good.txt": b"ok"})
    store = store_of(tmp_path, f"s3://{ROOT}")
    batch = store.read_runs(store.catalog().runs)
    assert batch.runs[0].artifacts.files == (Artifact("good.txt", 2),)
    assert [problem.what for problem in batch.problems] == ["has 3 artifacts with impossible names or sizes; left out"]


def test_a_bucket_that_cannot_be_listed_is_tried_once_and_its_words_not_shown(
    bucket: type[Bucket], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "failure", PermissionError("AKIA-secret may not"))
    store = store_of(tmp_path, f"s3://{ROOT}", f"s3://bucket/1/{OTHER_RUN}/artifacts")
    batch = store.read_runs(store.catalog().runs)
    assert [found.artifacts.root for found in batch.runs] == [None, None]
    assert {problem.what for problem in batch.problems} == {"has artifacts that could not be listed (PermissionError)"}
    assert len(batch.problems) == 2
    assert sum(kind == "list" for kind, _ in bucket.asked) == 1


def test_a_file_that_vanished_is_listed_and_noted(
    bucket: type[Bucket], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "find", lambda self, path, **options: {f"{ROOT}/a.txt": {"size": 2}})
    store = store_of(tmp_path, f"s3://{ROOT}")
    batch = store.read_runs(store.catalog().runs)
    assert batch.runs[0].artifacts.files == (Artifact("a.txt", 2),)
    assert [problem.what for problem in batch.problems] == [
        "has an artifact a.txt that could not be fetched (FileNotFoundError)"
    ]


def test_mlflows_variables_lead_to_the_object_store(bucket: type[Bucket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_S3_ENDPOINT_URL", "http://minio:9000")
    remote.file_system("s3")
    remote.file_system("wasbs", "acct")
    opened = [options for kind, options in bucket.asked if kind == "open"]
    assert opened == [{"client_kwargs": {"endpoint_url": "http://minio:9000"}}, {"account_name": "acct"}]


def test_a_missing_extra_is_said_with_its_install_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    store = store_of(tmp_path, f"s3://{ROOT}")
    refs = store.catalog().runs
    with pytest.raises(StoreError, match=r"s3:// addresses.*pip install 'mlruns-sitegen\[remote\]'"):
        store.read_runs(refs)


def test_artifacts_on_this_machine_are_left_where_they_are(bucket: type[Bucket], tmp_path: Path) -> None:
    root = tmp_path / "mlruns"
    run(experiment(root), artifacts={"a.txt": "here"}, artifact_uri=f"s3://{ROOT}")
    store = open_store(str(root), ReadOptions(fetch_artifacts=small_text))
    found = store.read_runs(store.catalog().runs).runs[0].artifacts
    assert found.root == root / "1" / RUN / "artifacts"
    assert bucket.asked == []


@pytest.mark.filterwarnings("ignore")
def test_a_site_says_that_artifacts_are_on_an_s3_server_or_shows_them(s3: Any, tmp_path: Path) -> None:
    files = {"notes.txt": "hello", "sub/t.csv": "a,b\n1,2\n"}
    run(experiment(tmp_path / "s3"), RUN, artifact_uri=f"s3://bucket/{RUN}/artifacts")
    run(experiment(tmp_path / "disk"), RUN, artifacts=files)
    s3.mkdir("bucket")
    for path, text in files.items():
        s3.pipe_file(f"bucket/{RUN}/artifacts/{path}", text.encode())

    def section(name: str, store: str, fetch: bool) -> str:
        built = build(Config(store=str(tmp_path / store), output=tmp_path / name, jobs=1, fetch_artifacts=fetch))
        assert built.elsewhere == ({"Amazon S3": 1} if name == "listed" else {})
        page = (tmp_path / name / "runs" / f"{RUN}.html").read_text("utf-8")
        assert "bucket" not in page
        return page.partition('<section aria-labelledby="artifacts">')[2].partition("</section>")[0]

    assert "The artifacts of this run are in Amazon S3, and were not fetched." in section("listed", "s3", False)
    assert section("fetched", "s3", True) == section("local", "disk", False) != ""
    for path, text in files.items():
        assert (tmp_path / "fetched" / "artifacts" / RUN / path).read_text("utf-8") == text
