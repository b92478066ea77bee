"""What the user wants: `sitegen.toml` and flags, checked and joined into one `Config`."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from sitegen.errors import UsageError

FILE = "sitegen.toml"


Written = str | tuple[str, ...] | Mapping[str, object]
"""An objective as it was written: a text, a list of texts, or a table (`analysis/objective_text.py` reads it)."""
GROUP_BY = ("seeds", "parents", "none")


@dataclass(frozen=True)
class ExperimentOptions:
    """What `[experiments."my experiment"]` says of one experiment; all of it may be left out."""

    objective: Written = ""
    """What makes a run the best: "min val_loss", ["max accuracy", "min latency_ms"], or a table."""
    baseline: str = ""
    """Name or id of the run that others are compared with."""
    groups: tuple[str, ...] = ()
    """Params and tags whose values make a group: ["params.model", "tags.variant"]."""
    group_by: Literal["", "seeds", "parents", "none"] = ""
    """How runs are grouped where `groups` does not say it; empty looks for seeds, then for parents."""


NO_OPTIONS = ExperimentOptions()


@dataclass(frozen=True)
class ViewConfig:
    """A view as `sitegen.toml` has it; `columns`, `sort` and `group` are keys of the search language."""

    name: str
    experiment: str
    """Name or id of the experiment whose runs it shows."""
    filter: str = ""
    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    group: str = ""
    note: str = ""


@dataclass(frozen=True)
class Config:
    """Every option of a build. In `sitegen.toml` each is a key of this name; flags win over the file."""

    store: str | tuple[str, ...] = ""
    """Path or URI of the store, or those of several stores that make one site."""
    output: Path = Path("site")
    """Folder that the site is written to."""
    title: str = ""
    """Title of the site; without one, the name of the folder that holds the store."""
    theme: str = "default"
    """Name of a built-in theme, or a theme folder."""
    objective: Written = ""
    """What makes a run the best, for experiments that do not say it themselves, such as "min val_loss"."""
    experiments: Mapping[str, ExperimentOptions] = field(default_factory=dict)
    """What is said of single experiments, by name or id: `[experiments."my experiment"]`."""
    views: tuple[ViewConfig, ...] = ()
    """Named views, each with a page of its own: `[views."my view"]`."""
    filter: str = ""
    """Which runs are in the site, in the search language, such as "status = 'FINISHED'"; '' for all."""
    site_url: str = ""
    """Address at which the site will be published; snippets for embedding then hold whole addresses."""
    profile: Literal["public", "internal"] = "public"
    """What may be shown: `public` hides users, paths and hosts, `internal` shows them; secrets are always masked."""
    deleted: bool = False
    """Whether deleted runs and experiments are shown."""
    strict: bool = False
    """Whether a record that cannot be read stops the build."""
    artifacts: tuple[Path, ...] = ()
    """Further folders in which artifacts may be looked for; in the file the key, or `roots` in a table of that name."""
    artifact_map: Mapping[str, Path] = field(default_factory=dict)
    """Folder by the beginning of the artifact URIs that it stands for: `[artifacts] map = {"s3://old/x" = "x"}`."""
    fetch_artifacts: bool = False
    """Whether artifacts that are elsewhere, on a tracking server or in a bucket, are listed and fetched."""
    traces: bool = False
    """Whether traces are shown: they hold what users of an application wrote and were told."""
    jobs: int = 0
    """Worker processes; 0 chooses by the size of the store."""
    force_adopt: bool = False
    """Whether to build into a folder that holds other files; they stay."""

    @property
    def stores(self) -> tuple[str, ...]:
        """The stores, however many; none when none was named."""
        return (self.store,) * bool(self.store) if isinstance(self.store, str) else self.store

    def options_of(self, experiment_id: str, name: str) -> ExperimentOptions:
        """What is said of an experiment, by its id before its name."""
        return self.experiments.get(experiment_id) or self.experiments.get(name) or NO_OPTIONS

    def objective_of(self, experiment_id: str, name: str) -> Written | None:
        """The objective that was configured for an experiment, None when it is to be chosen."""
        return self.options_of(experiment_id, name).objective or self.objective or None


TYPES: Mapping[str, type | tuple[type, ...]] = {
    "store": (str, list), "output": str, "title": str, "theme": str, "objective": (str, list, dict), "filter": str,
    "site_url": str, "profile": str, "deleted": bool, "strict": bool, "traces": bool, "jobs": int,
    "artifacts": (list, dict), "fetch_artifacts": bool, "experiments": dict, "views": dict,
}  # fmt: skip


_KINDS: Mapping[type | tuple[type, ...], str] = {
    str: "a text", bool: "true or false", int: "a whole number", list: "a list", dict: "a table",
    (str, list): "a text or a list", (str, list, dict): "a text, a list of texts or a table",
    (list, dict): "a list or a table",
}  # fmt: skip


def load_config(path: Path | None = None) -> Config:
    """The config in `path`; without a path that in `./sitegen.toml` if there is one, else the defaults.

    Raises UsageError on a file that is missing, not TOML, or holds a key or value that means nothing.
    """
    if path is None:
        return _from_file(Path(FILE)) if Path(FILE).is_file() else Config()
    if not path.is_file():
        raise UsageError(f"There is no config file {path}.")
    return _from_file(path)


def with_flags(config: Config, **flags: Any) -> Config:
    """`config` with the flags that were given (those that are not None)."""
    known = {f.name for f in fields(Config)}
    joined = replace(config, **{k: v for k, v in flags.items() if v is not None and k in known})
    if joined.profile not in ("public", "internal"):
        raise UsageError(f'The profile is "public" or "internal", not "{joined.profile}".')
    if joined.site_url and not joined.site_url.startswith(("https://", "http://")):
        raise UsageError(f'The site URL begins with https:// or http://, not as "{joined.site_url}" does.')
    for uri, place in joined.artifact_map.items():
        if not uri or any(re.fullmatch("[A-Za-z][A-Za-z0-9+.-]+:", part) for part in place.parts):
            raise UsageError(
                f'The artifact map of "{uri}" must lead from the start of a URI to a folder on this machine.'
            )
    if joined.jobs < 0:
        raise UsageError(f"jobs is 0 (choose) or a number of processes, not {joined.jobs}.")
    return joined


def _from_file(path: Path) -> Config:
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML: {error}.") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); check its permissions.") from error
    for key, value in values.items():
        _check(path, key, value)
    experiments = {name: _options(path, name, table) for name, table in values.pop("experiments", {}).items()}
    views = tuple(_view(path, name, table) for name, table in values.pop("views", {}).items())
    values["artifacts"], values["artifact_map"] = _artifacts(path, values.get("artifacts", []))
    values |= _beside(path.parent, values)
    if isinstance(values.get("objective"), list):
        values["objective"] = tuple(values["objective"])
    return with_flags(Config(), experiments=experiments, views=views, **values)


def _beside(folder: Path, values: Mapping[str, Any]) -> dict[str, Any]:
    """The paths among the values, which the file gives from where it lies itself."""
    found: dict[str, Any] = {
        "artifacts": tuple(folder / root for root in values["artifacts"]),
        "artifact_map": {uri: folder / place for uri, place in values["artifact_map"].items()},
    }
    if "output" in values:
        found["output"] = folder / values["output"]
    if isinstance(values.get("store"), list):
        found["store"] = tuple(_place(folder, store) for store in values["store"])
    elif values.get("store"):
        found["store"] = _place(folder, values["store"])
    if "/" in values.get("theme", ""):
        found["theme"] = str(folder / values["theme"])
    return found


def _place(folder: Path, store: str) -> str:
    """A store of the file: a path from where the file lies, or an address as it is."""
    return store if ":" in store else str(folder / store)


def _check(path: Path, key: str, value: object) -> None:
    if key not in TYPES:
        near = difflib.get_close_matches(key, TYPES, 1)
        hint = f"did you mean {near[0]}?" if near else f"it may hold {', '.join(sorted(TYPES))}."
        raise UsageError(f'{path} has an unknown key "{key}"; {hint}')
    if not isinstance(value, TYPES[key]) or (TYPES[key] is int and isinstance(value, bool)):
        raise UsageError(f'In {path}, "{key}" must be {_KINDS[TYPES[key]]}.')
    if isinstance(value, list) and not all(isinstance(item, str) for item in value):
        raise UsageError(f'In {path}, "{key}" must be a list of texts.')


def _options(path: Path, name: str, table: object) -> ExperimentOptions:
    keys = ", ".join(OPTION_TYPES)
    if not isinstance(table, dict):
        raise UsageError(f'In {path}, [experiments."{name}"] must be a table; it may hold {keys}.')
    for key, value in table.items():
        if key not in OPTION_TYPES:
            near = difflib.get_close_matches(key, OPTION_TYPES, 1)
            hint = f"did you mean {near[0]}?" if near else f"it may hold {keys}."
            raise UsageError(f'In {path}, [experiments."{name}"] has an unknown key "{key}"; {hint}')
        if not isinstance(value, OPTION_TYPES[key]):
            raise UsageError(f'In {path}, "{key}" of [experiments."{name}"] must be {_KINDS[OPTION_TYPES[key]]}.')
        if isinstance(value, list) and not (value and all(isinstance(item, str) and item for item in value)):
            raise UsageError(f'In {path}, "{key}" of [experiments."{name}"] must be a list of texts.')
    if table.get("group_by", "none") not in GROUP_BY:
        raise UsageError(
            f'In {path}, "group_by" of [experiments."{name}"] is one of {", ".join(GROUP_BY)}; params and tags are '
            'named in "groups".'
        )
    if "groups" in table and "group_by" in table:
        raise UsageError(f'In {path}, [experiments."{name}"] has both "groups" and "group_by"; give one of them.')
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return ExperimentOptions(**values)


OPTION_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "objective": (str, list, dict), "baseline": str, "groups": list, "group_by": str,
}  # fmt: skip


def _artifacts(path: Path, value: list[str] | dict[str, object]) -> tuple[list[str], dict[str, str]]:
    """The roots and the map, of which the key holds the first as a list, or both in a table."""
    if isinstance(value, list):
        return value, {}
    for key in value:
        if key not in ("roots", "map"):
            raise UsageError(f'In {path}, [artifacts] has an unknown key "{key}"; it may hold roots and map.')
    roots, places = value.get("roots", []), value.get("map", {})
    if not isinstance(roots, list) or not all(isinstance(root, str) for root in roots):
        raise UsageError(f"In {path}, [artifacts] roots must be a list of texts.")
    if not isinstance(places, dict) or not all(isinstance(place, str) for place in places.values()):
        raise UsageError(f'In {path}, [artifacts] map must hold folders: map = {{"s3://bucket/runs" = "folder"}}.')
    return roots, places


def _view(path: Path, name: str, table: object) -> ViewConfig:
    """The view `[views."NAME"]`; `sort` may be one text."""
    keys = {f.name for f in fields(ViewConfig)} - {"name"}
    if not isinstance(table, dict) or not set(table) <= keys or not isinstance(table.get("experiment"), str):
        raise UsageError(
            f'In {path}, [views."{name}"] may hold experiment, which must be there, and filter, columns, sort, group, note.'
        )
    lists = {
        key: [value] if isinstance(value, str) else value for key in ("columns", "sort") if (value := table.get(key))
    }
    texts = [value for key, value in table.items() if key not in lists]
    texts += [item for value in lists.values() for item in (value if isinstance(value, list) else [None])]
    if not all(isinstance(text, str) for text in texts):
        raise UsageError(f'In {path}, all values of [views."{name}"] must be texts, columns and sort lists of texts.')
    return ViewConfig(name, **(table | {key: tuple(value) for key, value in lists.items()}))
