"""Artifacts of a run by way of a tracking server: listed by its API, read through its artifact proxy.

Only this server is ever asked, whatever host an artifact URI names, and only for a folder that is named after the run:
a run's URI is untrusted text, and this user may have access to more than the person who logged it.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from sitegen.model import Artifact
from sitegen.stores.fetching import FILES, FetchError
from sitegen.stores.meta import text_of, whole_of
from sitegen.stores.tracking.api import Api, ApiError, objects

_FOLDERS = 500
"""Maximum number of folders of a run that are listed."""
_PROXY = "/api/2.0/mlflow-artifacts/artifacts/"


def is_served(uri: str, run_id: str) -> bool:
    """Whether the server may be asked for what is at `uri`: the run's own folder, on the server's disk or behind its
    proxy."""
    parts = urlsplit(uri)
    is_near = parts.scheme in ("", "file") or len(parts.scheme) == 1
    path = uri.replace("\\", "/") if is_near else parts.path
    steps = unquote(path).rstrip("/").split("/")
    is_own = steps[-2:] == [run_id, "artifacts"] and ".." not in steps
    return is_own and (is_near or proxied_path(uri) is not None)


def proxied_path(uri: str) -> str | None:
    """The path inside the artifact proxy that a URI means, None if it means none."""
    parts = urlsplit(uri)
    if parts.scheme == "mlflow-artifacts":
        return parts.path.strip("/")
    _, proxy, path = parts.path.partition(_PROXY)
    return path.strip("/") if parts.scheme in ("http", "https") and proxy else None


class ServerArtifacts:
    """The artifacts of the run `run_id`, which are at `uri` according to the server; see `fetching.Source`."""

    def __init__(self, api: Api, run_id: str, uri: str) -> None:
        self.api = api
        self.run_id = run_id
        self._proxied = proxied_path(uri)

    def files(self) -> Iterable[Artifact]:
        """The files of the run, folder by folder: one request each."""
        found: list[Artifact] = []
        folders = [""]
        for folder in folders:
            for entry in self._list(folder):
                path = text_of(entry, "path")
                if not entry.get("is_dir"):
                    found.append(Artifact(path, whole_of(entry, "file_size") or 0))
                elif (
                    path.startswith(f"{folder}/" if folder else "") and path not in folders and len(folders) < _FOLDERS
                ):
                    folders.append(path)
            if len(found) > FILES:
                break
        return found

    def _list(self, folder: str) -> list[dict[str, object]]:
        query = [("run_id", self.run_id), *([("path", folder)] if folder else [])]
        try:
            return objects(self.api.get("artifacts/list", query), "files")
        except ApiError as error:
            raise FetchError(str(error)) from None

    def read(self, path: str, limit: int) -> bytes:
        """The content of a file, through the proxy, or, if the server has no proxy, in the way that its own pages
        do."""
        try:
            if self._proxied is not None:
                return self.api.download(f"{_PROXY}{self._proxied}/{path}", (), limit)
            return self.api.download("/get-artifact", [("run_uuid", self.run_id), ("path", path)], limit)
        except ApiError as error:
            raise FetchError(str(error)) from None
