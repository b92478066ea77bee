from __future__ import annotations

import json
import math
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sitegen.markup.data_js import data_script, inline_json

TEXT = st.text(st.characters(exclude_categories=()) | st.sampled_from("'\\\"<>&\u2028\u2029\ud800\x00\n"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=12,
)
SCRIPT = re.compile(r"SG\.put\('((?:[^'\\]|\\.)*)', JSON\.parse\('((?:[^'\\]|\\.)*)'\)\);\n")
ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def js_string(literal: str) -> str:
    """What JavaScript reads between two single quotes."""

    def char(match: re.Match[str]) -> str:
        escape = match[1]
        return chr(int(escape[1:], 16)) if len(escape) == 5 else ESCAPES.get(escape, escape)

    # Surrogate pairs are two units in JavaScript; join them as Python would.
    text = re.sub(r"\\(u[0-9a-f]{4}|.)", char, literal)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def joined(value: object) -> object:
    """`value` with surrogate pairs in its texts joined, as any reader of JSON does."""
    return json.loads(json.dumps(value))


@given(TEXT, JSON)
def test_a_data_script_reads_back_as_what_was_written(key: str, value: object) -> None:
    script = data_script(key, value)
    match = SCRIPT.fullmatch(script)
    assert match is not None
    assert js_string(match[1]) == joined(key)
    assert json.loads(js_string(match[2])) == joined(value)


@example("</script>", {"<!--": "]]>&amp;"})
@given(TEXT, JSON)
def test_no_data_can_end_its_script(key: str, value: object) -> None:
    script = data_script(key, value)
    assert script.isascii()
    assert script.count("\n") == 1
    for text in (script, inline_json(value)):
        assert not set("<>&\r\x00") & set(text)


@given(JSON)
def test_inline_json_reads_back_as_what_was_written(value: object) -> None:
    assert json.loads(inline_json(value)) == joined(value)


@pytest.mark.parametrize("value", [math.nan, [math.inf], {"a": -math.inf}])
def test_numbers_that_json_cannot_say_are_refused(value: object) -> None:
    with pytest.raises(ValueError):
        data_script("k", value)
    with pytest.raises(ValueError):
        inline_json(value)


def test_the_script_is_short_for_plain_data() -> None:
    assert data_script("site", {"a": [1, 2.5, None]}) == """SG.put('site', JSON.parse('{"a":[1,2.5,null]}'));\n"""


def test_quotes_and_line_separators_are_escaped() -> None:
    assert data_script("it's", "it's\u2028</script>") == (
        "SG.put('it\\'s', JSON.parse('\"it\\'s\\\\u2028\\\\u003c/script\\\\u003e\"'));\n"
    )
