"""LIKE as MLflow has it, and regular expressions that mean what Python's mean and cannot hang."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sitegen.query.like import like
from sitegen.query.patterns import PatternError, regex

PIECES = st.sampled_from(
    [*"abAB01_- .\n^$|()*+?[]{}\\,", "(?:", "{2}", "{0,2}", "\\d", "\\W", "\\s", "\\b", "[^a]", "[a-c]", "(a|b)"]
)


def mlflow_like(text: str, pattern: str, flags: int) -> bool:
    """`_convert_like_pattern_to_regex` of MLflow 3.17, in our words."""
    source = re.escape(pattern).replace("%", ".*").replace("_", ".")
    return (
        re.compile(("" if pattern[:1] == "%" else "^") + source + ("" if pattern[-1:] == "%" else "$"), flags).match(
            text
        )
        is not None
    )


@given(st.text("ab%_\n", max_size=8), st.text("abB\n%.", max_size=10), st.booleans())
@example("%a\nb%c", "xa\nb\nc", False)
@example("a%%b_%", "a\nb", True)
def test_like_is_mlflows(pattern: str, text: str, ignore_case: bool) -> None:
    assert like(pattern, ignore_case)(text) == mlflow_like(text, pattern, re.IGNORECASE if ignore_case else 0)


@given(st.lists(PIECES, max_size=8).map("".join), st.text("abAB01_- .\n^{,\\", max_size=8))
@example("(a*)*b", "aab")
@example("(|a)+$", "a")
@example("a{2}?b", "aab")
def test_what_is_read_means_what_it_means_in_python(pattern: str, text: str) -> None:
    try:
        ours = regex(pattern)
    except PatternError:
        return
    # Only the end of the text is an end for us, and characters beyond ASCII are neither digits nor letters.
    source = (
        re.sub(r"((?:^|[^\\])(?:\\\\)*)\$", r"\1\\Z", re.sub(r"((?:^|[^\\])(?:\\\\)*)\$", r"\1\\Z", pattern))
        if "[" not in pattern
        else pattern
    )
    if "$" in source:
        return
    assert ours(text) == (re.compile(source, re.ASCII).search(text) is not None)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)*b", "(a*)*b", "(.*a){20}b", "^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_no_pattern_hangs(pattern: str) -> None:
    started = time.process_time()
    assert regex(pattern)("a" * 2_000) == (pattern == "(a+)+$")
    assert time.process_time() - started < 20  # it would be the age of the universe


def test_like_does_not_hang() -> None:
    assert not like("%a" * 30 + "%b", False)("a" * 5_000)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("(?i)ÄB", "äb", True),
        ("(?i)[A-C]x", "bX", True),
        ("(?i)[^a]", "A", False),
        ("[]", "]", None),
        ("[a-]", "-", True),
        ("[\\d-]", "-", True),
        ("\\.", "a", False),
        ("\\n", "\n", True),
        ("a$", "a\n", False),
        (".", "\n", False),
        ("", "", True),
        ("😀.", "😀x", True),
    ],
)
def test_regular_expressions(pattern: str, text: str, found: bool | None) -> None:
    if found is None:
        with pytest.raises(PatternError):
            regex(pattern)
    else:
        assert regex(pattern)(text) == found
