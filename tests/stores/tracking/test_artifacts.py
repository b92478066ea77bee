"""Which artifacts a tracking server is asked for, and how they are listed and read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sitegen.model import Artifact
from sitegen.stores.fetching import FetchError
from sitegen.stores.tracking import artifacts
from sitegen.stores.tracking.address import parse_address
from sitegen.stores.tracking.api import Api
from sitegen.stores.tracking.artifacts import ServerArtifacts, is_served, proxied_path
from tests.stores.tracking.fake_server import FakeServer, Question, Say, fake_server

RUN = "r" * 32
OWN = f"mlflow-artifacts:/1/{RUN}/artifacts"


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with fake_server() as found:
        yield found


def of(server: FakeServer, uri: str = OWN) -> ServerArtifacts:
    return ServerArtifacts(Api(parse_address(server.address)), RUN, uri)


@pytest.mark.parametrize(
    "uri",
    [
        OWN,
        f"mlflow-artifacts://host:5000/1/{RUN}/artifacts/",
        f"/srv/mlruns/1/{RUN}/artifacts",
        f"file:///srv/mlruns/1/{RUN}/artifacts",
        f"C:\\mlruns\\1\\{RUN}\\artifacts",
        f"./mlruns/1/{RUN}/artifacts",
        f"https://host/api/2.0/mlflow-artifacts/artifacts/1/{RUN}/artifacts",
    ],
)
def test_the_runs_own_folder_on_the_server_may_be_asked_for(uri: str) -> None:
    assert is_served(uri, RUN)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/etc",
        f"/srv/1/{'o' * 32}/artifacts",
        f"/srv/1/{RUN}/artifacts/more",
        f"/srv/1/{RUN}",
        f"/srv/../1/{RUN}/artifacts",
        f"mlflow-artifacts:/%2e%2e/1/{RUN}/artifacts",
        f"s3://bucket/1/{RUN}/artifacts",
        f"https://host/1/{RUN}/artifacts",
    ],
)
def test_nothing_else_is_asked_for(uri: str) -> None:
    assert not is_served(uri, RUN)


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("mlflow-artifacts:/1/x/", "1/x"),
        ("http://host/api/2.0/mlflow-artifacts/artifacts/1/x", "1/x"),
        ("https://host/prefix/api/2.0/mlflow-artifacts/artifacts/1/x/", "1/x"),
        ("ftp://host/api/2.0/mlflow-artifacts/artifacts/1/x", None),
        ("https://host/1/x", None),
        ("/srv/1/x", None),
    ],
)
def test_the_path_inside_the_proxy(uri: str, path: str | None) -> None:
    assert proxied_path(uri) == path


def listing(folders: dict[str, list[dict[str, object]]], server: FakeServer) -> None:
    def answer(question: Question) -> dict[str, object]:
        (path,) = question.asked.get("path", [""])
        return {"files": folders.get(path, [])}

    server.says("artifacts/list", answer)


def test_files_are_listed_folder_by_folder(server: FakeServer) -> None:
    folders: dict[str, list[dict[str, object]]] = {
        "": [{"path": "a.txt", "is_dir": False, "file_size": "3"}, {"path": "m", "is_dir": True}],
        "m": [{"path": "m/deep", "is_dir": True}, {"path": "m/b.txt"}],
        "m/deep": [{"path": "m/deep/c", "file_size": 7}],
    }
    listing(folders, server)
    assert list(of(server).files()) == [Artifact("a.txt", 3), Artifact("m/b.txt", 0), Artifact("m/deep/c", 7)]
    assert [question.asked["run_id"] for question in server.asked_at("artifacts/list")] == [[RUN]] * 3


def test_a_folder_that_names_itself_its_parent_or_another_is_not_entered_again(server: FakeServer) -> None:
    looping: list[dict[str, object]] = [{"path": path, "is_dir": True} for path in ("m", "", "other", "mm/x")]
    listing({"": [{"path": "m", "is_dir": True}, {"path": "m", "is_dir": True}], "m": looping}, server)
    assert list(of(server).files()) == []
    assert [question.asked.get("path") for question in server.asked_at("artifacts/list")] == [None, ["m"]]


def test_the_folders_that_are_asked_for_and_the_files_that_are_listed_are_limited(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders: dict[str, list[dict[str, object]]] = {"": [{"path": name, "is_dir": True} for name in "abcd"]}
    listing(folders | {name: [{"path": f"{name}/{n}"} for n in range(2)] for name in "abcd"}, server)
    monkeypatch.setattr(artifacts, "_FOLDERS", 4)
    assert [file.path for file in of(server).files()] == ["a/0", "a/1", "b/0", "b/1", "c/0", "c/1"]
    monkeypatch.setattr(artifacts, "FILES", 4)
    assert len(list(of(server).files())) == 6, "one folder beyond the limit, which `fetch` notes"


def test_a_file_is_read_through_the_proxy_where_there_is_one(server: FakeServer) -> None:
    server.says(f"/api/2.0/mlflow-artifacts/artifacts/1/{RUN}/artifacts/a b.txt", Say(body=b"proxy"))
    server.says("/get-artifact", Say(body=b"page"))
    assert of(server).read("a b.txt", 10) == b"proxy"
    assert of(server, f"/srv/1/{RUN}/artifacts").read("a b.txt", 10) == b"page"
    assert dict(server.questions[-1].asked) == {"run_uuid": [RUN], "path": ["a b.txt"]}


def test_a_refusal_is_a_fetch_error_without_an_address(server: FakeServer) -> None:
    for ask in (lambda: of(server).files(), lambda: of(server).read("a", 1)):
        with pytest.raises(FetchError) as caught:
            ask()
        assert str(caught.value)
        assert "127.0.0.1" not in str(caught.value)
