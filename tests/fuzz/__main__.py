"""Many damaged stores, faults, kills and interrupts: `python -m tests.fuzz --stores 10000 --kills 200`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.fuzz.damaged import damaged_stores
from tests.fuzz.faults import faults
from tests.fuzz.stops import interrupts, kills, make_scene

Found = Iterator[tuple[str, list[str]]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--stores", type=int, default=0, help="builds of damaged stores")
    parser.add_argument("--kills", type=int, default=0, help="builds that are killed")
    parser.add_argument("--interrupts", type=int, default=0, help="builds that get SIGINT or SIGTERM")
    parser.add_argument("--faults", type=int, default=0, help="builds in which a file operation fails")
    parser.add_argument("--seed", type=int, default=1, help="another seed tries other places")
    parser.add_argument("--jobs", type=int, default=1, help="processes that share the damaged stores")
    parser.add_argument("--only", type=int, help="the damaged store of this number alone, which is kept")
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="sitegen-fuzz-", dir=_fast_folder()))
    if options.only is not None:
        bad = _report("damaged store", damaged_stores(work, [options.only], options.seed))
        print(f"kept in {work}")
        return bool(bad)
    bad = _damaged(work, options.stores, options.seed, options.jobs) if options.stores else 0
    for name, check, count in (
        ("kills", kills, options.kills), ("interrupts", interrupts, options.interrupts), ("faults", faults, options.faults)
    ):  # fmt: skip
        for marker, share in (("", count - count // 4), (".git", count // 4)):
            if share:
                bad += _report(
                    f"{name}{marker}", check(make_scene(work / f"{name}{marker}", marker), share, options.seed)
                )
    shutil.rmtree(work)
    return bool(bad)


def _fast_folder() -> str | None:
    """A folder in memory, if there is one: thousands of sites are written."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _damaged(work: Path, count: int, seed: int, jobs: int) -> int:
    """Builds `count` damaged stores in `jobs` processes; returns how many have faults."""
    with ProcessPoolExecutor(jobs) as pool:
        parts = [pool.submit(_part, work / str(job), range(job, count, jobs), seed) for job in range(jobs)]
        return sum(part.result() for part in parts)


def _part(work: Path, numbers: range, seed: int) -> int:
    return _report("damaged stores", damaged_stores(work, numbers, seed))


def _report(what: str, found: Found) -> int:
    """Print what has faults; returns how many."""
    count = bad = 0
    for name, faults_of_one in found:
        count += 1
        if faults_of_one:
            bad += 1
            print(f"--- {name}\n" + "\n".join(faults_of_one), flush=True)
    print(f"{count} {what}, {bad} with faults", flush=True)
    return bad


if __name__ == "__main__":
    sys.exit(main())
