"""How a store or a built site stands: its runs, and the best of each experiment; for `sitegen gate` and `summary`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitegen.analysis.best import Ranking
from sitegen.analysis.judge import judge
from sitegen.analysis.objective import read_objective
from sitegen.analysis.ranking import Verdict
from sitegen.analysis.runs_table import ExperimentTable, RunRow, gather, row_of
from sitegen.commands.best import Cleaner
from sitegen.config import Config
from sitegen.config.privacy import privacy_of
from sitegen.earlier import BestRun, EarlierSite, SiteRecord, find_site, listed_runs, read_record, read_runs, run_list
from sitegen.query import filter_of
from sitegen.stores import find_stores, open_found
from sitegen.stores.checkpoints import read_checkpoint
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
    objectives = {}
    for one in experiments:
        written = config.objective_of(one.experiment_id, one.name)
        objectives[one.experiment_id] = read_objective(written) if written else None
    rows: list[RunRow] = []
    for batch in read_in_chunks(store, catalog.runs, progress):
        for run in batch.runs:
            wanted = objectives.get(run.experiment_id)
            clean = cleaner.run(run)
            rows.append(row_of(clean, 0, wanted.wanted if wanted else (), read_checkpoint(run.artifacts)))
    best: dict[str, BestRun] = {}
    for table in gather(rows, experiments):
        if table.rows:
            experiment = table.experiment
            options = config.options_of(experiment.experiment_id, experiment.name)
            asked = objectives[experiment.experiment_id]
            judged = judge(table, asked, filter_of, options.groups, options.group_by)
            best[experiment.experiment_id] = _best(table, judged.ranking, judged.verdict)
    record = SiteRecord(store.name, best, read_runs(run_list([listed_runs(rows)])))
    return Standing(record, tuple(rows), read=cleaner.text(stores.sentence))


def _best(table: ExperimentTable, ranking: Ranking | None, verdict: Verdict) -> BestRun:
    experiment, found = table.experiment, ranking.best if ranking else None
    objective = ranking.objective if ranking else None
    values = found.row.metrics if found else {}
    return BestRun(
        experiment_id=experiment.experiment_id,
        experiment=experiment.name,
        objective=objective.text if objective else "",
        metric=objective.metric if objective else "",
        direction=objective.direction if objective else "min",
        run_id=found.row.run_id if found else "",
        name=found.name if found else "",
        value=found.value if found else None,
        lead=verdict.lead,
        headline=verdict.headline,
        runs=len(table.rows),
        metrics={key: one.last for key, one in values.items()},
    )


def best_of(bests: Mapping[str, BestRun], of: BestRun | None, name: str) -> BestRun | None:
    """The best run in `bests` of the same experiment as `of`: by its id, else by its name, since a store that was
    copied may have other ids."""
    if of is not None and of.experiment_id in bests:
        return bests[of.experiment_id]
    named: Sequence[BestRun] = [one for one in bests.values() if one.experiment == name]
    return named[0] if len(named) == 1 else None
