"""What a build made, for the closing summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sitegen.model import Problem
from sitegen.output import Renamed
from sitegen.privacy import Finding, Hidden


@dataclass
class Built:
    """What a build made, for the closing summary. `size` is in bytes, `deleted` counts what was left out as deleted."""

    output: Path
    read: str = ""
    """Which stores were read and why, as a sentence."""
    missing_artifacts: str = ""
    """See `Catalog`."""
    runs: int = 0
    experiments: int = 0
    pages: int = 0
    files: int = 0
    renamed: list[Renamed] = field(default_factory=list)
    """Files of the user that were in the place of files of the site."""
    size: int = 0
    seconds: float = 0.0
    deleted: int = 0
    traces_left_out: int = 0
    beside: Mapping[str, int] = field(default_factory=dict)
    """See `Catalog`."""
    trace_parts: Mapping[str, int] = field(default_factory=dict)
    """What belongs to the traces that are left out, see `CountsTraceParts`."""
    unmatched: int = 0
    """Runs that the filter left out."""
    problems: list[Problem] = field(default_factory=list)
    warnings: tuple[str, ...] = ()
    """What the settings name that the store does not have, a sentence each."""
    secrets: list[Finding] = field(default_factory=list)
    """Secrets that are masked or left out, in artifacts too."""
    allowed: int = 0
    """Values that are shown since the settings allow them."""
    unused: tuple[str, ...] = ()
    """Allowed fingerprints that no value has."""
    elsewhere: Counter[str] = field(default_factory=Counter)
    """How many runs have their artifacts in a storage from which they were not fetched, by its kind."""
    not_copied: Counter[str] = field(default_factory=Counter)
    """How many artifacts were not copied, by the reason."""
    withheld: list[str] = field(default_factory=list)
    """The first of those whose type would be copied: place and reason."""
    hidden: Hidden = field(default_factory=Hidden)
    """What the profile hides."""
    hidden_keys: int = 0
    """Params, metrics and tags that the settings hide."""
    near_limits: tuple[str, ...] = ()
    """Which limits of hosts the site is near or beyond, as phrases."""
    not_compared: bool = False
    """Whether there was an earlier site in its place, and none was named to compare with."""
    is_unchanged: bool = False
    """Whether the site was left as it is, since nothing has changed since it was built."""
