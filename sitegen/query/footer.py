"""The part of a site's footer on the filter that selected its runs."""

from __future__ import annotations

from sitegen.analysis.words import shortened
from sitegen.query.nodes import Key, keys_of
from sitegen.query.parser import Query

MAX_CHARACTERS = 80
_PRIVATE = frozenset(["user_id", "artifact_uri", "source_name", "git_commit"])


def describe(query: Query, public: bool) -> str:
    """The end of the footer: that a filter was applied, and which one if it reveals nothing private."""
    if public and any(map(_is_private, keys_of(query.root))):
        return "; only the runs that a filter chose"
    return f"; only runs that match {shortened(query.text, MAX_CHARACTERS)}"


def _is_private(key: Key) -> bool:
    """Whether a condition on `key` may hold a name, a path or a host, which a public site does not show."""
    if key.group == "attribute":
        return key.name in _PRIVATE
    return key.group == "tag" and key.name.startswith("mlflow.") and key.name != "mlflow.runName"
