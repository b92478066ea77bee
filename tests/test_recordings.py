"""What real writers wrote is committed as they wrote it."""

from __future__ import annotations

import pytest

from tests import record

FILES = [file for one in record.recordings() for file in one.files]


@pytest.mark.parametrize(
    ("path", "sha256"), [(path, sha256) for path, _, sha256 in FILES], ids=lambda value: value[-30:]
)
def test_a_recording_is_what_the_list_says(path: str, sha256: str) -> None:
    assert record.content_hash(record.ROOT / path) == sha256, "record it again, or write recordings.toml anew"


def test_every_database_fixture_is_a_recording() -> None:
    found = {path.name for path in (record.ROOT / "tests" / "stores" / "fixtures").glob("*.db")}
    assert found <= {path.rpartition("/")[2] for path, _, _ in FILES}
