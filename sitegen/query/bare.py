"""Keys without a group (`val_loss < 0.9`) that no run has: most are misspelt."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from sitegen.errors import UsageError
from sitegen.query.nodes import keys_of
from sitegen.query.parser import Query


def check_names(query: Query, names: Collection[str]) -> None:
    """Raise UsageError where `query` has a key without a group that is not in `names`: those of all metrics, params
    and tags."""
    for key in keys_of(query.root):
        if key.group == "any" and key.name not in names:
            near = get_close_matches(key.name, sorted(names), 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise UsageError(f"No run has a metric, param or tag called {key.name}.{hint}")
