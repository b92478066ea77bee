"""The text of an artifact: what a viewer would decode is found, and JSON stays JSON."""

from __future__ import annotations

import base64
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.privacy import NO_NAMES, Hidden, Names, Privacy, clean_document
from sitegen.privacy.documents import CleanDocument, without_escapes

PUBLIC, INTERNAL = Privacy("public"), Privacy("internal")
TOKEN = "gh" + "p_" + "Ab1" * 12
MASK = "•••(github-token)"


def clean(text: str, kind: str = "txt", privacy: Privacy = PUBLIC, names: Names = NO_NAMES) -> CleanDocument:
    return clean_document(text, f"a.{kind}", kind, privacy, names)


def escaped(text: str, form: str) -> str:
    return "".join(form.format(ord(letter)) for letter in text)


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("json", '{"a": "' + escaped(TOKEN[:3], "\\u{:04x}") + TOKEN[3:] + '"}', f'{{"a": "{MASK}"}}'),
        ("py", escaped(TOKEN, "\\x{:02x}"), MASK),
        ("html", f"<p>{escaped(TOKEN, '&#{};')}</p>", f"<p>{MASK}</p>"),
        ("html", f"<p>{escaped(TOKEN, '&#x{:x};')}</p>", f"<p>{MASK}</p>"),
        ("md", f"see {escaped('ada@example.org', '&#{};')}", "see •••"),
        ("json", f'["a\\n{TOKEN}"]', f'["a\\n{MASK}"]'),
        ("json", '["a\\nada@example.org\\u00e9ada@example.org"]', '["a\\n•••\\u00e9•••"]'),
        ("json", '{"pin": 123456, "x": 1}', '{"pin": "•••(key-pin)", "x": 1}'),
        ("json", '{"a": "x --api-key=abc-12345"}', '{"a": "x --api-key=•••(key-api-key)"}'),
        ("json", '{"d": "C:\\\\Users\\\\bob\\\\new"}', '{"d": "~\\\\new"}'),
        ("yaml", "password: hunter2\nlr: 1", "password: •••(key-password)\nlr: 1"),
        ("svg", "<svg><title>ada@example.org</title></svg>", "<svg><title>•••</title></svg>"),
        ("csv", "id,api_key\n1,hunter2\n2,\n", "id,api_key\n1,•••(key-api-key)\n2,\n"),
        ("tsv", "db_password\tx\nhunter2\t1\n", "db_password\tx\n•••(key-password)\t1\n"),
        ("csv", "token,count\nhouse7,3\n", "token,count\nhouse7,3\n"),
        (
            "json",
            '{"columns": ["a", "password"], "data": [[1, "hunter2"], [2, null]]}',
            '{"columns": ["a", "password"], "data": [[1, "•••(key-password)"], [2, null]]}',
        ),
        ("txt", "C:\\Users\\bob\\notes", "~\\notes"),
    ],
)
def test_what_a_viewer_decodes_is_hidden(kind: str, text: str, shown: str) -> None:
    assert clean(text, kind).text == shown
    if kind == "json":
        json.loads(shown)


@pytest.mark.parametrize(
    "text", ['{"a": "\\u00e9\\u003cb\\u003e"}', "a\\nb", "&#233;&lt;", "\\\\u0067hp", "x\\x41y", ""]
)
def test_a_text_without_anything_is_left_as_it_is(text: str) -> None:
    assert clean(text, "json") == CleanDocument(text, (), Hidden())


def test_an_escaped_backslash_is_not_an_escape() -> None:
    assert without_escapes("\\\\u0067 \\u0067 \\\\\\u0067") == "\\\\u0067 g \\\\g"


def notebook(*cells: dict[str, object]) -> str:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_a_secret_that_a_notebook_cuts_between_lines_is_masked() -> None:
    text = notebook({"cell_type": "code", "source": ["a = 1\n", f"t = '{TOKEN[:10]}", f"{TOKEN[10:]}'\n", "b"]})
    shown = clean(text, "ipynb")
    assert json.loads(shown.text)["cells"][0]["source"] == ["a = 1\n", f"t = '{MASK}'\n", "b"]
    assert len(shown.findings) == 1


def test_the_image_of_a_notebook_with_something_in_its_metadata_is_left_out() -> None:
    def image(data: bytes) -> dict[str, object]:
        encoded = base64.b64encode(data).decode()
        return {"cell_type": "code", "source": "", "outputs": [{"data": {"image/png": encoded}}]}

    text = notebook(image(b"\x89PNG\0" + TOKEN.encode() + b"\0"), image(b"\x89PNG plain"))
    cells = json.loads(clean(text, "ipynb").text)["cells"]
    assert [cell["outputs"][0]["data"]["image/png"] for cell in cells] == [
        "",
        base64.b64encode(b"\x89PNG plain").decode(),
    ]
    plain = notebook(image(b"\x89PNG plain"))
    assert clean(plain, "ipynb").text is plain


def test_a_notebook_that_is_not_json_is_cleaned_as_text() -> None:
    assert clean(f"{{ {TOKEN}", "ipynb").text == f"{{ {MASK}"
    deep = "[" * 100_000 + f'"{TOKEN}"'
    assert TOKEN not in clean(deep, "ipynb").text


def test_findings_are_told_by_line_and_private_facts_by_kind() -> None:
    found = clean(f"a\n{TOKEN}\nada@example.org /home/ada\npassword: hunter2")
    assert [(one.where, one.rule) for one in found.findings] == [("line 2", "github-token"), ("line 4", "key-password")]
    assert found.hidden == {"emails": 1, "paths": 1}
    assert clean("ada@example.org", privacy=INTERNAL).text == "ada@example.org"


def test_an_allowed_value_is_shown() -> None:
    mark = clean(TOKEN).findings[0].fingerprint
    allowed = clean(TOKEN, privacy=Privacy(allow=frozenset((mark,))))
    assert allowed.text == TOKEN and allowed.findings[0].is_allowed


def test_a_text_with_many_different_secrets_is_withheld_and_one_with_the_same_in_every_line_is_not() -> None:
    assert clean("\n".join(f"password{n}: hunter2-{n}x" for n in range(21))).why == "holds many secrets"
    same = clean(f"{TOKEN}\n" * 1000)
    assert not same.why and TOKEN not in same.text and len(same.findings) == 20


@given(
    st.recursive(
        st.text("ab@./:\\C1\n\"' Users", max_size=20) | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("apin_key", max_size=8), inner),
    )
)
def test_json_stays_json_of_the_same_form(value: object) -> None:
    shown = json.loads(clean(json.dumps(value), "json").text)
    assert type(shown) is type(value) or isinstance(value, int)
    assert not isinstance(value, list | dict) or len(shown) == len(value)


def test_a_large_hostile_text_takes_linear_time() -> None:
    for piece in ("\\u0067", "&#103;", "\\n", "a@b.c\\n", "\\\\", "\\u00"):
        text = piece * (1_000_000 // len(piece))
        start = time.process_time()
        clean(text, "json")
        assert time.process_time() - start < 4


def test_a_text_of_which_most_would_be_hidden_is_withheld() -> None:
    found = clean("10.1.2.3 " * 400_000)
    assert found.why == "holds too much that would have to be hidden" and "10.1" not in found.text
