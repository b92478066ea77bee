"""Read and check `sitegen.toml` by the tables of `options.py`, and join it with the flags of the command line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, replace
from pathlib import Path
from typing import Any, get_origin

from sitegen.config.chart_options import ChartConfig
from sitegen.config.options import ArtifactsTable, Config, ExperimentOptions, PrivacyTable, ViewConfig
from sitegen.config.places import store_around
from sitegen.config.rows import Row, is_path, kinds, rows_of
from sitegen.errors import UsageError, nearest

FILE = "sitegen.toml"
CHART_RANGES = {"smoothing": (0, 0.99), "width": (240, 2000), "height": (160, 1200)}
"""The least and the greatest value of options of a declared chart."""
Values = Mapping[str, Any]


def load_config(path: Path | None = None) -> Config:
    """The config in `path`; without a path that in `./sitegen.toml` if there is one, else the defaults.

    Raises UsageError for a file that is missing, not TOML, or has an unknown key or an invalid value.
    """
    file = config_file(path)
    return _from_file(file) if file else Config()


def config_file(path: Path | None = None) -> Path | None:
    """The config file that counts: `path`, else `./sitegen.toml` if there is one.

    Raises UsageError if it is missing or inside a store: whoever wrote a store must not decide what is published.
    """
    file = path or Path(FILE)
    if not file.is_file():
        if path:
            raise UsageError(f"The config file {path} does not exist.")
        return None
    if store := store_around(file.absolute().parent) or store_around(file.resolve().parent):
        raise UsageError(f"{file} is inside the store {store}, where a config file is not read; move it out of there.")
    return file


def with_flags(config: Config, **flags: Any) -> Config:
    """`config` with the flags that were given (those that are not None)."""
    known = {row.name for row in rows_of(Config)}
    joined = replace(config, **{k: v for k, v in flags.items() if v is not None and k in known})
    if joined.profile not in ("public", "internal"):
        raise UsageError(f'The profile must be "public" or "internal", not "{joined.profile}".')
    if joined.site_url and not joined.site_url.startswith(("https://", "http://")):
        raise UsageError(f'The site URL must begin with https:// or http://; "{joined.site_url}" does not.')
    for uri, place in joined.artifact_map.items():
        if not uri or any(re.fullmatch("[A-Za-z][A-Za-z0-9+.-]+:", part) for part in place.parts):
            raise UsageError(f'The artifact map of "{uri}" must map the start of a URI to a folder on this machine.')
    if joined.jobs < 0:
        raise UsageError(f"jobs must be 0 (automatic) or a number of processes, not {joined.jobs}.")
    return joined


def with_options(caller: str, options: Mapping[str, Any], path: Path | None = None) -> Config:
    """The config in the file `path`, or the defaults, with options that Python code gives by the keys of the file.

    `caller` is named in the messages. Raises UsageError as `load_config` does.
    """
    base = load_config(path) if path else Config()
    as_flags = {row.name for row in rows_of(Config) if not row.key and row.type is bool} | {"theme"}
    plain = {key: _plain(value) for key, value in options.items() if key not in as_flags}
    found = _from_values(Path(caller), plain)
    names = {row.name for row in rows_of(Config) if row.key in plain}
    names |= {"artifact_map"} if "artifacts" in plain else set()
    given = {name: getattr(found, name) for name in names}
    return with_flags(base, **given, **{name: options[name] for name in as_flags & set(options)})


def _plain(value: Any) -> Any:
    """A value of Python as TOML has it: paths as strings, tuples as lists."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Path) else value


def _from_file(path: Path) -> Config:
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML: {error}.") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); check its permissions.") from error
    return _from_values(path, values)


def _from_values(path: Path, values: dict[str, Any]) -> Config:
    """The config of the values of a file; `path` is named in messages, and what its paths are relative to."""
    artifacts: dict[str, Any] = {}
    if isinstance(values.get("artifacts"), dict):
        table = _checked(path, "[artifacts]", ArtifactsTable, values.pop("artifacts"))
        artifacts = {"artifacts": table.get("roots", ()), "artifact_map": table.get("map", {})}
    found = _checked(path, "", Config, values) | artifacts
    found["experiments"] = {
        name: ExperimentOptions(**_experiment(path, f'[experiments."{name}"]', table))
        for name, table in found.get("experiments", {}).items()
    }
    found["views"] = tuple(
        ViewConfig(name, **_checked(path, f'[views."{name}"]', ViewConfig, table))
        for name, table in found.get("views", {}).items()
    )
    found["charts"] = tuple(
        _chart(path, name, f'[charts."{name}"]', table) for name, table in found.get("charts", {}).items()
    )
    if "privacy" in found:
        found["privacy"] = _privacy(path, found["privacy"])
    return with_flags(Config(), **found | _addresses(path.parent, found))


