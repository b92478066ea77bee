"""The record that Lightning's MLFlowLogger leaves beside each checkpoint: which metric it was chosen by.

`<checkpoint>/metadata.yaml` holds `{Checkpoint: {monitor: val_loss, mode: min, ...}, score: ...}`; in other versions
the first key is the class of the callback (`ModelCheckpoint`). The checkpoint, a pickle, is never opened.
"""

from __future__ import annotations

from sitegen.model import ArtifactFolder
from sitegen.stores.artifacts import open_artifact
from sitegen.stores.meta import MetaError, parse_meta

FILE = "metadata.yaml"
MAX_BYTES = 20_000
MAX_RECORDS = 3
"""Maximum number of records of a run that are tried: all of its checkpoints are chosen the same way."""


def read_checkpoint(folder: ArtifactFolder) -> tuple[str, str] | None:
    """The metric and the mode (`min`, `max`) that a record among the artifacts in `folder` names; None without one."""
    if folder.root is None:
        return None
    records = [file.path for file in folder.files if file.path.endswith(f"/{FILE}") and file.size <= MAX_BYTES]
    if not records:
        return None
    checkpoints = {file.path.rpartition("/")[0] for file in folder.files if file.path.endswith(".ckpt")}
    beside = [path for path in records if path.rpartition("/")[0] in checkpoints]
    return next((found for path in beside[:MAX_RECORDS] if (found := _read(folder, path))), None)


def _read(folder: ArtifactFolder, path: str) -> tuple[str, str] | None:
    try:
        with open_artifact(folder, path) as file:
            meta = parse_meta(file.read(MAX_BYTES))
    except (OSError, MetaError):
        return None
    for value in meta.values():
        if isinstance(value, dict) and isinstance(value.get("monitor"), str):
            mode = value.get("mode")
            return value["monitor"], mode if isinstance(mode, str) else ""
    return None
