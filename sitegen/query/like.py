"""The patterns of LIKE, as MLflow reads them."""

from __future__ import annotations

import re
from collections.abc import Callable

Test = Callable[[str], bool]
"""Whether a string matches."""


def like(pattern: str, ignore_case: bool) -> Test:
    """`%` stands for any characters but line ends, `_` for one; there is no escape. As in MLflow's file

    store, the whole text has to match, but for one line end after it. No part is tried twice.
    """
    head, *rest = ("".join("[^\\n]" if c == "_" else re.escape(c) for c in part) for part in pattern.split("%"))
    middle = "".join(f"(?>[^\\n]*?{part})" for part in rest[:-1])
    end = r"\n?\Z"
    if rest:
        # Behind a last % nothing has to end: MLflow then leaves the text open.
        end = rf"[^\n]*{rest[-1]}{end}" if rest[-1] else ""
    return _matches(re.compile(head + middle + end, re.IGNORECASE if ignore_case else 0))


def _matches(compiled: re.Pattern[str]) -> Test:
    return lambda text: compiled.match(text) is not None
