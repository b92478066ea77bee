#!/usr/bin/env python3
"""Record again what real MLflow versions write: `python tests/record.py`.

    python tests/record.py --list                 what is recorded, by which version, with the hash of its content
    python tests/record.py --check                whether what is committed is what `recordings.toml` says
    python tests/record.py databases-3.17.2 ...   record again (all without a name), each in a virtual environment of its own

Recordings are inputs of the tests: heavy writers run here, outside the gate, and what they wrote is committed. A recording
holds times and ids of the moment, so recording again changes it; look at what changed, then commit both the recording and
`recordings.toml`, which this command writes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests" / "recordings.toml"


@dataclass(frozen=True)
class Recording:
    """What one run of a script wrote: `files` from the committed path to where the script leaves it, with its hash."""

    name: str
    requires: tuple[str, ...]
    """What pip installs for the script."""
    script: tuple[str, ...]
    """The script and its arguments; `{out}` stands for the folder that it writes into."""
    files: tuple[tuple[str, str, str], ...]
    """(path from the root of the project, path below `{out}`, SHA-256 of the content)."""


def recordings() -> list[Recording]:
    """What `recordings.toml` lists."""
    entries = tomllib.loads(LIST.read_text("utf-8"))["recording"]
    return [
        Recording(one["name"], tuple(one["requires"]), tuple(one["script"]), tuple(map(tuple, one["files"])))
        for one in entries
    ]


def content_hash(path: Path) -> str:
    """The SHA-256 of a file, or of the paths and contents of all files in a folder; line ends and times do not count."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    digest = hashlib.sha256()
    for file in sorted(one for one in path.rglob("*") if one.is_file()):
        digest.update(file.relative_to(path).as_posix().encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def changed() -> list[str]:
    """The committed files and folders whose content is not what the list says."""
    files = [file for one in recordings() for file in one.files]
    return [path for path, _, sha256 in files if content_hash(ROOT / path) != sha256]


def record(one: Recording, folder: Path) -> None:
    """Install the writer, run its script, and put what it made in the place of what is committed."""
    environment, out = folder / "venv", folder / "out"
    out.mkdir()
    venv.create(environment, with_pip=True)
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    subprocess.check_call([python, "-m", "pip", "install", "-q", *one.requires])
    subprocess.check_call([python, *(part.format(out=out) for part in one.script)], cwd=ROOT)
    for path, made, _ in one.files:
        target = ROOT / path
        if target.is_dir():
            shutil.rmtree(target)
        (shutil.copytree if (out / made).is_dir() else shutil.copy2)(out / made, target)


def write_list(entries: list[Recording]) -> None:
    """Write `recordings.toml` with the hashes of what is there now."""
    lines = ["# What real writers wrote, made by tests/record.py: how it was made, where it is, what it holds."]
    for one in entries:
        lines += ["", "[[recording]]", f'name = "{one.name}"', f"requires = {quoted(one.requires)}"]
        lines += [f"script = {quoted(one.script)}", "files = ["]
        lines += [f"  {quoted((path, made, content_hash(ROOT / path)))}," for path, made, _ in one.files]
        lines += ["]"]
    LIST.write_text("\n".join(lines) + "\n", "utf-8")


def quoted(parts: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{part}"' for part in parts) + "]"


def main(arguments: list[str]) -> int:
    """List, check, or record again."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args(arguments)
    entries = recordings()
    if asked.list:
        print("\n".join(f"{one.name:20} {' '.join(one.requires)}" for one in entries))
        return 0
    if asked.check:
        print("\n".join(f"{path} is not what recordings.toml says" for path in changed()) or "all as recorded")
        return 1 if changed() else 0
    known = {one.name: one for one in entries}
    if unknown := [name for name in asked.names if name not in known]:
        parser.error(f"there is no recording {', '.join(unknown)}; see --list")
    for name in asked.names or known:
        with tempfile.TemporaryDirectory() as folder:
            print(f"recording {name}", flush=True)
            record(known[name], Path(folder))
    write_list(entries)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
