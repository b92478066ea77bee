"""What the commands do, as functions: build a site, export a store, ask which run is best."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sitegen.api.catalog import Catalog, Objective, load
from sitegen.errors import UsageError

if TYPE_CHECKING:
    import pandas

    from sitegen.build import Built
    from sitegen.export import Exported


def build(*stores: str | Path, output: str | Path = "site", config: str | Path | None = None, **options: Any) -> Built:
    """Build a site as `sitegen build` does, and return what its closing summary says.

    `stores` are paths or addresses; without any, the store in or near the current folder. `options` are the keys of
    `sitegen.toml` (docs/configuration.md), such as `title="My runs"` or `objective="min val_loss"`; lists, tables and
    paths as Python has them. A config file is read only if `config` names it; options win over it. Raises UsageError
    for an unknown option (it names the nearest) or a bad value, StoreError, and StrictError with `strict=True`.
    """
    from sitegen.build import build as build_site
    from sitegen.config import with_options

    store = {"store": [str(one) for one in stores]} if stores else {}
    given = {**options, **store, "output": str(output)}
    return build_site(with_options("sitegen.build()", given, Path(config) if config else None))


def export(
    *stores: str | Path, output: str | Path, format: Literal["parquet", "csv"] = "parquet", traces: bool = False
) -> Exported:
    """Export everything in the stores as tables, as `sitegen export` does (docs/export.md).

    It holds all that was logged, secrets too. Raises StoreError, and UsageError when the output cannot be used.
    """
    from sitegen.export import export_store
    from sitegen.stores import find_stores, open_found
    from sitegen.stores.contract import ReadOptions

    if format not in ("parquet", "csv"):
        raise UsageError(f'format must be "parquet" or "csv", not {format!r}.')
    options = ReadOptions()
    found = find_stores([str(one) for one in stores], options)
    return export_store(open_found(found, options), Path(output), format, sources=found.places, traces=traces)


def best(store: str | Path, experiment: str | None = None, objective: Objective | None = None) -> pandas.DataFrame:
    """The leaderboard of an experiment, best first, with the verdict in `attrs`; see `Catalog.best`.

    `experiment` (a name or an id) may be left out where only one experiment has runs. Raises UsageError where several
    have.
    """
    catalog = load(store)
    return catalog.best(experiment or _only_experiment(catalog), objective)


def _only_experiment(catalog: Catalog) -> str:
    used = dict.fromkeys(run.experiment_id for run in catalog.runs)
    names = [one.name for one in catalog.experiments if one.experiment_id in used]
    if len(used) != 1:
        listed = ", ".join(map(repr, names[:10])) or "none"
        raise UsageError(f"Name the experiment: the store has {len(used)} with runs ({listed}).")
    return next(iter(used))
