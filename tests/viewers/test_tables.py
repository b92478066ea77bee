"""CSV and TSV as people write them: every cell is in its column, nothing is garbled, nothing is left out in silence."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.viewers.blocks import Block, Table, Text
from sitegen.viewers.csv import csv_view
from sitegen.viewers.encodings import decode, decode_html
from sitegen.viewers.reading import Unreadable


def shown(text: str, tabs: bool = False) -> tuple[list[str], list[list[str]], str]:
    """Header, rows and note of the preview of `text`."""
    table = table_in(csv_view(text, tabs))
    return [c.name for c in table.columns], [[cell.text for cell in row] for row in table.rows], table.note


def table_in(blocks: tuple[Block, ...]) -> Table:
    table = blocks[-1]
    assert isinstance(table, Table)
    return table


@pytest.mark.parametrize(
    ("separator", "name"),
    [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars"), (" ", "spaces"), (",", "")],
)
def test_any_separator_gives_the_columns(separator: str, name: str) -> None:
    header, rows, note = shown("\n".join(separator.join(row) for row in (("a", "b", "c"), ("1", "2", "x"))))
    assert (header, rows) == (["a", "b", "c"], [["1", "2", "x"]])
    assert note == "1 row, 3 columns." + (f" Cells are separated by {name}." if name else "")


def test_tabs_are_expected_in_a_tsv_but_not_required() -> None:
    assert shown("a,x\tb\n1,y\t2\n", tabs=True)[1] == [["1,y", "2"]]
    assert shown("a;b\n1;2\n", tabs=True)[1] == [["1", "2"]]


def test_commas_inside_cells_do_not_win_over_the_separator() -> None:
    assert shown("id;text\n1;a, b\n2;c, d\n3;e, f\n")[1] == [["1", "a, b"], ["2", "c, d"], ["3", "e, f"]]
    assert shown("name;n\nUber;1,5\nFuss;2,25\n")[0] == ["name", "n"]


def test_the_head_tells_separators_apart_that_fit_as_many_rows() -> None:
    text = "name;n\n" + "x;1,5\n" * 9 + "in all, nine\n"
    assert shown(text)[0] == ["name", "n"]


def test_a_line_for_spreadsheets_names_the_separator_and_is_no_row() -> None:
    assert shown("sep=;\na;b\n1;2\n")[:2] == (["a", "b"], [["1", "2"]])
    assert shown("sep=\\t\na\tb\n1\t2\n")[:2] == (["a", "b"], [["1", "2"]])
    assert shown("sep=:\na:b\n1:2\n")[1] == [["1", "2"]]


def test_rows_longer_than_the_header_are_shown_whole() -> None:
    header, rows, note = shown("a,b\n1,2,3,4\n5\n")
    assert header == ["a", "b", "Column 3", "Column 4"]
    assert rows == [["1", "2", "3", "4"], ["5", "", "", ""]]
    assert note == "2 rows, 4 columns. Rows have 1 to 4 cells."


def test_comments_before_the_table_are_shown_above_it() -> None:
    blocks = csv_view("# made by train.py\n# lr 0.1\na,b\n1,2\n")
    assert isinstance(blocks[0], Text) and blocks[0].html == "# made by train.py\n# lr 0.1"
    assert [c.name for c in table_in(blocks).columns] == ["a", "b"]


def test_a_header_in_a_comment_is_the_header() -> None:
    assert shown("# x y z\n1.0 2.0 3.0\n4.0 5.0 6.0\n")[0] == ["x", "y", "z"]
    assert shown("#,name\n1,ada\n2,bob\n")[0] == ["#", "name"]
    assert shown("#id,name\n1,ada\n2,bob\n")[0] == ["id", "name"]


def test_numbers_in_the_first_row_are_data() -> None:
    assert shown("0.5,2\n3,4\n")[1:] == ([["0.5", "2"], ["3", "4"]], "2 rows, 2 columns. It has no header.")
    assert shown("0,1\n3,4\n")[0] == ["0", "1"], "pandas numbers columns without names"


def test_a_quote_that_is_never_closed_hides_nothing() -> None:
    assert shown('a,b\n1,"x\n2,y\n3,z\n')[1] == [["1", '"x'], ["2", "y"], ["3", "z"]]
    assert shown('id,text\n1,"line one\nline two, more"\n2,"say ""hi"""\n')[1] == [
        ["1", "line one\nline two, more"],
        ["2", 'say "hi"'],
    ]


