"""Which folders may hold a run's artifacts: the store's own, the user's, and nothing that merely looks like them."""

from __future__ import annotations

import pytest

from sitegen.stores.allowed import Allowed
from tests.stores.mlruns_builder import OTHER_RUN, RUN

FILES = Allowed(("/named", "/"), own=("/p/mlruns", "/p/mlartifacts"), store="/p/mlruns")
DATABASE = Allowed(("/named",), own=("/p/mlruns", "/p/mlartifacts"), around="/p", store="/p")
SERVER = Allowed(("/named",))


@pytest.mark.parametrize(
    ("allowed", "folder", "is_allowed"),
    [
        (FILES, f"/p/mlruns/1/{RUN}/artifacts", True),
        (FILES, f"/p/mlruns/1/{RUN}/artifacts/model", True),
        (FILES, f"/p/mlruns/1/{RUN}", False),
        (FILES, "/p/mlruns", False),
        (FILES, "/p", False),
        (FILES, "/", False),
        (FILES, "/named/x", True),
        (DATABASE, f"/p/files/{RUN}/artifacts", True),
        (DATABASE, f"/p/files/{OTHER_RUN}/artifacts", False),
        (DATABASE, "/p/files", False),
        (DATABASE, "/p", False),
        (DATABASE, f"/p2/{RUN}/artifacts", False),
        (DATABASE, "/named", True),
        (DATABASE, "/named2", False),
        (SERVER, f"/p/{RUN}/artifacts", False),
    ],
)
def test_what_may_be_read(allowed: Allowed, folder: str, is_allowed: bool) -> None:
    assert allowed.allows(folder, RUN) is is_allowed


def test_only_ids_that_mlflow_draws_open_a_folder_beside_a_database() -> None:
    assert DATABASE.allows(f"/p/m-{RUN}/artifacts", f"m-{RUN}")
    assert not DATABASE.allows("/p/holiday/artifacts", "holiday")
