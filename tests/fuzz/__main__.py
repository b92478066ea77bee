"""Many damaged stores, faults, kills and interrupts: `python -m tests.fuzz --stores 10000 --seed 1`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.fuzz.damaged import damaged_stores


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--stores", type=int, default=0, help="builds of damaged stores")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="the damaged store of this number alone, which is kept")
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="sitegen-fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    count = 1 if options.only is not None else options.stores
    bad = 0
    for name, faults in damaged_stores(work, count, options.seed, options.only or 0):
        if faults:
            bad += 1
            print(f"--- {name}\n" + "\n".join(faults), flush=True)
    print(f"{count} damaged stores, {bad} with faults")
    if options.only is None:
        shutil.rmtree(work)
    else:
        print(f"kept in {work}")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
