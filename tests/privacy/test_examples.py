"""Input examples hold rows of data: public sites show their schema, internal ones mask the secrets in them."""

from __future__ import annotations

from sitegen.model import InputExample
from sitegen.privacy import Hidden, Privacy
from sitegen.privacy.examples import clean_example
from sitegen.privacy.trace_cleaner import TraceCleaner

TOKEN = "ghp_" + "a1B2c3D4e5F6" * 3
TABLE = InputExample(
    "dataframe",
    "1 row × 2 columns",
    (("city", "string"), ("api_key", "string")),
    (("Oslo", "s3cr3t-7fGh2"),),
    request='{"a": 1}',
)


def clean(example: InputExample, **settings: object) -> tuple[InputExample, Hidden]:
    hidden = Hidden()
    return clean_example(example, TraceCleaner(Privacy(**settings), "model", hidden)), hidden  # type: ignore[arg-type]


def test_public_sites_show_schema_and_shape_alone() -> None:
    found, hidden = clean(TABLE, profile="public")
    assert (found.columns, found.shape) == (TABLE.columns, TABLE.shape)
    assert (found.rows, found.text, found.request) == ((), "", "") and hidden == {"input examples": 1}


def test_internal_sites_show_rows_but_no_secret_of_a_column_or_a_text() -> None:
    found, _ = clean(TABLE, profile="internal")
    assert found.rows[0][0] == "Oslo" and "s3cr3t" not in repr(found) and found.request == ""
    text, _ = clean(
        InputExample("json_object", text='{"password": "Tr0ub4dor&3x"}', request=f'{{"inputs": "{TOKEN}"}}'),
        profile="internal",
    )
    assert "Tr0ub4dor" not in text.text and TOKEN not in text.request


def test_hidden_keys_are_hidden_in_examples_too() -> None:
    found, _ = clean(TABLE, profile="internal", hide_keys=("city",))
    assert "Oslo" not in repr(found)
    whole, _ = clean(InputExample("dataframe", "", (("a", "long"),), (("1",),), request='{"a": 1}'), profile="internal")
    assert whole.request == '{"a": 1}'
