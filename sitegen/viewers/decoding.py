"""Has artifacts decoded by a child process (`decoders`), and says in a sentence why one was not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sitegen.child import MEMORY, SLOW, Child, NoAnswer
from sitegen.viewers.reading import Unreadable

WAIT = 30.0
"""Seconds to wait for an answer; the process itself ends sooner, by the CPU time that it takes."""
_child = Child("sitegen.viewers.decoders", WAIT)


def decode(request: Mapping[str, Any], data: bytes | memoryview, name: str) -> dict[str, Any]:
    """What a child process says of an artifact, whose content `data` is; `name` is its type in words.

    Raises Unreadable.
    """
    try:
        return _child.ask(request, data)
    except NoAnswer as problem:
        sentences = {
            MEMORY: "The file takes too much memory to be shown.",
            SLOW: "The file takes too long to be shown.",
        }
        raise Unreadable(sentences.get(str(problem), f"The file is not {name} that can be read.")) from problem


def close() -> None:
    """End the child, if there is one."""
    _child.close()
