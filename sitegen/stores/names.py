"""Names that tell several stores apart, for display and as parts of ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sitegen.stores.locations import name_of, place_of

_MAX_SLUG = 24
"""Short enough that an MLflow id with a slug is still a valid file name."""


def names_of(locations: Sequence[str]) -> str:
    """A name for a site of these stores: theirs, in order; '' when none has one."""
    return ", ".join(dict.fromkeys(name for name in map(name_of, locations) if name))


def names_for(locations: Sequence[str]) -> list[str]:
    """A name for each: of its folder; of the database's own file where a folder has several; else with a number."""
    names = [" ".join(name_of(location).split()) or "server" for location in locations]
    counts = Counter(names)
    own = [_own_name(location) if counts[name] > 1 else name for location, name in zip(locations, names, strict=True)]
    return own if len(set(own)) == len(own) else distinct(names, " ")


def _own_name(location: str) -> str:
    place = place_of(location)
    return place.resolve().stem if place else ""


def slug_of(name: str) -> str:
    """A name as a part of an id: at most `_MAX_SLUG` lower-case letters, digits and single `-`."""
    return re.sub(r"[^0-9a-z]+", "-", name.lower())[:_MAX_SLUG].strip("-") or "store"


def distinct(names: Iterable[str], joint: str) -> list[str]:
    """The names; one that was met before with the next free number behind it."""
    found: list[str] = []
    for name in names:
        found.append(first_free(name, joint, found))
    return found


def first_free(name: str, joint: str, taken: Iterable[str] | Mapping[str, object]) -> str:
    """`name`, or the first of `name 2`, `name 3`, ... that is not among `taken`."""
    free, number = name, 2
    while free in taken:
        free, number = f"{name}{joint}{number}", number + 1
    return free
