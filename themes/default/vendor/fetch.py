"""Fetch the third-party browser files of the default theme: `python themes/default/vendor/fetch.py`.

Reads `vendor.toml`, takes each package from npm (`npm pack`), checks the sha256 of every file, converts
vega-interpreter from a module to a classic script, and writes `<name>-<version>/` with the licence beside it.
"""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
IMPORT = b"import { ascending, isString, DisallowedObjectProperties } from 'vega-util';"
EXPORT = b"export { expression as expressionInterpreter };"


def entries() -> list[dict[str, Any]]:
    """The `[[file]]` tables of vendor.toml."""
    files: list[dict[str, Any]] = tomllib.loads((HERE / "vendor.toml").read_text("utf-8"))["file"]
    return files


def target(entry: dict[str, Any]) -> Path:
    """Where the file of `entry` lies."""
    return HERE / f"{entry['package']}-{entry['version']}" / Path(entry["path"]).name


def to_classic_script(module: bytes) -> bytes:
    """vega-interpreter as a classic script: it takes what it imports from the global `vega` and adds one global.

    Raises ValueError when the module does not have the one import and the one export it is known to have.
    """
    if module.count(IMPORT) != 1 or module.count(EXPORT) != 1:
        raise ValueError("vega-interpreter no longer has the import and export that fetch.py converts")
    taken = b"const { ascending, isString, DisallowedObjectProperties } = vega;"
    given = b"window.vegaInterpreter = { expressionInterpreter: expression };"
    return b"(function () {\n" + module.replace(IMPORT, taken).replace(EXPORT, given) + b"\n})();\n"


def to_module(script: bytes) -> bytes:
    """The published module behind what `to_classic_script` wrote, so that it can be checked against its hash."""
    inner = script.removeprefix(b"(function () {\n").removesuffix(b"\n})();\n")
    taken = b"const { ascending, isString, DisallowedObjectProperties } = vega;"
    given = b"window.vegaInterpreter = { expressionInterpreter: expression };"
    return inner.replace(taken, IMPORT).replace(given, EXPORT)


def pack(package: str, version: str, folder: Path) -> tarfile.TarFile:
    """The published tarball of a package, downloaded into `folder`."""
    subprocess.run(["npm", "pack", "--silent", f"{package}@{version}"], cwd=folder, check=True, capture_output=True)
    return tarfile.open(folder / f"{package}-{version}.tgz")


def member(tarball: tarfile.TarFile, path: str) -> bytes:
    """The bytes of one file of a tarball."""
    reader = tarball.extractfile(path)
    if reader is None:
        raise ValueError(f"{path} is not a file")
    return reader.read()


def fetch(entry: dict[str, Any], folder: Path) -> None:
    """Fetch, check and write one file and its licence."""
    with pack(entry["package"], entry["version"], folder) as tarball:
        content, licence = member(tarball, entry["path"]), member(tarball, "package/LICENSE")
    found = hashlib.sha256(content).hexdigest()
    if found != entry["sha256"]:
        raise ValueError(f"{entry['package']} {entry['path']}: sha256 is {found}, not {entry['sha256']}")
    target(entry).parent.mkdir(exist_ok=True)
    target(entry).write_bytes(to_classic_script(content) if "convert" in entry else content)
    (target(entry).parent / "LICENSE").write_bytes(licence)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for entry in entries():
            fetch(entry, Path(folder))
            print(target(entry).relative_to(HERE))


if __name__ == "__main__":
    main()
