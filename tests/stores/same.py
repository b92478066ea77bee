"""What differs between two stores that should hold the same, field by field.

Named exceptions, which are true differences between MLflow's file stores and databases: where artifacts were found
(the URI is compared), the order of dataset inputs, and `-0.0`, which a database gives back as 0. Kind, location, era
and problems tell how a store was read, not what it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from sitegen.model import ArtifactFolder, Catalog, MetricHistory, Run
from sitegen.stores.contract import Store

HOW_IT_WAS_READ = frozenset({"kind", "article", "location", "era", "problems", "where", "missing_artifacts"})


def differences(one: Store, other: Store) -> list[str]:
    """Each difference as `path: this != that`; none when both hold the same experiments, models and runs."""
    here, there = one.catalog(), other.catalog()
    found = [*_compare("catalog", here, there), *_compare("runs", _runs(one, here), _runs(other, there))]
    return found


def _runs(store: Store, catalog: Catalog) -> dict[str, Run]:
    return {run.run_id: run for run in store.read_runs(catalog.runs).runs}


def _compare(path: str, one: Any, other: Any) -> Iterator[str]:
    if type(one) is not type(other):
        yield f"{path}: {one!r} != {other!r}"
    elif isinstance(one, MetricHistory):
        yield from _compare_histories(path, one, other)
    elif isinstance(one, ArtifactFolder):
        yield from _compare(f"{path}.uri", one.uri, other.uri)
    elif is_dataclass(one):
        for field in fields(one):
            if field.name not in HOW_IT_WAS_READ:
                yield from _compare(f"{path}.{field.name}", getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, Mapping):
        yield from _compare(f"{path} keys", list(one), list(other))
        for key in one.keys() & other.keys():
            yield from _compare(f"{path}[{key!r}]", one[key], other[key])
    elif isinstance(one, Sequence) and not isinstance(one, str):
        yield from _compare_lists(path, one, other)
    elif one != other:
        yield f"{path}: {one!r} != {other!r}"


def _compare_lists(path: str, one: Sequence[Any], other: Sequence[Any]) -> Iterator[str]:
    if path.endswith(".inputs"):
        one, other = sorted(one, key=repr), sorted(other, key=repr)
    if len(one) != len(other):
        yield f"{path}: {len(one)} != {len(other)} items"
    for index, (this, that) in enumerate(zip(one, other, strict=False)):
        yield from _compare(f"{path}[{index}]", this, that)


def _compare_histories(path: str, one: MetricHistory, other: MetricHistory) -> Iterator[str]:
    for name in ("steps", "timestamps", "values"):
        this, that = getattr(one, name), getattr(other, name)
        if not np.array_equal(this, that, equal_nan=name == "values"):
            yield f"{path}.{name}: {this} != {that}"
    if one.last != other.last:
        yield f"{path}.last: {one.last} != {other.last}"
