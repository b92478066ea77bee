"""Bodies of requests: each signature gives the form that MLflow's model server takes for it."""

from __future__ import annotations

import json

import pytest

from sitegen.viewers.payloads import MAX_COLUMNS, MAX_ELEMENTS, payload, schema_of

MESSAGES = {
    "type": "array", "name": "messages", "required": True,
    "items": {"type": "object", "properties": {"role": {"type": "string", "required": True}}},
}  # fmt: skip


def payload_text(inputs: str, params: str, is_from_type_hints: bool = False) -> str:
    """The body of a request as JSON, from the JSON of a signature; '' where there is none."""
    schema = schema_of(inputs, is_from_type_hints)
    body = payload(schema, params) if schema else None
    return json.dumps(body, ensure_ascii=False) if body is not None else ""


def column(name: str | None, kind: str = "double", **more: object) -> dict[str, object]:
    return {"type": kind, **({"name": name} if name else {}), **more}


def tensor(shape: list[int], dtype: str = "float32", **more: object) -> dict[str, object]:
    return {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": shape}, **more}


@pytest.mark.parametrize(
    ("inputs", "body"),
    [
        ([column("a"), column("b", "string")], {"dataframe_split": {"columns": ["a", "b"], "data": [[1.0, "text"]]}}),
        ([column(None, "long")], {"dataframe_split": {"data": [[1]]}}),
        ([tensor([-1, 2])], {"inputs": [[1.0, 1.0]]}),
        ([tensor([-1], "int64", name="ids"), tensor([2], "bool", name="m")], {"inputs": {"ids": [1], "m": [True, True]}}),
        ([MESSAGES, column("top_p", required=False)], {"messages": [{"role": "user", "content": "Hello"}]}),
        ([column("input", "string")], {"dataframe_split": {"columns": ["input"], "data": [["text"]]}}),
        ([column("l", "array", items=column(None, "long"))], {"dataframe_split": {"columns": ["l"], "data": [[[1]]]}}),
        (
            [column("o", "object", properties={"x": column(None), "y": column(None, required=False)})],
            {"dataframe_split": {"columns": ["o"], "data": [[{"x": 1.0}]]}},
        ),
    ],
)  # fmt: skip
def test_the_form_follows_the_signature(inputs: list[object], body: object) -> None:
    assert json.loads(payload_text(json.dumps(inputs), "")) == body


def test_type_hints_take_a_list_of_inputs_and_params_come_with_their_defaults() -> None:
    assert json.loads(payload_text('[{"type": "string"}]', "", True)) == {"inputs": ["text"]}
    params = '[{"name": "factor", "default": 2.0, "type": "double"}, {"name": "none", "default": null}]'
    assert json.loads(payload_text('[{"type": "string"}]', params, True))["params"] == {"factor": 2.0}


@pytest.mark.parametrize("inputs", ["", "null", "[]", "{", "[1]", '"x"', "[" * 50_000])
def test_without_a_readable_signature_there_is_no_body(inputs: str) -> None:
    assert schema_of(inputs) is None and payload_text(inputs, "") == ""


def test_what_is_too_large_or_nested_too_deeply_is_not_written_out() -> None:
    large = schema_of(json.dumps([tensor([-1, MAX_ELEMENTS + 1])]))
    assert large is not None and payload(large) is None
    assert payload_text(json.dumps([tensor([10**9, 10**9])]), "") == ""
    assert schema_of(json.dumps([column("a")] * (MAX_COLUMNS + 1))) is None
    deep: dict[str, object] = column(None)
    for _ in range(60):
        deep = {"type": "array", "items": deep}
    assert len(payload_text(json.dumps([deep]), "")) < 100
