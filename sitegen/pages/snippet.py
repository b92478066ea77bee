"""A string to copy, as pages show it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snippet:
    """A string to copy."""

    label: str
    """What it is: `Params as JSON`."""
    text: str
    """The text."""
    hint: str = ""
    """A sentence about it; may be empty."""
    open: bool = False
    """Whether it is shown open."""
