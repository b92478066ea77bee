"""MLflow's own client is the judge: the same runs in the same order, and what it refuses is refused or said to be ours.

Every filter of MLflow's documentation, what `vectors.json` has, queries made of the keys and values of each sample
store, and queries put together at random. With SITEGEN_REQUIRE_MLFLOW set, as in CI, MLflow must be there.
"""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sitegen.analysis.runs_table import RunRow, row_of
from sitegen.query import Query, QueryError, matcher, ordered, parse, parse_order
from sitegen.query.nodes import And, Compare
from sitegen.stores import open_store
from sitegen.stores.contract import ReadOptions
from tests.query.vectors import vectors
from tests.stores import mlruns_builder
from tests.stores.test_against_mlflow import SAMPLES, STORES, answers

pytestmark = [pytest.mark.mlflow, pytest.mark.filterwarnings("ignore")]
STATUS = {"RUNNING": 1, "SCHEDULED": 2, "FINISHED": 3, "FAILED": 4, "KILLED": 5}

DOCUMENTED = r"""
metrics.accuracy > 0.92
attributes.status = "FINISHED"
attributes.status = "FAILED"
attributes.created > 1670628787527
attributes.Created > 1670628787527
attributes.start_time > 1670628787527
metrics.`f1 score` > 0.5
tags.`mlflow.user` = 'john@mlflow.com'
tags.`model` LIKE 'sklearn%'
tags.`type` ILIKE '%Logistic%'
attributes.`run_name` ILIKE "%alpha%"
attributes.`run name` ILIKE "%alpha%"
attributes.`Run name` ILIKE "%alpha%"
attributes.`Run Name` ILIKE "%alpha%"
attributes.`run_name` IN ('alpha', 'beta', 'gamma')
params.model = "LogisticRegression" and params.lambda = "0.001" and metrics.error <= 0.05
params.alpha = "0.3" and params.lambda = "0.001" and metrics.error <= 0.05
params."model-type" = 'x'
metrics.`error rate` > 1
metrics."2019-04-02 error rate" > 1
metrics.rmse < 1
metrics.rmse < 1 and params.model = 'tree'
metrics.accuracy > 0.72
metrics."accuracy" > 0.72
metrics.loss <= 0.15
metrics.accuracy > 0.72 AND metrics.loss <= 0.15
metrics.accuracy != 0.15
params.batch_size = "2"
params.model LIKE "GPT%"
params.model ILIKE "gPt%"
params.model LIKE "GPT%" AND params.batch_size = "2"
params.learning_rate = '0.001'
tags.task = "classification"
tags."environment" = "notebook"
tags.environment = 'notebook'
tags.task ILIKE "classif%"
tags.task != 'classification'
datasets.name LIKE "custom"
datasets.name = 'custom' AND datasets.context = 'train'
datasets.digest = 's8ds293b'
datasets.context = 'train'
attributes.run_id = 'a1b2c3d4'
attributes.run_id IN ('a1b2c3d4', 'e5f6g7h8')
attributes.run_name = 'my-run'
attributes.status = 'ACTIVE'
attributes.artifact_uri = 'models:/mymodel/1'
attributes.user_id = 'user1'
attributes.start_time >= 1664067852747
attributes.end_time < 1664067852747
tags.mlflow.source.type = "LOCAL"
tags.mlflow.parentRunId = '0'
tags.estimator_name="RandomForestClassifier"
tags.`mlflow.parentRunId` IS NOT NULL
params.`model` IS NULL
"""


@dataclass
class Oracle:
    """A store that MLflow has opened, and the rows that we have of it."""

    store: Any
    experiments: list[str]
    rows: list[RunRow]

    def search(self, text: str = "", order: Sequence[str] = ()) -> list[str] | None:
        """The ids that MLflow gives, None where it refuses."""
        from mlflow.entities import ViewType
        from mlflow.utils.search_utils import SearchUtils

        everything = self.store.search_runs(self.experiments, "", ViewType.ALL, 1000)
        try:
            # Its file store looks at a condition only where those before it hold; a mistake is one all the same.
            for clause in SearchUtils.parse_search_filter(text):
                SearchUtils._does_run_match_clause(everything[0], clause)
            found = self.store.search_runs(self.experiments, text, ViewType.ALL, 1000, list(order))
        except Exception:  # whatever it is that its parser trips over
            return None
        return [run.info.run_id for run in found]

    def ours(self, query: Query, order: Sequence[str] = ()) -> list[str]:
        rules = [rule for clause in order for rule in parse_order(clause)]
        return [row.run_id for row in ordered(filter(matcher(query), self.rows), rules)]


