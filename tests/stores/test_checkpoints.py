"""The record that Lightning's MLFlowLogger leaves beside its checkpoints."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.model import Artifact, ArtifactFolder
from sitegen.stores.checkpoints import read_checkpoint

RECORD = "Checkpoint:\n  mode: max\n  monitor: val/acc\n  save_top_k: 1\noriginal_filename: a.ckpt\nscore: 0.91\n"


def folder(root: Path, **texts: str) -> ArtifactFolder:
    """Artifacts by path, `__` standing for `/` and `--` for `.`."""
    files = []
    for name, text in texts.items():
        path = name.replace("__", "/").replace("_dot_", ".")
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
        files.append(Artifact(path, len(text)))
    return ArtifactFolder("", root, tuple(sorted(files, key=lambda file: file.path)))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (RECORD, ("val/acc", "max")),
        (RECORD.replace("Checkpoint", "ModelCheckpoint"), ("val/acc", "max")),
        ("Checkpoint:\n  monitor: loss\n", ("loss", "")),
        ("Checkpoint:\n  monitor: null\n  mode: min\n", None),
        ("Checkpoint: [1", None),
        ("score: 1\n", None),
        ("", None),
    ],
)
def test_the_metadata_beside_a_checkpoint_name_what_it_was_chosen_by(
    tmp_path: Path, record: str, expected: tuple[str, str] | None
) -> None:
    files = {"model__checkpoints__a__a_dot_ckpt": "weights", "model__checkpoints__a__metadata_dot_yaml": record}
    assert read_checkpoint(folder(tmp_path, **files)) == expected


def test_metadata_without_a_checkpoint_beside_it_are_something_else(tmp_path: Path) -> None:
    assert read_checkpoint(folder(tmp_path, data__metadata_dot_yaml=RECORD, a__a_dot_ckpt="x")) is None
    assert read_checkpoint(ArtifactFolder("s3://bucket", None, (Artifact("a/metadata.yaml", 9),))) is None


def test_an_unreadable_record_is_none(tmp_path: Path) -> None:
    found = folder(tmp_path, a__a_dot_ckpt="x", a__metadata_dot_yaml=RECORD)
    (tmp_path / "a" / "metadata.yaml").unlink()
    (tmp_path / "a" / "metadata.yaml").symlink_to("/etc/hostname")
    assert read_checkpoint(found) is None
