"""What a child process decodes, since the libraries for it may take any amount of time and memory, or crash: Parquet
tables and large images. Answers are plain data.

Only this module, `cells` and `images` are imported there, so that the process starts quickly.
"""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import IO, Any

from sitegen.child import limits, serve, writable_bytes
from sitegen.viewers import images
from sitegen.viewers.cells import READ_CELL, SHOWN_COLUMNS, SHOWN_ROWS, cell_text

SECONDS = 2.0
MEMORY = 256 << 20
"""CPU seconds, and bytes of memory beyond what the libraries need, for one artifact."""
MAX_ROW_GROUP = 128_000_000
"""Maximum number of bytes of the row group that is unpacked for the first rows of a Parquet file."""


def main() -> None:
    """Decode until there is nothing more to read."""
    serve(_decode, MEMORY // 4)


def _decode(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    is_table = request["what"] == "parquet"
    if is_table:
        pass  # before the memory that a file may take is limited
    else:
        pass
    with limits(writable_bytes() + MEMORY, SECONDS):
        if not is_table:
            return _image(request, data)
        with _source(request, data) as file:
            return _table(file)


def _image(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    image = images.opened(data)
    width, height = image.size
    small = images.encoded(image, tuple(request["box"]), request["quality"])
    return {"width": width, "height": height, "data": base64.b64encode(small).decode("ascii")}


def _source(request: dict[str, Any], data: bytes) -> IO[bytes]:
    """The file: `data`, or, where it is too large to be sent, the artifact itself."""
    if data:
        return io.BytesIO(data)
    from sitegen.model import ArtifactFolder
    from sitegen.stores.artifacts import open_artifact

    return open_artifact(ArtifactFolder("", Path(request["root"])), request["path"])


def _table(file: IO[bytes]) -> dict[str, Any]:
    """Numbers of rows, columns and row groups, the schema, and the first rows, None if they are too large to be
    unpacked."""
    import pyarrow.parquet

    meta = pyarrow.parquet.read_metadata(file)
    fields = list(meta.schema.to_arrow_schema())
    is_small = meta.num_row_groups and meta.row_group(0).total_byte_size <= MAX_ROW_GROUP
    names, rows = _first_rows(file, meta, fields[:SHOWN_COLUMNS]) if is_small else ([], None)
    return {
        "rows": meta.num_rows,
        "columns": len(fields),
        "groups": meta.num_row_groups,
        "types": [[field.name[:READ_CELL], str(field.type)[:READ_CELL]] for field in fields[:SHOWN_ROWS]],
        "names": names,
        "data": rows,
    }


def _first_rows(file: IO[bytes], meta: Any, fields: list[Any]) -> tuple[list[str], list[list[str]]]:
    """The columns' names, and the rows."""
    import pyarrow.parquet

    parquet = pyarrow.parquet.ParquetFile(file, metadata=meta, buffer_size=1 << 20)
    names = [field.name for field in fields]
    batches = parquet.iter_batches(SHOWN_ROWS, row_groups=[0], columns=names, use_threads=False)
    batch = next(batches, None)
    if batch is None:
        return names, []
    rows = zip(*map(_cells, batch.columns), strict=True)
    return [name[:READ_CELL] for name in batch.schema.names], [list(row) for row in rows]


def _cells(column: Any) -> list[str]:
    """The values as strings, one at a time, since each may be large."""
    return [cell_text(column[at].as_py()) for at in range(len(column))]