def open_both(folder: Path) -> Oracle:
    if "SITEGEN_REQUIRE_MLFLOW" not in os.environ:
        pytest.importorskip("mlflow", minversion="3.0")
    os.environ |= {"MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_DISABLE_TELEMETRY": "true"}
    from mlflow.entities import ViewType
    from mlflow.store.tracking.file_store import FileStore

    answers.restore_empty_folders(folder)
    store = FileStore(str(folder))
    experiments = [found.experiment_id for found in store.search_experiments(view_type=ViewType.ALL)]
    # The files do not change: read once, each search is quick. All else is MLflow's own.
    store._list_run_infos = cache(store._list_run_infos)
    store._get_run_from_info = by_id(store._get_run_from_info)
    reader = open_store(str(folder), ReadOptions(deleted=True))
    runs = reader.read_runs(reader.catalog().runs).runs
    return Oracle(store, experiments, [row_of(run, 0) for run in runs if run.experiment_id in experiments])


def by_id(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`read`, called once for each run."""
    known: dict[str, Any] = {}

    def remembered(info: Any) -> Any:
        if info.run_id not in known:
            known[info.run_id] = read(info)
        return known[info.run_id]

    return remembered


@pytest.fixture(scope="module", params=STORES)
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    """A sample store, as MLflow and as we read it."""
    folder = tmp_path_factory.mktemp(request.param) / "mlruns"
    shutil.copytree(SAMPLES / request.param / "mlruns", folder)
    return open_both(folder)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    """The runs of vectors.json as a store."""
    folder = tmp_path_factory.mktemp("vectors") / "mlruns"
    experiment = mlruns_builder.experiment(folder, "1")
    for run in vectors()["runs"]:
        at = mlruns_builder.run(
            experiment,
            run["run_id"],
            params=run["params"],
            tags=run["tags"],
            metrics={
                key: "".join(f"{1000 + i} {v} {i}\n" for i, v in enumerate(values))
                for key, values in run["metrics"].items()
            },
            run_name=run["name"],
            status=STATUS[run["status"]],
            start_time=run["start_time"],
            end_time=run["end_time"],
            user_id=run["user"],
            artifact_uri=run["artifact_uri"],
        )
        for name, digest, context in run["datasets"]:
            mlruns_builder.dataset_input(at, name, digest, context or "")
    return open_both(folder)


REFUSED_BY_US = re.compile(r"=\s*\(|\. |' '")
"""What MLflow takes though it means nothing: a list behind `=`, a group without a key, a list without commas."""


def differences(oracle: Oracle, texts: Iterator[str] | Sequence[str]) -> list[tuple[str, object]]:
    """The queries that MLflow and we answer differently, with what differs."""
    found: list[tuple[str, object]] = []
    for text in texts:
        theirs = oracle.search(text)
        try:
            query = parse(text)
        except QueryError as error:
            found += [(text, error)] if theirs is not None and not REFUSED_BY_US.search(text) else []
            continue
        if theirs is None:
            found += [(text, "MLflow refuses it, and we do not call it ours")] if query.is_mlflow else []
        elif is_ours_in_spite(query):
            continue
        elif oracle.ours(query) != theirs or not query.is_mlflow:
            found.append((text, (oracle.ours(query), theirs, query.is_mlflow)))
    return found


def is_ours_in_spite(query: Query) -> bool:
    """`metrics.loss.min`: MLflow looks for a metric of that name, we also for the minimum of loss (documented)."""
    parts = query.root.parts if isinstance(query.root, And) else (query.root,)
    return any(isinstance(part, Compare) and part.key.reducer for part in parts)


def test_the_documented_filters(sample: Oracle) -> None:
    texts = [line for line in DOCUMENTED.split("\n") if line]
    assert differences(sample, texts) == []


def quoted(text: str) -> str:
    return f"'{text}'" if "'" not in text else f'"{text}"'


def made_of(oracle: Oracle) -> Iterator[str]:
    """Queries on what a store holds: every key, with each comparator and values that are there or nearly."""
    rows = oracle.rows
    for key in sorted({key for row in rows for key in row.metrics}):
        values = sorted(
            row.metrics[key].last
            for row in rows
            if key in row.metrics and row.metrics[key].last == row.metrics[key].last
        )
        for op in ("=", "!=", "<", "<=", ">", ">="):
            yield from (
                f"metrics.`{key}` {op} {value!r}"
                for value in values[:: max(1, len(values) // 2)]
                if "inf" not in repr(value) and "+" not in repr(value)
            )
    for group in ("params", "tags"):
        for key in sorted({key for row in rows for key in getattr(row, group)}):
            value = next(getattr(row, group)[key] for row in rows if key in getattr(row, group))
            if "\\" in value or ("'" in value and '"' in value):
                continue
            for op, operand in (
                ("=", value),
                ("!=", value),
                ("LIKE", value[:2] + "%"),
                ("ILIKE", value.upper()),
                ("LIKE", "%" + value[1:]),
                ("ilike", "_" * len(value)),
            ):
                yield f"{group}.`{key}` {op} {quoted(operand)}"
            yield f"{group}.`{key}` IS NULL"
            yield f"{group}.\"{key}\" IS NOT NULL AND status = 'FINISHED'"
    ids = [row.run_id for row in rows]
    yield f"run_id IN ({', '.join(map(quoted, ids[::3]))})"
    yield f"attributes.run_id NOT IN ({', '.join(map(quoted, ids[::2]))})"
    for time in sorted(row.start_time or 0 for row in rows)[::4]:
        yield from (
            f"{name} {op} {time}"
            for name in ("start_time", "end_time", "attributes.created")
            for op in ("=", "!=", "<", "<=", ">", ">=")
        )
    for name in ("status", "run_name", "user_id", "artifact_uri", "run_id", "`Run name`"):
        value = {"status": rows[0].status, "run_name": rows[0].name, "`Run name`": rows[0].name}.get(
            name, rows[0].run_id
        )
        yield from (
            f"{prefix}{name} {op} {quoted(value)}"
            for prefix in ("", "attr.", "run.", "attribute.")
            for op in ("=", "!=", "LIKE", "ILIKE")
        )
    for name, digest in sorted({dataset for row in rows for dataset in row.datasets}) or [("none", "none")]:
        for key, value in (("name", name), ("digest", digest), ("context", "training")):
            yield from (f"datasets.{key} {op} {quoted(value)}" for op in ("=", "!=", "LIKE", "ILIKE"))
            yield from (f"dataset.{key} {op} ({quoted(value)})" for op in ("IN", "NOT IN"))


def test_queries_on_what_the_store_holds(sample: Oracle) -> None:
    texts = list(made_of(sample))
    assert len(texts) > 150
    assert differences(sample, texts) == []
    assert sum(bool(sample.search(text)) for text in texts[::20]) > len(texts) // 100, "hardly any of them finds a run"


def test_orders_on_what_the_store_holds(sample: Oracle) -> None:
    metrics = sorted({f"metrics.`{key}`" for row in sample.rows for key in row.metrics})[:8]
    params = sorted({f"params.`{key}`" for row in sample.rows for key in row.params})[:8]
    tags = [
        *sorted({f"tags.`{key}`" for row in sample.rows for key in row.tags})[:4],
        "tags.mlflow.runName",
        "tag.nosuch",
    ]
    attributes = [
        "status",
        "run_name",
        "start_time",
        "end_time",
        "created",
        "user_id",
        "artifact_uri",
        "run_id",
        "attributes.run_name",
    ]
    singles = [
        [f"{key}{direction}"]
        for key in (*metrics, *params, *tags, *attributes)
        for direction in ("", " ASC", " DESC", " desc")
    ]
    pairs = [[f"{a} DESC", f"{b} ASC", "run_id"] for a, b in zip(attributes, (*metrics, *params), strict=False)]
    everything = parse("")
    for order in [*singles, *pairs, ["status", "status DESC"]]:
        assert sample.ours(everything, order) == sample.search("", order), order


def test_the_vectors(written: Oracle) -> None:
    texts = [vector["filter"] for part in ("filters", "errors") for vector in vectors()[part]]
    assert differences(written, texts) == []
    description = {vector["filter"]: vector["ids"] for vector in vectors()["filters"] if vector["mlflow"]}
    assert {text: written.search(text) for text in description} == description


def test_the_orders_of_the_vectors(written: Oracle) -> None:
    for vector in vectors()["orders"]:
        theirs = written.search("", vector["order_by"])
        has_reducer = any(rule.key.reducer for clause in vector["order_by"] for rule in parse_order(clause))
        assert has_reducer or theirs == (vector["ids"] if vector["mlflow"] else None), vector["order_by"]


# Random queries -----------------------------------------------------------------------------------------------------

KEYS = """acc val_loss loss opt team `val/loss_x` "val_loss" 'quoted' train.loss _x 1starts 12a 0 a.0.b in values case
order time end desc group min métrique λ a$b dash-key x/y x:y 1e5 0xab 2e timestamp null and not.a like from.x select if
`a``b` "a.b" mlflow.user `mlflow.runName`""".split()
ATTRIBUTES = """status run_id run_name user_id artifact_uri start_time end_time created Created `run_name` "status"
'status' duration lifecycle_stage name experiment_id Status""".split()
GROUPS = """metrics metric params param parameter parameters tags tag attribute attributes attr run dataset datasets
Metrics `params` "params" foo""".split()
NUMBERS = "1 0.5 .5 1. -1 -.5 1e5 1E-3 1e+5 +1 1.5e-2 -2e3 1.e5 0x1f inf -inf nan 1x".split()
TEXTS = (
    """'x' "x" `x` 'a''b' 'a\\'b' "it's" '%a_' '' "" 'é' x True ('a') ('a','b') ("a") () (1,2) ('a',) NULL 'x""".split()
)
OPERATORS = (
    "= != < <= > >= == <> => ! ~ LIKE like ILIKE iLike RLIKE NOT_LIKE IN in NOT_IN not_in BETWEEN NOT_ILIKE".split()
)
STATES = "IS NULL,is null,IS NOT NULL,is not null,IS,IS NOT".split(",")