def test_numbers_are_sorted_by_what_they_mean() -> None:
    table = table_in(csv_view("name;n\na;1.234,5\nb;2,25\nc;-3,0e2\n"))
    assert [row[1].value for row in table.rows] == ["1234.5", "2.25", "-3.0e2"]
    assert table.columns[1].numeric and table.note.endswith("Numbers have decimal commas.")
    table = table_in(csv_view('n,p\n"1,234.5",12%\n7,3.5%\n'))
    assert [[cell.value for cell in row] for row in table.rows] == [["1234.5", "12"], ["", "3.5"]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The file is empty."),
        (" \n\n", "The file is empty."),
        ("# only this\n", "The file holds no rows."),
        ("This is prose, not a table.\nIt has commas, some.\n", "The file holds sentences, not a table."),
    ],
)
def test_what_is_not_a_table_is_told(text: str, message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        csv_view(text)


def test_only_a_header_is_a_table_without_rows() -> None:
    assert shown("a,b,c\n") == (["a", "b", "c"], [], "0 rows, 3 columns.")


@pytest.mark.parametrize("unit", [" ", '"', '" ', ",", "\t ", "# ", "a b ", ".\u00a0", "1,000", "x. ", "sep="])
def test_hostile_tables_cost_little(unit: str) -> None:
    start = time.process_time()
    try:
        csv_view(unit * (1_000_000 // len(unit)))
        csv_view((unit * 40 + "\n") * 20_000)
    except Unreadable:
        pass
    assert time.process_time() - start < 8


@given(st.lists(st.lists(st.text("ab1 é", min_size=1).map(str.strip).filter(bool), min_size=2, max_size=2), min_size=3))
def test_what_pandas_writes_is_read_back(rows: list[list[str]]) -> None:
    text = "\n".join(f'"{a}","{b}"' for a, b in [["x", "y"], *rows])
    assert shown(text)[:2] == (["x", "y"], rows[:200])


# ---- Encodings ----


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"]
)
def test_text_in_any_usual_encoding_is_read(codec: str) -> None:
    assert decode("id,größe\n1,straße\n".encode(codec)).text == "id,größe\n1,straße\n"


def test_half_a_character_at_the_end_changes_nothing() -> None:
    assert decode("größe €".encode()[:-1]) == ("größe ", "UTF-8")


def test_bytes_that_only_windows_writes_are_read() -> None:
    assert decode(b"5\x80 \x93x\x94 \x81") == ("5€ “x” \ufffd", "Windows-1252")
    assert decode("größe µ ß".encode() + b"\xff")[1] == "UTF-8", (
        "one broken byte does not make all of it something else"
    )


@pytest.mark.parametrize("name", ["iso-8859-1", "ISO-8859-1", "windows-1252", "latin1"])
def test_a_page_may_name_its_charset(name: str) -> None:
    page = f"<html><head><meta charset={name}></head>café “x”</html>"
    assert "café “x”" in decode_html(page.encode("cp1252"))


def test_a_charset_that_means_nothing_is_not_obeyed() -> None:
    for name in ("punycode", "rot13", "unicode_escape", "nonsense", "utf-7"):
        assert decode_html(f"<meta charset={name}>é+ADw-".encode()).endswith("é+ADw-")
    assert "日本" in decode_html("<?xml version='1.0' encoding='shift_jis'?>日本".encode("shift_jis"))
