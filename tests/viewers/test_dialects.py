"""The rows of delimited text: separators, comments, headers, quotes and numbers."""

from __future__ import annotations

import pytest

from sitegen.viewers.dialects import MAX_COMMENTS, number_in, read_rows, separator_of
from sitegen.viewers.reading import Unreadable


@pytest.mark.parametrize(
    ("text", "comma", "number"),
    [
        ("1,234.5", False, "1234.5"),
        ("1.234,5", True, "1234.5"),
        ("1,5", True, "1.5"),
        ("1,5", False, ""),
        ("12'345", False, "12345"),
        ("50%", False, "50"),
        ("-1e-3", False, "-1e-3"),
        ("NaN", False, "NaN"),
        (".5", False, ".5"),
        ("12,34,567", False, ""),
        ("abc", False, ""),
        ("", False, ""),
    ],
)
def test_a_number_is_read_as_its_country_writes_it(text: str, comma: bool, number: str) -> None:
    assert number_in(text, comma) == number


def test_comments_before_the_rows_are_handed_back_and_the_last_may_be_the_header() -> None:
    found = read_rows("# made by hand\n# a b\n1 2\n3 4\n")
    assert (found.comments, found.header) == (("# made by hand",), ("a", "b"))
    assert found.rows == [["1", "2"], ["3", "4"]]


def test_so_many_comments_and_no_more_are_taken() -> None:
    text = "# one\n" * (MAX_COMMENTS + 1) + "a,b\n1,2\n"
    assert len(read_rows(text).comments) == MAX_COMMENTS


def test_a_table_of_numbers_alone_has_no_header_but_that_of_pandas() -> None:
    assert read_rows("5,6\n7,8\n").header == ()
    assert read_rows("0,1\n7,8\n").header == ("0", "1")
    assert read_rows("5,6\n").header == ("5", "6")


def test_a_quote_that_is_never_closed_does_not_swallow_the_rest() -> None:
    assert read_rows('a,b\n"1,2\n3,4\n').rows == [['"1', "2"], ["3", "4"]]
    assert read_rows('a,b\n"1,x",2\n').rows == [["1,x", "2"]]


def test_decimal_commas_are_known_where_points_are_fewer() -> None:
    assert read_rows("a;b\n1,5;x\n").decimal_comma
    assert not read_rows("a;b\n1.5;x\n").decimal_comma
    assert not read_rows("a;b\n1,5;2.5\n").decimal_comma
    assert not read_rows('a,b\n"1,5",x\n').decimal_comma


def test_the_expected_separator_wins_where_nothing_separates() -> None:
    assert separator_of("abc\ndef\n", "\t") == "\t"
    assert separator_of("a,b;c\n1,2;3\n", ";") == ";"
    assert separator_of("a,b;c\n1,2;3\n", ",") == ","


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" \n\t\n", "The file is empty."),
        ("This is one sentence of many.\nHere is another one of them.\n", "The file holds sentences, not a table."),
        ("# only this\n", "The file holds no rows."),
    ],
)
def test_what_is_no_table_is_said(text: str, sentence: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read_rows(text)
    assert str(raised.value) == sentence