def condition(pick: random.Random) -> str:
    key = pick.choice(ATTRIBUTES)
    if pick.random() < 0.7:
        group = pick.choice(GROUPS)
        keys = (
            ["name", "digest", "context", "profile"]
            if group[:4] == "data"
            else ATTRIBUTES
            if group[:3] in ("att", "run")
            else KEYS
        )
        key = f"{group}.{pick.choice(keys)}"
    if pick.random() < 0.15:
        return f"{key} {pick.choice(STATES)}"
    operator = pick.choice(OPERATORS).replace("_", " ")
    space = " " if operator[0].isalpha() else pick.choice([" ", "", "  ", "\n", "\t"])
    return f"{key}{space}{operator}{space}{pick.choice(NUMBERS if pick.random() < 0.4 else TEXTS)}"


def random_query(pick: random.Random) -> str:
    joints = [" AND ", " and ", "\nAND ", " And ", " AND AND ", " OR ", " AND NOT "]
    text = condition(pick)
    for _ in range(pick.choice([0, 0, 0, 1, 1, 2])):
        text += pick.choice(joints) + condition(pick)
    return pick.choice([text] * 20 + [f"{text} AND", f"AND {text}", f"({text})", f"{text};", f" {text}\n"])


def test_random_queries(written: Oracle) -> None:
    pick = random.Random(42)
    assert differences(written, (random_query(pick) for _ in range(3_000))) == []
