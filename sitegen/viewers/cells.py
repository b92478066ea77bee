"""The cells of tables: how many are shown, and a value as the text of its cell."""

from __future__ import annotations

import json
import math

SHOWN_ROWS = 200
SHOWN_COLUMNS = 50
"""Maximum number of rows and columns of a table in its page."""
SHOWN_CELL = 300
READ_CELL = 2_000
"""Maximum number of characters of a cell, in the table and as its title."""


def cell_text(value: object) -> str:
    """A value of a table as a string, cut; empty for a missing value."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return value[: READ_CELL + SHOWN_CELL]
    if isinstance(value, bool | int | float):
        return repr(value)[:SHOWN_CELL]
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    try:
        return json.dumps(value, ensure_ascii=False, default=str)[:READ_CELL]
    except (ValueError, RecursionError, TypeError):
        return str(type(value).__name__)
