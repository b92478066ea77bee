"""Counts of what is in a store: the output of `sitegen inspect`, for bug reports.

Runs are read a chunk at a time and only counted, so memory is bounded however large the store is. `docs/several.md` has
the keys of the JSON form; a change of their meaning raises `VERSION`.
"""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sitegen import __version__
from sitegen.addresses import fnv1a
from sitegen.analysis.words import plural, size, when
from sitegen.model import STATUSES, Catalog, Problem, Run, RunRef
from sitegen.privacy import Privacy, clean_text
from sitegen.stores import find_stores, open_store
from sitegen.stores.contract import Progress, ReadOptions, RunBatch, no_progress, read_in_chunks
from sitegen.stores.locations import shown

VERSION = 1
SHOWN_PROBLEMS = 20


@dataclass(slots=True)
class Inspection:
    """What a store holds. Times are milliseconds since 1970 UTC, None if no run has one; sizes are bytes."""

    location: str
    catalog: Catalog
    bytes_on_disk: int | None
    statuses: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    datasets: set[tuple[str, str]] = field(default_factory=set)
    first: int | None = None
    last: int | None = None
    deleted: int = 0
    problems: set[Problem] = field(default_factory=set)
    why: str = ""
    """Why this store was read, where it is not simply the one that was named."""

    @property
    def is_readable(self) -> bool:
        """Whether a run could be read, or there are none."""
        return bool(self.statuses) or not self.catalog.runs or bool(self.deleted)

    def add(self, batch: RunBatch) -> None:
        """Count a chunk of runs."""
        self.deleted += batch.deleted
        self.problems.update(batch.problems)
        for run in batch.runs:
            self._add(run)

    def _add(self, run: Run) -> None:
        self.statuses[run.status] += 1
        self.counts["params"] += len(run.params)
        self.counts["metrics"] += len(run.metrics)
        self.counts["points"] += sum(map(len, run.metrics.values()))
        self.counts["tags"] += len(run.tags)
        self.counts["artifacts"] += len(run.artifacts.files)
        self.counts["artifact_bytes"] += sum(artifact.size for artifact in run.artifacts.files)
        self.counts["elsewhere"] += run.artifacts.root is None and bool(run.artifacts.uri)
        self.datasets.update((used.dataset.name, used.dataset.digest) for used in run.inputs)
        times = [time for time in (run.start_time, run.end_time) if time is not None]
        self.first = min((time for time in (self.first, *times) if time is not None), default=None)
        self.last = max((time for time in (self.last, *times) if time is not None), default=None)


def inspect_stores(
    locations: Sequence[str],
    options: ReadOptions = ReadOptions(),
    progress: Progress = no_progress,
    privacy: Privacy = Privacy(),
) -> list[Inspection]:
    """Read each store at the locations, and count its content. Raises StoreError, UsageError.

    Places and problems are given as a site with `privacy` would show them.
    """
    stores = find_stores(locations, options)
    found = [inspect_store(location, options, progress) for location in stores.locations]
    for one in found:
        one.why = stores.why
        _clean(one, privacy)
    return found


def _clean(found: Inspection, privacy: Privacy) -> None:
    def text(raw: str) -> str:
        return clean_text(raw, privacy)[0]

    found.location, found.why = text(found.location), text(found.why)
    found.catalog = replace(found.catalog, missing_artifacts=text(found.catalog.missing_artifacts))
    found.problems = {replace(one, where=text(one.where), what=text(one.what)) for one in found.problems}


def inspect_store(location: str, options: ReadOptions = ReadOptions(), progress: Progress = no_progress) -> Inspection:
    """Read all of the store at `location` and count it. Raises StoreError when it cannot be read."""
    store = open_store(location, replace(options, tell_era=True))
    catalog = store.catalog()
    found = Inspection(shown(location), catalog, store.bytes_on_disk())
    found.deleted = catalog.deleted
    found.problems.update(catalog.problems)
    refs = sorted(catalog.runs, key=_in_the_order_of_a_build)
    for batch in read_in_chunks(store, refs, progress):
        found.add(batch)
    return found


def _in_the_order_of_a_build(ref: RunRef) -> tuple[int, str]:
    # An export has its runs in this order, so that a chunk is in few row groups.
    return fnv1a(ref.run_id), ref.run_id


# As JSON ------------------------------------------------------------------------------------------------------------


