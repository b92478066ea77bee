"""Previews of files that are no text: what is hidden in their cells and names, and that the page says so."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sitegen.model import Artifact, ArtifactFolder, Run
from sitegen.privacy import Privacy
from sitegen.viewers.blocks import Block, Sentence, Table
from sitegen.viewers.cleaning import hidden_note
from sitegen.viewers.copies import copy_artifacts
from sitegen.viewers.copying import CopiedFile

TOKEN = "gh" + "p_" + "Ab1" * 12


def shown(folder: Path, name: str, data: bytes, privacy: Privacy = Privacy()) -> tuple[CopiedFile, tuple[Block, ...]]:
    (folder / name).write_bytes(data)
    artifacts = ArtifactFolder("", folder, (Artifact(name, len(data)),))
    run = Run("r1", "0", "r", "FINISHED", "active", 1, 2, "", "", "LOCAL", artifacts)
    (one,) = copy_artifacts(run, privacy)
    assert one.data == b""
    return one.artifact.file, one.blocks


def parquet(**columns: list[object]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def saved(*, compressed: bool = False, **arrays: np.ndarray) -> bytes:
    out = io.BytesIO()
    if compressed:
        np.savez(out, **arrays)  # type: ignore[arg-type]
    else:
        np.save(out, *arrays.values())
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.parquet", parquet(a=[TOKEN])),
        ("b.parquet", parquet(**{TOKEN: [1]})),
        ("c.parquet", parquet(api_key=["hunter2-and-more"])),
        ("d.parquet", parquet(a=["x" * 400 + " " + TOKEN])),
        ("a.npy", saved(x=np.array([TOKEN]))),
        ("a.npz", saved(x=np.array([TOKEN]), compressed=True)),
        ("b.npz", saved(**{TOKEN: np.array([1])}, compressed=True)),
    ],
)
def test_a_secret_in_a_table_or_array_is_masked(tmp_path: Path, name: str, data: bytes) -> None:
    file, blocks = shown(tmp_path, name, data)
    assert TOKEN not in repr(blocks) and "hunter2" not in repr(blocks) and "•••(" in repr(blocks)
    assert len(file.secrets) >= 1 and blocks[0] == Sentence(f"Hidden here: secrets ({len(file.secrets)}).")


def test_private_facts_in_a_table_are_hidden_in_public_only(tmp_path: Path) -> None:
    data = parquet(email=["ada@example.org"], host=["gpu07.corp.internal"], token=["plain7"])
    file, blocks = shown(tmp_path, "a.parquet", data)
    table = next(block for block in blocks if isinstance(block, Table))
    assert [cell.text for cell in table.rows[0]] == ["•••", "•••", "plain7"]
    assert file.hidden == (("emails", 1), ("host names", 1))
    assert "gpu07" in repr(shown(tmp_path, "a.parquet", data, Privacy("internal")))


def test_nothing_is_said_of_a_file_in_which_nothing_is_hidden(tmp_path: Path) -> None:
    file, blocks = shown(tmp_path, "a.parquet", parquet(a=[1]))
    assert list(hidden_note(file)) == [] and not isinstance(blocks[0], Sentence)
