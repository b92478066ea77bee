"""The permanent address of an experiment's best run, and `data/best.json`, the same for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitegen.addresses import Href, best_page, experiment_page, placed, run_card_file, run_page, whole_address
from sitegen.analysis.best import RankedRun, Ranking
from sitegen.analysis.ranking import Study, Verdict
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import duration, when
from sitegen.model import Experiment
from sitegen.pages.health import unlike_data
from sitegen.pages.leaderboard import Leaderboard, leaderboard_of, short
from sitegen.pages.page import Fact, Site

SCHEMA = 1
"""The version of `data/best.json` and of `sitegen best --json`, which grows when a key changes its meaning."""
MAX_PARAMS = 24
MAX_METRICS = 100
"""Metrics of the best run in `data/best.json`."""


@dataclass(frozen=True)
class BestPage:
    """The current best run of an experiment, at an address that never changes."""

    path: str
    title: str
    experiment: str
    """The experiment's name."""
    experiment_href: Href
    """Where the experiment's page is."""
    canonical: Href
    """The page's own permanent address; absolute where the site's address is known."""
    best: Leaderboard | None
    """The best run and the ranking; none if no run has a rank."""
    no_best: str
    """Why there is no best run, in a sentence; else empty."""
    facts: tuple[Fact, ...]
    """When the best run started, how long it took, its commit and id."""
    params: tuple[tuple[str, str], ...]
    """Key and value of the best run's params; at most 24."""
    params_more: str
    """How many more params it has: `and 3 more`; empty if all are shown."""
    card: str = ""
    """The picture that links to it show, from the site's root; empty if that is its experiment's."""
    unlike_data: str = ""
    """A warning if the ranked runs used different data; else empty."""
    template: str = "best.html"
    kind: str = "best"


def best_page_of(report: Report, no_best: str, site: Site) -> BestPage:
    """The page of an experiment's best run; `no_best` is the sentence for one in which no run can be ranked."""
    experiment, ranking = report.table.experiment, report.ranking
    path = best_page(experiment.experiment_id)
    best = ranking.best if ranking else None
    ranked = bool(ranking and ranking.ranked)
    params = list(best.row.params.items()) if best else []
    return BestPage(
        path=path,
        title=f"{'Best run' if best or not ranked else 'Best runs'} of {experiment.name}",
        experiment=experiment.name,
        experiment_href=experiment_page(experiment.experiment_id),
        canonical=Href(whole_address(site.site_url, path)) if site.site_url else path,
        best=leaderboard_of(ranking, experiment.experiment_id, report.baseline) if ranking and ranked else None,
        no_best="" if ranked else no_best,
        facts=_facts(best.row) if best else (),
        params=tuple((key, short(value)) for key, value in sorted(params)[:MAX_PARAMS]),
        params_more=f"and {len(params) - MAX_PARAMS} more" if len(params) > MAX_PARAMS else "",
        unlike_data=unlike_data(report.health),
        card=run_card_file(best.row.run_id) if best and not site.is_packed else "",
    )


def _facts(row: RunRow) -> tuple[Fact, ...]:
    facts = [
        Fact("Started", when(row.start_time) if row.start_time is not None else ""),
        Fact("Duration", duration(row.duration) if row.duration is not None else ""),
        Fact("Commit", row.git_commit[:12], mono=True),
        Fact("Run id", row.run_id, mono=True, copy=row.run_id),
    ]
    return tuple(fact for fact in facts if fact.value)


# For programs -------------------------------------------------------------------------------------------------------


def best_json(entries: Sequence[Mapping[str, object]], site: Site) -> str:
    """`data/best.json`: the best run of each experiment (`best_entry`), for CI and scripts (docs/best.md)."""
    content = {"schema": SCHEMA, "title": site.title, "experiments": _in_site(list(entries), site)}
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _in_site(found: object, site: Site) -> object:
    """The same with the pages of runs where they are in this site."""
    if isinstance(found, list):
        return [_in_site(one, site) for one in found]
    if not isinstance(found, dict):
        return found
    return {
        key: placed(value, site.is_packed) if key == "page" else _in_site(value, site) for key, value in found.items()
    }


