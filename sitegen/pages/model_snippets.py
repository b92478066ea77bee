"""How to use a model: addresses to load it by, and snippets that load it, predict with it and serve it.

Every string is a snippet for a shell or for Python, quoted for it. `python -m tests.pages.run_snippets` runs them as
pages print them.
"""

from __future__ import annotations

import json
import pprint
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sitegen.model import ModelFile, ModelVersion
from sitegen.pages.snippet import Snippet
from sitegen.pages.store_address import StoreAddress
from sitegen.viewers.payloads import Schema, dtype_of, element_of, payload, sample, sample_row, schema_of, shape_of

NATIVE = {
    "sklearn": "sklearn", "pytorch": "pytorch", "tensorflow": "tensorflow", "keras": "keras", "xgboost": "xgboost",
    "lightgbm": "lightgbm", "catboost": "catboost", "statsmodels": "statsmodels", "spark": "spark", "onnx": "onnx",
    "transformers": "transformers", "sentence_transformers": "sentence_transformers", "langchain": "langchain",
    "prophet": "prophet", "pmdarima": "pmdarima", "spacy": "spacy", "paddle": "paddle", "h2o": "h2o",
    "openai": "openai", "llama_index": "llama_index", "dspy": "dspy",
}  # fmt: skip
"""The module of MLflow that loads each flavor as its library's own object."""
PORT, DOCKER_PORT = 5001, 8080
MAX_LINE = 100
_DTYPES = {"integer": "int32", "float": "float32", "datetime": "datetime64[ns]"}
"""Columns that pandas would give another type than MLflow asks for."""
_SPARK = {
    "double": "double",
    "float": "float",
    "long": "long",
    "integer": "int",
    "string": "string",
    "boolean": "boolean",
}
_TENSOR_OUTPUTS = {"float64": "double", "float32": "float", "int64": "long", "int32": "int", "str": "string"}


@dataclass(frozen=True, slots=True)
class ModelAddress:
    """An address by which a model can be loaded."""

    what: str
    """What it names: `Version`, `Alias`, `Stage`, `Run`, `Logged model`."""
    uri: str
    """The address: `models:/wine@champion`."""
    hint: str = ""
    """What to know of it; may be empty."""


def version_addresses(version: ModelVersion, is_newest_of_stage: bool) -> Iterator[ModelAddress]:
    """The addresses of a registered version: by number, by alias, and by stage, which leads to the newest in it."""
    yield ModelAddress("Version", f"models:/{version.name}/{version.version}")
    for alias in sorted(version.aliases):
        yield ModelAddress("Alias", f"models:/{version.name}@{alias}", "moves with the alias")
    if is_newest_of_stage:
        yield ModelAddress("Stage", f"models:/{version.name}/{version.stage}", "the newest version in this stage")


def model_snippets(file: ModelFile, uri: str, store: StoreAddress, name: str) -> tuple[Snippet, ...]:
    """What to run with the model at `uri`; `name` names its Docker image.

    A model without the flavor `python_function` can only be loaded by its own library.
    """
    native = [_load_native(flavor, uri, store) for flavor in file.flavors if flavor in NATIVE]
    if "python_function" not in file.flavors:
        return _first_open(native)
    schema = schema_of(file.inputs, file.is_from_type_hints)
    body = _body(file, schema)
    made = [
        _python("Load it", [], [_load(uri)], store),
        *native[:1],
        _predict_example(file, uri, store),
        _predict_sample(file, schema, uri, store),
        _serve(uri, store),
        _request(body, schema),
        _docker(uri, store, name),
        _spark(file, schema, uri, store),
    ]
    return _first_open([snippet for snippet in made if snippet])


def _first_open(snippets: Sequence[Snippet]) -> tuple[Snippet, ...]:
    return (*(replace(first, open=True) for first in snippets[:1]), *snippets[1:])


def python_string(text: str) -> str:
    """`text` as a string of Python on one line, in double quotes where it can be."""
    return json.dumps(text, ensure_ascii=False) if text.isprintable() else repr(text)


# Python -------------------------------------------------------------------------------------------------------------


def _load(uri: str) -> str:
    return f"model = mlflow.pyfunc.load_model({python_string(uri)})"


def _python(label: str, imports: Sequence[str], lines: Sequence[str], store: StoreAddress, hint: str = "") -> Snippet:
    """A snippet of Python: imports, the store, then `lines`."""
    standard = ["import os", ""] if store.is_files else []
    text = "\n".join([*standard, *sorted(["import mlflow", *imports], key=_after_plain), "", *store.python(), *lines])
    return Snippet(label, text, hint or _store_hint(store))


def _after_plain(line: str) -> tuple[bool, str]:
    """The order of imports: `import` before `from`."""
    return line.startswith("from"), line


def _store_hint(store: StoreAddress) -> str:
    return "" if store.uri else store.in_words().strip()


def _load_native(flavor: str, uri: str, store: StoreAddress) -> Snippet:
    module = NATIVE[flavor]
    line = f"model = mlflow.{module}.load_model({python_string(uri)})"
    return _python(f"Load it with {flavor}", [f"import mlflow.{module}"], [line], store)


def _predict_example(file: ModelFile, uri: str, store: StoreAddress) -> Snippet | None:
    if file.example is None:
        return None
    lines = [_load(uri), "print(model.predict(model.input_example))"]
    return _python(
        "Predict with its input example",
        [],
        lines,
        store,
        "MLflow 3 and the later versions of MLflow 2 read the example.",
    )


