"""NumPy arrays: shape, statistics and first values, never unpickled."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
import pytest

from sitegen.viewers.arrays import MAX_ARRAYS, READ_BYTES, SHOWN_VALUES, SHOWN_WIDTH, npy_view, npz_view
from sitegen.viewers.blocks import Block, Facts, Heading, Sentence, Table
from sitegen.viewers.reading import Unreadable


def saved(array: Any) -> io.BytesIO:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    file.seek(0)
    return file


def facts_of(blocks: tuple[Block, ...]) -> dict[str, str]:
    assert isinstance(blocks[0], Facts)
    return dict(blocks[0].items)


def rows_of(blocks: tuple[Block, ...]) -> list[list[str]]:
    table = blocks[-1]
    assert isinstance(table, Table)
    return [[cell.text for cell in row] for row in table.rows]


def test_a_vector_has_statistics_of_its_finite_values() -> None:
    blocks = npy_view(saved(np.array([1.0, 3.0, np.nan, np.inf])))
    facts = facts_of(blocks)
    assert {key: facts[key] for key in ("Shape", "Type", "Values", "Min", "Max", "Mean", "NaN or infinite")} == {
        "Shape": "4", "Type": "float64", "Values": "4", "Min": "1", "Max": "3", "Mean": "2", "NaN or infinite": "2",
    }  # fmt: skip
    assert [row[0] for row in rows_of(blocks)] == ["0", "1", "2", "3"]


def test_a_matrix_is_rows_and_columns_in_either_order() -> None:
    matrix = np.array([[1, 2, 3], [4, 5, 6]])
    expected = [["0", "1", "2", "3"], ["1", "4", "5", "6"]]
    assert rows_of(npy_view(saved(matrix))) == expected
    assert rows_of(npy_view(saved(np.asfortranarray(matrix)))) == expected
    assert facts_of(npy_view(saved(matrix)))["Shape"] == "2 × 3"


def test_a_matrix_is_cut_with_a_note() -> None:
    whole = npy_view(saved(np.zeros((SHOWN_VALUES, SHOWN_WIDTH))))[-1]
    assert isinstance(whole, Table) and whole.note == ""
    for shape in ((SHOWN_VALUES + 1, SHOWN_WIDTH), (SHOWN_VALUES, SHOWN_WIDTH + 1)):
        cut = npy_view(saved(np.zeros(shape)))[-1]
        assert isinstance(cut, Table) and cut.note == "The first 200 rows and 20 columns."
        assert (len(cut.rows), len(cut.columns)) == (SHOWN_VALUES, SHOWN_WIDTH + 1)


def test_a_cube_is_a_list_in_the_order_of_the_file() -> None:
    table = npy_view(saved(np.arange(8).reshape(2, 2, 2)))[-1]
    assert isinstance(table, Table)
    assert [column.name for column in table.columns] == ["Place in the file", "Value"]
    assert len(table.rows) == 8


def test_an_array_that_is_not_read_whole_has_no_statistics() -> None:
    file = saved(np.zeros(READ_BYTES // 8 + 1))
    facts = facts_of(npy_view(file))
    assert "Mean" not in facts and facts["Values"] == "500,001"
    assert "Mean" in facts_of(npy_view(saved(np.zeros(READ_BYTES // 8))))


def test_objects_and_structures_are_described_but_not_loaded() -> None:
    blocks = npy_view(saved(np.array([{"a": 1}], dtype=object)))
    assert blocks[-1] == Sentence("It holds Python objects, which sitegen never loads.")
    assert len(npy_view(saved(np.zeros(2, dtype=[("a", "i4")])))) == 1
    assert facts_of(npy_view(saved(np.float64(2))))["Shape"] == "a single value"
    assert len(npy_view(saved(np.zeros((0, 3))))) == 1


def test_a_file_that_is_none_or_lies_about_its_length_is_refused() -> None:
    with pytest.raises(Unreadable, match="not a NumPy array"):
        npy_view(io.BytesIO(b"hello"))
    header = saved(np.zeros(3)).getvalue()[:128].replace(b"(3,)", b"(-3,)")
    with pytest.raises(Unreadable):
        npy_view(io.BytesIO(header))
    with pytest.raises(Unreadable, match="not an archive"):
        npz_view(io.BytesIO(b"hello"))


def test_an_archive_shows_its_arrays_one_by_one_and_goes_on_after_a_bad_one() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("bad.npy", b"hello")
        archive.writestr("notes.txt", b"no array")
        for at in range(MAX_ARRAYS):
            archive.writestr(f"a{at}.npy", saved(np.zeros(1)).getvalue())
    blocks = npz_view(file)
    headings = [block.text for block in blocks if isinstance(block, Heading)]
    assert facts_of(blocks) == {"Arrays": "31"}
    assert headings == ["bad", *(f"a{at}" for at in range(MAX_ARRAYS - 1))]
    assert blocks[2] == Sentence("The file is not a NumPy array that can be read.")
    assert blocks[-1] == Sentence("And 1 array more.")
