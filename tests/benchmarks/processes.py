"""What a command costs with every process that it starts.

Workers of a fork server are no children of the build: `wait4` on the build, `time` and RUSAGE_CHILDREN miss them, and
give a fifth of the truth. Here this process makes itself the reaper of all that a command leaves behind (Linux only).
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds (user and system) of all processes, wall seconds, and MiB of the largest process."""

    cpu: float
    wall: float
    peak: float


def become_reaper() -> None:
    """Let this process inherit orphans. Stops the program where the system cannot do that."""
    if not sys.platform.startswith("linux") or ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        sys.exit("only Linux lets a process inherit the orphans of its children, which is what is measured here")


def cost(command: Sequence[str], environment: Mapping[str, str] | None = None, folder: str | None = None) -> Cost:
    """What one run of `command` costs. Stops the program, with the command's output, if it fails."""
    started, words = time.perf_counter(), {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    with Path(os.devnull).open("wb") as nowhere:
        process = subprocess.Popen(command, env=words, cwd=folder, stdout=nowhere, stderr=nowhere)
    cpu = peak = wall = 0.0
    while True:
        try:
            pid, status, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return Cost(cpu, wall, peak)
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss / 1024)
        if pid == process.pid:
            wall, process.returncode = time.perf_counter() - started, os.waitstatus_to_exitcode(status)
            if process.returncode:
                sys.exit(f"{' '.join(command)} failed with {process.returncode}")


def medians(costs: Sequence[Cost]) -> Cost:
    """The median of each figure, and the largest peak."""
    return Cost(median(c.cpu for c in costs), median(c.wall for c in costs), max(c.peak for c in costs))
