"""Keys that no run has: most are misspelt. Without a group (`val_loss < 0.9`) they are an error, else a warning."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from sitegen.errors import UsageError, did_you_mean
from sitegen.query.nodes import OrderBy, keys_of
from sitegen.query.parser import Query


def check_names(query: Query, names: Collection[str]) -> None:
    """Raise UsageError where `query` has a key without a group that is not in `names`: those of all metrics, params
    and tags."""
    for key in keys_of(query.root):
        if key.group == "any" and key.name not in names:
            hint = did_you_mean(key.name, names)
            raise UsageError(f"No run has a metric, param or tag called {key.name}.{hint}")


def missing_keys(query: Query, order: Sequence[OrderBy], names: Mapping[str, Collection[str]]) -> Iterator[str]:
    """A sentence for each key of a query and an order that no run has.

    `names` are those of all metrics, params and tags, by group. Raises UsageError as `check_names` does.
    """
    check_names(query, {name for own in names.values() for name in own})
    keys = [*keys_of(query.root), *(rule.key for rule in order)]
    for key in dict.fromkeys(keys):
        known = names.get(key.group)
        if known is not None and not {key.name, f"{key.name}.{key.reducer}"} & set(known):
            yield f"No run has a {key.group} called {key.name}.{did_you_mean(key.name, known)}"
