"""A query cut into tokens."""

from __future__ import annotations

import pytest

from sitegen.errors import QueryError
from sitegen.query.lexer import MAX_CHARACTERS, tokens


def cut(text: str) -> list[tuple[str, str, int]]:
    return [(token.kind, token.raw, token.at) for token in tokens(text)]


def test_words_operators_strings_and_marks() -> None:
    assert cut("metrics.loss<=0.5 AND (name='a b',\"c\")") == [
        ("word", "metrics.loss", 0), ("operator", "<=", 12), ("word", "0.5", 14), ("word", "AND", 18),
        ("(", "(", 22), ("word", "name", 23), ("operator", "=", 27), ("string", "'a b'", 28), (",", ",", 33),
        ("string", '"c"', 34), (")", ")", 37), ("end", "", 38),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["tags.'my tag'.x", "params.`a b`", 'metrics."val loss".min', "`a`.b"])
def test_a_word_holds_quoted_parts_behind_a_dot_or_at_its_start(text: str) -> None:
    assert cut(text) == [("word", text, 0), ("end", "", len(text))]


def test_a_quote_in_the_middle_of_a_word_begins_a_string() -> None:
    assert [kind for kind, _, _ in cut("a'b'")] == ["word", "string", "end"]


@pytest.mark.parametrize("text", ["''", "'it''s'", r"'it\'s'", '"say ""so"""'])
def test_two_quotes_and_a_quote_behind_a_backslash_stand_inside(text: str) -> None:
    assert cut(text) == [("string", text, 0), ("end", "", len(text))]


def test_the_end_is_named_as_such_and_other_tokens_as_written() -> None:
    word, end = tokens("lr")
    assert (str(word), str(end)) == ("lr", "the end")
    assert not end.is_keyword("END")


def test_a_string_that_does_not_end_is_refused_where_it_begins() -> None:
    with pytest.raises(QueryError) as caught:
        tokens("name = 'a")
    assert (caught.value.at, caught.value.length) == (7, 2)


def test_a_query_has_an_end() -> None:
    assert len(tokens("a" * MAX_CHARACTERS)) == 2
    with pytest.raises(QueryError, match="at most 10,000 characters"):
        tokens("a" * (MAX_CHARACTERS + 1))