def json_text(found: Sequence[Inspection]) -> str:
    """The counts as one JSON document in plain ASCII, so that no control character of a store reaches a terminal."""
    document = {
        "format": "sitegen-inspect",
        "version": VERSION,
        "sitegen": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "stores": [_as_json(one) for one in found],
    }
    # A CI log may take `##[` for a command wherever it stands.
    return json.dumps(document, indent=2).replace("##[", "\\u0023#[")


def _as_json(found: Inspection) -> dict[str, Any]:
    catalog, counts = found.catalog, found.counts
    return {
        "location": found.location,
        "why": found.why,
        "kind": catalog.kind,
        "era": catalog.era,
        "bytes_on_disk": found.bytes_on_disk,
        "experiments": len(catalog.experiments),
        "runs": found.statuses.total(),
        "runs_by_status": {status: found.statuses[status] for status in _statuses(found)},
        "deleted": found.deleted,
        "first": found.first,
        "last": found.last,
        **{key: counts[key] for key in ("params", "metrics", "points", "tags")},
        "artifacts": {
            "files": counts["artifacts"],
            "bytes": counts["artifact_bytes"],
            "runs_elsewhere": counts["elsewhere"],
            "missing": catalog.missing_artifacts,
        },
        "datasets": len(found.datasets),
        **_models(catalog),
        "problems": {
            "count": len(found.problems),
            "first": [{"where": p.where, "what": p.what, "left_out": p.left_out} for p in _problems(found.problems)],
        },
    }


def _models(catalog: Catalog) -> dict[str, int]:
    models = [model for model in catalog.registered_models if not model.is_prompt]
    return {
        "registered_models": len(models),
        "model_versions": sum(len(model.versions) for model in models),
        "prompts": len(catalog.registered_models) - len(models),
        "logged_models": len(catalog.logged_models),
    }


def _statuses(found: Inspection) -> list[str]:
    """The statuses that runs have: MLflow's in its order, then any others."""
    order = {status: at for at, status in enumerate(STATUSES)}
    return sorted(found.statuses, key=lambda status: (order.get(status, len(order)), status))


def _problems(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.where, problem.what))[:SHOWN_PROBLEMS]


# As text ------------------------------------------------------------------------------------------------------------


def lines_of(found: Sequence[Inspection]) -> list[str]:
    """The counts as lines of text; strings of the store are not made safe in them."""
    program = f"sitegen {__version__}, Python {platform.python_version()}, {platform.platform()}"
    return [program, *(line for one in found for line in ("", *_lines(one)))]


def _lines(found: Inspection) -> list[str]:
    facts = [
        ("store", ", ".join(filter(None, (found.location, found.why)))),
        ("kind", f"{found.catalog.kind}, {found.catalog.era}".rstrip(", ")),
        ("on disk", "not on this machine" if found.bytes_on_disk is None else size(found.bytes_on_disk)),
        ("experiments", f"{len(found.catalog.experiments):,}"),
        ("runs", _runs(found)),
        ("left out", f"{found.deleted:,} deleted"),
        ("from, to", "no times" if found.first is None else f"{when(found.first)}, {when(found.last)}"),
        ("logged", ", ".join(plural(found.counts[word + "s"], word) for word in ("param", "metric", "point", "tag"))),
        ("artifacts", _artifacts(found)),
        ("datasets", f"{len(found.datasets):,}"),
        ("models", _models_line(found.catalog)),
        ("problems", f"{len(found.problems):,}"),
    ]
    lines = [f"{name:<12} {text}" for name, text in facts]
    lines += [f"  - {problem.where}: {problem.what}" for problem in _problems(found.problems)]
    more = len(found.problems) - SHOWN_PROBLEMS
    return [*lines, f"  and {more:,} more"] if more > 0 else lines


def _runs(found: Inspection) -> str:
    statuses = ", ".join(f"{found.statuses[status]:,} {status}" for status in _statuses(found))
    return f"{found.statuses.total():,}" + (f": {statuses}" if statuses else "")


def _artifacts(found: Inspection) -> str:
    here = f"{plural(found.counts['artifacts'], 'file')}, {size(found.counts['artifact_bytes'])}"
    elsewhere, missing = found.counts["elsewhere"], found.catalog.missing_artifacts
    lost = f"; those of {plural(elsewhere, 'run')} were not found or are elsewhere" if elsewhere else ""
    return here + lost + (f"; expected in {missing} beside the store, which is not there" if missing else "")


def _models_line(catalog: Catalog) -> str:
    counts = _models(catalog)
    registered = f"{counts['registered_models']:,} registered with {plural(counts['model_versions'], 'version')}"
    return f"{registered}, {counts['logged_models']:,} logged, {plural(counts['prompts'], 'prompt')}"
