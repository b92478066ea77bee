"""How a store or a built site stands: its runs, and the best of each experiment; for `sitegen gate` and `summary`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitegen.analysis.judge import Judged
from sitegen.analysis.runs_table import ExperimentTable, RunRow, gather
from sitegen.commands.reading import Cleaner, judged_tables, objective_of, run_row
from sitegen.config import Config
from sitegen.config.privacy import privacy_of
from sitegen.earlier import BestRun, EarlierSite, SiteRecord, find_site, known_run, read_best, read_record
from sitegen.pages.best import entry_of
from sitegen.stores import find_stores, open_found
from sitegen.stores.contract import Progress, ReadOptions, no_progress, read_in_chunks


@dataclass(frozen=True, slots=True)
class Standing:
    """What was read. A site has no `rows`: of its runs only what `data/runs.json` lists is known."""

    record: SiteRecord
    rows: tuple[RunRow, ...] = ()
    site: EarlierSite | None = None
    read: str = ""
    """What was read and why, as a sentence."""


def read_standing(place: str, config: Config, progress: Progress = no_progress) -> Standing:
    """How the site or the store at `place` stands; of a store, by the objectives and the profile of `config`.

    Without a place, the stores that `config` names, else the one in or near the current folder. Raises StoreError,
    UsageError.
    """
    cleaner = Cleaner(privacy_of(config))
    site = find_site(place) if place else None
    if site is not None:
        return Standing(read_record(site, cleaner.text), site=site, read=f"Read the site {place}.")
    stores = find_stores([place] if place else config.stores, ReadOptions())
    store = open_found(stores, ReadOptions())
    catalog = store.catalog()
    experiments = [cleaner.experiment(one) for one in catalog.experiments]
    objectives = {one.experiment_id: objective_of(one, config) for one in experiments}
    wanted = {key: found.wanted if found else () for key, found in objectives.items()}
    batches = read_in_chunks(store, catalog.runs, progress)
    rows = [run_row(cleaner.run(run), wanted.get(run.experiment_id, ())) for batch in batches for run in batch.runs]
    best = {
        table.experiment.experiment_id: _best(table, judged)
        for table, judged in judged_tables(gather(rows, experiments), objectives, config)
    }
    runs = {row.run_id: known_run(row) for row in rows}
    return Standing(SiteRecord(store.name, best, runs), tuple(rows), read=cleaner.text(stores.sentence))


def _best(table: ExperimentTable, judged: Judged) -> BestRun:
    """What the site of the store would say of an experiment."""
    entry = entry_of(table.experiment, judged.ranking, judged.verdict, len(table.rows))
    found = read_best(entry)
    assert found is not None
    return found


def best_of(bests: Mapping[str, BestRun], of: BestRun | None, name: str) -> BestRun | None:
    """The best run in `bests` of the same experiment as `of`: by its id, else by its name, since a store that was
    copied may have other ids."""
    if of is not None and of.experiment_id in bests:
        return bests[of.experiment_id]
    named: Sequence[BestRun] = [one for one in bests.values() if one.experiment == name]
    return named[0] if len(named) == 1 else None
