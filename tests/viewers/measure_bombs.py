"""What copying and previewing each artifact in a folder costs, as JSON: CPU seconds, MiB of the largest process so far, sentences.

python -m tests.viewers.measure_bombs FOLDER
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from sitegen.model import Artifact, ArtifactFolder, Run
from sitegen.privacy import Privacy
from sitegen.viewers import decoding
from sitegen.viewers.blocks import Sentence
from sitegen.viewers.copies import copy_artifacts
from tests.bombs import BOMBS

RUN = Run("r", "1", "bombs", "FINISHED", "active", None, None, "", "", "", ArtifactFolder(""))


def measured(root: Path, path: str) -> dict[str, Any]:
    """The cost of one artifact, the child that decodes included, started for it alone."""
    artifact = Artifact(path, (root / path).stat().st_size)
    before = _seconds()
    outputs = list(copy_artifacts(replace(RUN, artifacts=ArtifactFolder("", root, (artifact,))), Privacy("public")))
    decoding.close()
    sentences = [block.text for output in outputs for block in output.blocks if isinstance(block, Sentence)]
    memory = max(_own_peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
    return {"cpu": _seconds() - before, "memory": memory, "sentences": " ".join(sentences)}


def _own_peak() -> int:
    """MiB of this process at its largest; `getrusage` would tell of the process that started it too."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def _seconds() -> float:
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in usage)


if __name__ == "__main__":
    print(json.dumps({path: measured(Path(sys.argv[1]), path) for path in BOMBS}))
