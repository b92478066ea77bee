"""Snippets of models: valid Python and shell whatever the store holds, and right for flavor, signature and store.

That MLflow answers them is seen by `python -m tests.pages.run_snippets`, outside of the gate.
"""

from __future__ import annotations

import ast
import json
import shlex

import pytest

from sitegen.model import InputExample, ModelFile
from sitegen.pages.model_snippets import ModelAddress, model_snippets, python_string, version_addresses
from sitegen.pages.snippet import Snippet
from sitegen.pages.store_address import StoreAddress
from tests.pages.library_builder import version

STORE = StoreAddress("sqlite:///mlflow.db", "the file of the store")
COLUMNS = '[{"name": "a b", "type": "integer"}, {"name": "c", "type": "double"}]'
PYFUNC = {"python_function": {}, "sklearn": {}}


def snippets(
    uri: str = "models:/wine/1", name: str = "wine", store: StoreAddress = STORE, **fields: object
) -> dict[str, Snippet]:
    file = ModelFile("", **{"flavors": PYFUNC, **fields})  # type: ignore[arg-type]
    return {snippet.label: snippet for snippet in model_snippets(file, uri, store, name)}


def tensor(*shape: int, **more: object) -> str:
    return json.dumps([{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": list(shape)}, **more}])


def test_every_way_to_use_a_model_has_a_snippet() -> None:
    found = snippets(inputs=COLUMNS, outputs='[{"type": "long"}]', example=InputExample("dataframe"))
    assert list(found) == [
        "Load it", "Load it with sklearn", "Predict with its input example", "Predict with pandas", "Serve it",
        "Query the server", "Build a Docker image", "Predict with Spark",
    ]  # fmt: skip
    assert [label for label, one in found.items() if one.open] == ["Load it"]
    assert 'mlflow.set_tracking_uri("sqlite:///mlflow.db")' in found["Load it"].text
    assert 'mlflow.sklearn.load_model("models:/wine/1")' in found["Load it with sklearn"].text
    assert "model.predict(model.input_example)" in found["Predict with its input example"].text
    assert "astype({'a b': 'int32'})" in found["Predict with pandas"].text
    assert 'result_type="long"' in found["Predict with Spark"].text


def test_a_model_without_the_flavor_of_functions_is_only_loaded_by_its_library() -> None:
    assert list(snippets(flavors={"xgboost": {}})) == ["Load it with xgboost"]
    assert snippets(flavors={"unknown": {}}) == {}


def test_without_a_signature_nothing_is_said_of_what_it_takes() -> None:
    assert list(snippets(flavors={"python_function": {}})) == ["Load it", "Serve it", "Build a Docker image"]


def test_the_request_is_that_of_the_example_where_it_is_shown() -> None:
    body = '{"dataframe_split": {"columns": ["a b", "c"], "data": [[7, 8.5]]}}'
    found = snippets(inputs=COLUMNS, example=InputExample("dataframe", request=body))
    assert shlex.split(found["Query the server"].text)[-1] == body
    assert "data = [[7, 8.5]]" in found["Predict with pandas"].text
    hidden = shlex.split(snippets(inputs=COLUMNS, example=InputExample("dataframe"))["Query the server"].text)[-1]
    assert json.loads(hidden) == {"dataframe_split": {"columns": ["a b", "c"], "data": [[1, 1.0]]}}


def test_a_tensor_is_written_out_or_made_by_numpy_where_it_is_large() -> None:
    small, large = snippets(inputs=tensor(-1, 2)), snippets(inputs=tensor(-1, 500, 500))
    assert json.loads(shlex.split(small["Query the server"].text)[-1]) == {"inputs": [[1.0, 1.0]]}
    assert 'np.full((1, 500, 500), 1.0, dtype="float32")' in large["Query the server"].text
    assert 'inputs = np.full((1, 2), 1.0, dtype="float32")' in small["Predict from arrays"].text
    assert '{"x": np.full(' in snippets(inputs=tensor(2, name="x"))["Predict from arrays"].text
    assert "Predict with Spark" not in small


def test_a_chat_is_a_message() -> None:
    items = {"type": "object", "properties": {"role": {"type": "string"}}}
    found = snippets(inputs=json.dumps([{"name": "messages", "type": "array", "items": items}]))
    assert "inputs = {'messages': [{'role': 'user', 'content': 'Hello'}]}" in found["Predict"].text


@pytest.mark.parametrize("store", [STORE, StoreAddress(), StoreAddress("it's; rm", "x", is_files=True)])
def test_names_from_a_store_stay_strings_of_python_and_words_of_a_shell(store: StoreAddress) -> None:
    hostile = "models:/x\"); import os; ('$(rm)`é\\\n\u2028;'/1"
    columns = json.dumps([{"name": hostile, "type": "string"}])
    for inputs in (columns, tensor(3, name=hostile), tensor(9, 999, name=hostile)):
        for label, snippet in snippets(hostile, "'; rm -rf /", store, inputs=inputs).items():
            if snippet.text.startswith("import"):
                calls = [node for node in ast.walk(ast.parse(snippet.text)) if isinstance(node, ast.Constant)]
                assert any(node.value == hostile for node in calls), label
            else:
                words = shlex.split(snippet.text)
                assert "rm" not in words and "rm -rf /" not in words, label
    assert ast.literal_eval(python_string(hostile)) == hostile


def test_a_version_is_loaded_by_number_alias_and_the_stage_that_it_is_the_newest_of() -> None:
    found = list(version_addresses(version("2", stage="Production", aliases=("b", "a")), True))
    assert [one.uri for one in found] == [
        "models:/wine/2",
        "models:/wine@a",
        "models:/wine@b",
        "models:/wine/Production",
    ]
    assert list(version_addresses(version("1", stage="Production"), False)) == [
        ModelAddress("Version", "models:/wine/1")
    ]
