"""The best runs of a store in the terminal: what `sitegen best` prints, for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sitegen.analysis.best import RankedRun, Ranking
from sitegen.analysis.digits import Digits
from sitegen.analysis.objective import Objective
from sitegen.analysis.ranking import Verdict
from sitegen.analysis.runs_table import ExperimentTable, RunRow, gather
from sitegen.analysis.words import number, plural, shortened
from sitegen.commands.reading import Cleaner, judged_tables, objective_of, run_row
from sitegen.config import Config
from sitegen.config.privacy import privacy_of
from sitegen.errors import UsageError
from sitegen.model import Experiment, Problem
from sitegen.pages.best import SCHEMA, entry_of, run_entry
from sitegen.privacy import HIDDEN_KEYS, Hidden
from sitegen.query import check_names, matcher, parse
from sitegen.stores import find_stores, open_found
from sitegen.stores.contract import Progress, ReadOptions, no_progress, read_in_chunks

MAX_OF_A_NAME = 40

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Leaderboards:
    """The rankings of a store's experiments, in the store's order, and what could not be ranked or read."""

    rankings: tuple[tuple[Experiment, Ranking], ...]
    unranked: tuple[tuple[Experiment, str, Verdict], ...]
    """Experiments of which no run could be ranked, with the reason as a sentence, and the verdict."""
    problems: tuple[Problem, ...]
    judged: Mapping[str, tuple[Ranking | None, int]] = field(default_factory=dict)
    """By experiment id: its ranking, if a metric decides, and how many of its runs match."""
    read: str = ""
    """Which store was read and why, as a sentence."""
    secrets: int = 0
    """Values of the ranked runs that are masked."""
    hidden: Hidden = field(default_factory=Hidden)
    """Private facts of the ranked runs that are hidden, by kind."""


def leaderboards(
    location: str,
    objective: str | None = None,
    where: str = "",
    experiment: str | None = None,
    config: Config = Config(),
    progress: Progress = no_progress,
) -> Leaderboards:
    """Rank the runs of the store at `location` that match `where`, each experiment by itself.

    Without a location, the store in or near the current folder is read. The objective is `objective`, else the one that
    `config` sets for the experiment, else the one chosen for it. `experiment` restricts the result to one name or id.
    Runs and experiments are given as the profile of `config` shows them; `where` sees them as they were logged.
    Raises StoreError, UsageError, QueryError.
    """
    query = parse(where)
    matches, logged = matcher(query), set[str]()
    stores = find_stores([location] if location else [], ReadOptions())
    store = open_found(stores, ReadOptions())
    catalog = store.catalog()
    cleaner = Cleaner(privacy_of(config))
    experiments = [e for e in catalog.experiments if experiment in (None, e.experiment_id, e.name)]
    if experiment is not None and not experiments:
        names = ", ".join(shortened(cleaner.experiment(e).name, MAX_OF_A_NAME) for e in catalog.experiments[:10])
        raise UsageError(f"The store has no experiment {experiment!r}; it has {names or 'none'}.")
    experiments = [cleaner.experiment(one) for one in experiments]
    objectives = {e.experiment_id: objective_of(e, config, objective) for e in experiments}
    wanted = {key: found.wanted if found else () for key, found in objectives.items()}
    refs = [ref for ref in catalog.runs if ref.experiment_id in wanted]
    rows: list[RunRow] = []
    problems = set(catalog.problems)
    for batch in read_in_chunks(store, refs, progress):
        problems.update(batch.problems)
        for run in batch.runs:
            logged.update(run.metrics, run.params, run.tags)
            if matches(row := run_row(run, wanted[run.experiment_id])):
                clean = cleaner.run(run)
                rows.append(row if clean is run else run_row(clean, wanted[run.experiment_id]))
    check_names(query, logged)
    cleaner.hidden.pop(HIDDEN_KEYS, None)
    return replace(
        _ranked(gather(rows, experiments), objectives, config, {cleaner.problem(one) for one in problems}),
        read=cleaner.text(stores.sentence),
        secrets=cleaner.secrets,
        hidden=cleaner.hidden,
    )


def _ranked(
    tables: Sequence[ExperimentTable],
    objectives: Mapping[str, Objective | None],
    config: Config,
    problems: set[Problem],
) -> Leaderboards:
    rankings: list[tuple[Experiment, Ranking]] = []
    unranked: list[tuple[Experiment, str, Verdict]] = []
    found: dict[str, tuple[Ranking | None, int]] = {}
    for table, judged in judged_tables(tables, objectives, config):
        one, ranking = table.experiment, judged.ranking
        found[one.experiment_id] = (ranking, len(table.rows))
        if ranking and ranking.ranked:
            rankings.append((one, ranking))
        else:
            why = ranking.why if ranking else "No metric says which run is best; name one."
            unranked.append((one, why, judged.verdict))
    sorted_problems = tuple(sorted(problems, key=lambda p: (p.where, p.what)))
    return Leaderboards(tuple(rankings), tuple(unranked), sorted_problems, found)


# For people ---------------------------------------------------------------------------------------------------------


def lines_of(found: Leaderboards, top: int) -> Iterator[str]:
    """A table for each experiment with the reason why its first run is the first; at most `top` rows each."""
    for experiment, ranking in found.rankings:
        objective = ranking.objective
        total = len(ranking.ranks) + len(ranking.unranked)
        yield f"{shortened(experiment.name)} ({plural(total, 'run')}; {objective.description})"
        yield f"  {ranking.why}"
        yield f"  Verdict: {ranking.verdict.lead} (metric {ranking.verdict.metric}). {ranking.verdict.evidence}"
        yield from (f"  {note}" for note in ranking.verdict.notes)
        yield from (f"  {line}" for line in _table(ranking, top))
        for study in ranking.studies:
            other = study.ranking
            yield f"  Ranked apart: {study.label} ({other.objective.description}): {other.verdict.lead}"
            yield from (f"  {line}" for line in _table(other, top))
        yield ""
    if not found.rankings and not found.unranked:
        yield "No run matches."
    for experiment, why, _ in found.unranked:
        yield f"Not ranked: {shortened(experiment.name)}. {why}"


def _table(ranking: Ranking, top: int) -> Iterator[str]:
    shown = ranking.ranked[:top]
    labels = [shortened(target.label, 24) for target in ranking.objective.targets]
    margin = [] if ranking.objective.also else ["from best"]
    digits = ranking.digits
    rows = [["", *labels, *margin, "run", "run id"], *(_cells(entry, digits) for entry in shown)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    for *numbers, name, run_id in rows:
        left = "  ".join(f"{text:>{width}}" for text, width in zip(numbers, widths, strict=False))
        yield f"{left}  {name:<{widths[-1]}}  {run_id}"
    if len(shown) < len(ranking.ranked):
        yield f"and {len(ranking.ranked) - len(shown):,} more (--top {len(ranking.ranked)})"


def _cells(entry: RankedRun, digits: Sequence[Digits]) -> list[str]:
    """Rank, values, the distance to the best value where one metric decides, name and id."""
    one = len(entry.values) < 2
    values = [written.text(value) for written, value in zip(digits, entry.values, strict=True)]
    margin = [number(entry.margin) if entry.margin else ""] if one else []
    name = shortened(entry.name, MAX_OF_A_NAME) + (f" (mean of {entry.group.size})" if entry.group else "")
    return [str(entry.rank), *values, *margin, name, entry.row.run_id]


# For programs -------------------------------------------------------------------------------------------------------


def json_text(found: Leaderboards, top: int) -> str:
    """One JSON document in plain ASCII: the keys of `data/best.json`, and the first `top` places (docs/best.md)."""
    experiments = [
        *(_entry(found, experiment, ranking.verdict, ranking.why, top) for experiment, ranking in found.rankings),
        *(_entry(found, experiment, verdict, why, top) for experiment, why, verdict in found.unranked),
    ]
    return json.dumps({"schema": SCHEMA, "experiments": experiments}, indent=2, allow_nan=False)


def _entry(found: Leaderboards, experiment: Experiment, verdict: Verdict, why: str, top: int) -> Json:
    ranking, runs = found.judged[experiment.experiment_id]
    places = [_place(entry) for entry in ranking.ranked[:top]] if ranking else []
    return entry_of(experiment, ranking, verdict, runs) | {"why": why, "leaderboard": places}


def _place(entry: RankedRun) -> Json:
    return {"rank": entry.rank, **run_entry(entry), "margin": entry.margin, "params": dict(entry.params)}
