"""The part of a site's footer on the filter that selected its runs."""

from __future__ import annotations

from collections.abc import Callable

from sitegen.analysis.words import shortened
from sitegen.query.nodes import Key, keys_of
from sitegen.query.parser import Query

MAX_CHARACTERS = 80
_PRIVATE = frozenset(["user_id", "artifact_uri", "source_name", "git_commit"])


def describe(query: Query, public: bool, hides: Callable[[str], bool] = lambda text: False) -> str:
    """The end of the footer: that a filter was applied, and which one if it reveals nothing private.

    `hides` says of a key, and of the whole text, whether the site hides something of it.
    """
    keys = list(keys_of(query.root))
    is_told = not (hides(query.text) or any(hides(key.name) for key in keys))
    if not is_told or (public and any(map(_is_private, keys))):
        return "; only the runs that a filter chose"
    return f"; only runs that match {shortened(query.text, MAX_CHARACTERS)}"


def _is_private(key: Key) -> bool:
    """Whether a condition on `key` may hold a name, a path or a host, which a public site does not show."""
    if key.group == "attribute":
        return key.name in _PRIVATE
    return key.group == "tag" and key.name.startswith("mlflow.") and key.name != "mlflow.runName"
