"""Readable names of experiments whose names are paths, as on Databricks: `/Users/ann@x.org/churn` is `churn`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sitegen.model import Experiment

_PATH = re.compile(r"(?:~|/[^/]+)/(?:[^/]+/)*([^/]*[^/\s][^/]*)/?")
"""An absolute path of two parts or more; the profile `public` has `~/churn` in the place of a home folder."""


def with_titles(experiments: Sequence[Experiment]) -> tuple[Experiment, ...]:
    """`experiments` with the last part of a path as name and the whole of it as `path`.

    Where two experiments would have the same name, both keep the whole path.
    """
    shown = [_last_part(one.name) for one in experiments]
    count = Counter(shown)
    return tuple(
        replace(one, name=name, path=one.name) if name != one.name and count[name] == 1 else one
        for one, name in zip(experiments, shown, strict=True)
    )


def _last_part(name: str) -> str:
    match = _PATH.fullmatch(name)
    return match[1].strip() if match else name
