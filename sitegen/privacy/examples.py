"""The cleaner of a model's input example: a few rows of the data that the model was made for."""

from __future__ import annotations

from sitegen.model import InputExample
from sitegen.privacy.cleaner import changed
from sitegen.privacy.keys import is_placeholder, secret_column
from sitegen.privacy.own_rules import is_listed
from sitegen.privacy.trace_cleaner import TraceCleaner

_WHERE = "input example"


def clean_example(example: InputExample, cleaner: TraceCleaner) -> InputExample:
    """The example as the site may show it; in public its schema and shape alone, since its rows are private data.

    The body of a request is left out where a column is hidden: what was left of it would not be an answerable request.
    """
    names = [name for name, _ in example.columns]
    columns = tuple((cleaner.text(name, _WHERE), kind) for name, kind in example.columns)
    if cleaner.privacy.public:
        cleaner.hide("input examples")
        return changed(example, columns=columns, rows=(), text="", request="")
    rows = tuple(
        tuple(_cell(name, cell, cleaner) for name, cell in zip(names, row, strict=False)) for row in example.rows
    )
    is_whole = rows == example.rows and not any(_hides(name, cleaner) for name in names)
    return changed(
        example,
        columns=columns,
        rows=rows,
        text=cleaner.json(example.text, _WHERE),
        request=cleaner.json(example.request, _WHERE) if is_whole else "",
    )


def _cell(column: str, value: str, cleaner: TraceCleaner) -> str:
    """A cell by the name of its column: a secret is masked, a hidden column shows that it is one."""
    if is_listed(column, cleaner.privacy.hide_keys):
        return "•••"
    rule = _secret(column, cleaner)
    if rule and not is_placeholder(value):
        return cleaner.found(f"{_WHERE}.{column}", rule, value)
    return cleaner.json(value, _WHERE)


def _secret(column: str, cleaner: TraceCleaner) -> str | None:
    rule = secret_column(column)
    return None if rule and is_listed(column, cleaner.privacy.show_keys) else rule


def _hides(column: str, cleaner: TraceCleaner) -> bool:
    return is_listed(column, cleaner.privacy.hide_keys) or _secret(column, cleaner) is not None
