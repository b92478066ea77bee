"""An earlier site of the same store, as an input: `--since` and `--base` name a folder, a git ref or an address.

Its files are untrusted text: bounded, parsed as JSON only, and shown only after the same cleaning as a store's.
"""

from sitegen.earlier.places import EarlierSite, find_site, is_site, open_site
from sitegen.earlier.records import (
    BestRun,
    KnownRun,
    SiteRecord,
    known_run,
    listed_runs,
    read_best,
    read_record,
    read_runs,
    run_list,
)

__all__ = [
    "BestRun",
    "EarlierSite",
    "KnownRun",
    "SiteRecord",
    "find_site",
    "is_site",
    "known_run",
    "listed_runs",
    "open_site",
    "read_best",
    "read_record",
    "read_runs",
    "run_list",
]