def best_entry(report: Report) -> dict[str, object]:
    """What `best.json` says of an experiment."""
    found = entry_of(report.table.experiment, report.ranking, report.verdict, len(report.table.rows))
    return found | {"baseline": _baseline(report)}


def entry_of(experiment: Experiment, ranking: Ranking | None, verdict: Verdict, runs: int) -> dict[str, object]:
    """The keys that `best.json` and `sitegen best --json` share, of an experiment with `runs` runs; no baseline."""
    best = ranking.best if ranking else None
    runner_up = ranking.ranked[1] if ranking and best and len(ranking.ranked) > 1 else None
    return {
        "id": experiment.experiment_id,
        "name": experiment.logged_name,
        "page": experiment_page(experiment.experiment_id),
        "address": best_page(experiment.experiment_id),
        "objective": _objective(ranking) if ranking else None,
        "verdict": verdict.record,
        "best": run_entry(best) | {"metrics": _metrics(best.row)} if best else None,
        "margin": best.lead if best else None,
        "runner_up": run_entry(runner_up) if runner_up else None,
        "tied": [run_entry(run) for run in ranking.tied] if ranking else [],
        "studies": [_study(study) for study in ranking.studies] if ranking else [],
        "front": [run_entry(run) for run in ranking.front] if ranking else [],
        "baseline": None,
        "study": ranking.study if ranking else "",
        "ranked": len(ranking.ranks) if ranking else 0,
        "runs": runs,
        "why": ranking.why if ranking else "",
    }


def _study(study: Study) -> dict[str, object]:
    """A study that is ranked apart from the experiment's others."""
    ranking = study.ranking
    return {
        "label": study.label,
        "objective": _objective(ranking),
        "verdict": ranking.verdict.record,
        "best": run_entry(ranking.best) if ranking.best else None,
        "tied": [run_entry(run) for run in ranking.tied],
        "ranked": len(ranking.ranks),
        "why": ranking.why,
    }


def _objective(ranking: Ranking) -> dict[str, object]:
    objective = ranking.objective
    return {
        "text": objective.text,
        "metrics": [
            {"metric": target.metric, "direction": target.direction, "reducer": target.reducer}
            for target in objective.targets
        ],
        "source": objective.source,
        "because": objective.because,
    }


def run_entry(run: RankedRun) -> dict[str, object]:
    """A ranked run as programs get it (docs/best.md)."""
    row = run.row
    return {
        "run_id": row.run_id,
        "name": row.name,
        "status": row.status,
        "value": run.value,
        "values": list(run.values),
        "group": _group(run),
        "spread": _spread(run),
        "page": run_page(row.run_id),
        "start_time": row.start_time,
        "end_time": row.end_time,
    }


def _metrics(row: RunRow) -> dict[str, float]:
    """The last values of its metrics, without those that JSON cannot write."""
    found = {key: row.metrics[key].last for key in sorted(row.metrics)}
    return dict([(key, value) for key, value in found.items() if math.isfinite(value)][:MAX_METRICS])


def _group(run: RankedRun) -> dict[str, object] | None:
    """The repeats that a value is the mean of, if the run stands for a group."""
    if run.group is None:
        return None
    parent = run.group.parent.run_id if run.group.parent else None
    return {"label": run.group.label, "of": run.group.kind, "parent": parent, "run_ids": list(run.run_ids)}


def _spread(run: RankedRun) -> dict[str, object] | None:
    """How far the values scatter that a value is the mean of."""
    found = run.spread
    return {"std": found.std, "n": found.n, "logged": found.logged} if found else None


def _baseline(report: Report) -> dict[str, object] | None:
    if report.ranking is None or report.baseline is None:
        return None
    row = report.baseline
    value = report.ranking.objective.value_of(row)
    usable = value is not None and value - value == 0
    return {"run_id": row.run_id, "name": row.name, "value": value if usable else None, "page": run_page(row.run_id)}