def _predict_sample(file: ModelFile, schema: Schema | None, uri: str, store: StoreAddress) -> Snippet | None:
    """A prediction from values that are written out: those of the example where they are shown, else samples."""
    if schema is None:
        return None
    shown = _shown_request(file)
    if schema.form == "dataframe_split":
        table = shown.get("dataframe_split", sample(schema))
        return _predict_table(table, schema, uri, store)
    if schema.is_tensor:
        lines = [_load(uri), f"inputs = {_arrays(schema)}", "print(model.predict(inputs))"]
        return _python("Predict from arrays", ["import numpy as np"], lines, store)
    given = sample_row(schema) if not schema.form else sample(schema)
    return _python("Predict", [], [_load(uri), *_assigned("inputs", given), "print(model.predict(inputs))"], store)


def _predict_table(table: Mapping[str, Any], schema: Schema, uri: str, store: StoreAddress) -> Snippet:
    data, columns = table.get("data"), table.get("columns")
    lines = [_load(uri), *_assigned("data", data)]
    if columns:
        lines += _assigned("columns", columns)
    lines.append(f"inputs = pd.DataFrame(data{', columns=columns' if columns else ''})")
    types = {str(one.get("name")): _DTYPES[str(one["type"])] for one in schema.entries if one.get("type") in _DTYPES}
    if types and columns:
        lines.append(f"inputs = inputs.astype({types!r})")
    return _python("Predict with pandas", ["import pandas as pd"], [*lines, "print(model.predict(inputs))"], store)


def _assigned(name: str, value: Any) -> list[str]:
    """`name = value` in lines of a readable length."""
    return f"{name} = {pprint.pformat(value, width=MAX_LINE, sort_dicts=False, compact=True)}".split("\n")


def _arrays(schema: Schema) -> str:
    arrays = [_array(one) for one in schema.entries]
    if len(schema.names) < len(arrays):
        return arrays[0]
    return (
        "{" + ", ".join(f"{python_string(key)}: {array}" for key, array in zip(schema.names, arrays, strict=True)) + "}"
    )


def _array(entry: Mapping[str, Any]) -> str:
    dtype = re.sub(r"[^a-z0-9_]", "", dtype_of(entry)) or "float64"
    return f"np.full({shape_of(entry)!r}, {element_of(dtype)!r}, dtype={python_string(dtype)})"


# Serving ------------------------------------------------------------------------------------------------------------


def _body(file: ModelFile, schema: Schema | None) -> str:
    """The body of a request as JSON; '' where it is not known or too large."""
    if file.example and file.example.request:
        return file.example.request
    found = payload(schema, file.params) if schema else None
    return "" if found is None else json.dumps(found, ensure_ascii=False)


def _shown_request(file: ModelFile) -> dict[str, Any]:
    try:
        found = json.loads(file.example.request) if file.example and file.example.request else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _serve(uri: str, store: StoreAddress) -> Snippet:
    command = f"mlflow models serve -m {shlex.quote(uri)} -p {PORT} --env-manager local"
    return Snippet(
        "Serve it",
        "\n".join([*store.shell(), command]),
        f"{store.in_words()}Run it where the model's requirements are installed; without --env-manager, "
        "MLflow makes an environment for it.",
    )


def _request(body: str, schema: Schema | None) -> Snippet | None:
    """A request to the server of `_serve`."""
    url = f"http://127.0.0.1:{PORT}/invocations"
    head = f"curl {url} -H 'Content-Type: application/json'"
    if body:
        return Snippet("Query the server", f"{head} -d {shlex.quote(body)}", "While it is served.")
    if schema is None or not schema.is_tensor:
        return None
    arrays = [_array(one) for one in schema.entries]
    inputs = f"{arrays[0]}.tolist()"
    if len(schema.names) == len(arrays):
        pairs = zip(schema.names, arrays, strict=True)
        inputs = "{" + ", ".join(f"{python_string(key)}: {array}.tolist()" for key, array in pairs) + "}"
    script = f'import json, numpy as np; print(json.dumps({{"inputs": {inputs}}}))'
    return Snippet("Query the server", f"python -c {shlex.quote(script)} \\\n  | {head} -d @-", "While it is served.")


def _docker(uri: str, store: StoreAddress, name: str) -> Snippet:
    image = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "model"
    lines = [
        *store.shell(),
        f"mlflow models build-docker -m {shlex.quote(uri)} -n {image}",
        f"docker run -p {PORT}:{DOCKER_PORT} {image}",
    ]
    return Snippet("Build a Docker image", "\n".join(lines), f"{store.in_words()}It answers the same requests.")


def _spark(file: ModelFile, schema: Schema | None, uri: str, store: StoreAddress) -> Snippet | None:
    """A prediction over a Spark table, for models that take columns."""
    if schema is None or schema.form != "dataframe_split" or not schema.names:
        return None
    lines = [
        "spark = SparkSession.builder.getOrCreate()",
        f"predict = mlflow.pyfunc.spark_udf(spark, {python_string(uri)}, result_type={python_string(_result(file))})",
        'table = spark.read.parquet("data.parquet")  # your data',
        *_assigned("columns", list(schema.names)),
        'table.withColumn("prediction", predict(struct(*columns))).show()',
    ]
    imports = ["from pyspark.sql import SparkSession", "from pyspark.sql.functions import struct"]
    return _python("Predict with Spark", imports, lines, store)


def _result(file: ModelFile) -> str:
    """The type of the predictions for Spark."""
    found = schema_of(file.outputs)
    if found is None or len(found.entries) != 1:
        return "double"
    entry = found.entries[0]
    return (
        _TENSOR_OUTPUTS.get(dtype_of(entry), "double")
        if found.is_tensor
        else _SPARK.get(str(entry.get("type")), "double")
    )
