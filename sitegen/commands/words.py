"""Words that the summaries of several commands share: what was hidden, and which artifacts were not copied and why."""

from __future__ import annotations

from collections.abc import Mapping

_WHY_NOT = {
    "holds many secrets": "with more than 20 secrets (allow them in [privacy] if they are none)",
    "holds too much that would have to be hidden": "with too much that would have to be hidden",
    "is not an image that can be read": "that are no images that can be read",
    "listed only": "of types that are only listed",
    "not published": "that hold models, databases, keys or input data",
    "too large to publish": "too large to publish",
    "could not be read": "that could not be read",
    "holds metadata that cannot be taken out": "with metadata that cannot be removed (copied with --profile internal)",
}
"""The reasons why artifacts are not copied (`viewers/copying.py`), as said behind their number."""


def hidden_words(hidden: Mapping[str, int]) -> str:
    """The private facts that were hidden: "2 paths, 1 user name"; kinds are named in the plural."""
    return ", ".join(_counted(count, kind) for kind, count in sorted(hidden.items()))


def not_copied_words(counts: Mapping[str, int]) -> str:
    """Why artifacts were not copied: "3 of types that are only listed, 1 too large to publish"."""
    return ", ".join(f"{count:,} {_WHY_NOT.get(why, f'({why})')}" for why, count in sorted(counts.items()))


def _counted(count: int, kind: str) -> str:
    singular = kind.removesuffix("ies") + "y" if kind.endswith("ies") else kind.removesuffix("s")
    return f"{count:,} {singular if count == 1 else kind}"
