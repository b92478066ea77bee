#!/usr/bin/env python3
"""Build the sample sites with two versions of sitegen and say which files differ.

    python tests/compare_builds.py BASE [HEAD]      two commits (HEAD: the working tree when left out)
    python tests/compare_builds.py --each BASE HEAD every commit of BASE..HEAD against the one before it

The name of the asset folder holds a hash of its content, so it is replaced by `assets/HASH` before files are compared;
what lies inside it is compared and counted apart. A structural commit prints "identical". For any other commit the
links, ids, numbers and data files of pages that differ are compared too, and what changed of them is named.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STORES = ("mlflow1", "mlflow2", "mlflow3")
ASSETS = re.compile(rb"assets/[0-9a-f]{10}/")
LINK = re.compile(r'\b(?:href|src|id|data-[a-z-]+)="[^"]*"')
NUMBER = re.compile(r"(?<![\w.-])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])")
MAX_NAMED = 8


def main(arguments: list[str]) -> int:
    """Compare as the command line asks; the exit code is 0 when all builds are identical."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--each", action="store_true", help="compare every commit with the one before it")
    parser.add_argument("base")
    parser.add_argument("head", nargs="?", default="")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        if not asked.each:
            return report(asked.head or "working tree", sites(asked.base, folder), sites(asked.head, folder))
        commits = git("rev-list", "--reverse", f"{asked.base}..{asked.head or 'HEAD'}").split()
        code, before = 0, sites(asked.base, folder)
        for commit in commits:
            after = sites(commit, folder)
            code |= report(git("log", "-1", "--format=%h %s", commit), before, after)
            before = after
        return code


def git(*arguments: str) -> str:
    return subprocess.check_output(["git", "-C", str(ROOT), *arguments], text=True).strip()


def sites(commit: str, folder: str) -> dict[str, bytes]:
    """Every file of the sample sites as `commit` builds them, by path; the working tree for an empty name."""
    code = Path(folder, "code", commit or "tree")
    if not commit:
        code = ROOT
    elif not code.is_dir():
        code.mkdir(parents=True)
        archive = subprocess.Popen(
            ["git", "-C", str(ROOT), "archive", commit, "sitegen", "themes"], stdout=subprocess.PIPE
        )
        subprocess.check_call(["tar", "-x", "-C", str(code)], stdin=archive.stdout)
    found: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as made:
        for store in STORES:
            out = Path(made, store)
            command = [
                sys.executable,
                "-m",
                "sitegen",
                "build",
                str(ROOT / "sample_runs" / store / "mlruns"),
                "-o",
                out,
            ]
            environment = os.environ | {"PYTHONPATH": str(code), "SOURCE_DATE_EPOCH": "0"}
            subprocess.run(command, cwd=made, env=environment, check=True, stdout=subprocess.DEVNULL)
            for file in sorted(path for path in out.rglob("*") if path.is_file()):
                if file.name != "manifest.json":
                    path = f"{store}/{file.relative_to(out).as_posix()}"
                    found[plain(path.encode()).decode()] = plain(file.read_bytes())
    return found


def plain(content: bytes) -> bytes:
    """`content` with the name of the asset folder replaced."""
    return ASSETS.sub(b"assets/HASH/", content)


def report(name: str, before: dict[str, bytes], after: dict[str, bytes]) -> int:
    """Print what differs; 0 when nothing does beside the asset files themselves."""
    gone, new = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    changed = sorted(path for path in before.keys() & after.keys() if before[path] != after[path])
    assets = [path for path in (*gone, *new, *changed) if "/assets/HASH/" in path]
    rest = {
        kind: [p for p in paths if p not in assets]
        for kind, paths in (("gone", gone), ("new", new), ("changed", changed))
    }
    same = not any(rest.values())
    print(f"{name}: {'identical' if same else 'differs'}, {len(after)} files, {len(assets)} asset files differ")
    for kind, paths in rest.items():
        if paths:
            print(f"  {len(paths)} {kind}: {', '.join(paths[:MAX_NAMED])}{' ...' if len(paths) > MAX_NAMED else ''}")
    for what, pattern in (("links, ids and data", LINK), ("numbers", NUMBER)):
        pages = [p for p in rest["changed"] if found(pattern, before[p]) != found(pattern, after[p])]
        if rest["changed"]:
            print(f"  {what}: {'equal' if not pages else f'differ in {len(pages)} files, such as {pages[0]}'}")
    return 0 if same else 1


def found(pattern: re.Pattern[str], content: bytes) -> list[str]:
    return pattern.findall(content.decode("utf-8", "replace"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
