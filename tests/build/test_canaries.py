"""No secret and, in the profile `public`, no private fact of a store is in any byte of its site, however it is written."""

from __future__ import annotations

import base64
import html
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sitegen.build import build
from sitegen.config import Config
from tests.stores.mlruns_builder import RUN, experiment, run

_made: list[str] = []


def secret() -> str:
    """Another token, which is looked for in the site."""
    _made.append("gh" + f"p_{len(_made):04d}" + "Kq7" * 11)
    return _made[-1]


def person(form: str) -> str:
    """A private fact about another person, whose name is looked for in the site."""
    _made.append(f"marianne{len(_made):04d}")
    return form.format(_made[-1])


def password() -> str:
    """A value that is secret by its key alone."""
    _made.append(f"hunter{len(_made):04d}zebra")
    return _made[-1]


FORMS = (
    "/home/{}/x",
    "C:\\Users\\{}\\x",
    "{}@corp.example.org",
    "{}.corp.internal",
    "\\\\{}\\share\\x",
    "/scratch/{}/x",
)


def artifacts() -> dict[str, str | bytes]:
    """Artifacts of many kinds, each with a secret and a private fact."""
    cell = {"cell_type": "code", "outputs": [{"output_type": "stream", "text": [secret()[:9], _made[-1][9:]]}]}
    cut = secret()
    files: dict[str, str | bytes] = {
        f"named/{secret()}.txt": "x",
        f"{secret()}/listed.pkl": "x",
        f"{person('{}@corp.example.org')}.log": "x",
        f"home/{person('{}')}/x.txt": "x",
        "wide.txt": f"a line of text with {secret()}".encode("utf-16"),
        "escaped.json": json.dumps({"a": secret()}).replace("ghp_", "\\u0067hp_"),
        "entities.html": "".join(f"&#{ord(letter)};" for letter in secret()),
        "cut.ipynb": json.dumps({"cells": [{**cell, "source": [f"t = '{cut[:8]}", f"{cut[8:]}'"]}], "nbformat": 4}),
        "columns.csv": f"id,password\n1,{password()}\n",
        "table.json": json.dumps({"columns": ["x", "api_key"], "data": [[1, password()]]}),
        "text.png": f"not an image: {secret()}",
        "config.json": json.dumps({"db": {"password": password()}}),
        "env.txt": f"AWS_SECRET_ACCESS_KEY={password()}\nMY_SERVICE_KEY={password()}\n",
        "a.npy": saved(np.array([secret(), person("{}@corp.example.org")])),
        "a.parquet": table(
            **{"a": [secret()], person("{}@corp.example.org"): [person("/home/{}/x")], "db_password": [password()]}
        ),
        "MLmodel": f"flavors:\n  python_function:\n    env: {person('/home/{}/x')}\n    k: {secret()}\n",
    }
    for kind in "txt log csv tsv json md yaml html svg xml js py ipynb toml ini sh sql jsonl rst css".split():
        words = [secret(), *map(person, FORMS)]
        text = json.dumps({"a": words}) if kind in ("json", "ipynb", "jsonl") else "\n".join(words)
        files[f"every.{kind}"] = f"<svg><text>{html.escape(text)}</text></svg>" if kind == "svg" else text
    return files


def saved(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def table(**columns: list[str]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def readings(data: bytes) -> Iterator[str]:
    """The content of a file as somebody might decode it."""
    text = data.decode("utf-8", "replace")
    yield from (text, unquote(text), html.unescape(html.unescape(text)), re.sub(r"<[^<>]*>", "", text))
    yield re.sub(r"\\+u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
    yield data.replace(b"\0", b"").decode("latin-1")
    for match in re.finditer(rb"[A-Za-z0-9+/]{24,}={0,2}", data):
        yield base64.b64decode(match[0][: len(match[0]) // 4 * 4]).decode("latin-1")


@pytest.mark.parametrize("profile", ["public", "internal"])
def test_nothing_that_is_hidden_is_in_any_byte_of_the_site(tmp_path: Path, profile: str) -> None:
    _made.clear()
    folder = experiment(tmp_path / "mlruns", "1", name=f"sweep {secret()}")
    texts = {f"p{at}": person(form) for at, form in enumerate(FORMS)} | {"token": secret(), "api_key": password()}
    texts["args"] = f"--db-password {password()} --lr 1"
    note = {"mlflow.note.content": " ".join([*map(person, FORMS), secret()]), "mlflow.user": person("{}")}
    note["run_by"] = f"s3://bucket/{_made[-1]}/x"
    files = {"who.log": f"saved for {_made[-1]}", **artifacts()}
    run(folder, RUN, params=texts, tags=note, metrics={"loss": "1700000000000 0.5 1\n"}, artifacts=files)
    build(Config(store=str(tmp_path / "mlruns"), output=tmp_path / "site", profile=profile))
    looked_for = [one for one in _made if profile == "public" or not one.startswith("marianne")]
    assert len(looked_for) > 30
    found = {
        (one, path.relative_to(tmp_path / "site").as_posix())
        for path in sorted((tmp_path / "site").rglob("*"))
        if path.is_file() and "assets" not in path.parts
        for text in (path.name.lower(), *map(str.lower, readings(path.read_bytes())))
        for one in looked_for
        if one.lower() in text
    }
    assert found == set()
