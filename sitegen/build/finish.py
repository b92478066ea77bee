"""Finish a build: refuse what `--strict` forbids, and count what was made for the closing summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from sitegen.analysis.words import plural
from sitegen.build.analyse import Analysed, trace_counts
from sitegen.build.built import Built
from sitegen.build.open import CleanCatalog, Opened
from sitegen.build.task import Output
from sitegen.errors import StoreError, StrictError
from sitegen.output import Stage
from sitegen.output.hosts import near_limits, sizes_of
from sitegen.privacy import HIDDEN_KEYS, Finding
from sitegen.stores.contract import CountsTraceParts
from sitegen.stores.locations import is_tracking_server

MAX_NAMED = 10
"""Number of secrets that a message names."""


def finish(opened: Opened, found: CleanCatalog, analysed: Analysed, read: Output, made: Output, stage: Stage) -> Built:
    """Add what was written to the manifest, and return the counts of the build. Raises StrictError."""
    stage.record(read.written)
    stage.record(made.written)
    built = Built(opened.config.output, opened.found.sentence, found.catalog.missing_artifacts)
    built.deleted = found.catalog.deleted + read.deleted
    built.unmatched = read.unmatched
    built.traces_left_out = traces_left_out(opened, found)
    built.beside = found.catalog.beside
    built.trace_parts = trace_parts_left_out(opened)
    built.problems = sorted({*analysed.problems, *made.problems}, key=lambda problem: (problem.where, problem.what))
    # What evaluations show of a trace is on the trace's own page too.
    twice = {one for one in made.findings if one.where.startswith("trace ")}
    findings = [*found.findings, *(one for one in read.findings if one not in twice), *made.findings]
    built.secrets = [one for one in findings if not one.is_allowed]
    built.allowed = len(findings) - len(built.secrets)
    built.unused = tuple(sorted(opened.privacy.allow - {one.fingerprint for one in findings}))
    built.not_copied = read.not_copied
    built.elsewhere = read.elsewhere
    built.withheld = read.withheld
    for hidden in (found.hidden, read.hidden, made.hidden):
        built.hidden.update(hidden)
    built.hidden_keys = built.hidden.pop(HIDDEN_KEYS, 0)
    built.warnings = analysed.warnings
    if opened.config.strict:
        _check_strict(built, opened.config.allow_problems)
    built.not_compared = bool(stage.previous) and not opened.config.since
    _count(built, analysed, stage, opened.config.host)
    return built


def traces_left_out(opened: Opened, found: CleanCatalog) -> int:
    """How many traces the site does not show; a tracking server is not asked, since it may have to list each."""
    if opened.config.traces or any(map(is_tracking_server, opened.found.locations)):
        return 0
    with suppress(StoreError):
        return sum(trace_counts(opened.store, found.catalog.experiments).values())
    return 0


def trace_parts_left_out(opened: Opened) -> Mapping[str, int]:
    """What belongs to those traces, as far as the store counts it."""
    if opened.config.traces or not isinstance(opened.store, CountsTraceParts):
        return {}
    with suppress(StoreError):
        return opened.store.trace_parts()
    return {}


def _check_strict(built: Built, allowed: Sequence[str]) -> None:
    if built.warnings:
        raise StrictError(f"{built.warnings[0]} The previous site is untouched.")
    if built.secrets:
        raise StrictError(
            f"{plural(len(built.secrets), 'secret')} would have been masked or left out ({_places(built.secrets)}); "
            "take them out of the store, or allow those that are none by these fingerprints in [privacy] of "
            "sitegen.toml (sitegen scan lists all). The previous site is untouched."
        )
    problems = [one for one in built.problems if one.fingerprint not in allowed]
    if problems:
        first = problems[0]
        raise StrictError(
            f"{plural(len(problems), 'record')} of the store could not be read properly "
            f"({first.where}: {first.what}, {first.fingerprint}); fix them, allow them by these fingerprints in "
            "allow_problems of sitegen.toml, or build without --strict. The previous site is untouched."
        )


def _places(secrets: Sequence[Finding]) -> str:
    """Where the first secrets are, each value once, with rule and fingerprint."""
    first = {secret.fingerprint: secret for secret in reversed(secrets)}
    named = [f"{one.where}: {one.rule}, {one.fingerprint}" for one in reversed(first.values())]
    more = f"; and {len(named) - MAX_NAMED:,} more" if len(named) > MAX_NAMED else ""
    return "; ".join(named[:MAX_NAMED]) + more


def _count(built: Built, analysed: Analysed, stage: Stage, host: str) -> None:
    built.runs = sum(one.facts.runs for one in analysed.experiments)
    built.experiments = len(analysed.experiments)
    built.files = len(stage.written)
    built.near_limits = tuple(near_limits(sizes_of((one.path, one.size) for one in stage.written), host))
    built.pages = sum(written.path.endswith(".html") for written in stage.written)
    built.size = sum(written.size for written in stage.written)
