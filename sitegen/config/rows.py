"""A row of a table of options: what one option is, for the config file, the command line and the documentation.

An option is one field of a dataclass (`options.py`), written as `name: type = option(default, flag, group, sentence)`.
From these rows come the checks of `sitegen.toml` (`file.py`), the options of click and the groups of `--help`
(`sitegen/cli/options.py`), and the tables of docs/configuration.md (`tests/docs/options_tables.py`).
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class Row:
    """One option. `type` and `default` are those of its field; `default` is MISSING where a value is required."""

    name: str
    type: Any
    default: Any
    flag: str
    """The flags of the command line, such as `-o --output`; empty if there are none."""
    group: str
    """Heading in `--help` and in docs/configuration.md."""
    help: str
    """The sentence about it."""
    metavar: str
    default_text: str
    """Shown as the default if its value is not self-explanatory."""
    details: str
    """Markdown that follows the sentence in docs/configuration.md."""
    key: str
    """Its key in the config file; empty if it is only a flag."""

    @property
    def choices(self) -> tuple[str, ...]:
        """The values of a Literal; empty for other types."""
        return tuple(filter(None, get_args(self.type))) if get_origin(self.type) is Literal else ()


@dataclass(frozen=True, slots=True)
class _Words:
    """The arguments of `option`, kept with the field until `rows_of` adds name, type and default."""

    flag: str
    group: str
    help: str
    metavar: str
    default_text: str
    details: str
    key: str | None


def option(
    default: Any,
    flag: str = "",
    group: str = "",
    help: str = "",
    *,
    metavar: str = "",
    default_text: str = "",
    details: str = "",
    key: str | None = None,
) -> Any:
    """A field of a table of options; the arguments are those of `Row`. Without `key`, the name is the key."""
    words = {"row": _Words(flag, group, help, metavar, default_text, details, key)}
    if isinstance(default, Mapping):
        return field(default_factory=dict, metadata=words)
    return field(default=default, metadata=words)


@cache
def rows_of(table: type) -> tuple[Row, ...]:
    """The rows of a dataclass whose fields were made by `option`, in order; other fields are left out."""
    hints = get_type_hints(table)
    rows = []
    for one in fields(table):
        words: _Words | None = one.metadata.get("row")
        if words:
            default = {} if one.default_factory is not MISSING else one.default
            key = one.name if words.key is None else words.key
            rows.append(
                Row(
                    name=one.name,
                    type=hints[one.name],
                    default=default,
                    flag=words.flag,
                    group=words.group,
                    help=words.help,
                    metavar=words.metavar,
                    default_text=words.default_text,
                    details=words.details,
                    key=key,
                )
            )
    return tuple(rows)


def kinds(hint: Any) -> dict[type, str]:
    """The types that TOML may hold for a field of type `hint`, each with its name in a sentence."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return {kind: words for one in get_args(hint) for kind, words in kinds(one).items()}
    if is_dataclass(hint) or any(map(is_dataclass, get_args(hint))):
        return {dict: "a table"}  # or a table of tables: one for each experiment or view
    if origin is tuple:
        return {str: "a string", list: "a list of strings"}  # a list of one may be written as a string
    if origin is Literal:
        return {str: "a string"}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {dict: "a table"}
    if hint in (bool, int):
        return {hint: "true or false" if hint is bool else "a whole number"}
    if hint is float:
        return {float: "a number", int: "a number"}
    return {str: "a string"}


def is_path(hint: Any) -> bool:
    """Whether a field holds paths: one, several, or the values of a table."""
    return hint is Path or Path in get_args(hint)
