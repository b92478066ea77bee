"""Histories of metrics from a tracking server, with as few requests as possible.

A run's data have the last value of each metric, not the number of points, so the history of each has to be requested.
MLflow's own pages request one metric of up to 100 runs at once, at most 25,000 points per answer; so does this module,
with one request per metric and 100 runs, plus one per 25,000 points. If a server does not support that request (before
MLflow 1.29, or behind some gateways), each run's metric is asked for on its own, page by page.

Two histories of an answer are asked for once more on their own: one that does not hold the point which the run's data
call the latest, and one in which points share step and timestamp, because only the single request keeps the order of
logging (a server with a database does not keep it, and gives the same answer twice).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from sitegen.model import MetricHistory
from sitegen.stores.history import history_of
from sitegen.stores.meta import text_of
from sitegen.stores.tracking.api import Api, ApiError, objects
from sitegen.stores.tracking.records import Json, Point, point_of, same_point

POINTS = 25_000
"""Maximum number of points that a server puts into one answer."""
RUNS = 100
"""Maximum number of runs in one request."""

_BULK = "/ajax-api/2.0/mlflow/metrics/get-history-bulk"
_ONE = "metrics/get-history"

Wanted = Mapping[str, Mapping[str, Point]]
"""By run the metrics whose history is wanted, with the latest point of each."""
Note = Callable[[str, str], None]
"""Called with the id of a run and what is wrong with it."""


class HistoryAsker:
    """Requests histories from `api`; failures go to `note`, and the latest point replaces the history."""

    def __init__(self, api: Api, note: Note) -> None:
        self.api = api
        self.note = note
        self._knows_bulk = True

    def read(self, wanted: Wanted) -> dict[str, dict[str, MetricHistory]]:
        """By run the history of each wanted metric, by key in order."""
        found: dict[str, dict[str, MetricHistory]] = {run_id: {} for run_id in wanted}
        for key in sorted({key for latest in wanted.values() for key in latest}):
            run_ids = [run_id for run_id, latest in wanted.items() if key in latest]
            for run_id, points in self._points(key, run_ids):
                found[run_id][key] = self._history(run_id, key, points, wanted[run_id][key])
        return found

    def _points(self, key: str, run_ids: Sequence[str]) -> Iterator[tuple[str, list[Point] | None]]:
        """Each run with its points of a metric, None if they have to be requested one by one."""
        waiting = list(run_ids)
        while waiting and self._knows_bulk:
            answered = self._bulk(key, waiting[:RUNS])
            yield from answered.items()
            waiting = [run_id for run_id in waiting if run_id not in answered]
        yield from ((run_id, None) for run_id in waiting)

    def _bulk(self, key: str, run_ids: Sequence[str]) -> dict[str, list[Point] | None]:
        """The runs whose points are all in the answer; of an answer that is full the last run may be cut."""
        query = [("metric_key", key), ("max_results", str(POINTS)), *(("run_id", run_id) for run_id in run_ids)]
        try:
            metrics = objects(self.api.get(_BULK, query), "metrics")
        except ApiError as error:
            self._knows_bulk = error.status not in (403, 404, 405)
            return dict.fromkeys(run_ids)
        asked = set(run_ids)
        found: dict[str, list[Point] | None] = {}
        for run_id, points in _by_run(metrics).items():
            if run_id in asked:
                found[run_id] = points
        if len(metrics) < POINTS:
            return {run_id: found.get(run_id) for run_id in run_ids}
        last = text_of(metrics[-1], "run_id")
        whole = {run_id: points for run_id, points in found.items() if run_id != last}
        return whole or dict.fromkeys([last] if last in asked else run_ids)

    def _history(self, run_id: str, key: str, points: list[Point] | None, latest: Point) -> MetricHistory:
        history = history_of(key, points or ())
        if not points or _has_ties(history) or _index_of(history, latest) < 0:
            history = self._one(run_id, key) or history
        if not len(history):
            return history_of(key, [latest])
        index = _index_of(history, latest)
        is_newer = _at(history, history.last)[:2] > latest[:2]
        return history if index < 0 or is_newer else replace(history, last=index)

    def _one(self, run_id: str, key: str) -> MetricHistory | None:
        """The history of one metric of one run, None if the server does not give it."""
        asked = {"run_id": run_id, "metric_key": key, "max_results": POINTS}
        try:
            metrics = list(self.api.pages(_ONE, asked, "metrics", "GET"))
        except ApiError as error:
            self.note(
                run_id, f"has a metric {key} whose history the server did not return ({error}); what it sent is used"
            )
            return None
        points = [point for point in map(point_of, metrics) if point]
        if len(points) < len(metrics):
            self.note(run_id, f"has a metric {key} with {len(metrics) - len(points)} invalid points; skipped")
        return history_of(key, points)


def _by_run(metrics: Sequence[Json]) -> dict[str, list[Point] | None]:
    """The points by run; None for a run with an invalid point, which is then requested on its own."""
    found: dict[str, list[Point] | None] = {}
    for metric in metrics:
        run_id, point = text_of(metric, "run_id"), point_of(metric)
        points = found.setdefault(run_id, [])
        if point is None:
            found[run_id] = None
        elif points is not None:
            points.append(point)
    return found


def _at(history: MetricHistory, index: int) -> Point:
    return int(history.steps[index]), int(history.timestamps[index]), float(history.values[index])


def _index_of(history: MetricHistory, latest: Point) -> int:
    """The index of the first such point, -1 if there is none; it nearly always is at the end."""
    found = -1
    for index in range(len(history) - 1, -1, -1):
        point = _at(history, index)
        if same_point(point, latest):
            found = index
        elif point[:2] < latest[:2]:
            break
    return found


def _has_ties(history: MetricHistory) -> bool:
    """Whether points that differ share step and timestamp."""
    steps, times, values = history.steps, history.timestamps, history.values
    tied = (steps[1:] == steps[:-1]) & (times[1:] == times[:-1]) & (values[1:] != values[:-1])
    return bool(tied.any())
