"""The folder of an export: made beside the output, swapped in when it is complete, never over other files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

from sitegen.errors import UsageError
from sitegen.output import Places, check_output, locked, must_stay, repair, swap
from sitegen.stores.disk import printable
from sitegen.stores.parquet.export_format import COLUMNS, DESCRIPTION


@contextmanager
def staged_export(output: Path, sources: Iterable[Path | None]) -> Iterator[Path]:
    """A folder beside `output` that takes its place when the block is left without an error."""
    output = output.absolute()
    check_output(output, sources, adopt=True)
    _check_is_ours(output)
    places = Places(output)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with locked(places.lock):
            repair(places)
            places.stage.mkdir()
            try:
                yield places.stage
                _put_in_place(places)
            finally:
                rmtree(places.stage, ignore_errors=True)
    except PermissionError as error:
        raise UsageError(
            f"Cannot write to {output.parent}: {error.strerror}; choose another folder with -o."
        ) from error


def _check_is_ours(output: Path) -> None:
    found = {path.name for path in output.iterdir()} if output.is_dir() else set()
    others = sorted(found - _our_names())
    if others or (found and DESCRIPTION not in found):
        name = printable(others[0]) if others else "files"
        raise UsageError(
            f"{output} holds {name}, which is not part of an export; give an empty or a new folder with -o."
        )


def _our_names() -> set[str]:
    return {DESCRIPTION, *(f"{table}.{suffix}" for table in COLUMNS for suffix in ("parquet", "csv"))}


def _put_in_place(places: Places) -> None:
    if not places.output.exists():
        places.stage.rename(places.output)
    elif must_stay(places.output):
        _replace_files(places)
    else:
        swap(places)


def _replace_files(places: Places) -> None:
    """Replace files one by one if the folder itself cannot be exchanged; without a description until all are of one
    export."""
    for name in _our_names():
        (places.output / name).unlink(missing_ok=True)
    for file in sorted(places.stage.iterdir(), key=lambda file: file.name == DESCRIPTION):
        file.rename(places.output / file.name)
