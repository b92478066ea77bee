"""Input examples: every form that MLflow 1 to 3 writes, and none that could fill a page or break a build."""

from __future__ import annotations

import json

import pytest

from sitegen.model import InputExample
from sitegen.stores.input_example import MAX_ROWS, MAX_TEXT, input_example_of


def example(found: object, serving: object = None, **info: object) -> InputExample | None:
    files = {"input_example.json": found, "serving_input_example.json": serving}
    contents = {name: json.dumps(value).encode() for name, value in files.items() if value is not None}
    given = {"artifact_path": "input_example.json", "serving_input_path": "serving_input_example.json", **info}
    return input_example_of(given, contents.get)


TABLE = {"columns": ["a", "b"], "data": [[1, "x"], [None, "y"]]}


def test_a_table_has_columns_rows_and_the_request_of_its_signature() -> None:
    found = example(TABLE, {"dataframe_split": TABLE}, type="dataframe")
    assert found is not None
    assert (found.shape, found.columns) == ("2 rows × 2 columns", (("a", "long"), ("b", "string")))
    assert found.rows == (("1", "x"), ("null", "y")) and json.loads(found.request) == {"dataframe_split": TABLE}


@pytest.mark.parametrize(
    ("found", "info", "request_body"),
    [
        (TABLE, {"type": "dataframe"}, {"dataframe_split": TABLE}),
        ([[1, 2]], {"type": "dataframe", "pandas_orient": "values"}, {"dataframe_split": {"data": [[1, 2]]}}),
        ([{"a": 1}], {"type": "dataframe", "pandas_orient": "records"}, {"dataframe_split": {"columns": ["a"], "data": [[1]]}}),
        ([[1.0, 2.0]], {"type": "ndarray"}, {"inputs": [[1.0, 2.0]]}),
        ({"inputs": [[1.0]]}, {"type": "ndarray", "format": "tf-serving"}, {"inputs": [[1.0]]}),
        ({"q": "hi"}, {"type": "json_object"}, {"inputs": {"q": "hi"}}),
        ({"inputs": ["a"], "params": {"n": 1}}, {"type": "json_object", "params": "true"}, {"inputs": ["a"], "params": {"n": 1}}),
    ],
)  # fmt: skip
def test_without_mlflows_own_request_one_is_made_in_the_same_way(
    found: object, info: dict[str, object], request_body: object
) -> None:
    made = example(found, **info)
    assert made is not None and json.loads(made.request) == request_body


def test_shapes_are_said_in_words() -> None:
    shapes = [
        example(found, type=kind) for found, kind in (([[1, 2]], "ndarray"), ({"a": 1}, "json_object"), ([1], "x"))
    ]
    assert [one.shape for one in shapes if one] == ["(1, 2)", "1 key", "1 item"]


def test_examples_are_bounded() -> None:
    rows = example({"columns": ["a"], "data": [[at] for at in range(1000)]}, type="dataframe")
    text = example(["x" * 100_000], type="json_object")
    assert rows is not None and (len(rows.rows), rows.shape) == (MAX_ROWS, "1,000 rows × 1 column")
    assert text is not None and len(text.text) == MAX_TEXT + 1 and text.request == ""


@pytest.mark.parametrize("data", [None, b"{", b"\xff", b"[" * 100_000])
def test_what_cannot_be_read_is_no_example(data: bytes | None) -> None:
    assert input_example_of({"artifact_path": "input_example.json"}, lambda path: data) is None
    assert (
        input_example_of(None, lambda path: b"[]") is None
        and input_example_of({"artifact_path": 3}, lambda p: b"[]") is None
    )


@pytest.mark.parametrize("found", [[], {}, [[]], [1, [2]], {"data": 3}, {"columns": 3, "data": [[1]]}, None, "text", 3])
def test_any_json_beside_a_model_is_shown_or_left_out(found: object) -> None:
    for kind in ("dataframe", "ndarray", "json_object", "", 3):
        input_example_of({"artifact_path": "f", "type": kind}, lambda path: json.dumps(found).encode())


def test_nan_is_nothing_as_in_mlflow() -> None:
    found = input_example_of({"artifact_path": "f", "type": "ndarray"}, lambda path: b"[NaN, 1.0, 1e999]")
    assert found is not None and found.request == ""
    found = input_example_of({"artifact_path": "f", "type": "ndarray"}, lambda path: b"[NaN, 1.0]")
    assert found is not None and json.loads(found.request) == {"inputs": [None, 1.0]}