def _privacy(path: Path, values: object) -> PrivacyTable:
    table = PrivacyTable(**_checked(path, "[privacy]", PrivacyTable, values))
    for mark in table.allow:
        if not re.fullmatch("[0-9a-f]{8}", mark):
            raise UsageError(f'In {path}, "{mark}" of "allow" is not a fingerprint; sitegen scan lists them.')
    for name, pattern in table.patterns.items():
        if not re.fullmatch("[a-z][a-z0-9-]{0,39}", name) or not isinstance(pattern, str):
            raise UsageError(f'In {path}, "patterns" must hold strings by names such as "ticket-number".')
    return table


def _chart(path: Path, name: str, where: str, table: object) -> ChartConfig:
    chart = ChartConfig(name, **_checked(path, where, ChartConfig, table))
    for key, (low, high) in CHART_RANGES.items():
        if not low <= getattr(chart, key) <= high:
            raise UsageError(f'In {path}, "{key}" of {where} must be from {low} to {high}.')
    if not set(chart.log) <= {"x", "y"}:
        raise UsageError(f'In {path}, "log" of {where} may hold "x" and "y".')
    if not chart.metrics:
        raise UsageError(f'In {path}, "metrics" of {where} must not be an empty list.')
    if chart.runs and chart.filter:
        raise UsageError(f'In {path}, {where} has both "runs" and "filter"; give one of them.')
    return chart


def _experiment(path: Path, where: str, table: object) -> Values:
    found = _checked(path, where, ExperimentOptions, table)
    for key in {"objective", "groups"} & set(found):
        if found[key] == ():
            raise UsageError(f'In {path}, "{key}" of {where} must not be an empty list.')
    if "groups" in found and "group_by" in found:
        raise UsageError(f'In {path}, {where} has both "groups" and "group_by"; give one of them.')
    return found


def _addresses(folder: Path, found: Values) -> dict[str, Any]:
    """The values that are a name, an address or a path from the file's folder: those of `store` and `theme`."""
    changed: dict[str, Any] = {}
    if isinstance(found.get("store"), tuple):
        changed["store"] = tuple(_place(folder, store) for store in found["store"])
    elif found.get("store"):
        changed["store"] = _place(folder, found["store"])
    if "/" in found.get("theme", ""):
        theme = folder / found["theme"]
        if not theme.resolve().is_relative_to(folder.resolve()) or store_around(theme.absolute()):
            raise UsageError(
                f'The theme "{found["theme"]}" of a config file must be below its folder, and in no store.'
            )
        changed["theme"] = str(theme)
    return changed


def _place(folder: Path, store: str) -> str:
    """A store named in the file: a path relative to the file's folder, or an address as it is."""
    return store if ":" in store else str(folder / store)


def _checked(path: Path, where: str, table: type, values: object) -> dict[str, Any]:
    """The values of one table of the file, by the names of the fields of the dataclass `table`.

    `where` is the table's header, empty for the top of the file. Raises UsageError, which names file and key.
    """
    rows = {row.key: row for row in rows_of(table) if row.key}
    if not isinstance(values, dict):
        raise UsageError(f"In {path}, {where} must be a table; it may hold {', '.join(rows)}.")
    for key in values:
        if key not in rows:
            near = nearest(key, rows)
            hint = f"did you mean {near}?" if near else f"it may hold {', '.join(rows)}."
            place = f"In {path}, {where}" if where else path
            raise UsageError(f'{place} has an unknown key "{key}"; {hint}')
    for key, row in rows.items():
        if row.default is MISSING and key not in values:
            raise UsageError(f'In {path}, {where} needs the key "{key}".')
    return {rows[key].name: _value(path, where, rows[key], value) for key, value in values.items()}


def _value(path: Path, where: str, row: Row, value: Any) -> Any:
    """A value of the file as its field holds it: lists as tuples, paths from the folder of the file."""
    place = f'"{row.key}" of {where}' if where else f'"{row.key}"'
    allowed = kinds(row.type)
    if type(value) not in allowed:
        raise UsageError(f"In {path}, {place} must be {_either(list(dict.fromkeys(allowed.values())))}.")
    if isinstance(value, list) and not all(isinstance(item, str) and item for item in value):
        raise UsageError(f"In {path}, {place} must be a list of strings.")
    if row.choices and value not in row.choices:
        raise UsageError(f"In {path}, {place} must be one of {', '.join(row.choices)}.")
    if isinstance(value, list):
        value = tuple(value)
    elif isinstance(value, str) and get_origin(row.type) is tuple:
        value = (value,)
    return _beside(path, place, value) if is_path(row.type) else value


def _beside(path: Path, place: str, value: Any) -> Any:
    """The path, the paths or the table of paths in `value`, resolved from the folder of the file."""
    if isinstance(value, tuple):
        return tuple(path.parent / one for one in value)
    if not isinstance(value, dict):
        return path.parent / value
    if not all(isinstance(one, str) for one in value.values()):
        raise UsageError(f'In {path}, {place} must hold folders: {{"s3://bucket/runs" = "folder"}}.')
    return {uri: path.parent / one for uri, one in value.items()}


def _either(words: list[str]) -> str:
    """Join with commas and "or": "a string, a list of strings or a table"."""
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
