"""Stage a site beside the old one, keep the files that stay the same, and put it in place as a whole.

`Stage` is the folder that a build fills. It is a sibling of the output, so that the last step is a rename on one file
system: a build that fails, is interrupted or runs out of disk leaves the previous site as it was. The manifest
(`data/manifest.json`) lists every file of ours; files of the user (CNAME, .git) are not in it and are carried over.
"""

from __future__ import annotations

from sitegen.output.carried import Renamed
from sitegen.output.files import Written, write_file
from sitegen.output.lock import locked
from sitegen.output.manifest import MANIFEST, entries, listed
from sitegen.output.place import Places, must_stay, repair, swap
from sitegen.output.stage import SCRATCH, Stage, check_output, staged

__all__ = [
    "MANIFEST",
    "SCRATCH",
    "Places",
    "Renamed",
    "Stage",
    "Written",
    "check_output",
    "entries",
    "listed",
    "locked",
    "must_stay",
    "repair",
    "staged",
    "swap",
    "write_file",
]
