"""Several stores as one: what each holds stays apart, and what refers to it stays right."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.errors import StoreError, UsageError
from sitegen.model import Catalog, Run, RunRef
from sitegen.stores import open_store, open_stores, several
from sitegen.stores.contract import ReadOptions
from sitegen.stores.names import names_of, slug_of
from tests.stores.databases import FIXTURES
from tests.stores.mlruns_builder import OTHER_RUN, RUN, experiment, run, write, write_meta

CHILD, MODEL = "c" * 32, "m-" + "d" * 32


def wine(folder: Path, name: str = "wine", run_id: str = RUN) -> Path:
    """A store with an experiment `sweep`, a run with a child and a model, and the registered model `best`."""
    store = folder / name / "mlruns"
    sweep = experiment(store, "1", name="sweep")
    parent = run(sweep, run_id, params={"store": name})
    write_meta(parent / "outputs" / MODEL, {"source_id": MODEL, "source_type": "RUN_OUTPUT", "step": 3, "tags": {}})
    run(sweep, CHILD, tags={"mlflow.parentRunId": run_id})
    model = {"model_id": MODEL, "name": "net", "source_run_id": run_id, "status": 2, "experiment_id": "1"}
    write_meta(sweep / "models" / MODEL, {**model, "creation_timestamp": 1, "last_updated_timestamp": 1})
    write(sweep / "models" / MODEL / "metrics" / "acc", f"1 0.5 0 {run_id}\n")
    write_meta(store / "models" / "best", {"name": "best", "creation_timestamp": 1, "last_updated_timestamp": 1})
    version = {"name": "best", "version": 1, "run_id": run_id, "source": f"models:/{MODEL}"}
    write_meta(store / "models" / "best" / "version-1", {**version, "creation_timestamp": 1, "current_stage": "None"})
    return store


def read(*locations: Path, options: ReadOptions = ReadOptions()) -> tuple[Catalog, dict[str, Run]]:
    store = open_stores([str(location) for location in locations], options)
    catalog = store.catalog()
    # As in a worker: the store arrives there pickled.
    return catalog, {found.run_id: found for found in pickle.loads(pickle.dumps(store)).read_runs(catalog.runs).runs}


def ids(catalog: Catalog) -> list[str]:
    return [e.experiment_id for e in catalog.experiments]


def test_one_store_is_read_as_it_is(tmp_path: Path) -> None:
    store = str(wine(tmp_path))
    assert open_stores([store]) == open_store(store)


def test_the_first_store_keeps_its_ids(tmp_path: Path) -> None:
    first, second = wine(tmp_path), wine(tmp_path, "churn")
    alone, runs_alone = read(first)
    both, runs = read(first, second)
    assert both.experiments[0].experiment_id == alone.experiments[0].experiment_id
    assert [runs[run_id] for run_id in runs_alone] == list(runs_alone.values())
    assert both.logged_models[0] == alone.logged_models[0]
    assert both.registered_models[0] == alone.registered_models[0]


def test_experiments_of_one_id_and_name_are_kept_apart(tmp_path: Path) -> None:
    catalog, runs = read(wine(tmp_path), wine(tmp_path, "churn", OTHER_RUN))
    assert [(e.experiment_id, e.name) for e in catalog.experiments] == [
        ("1", "sweep (wine)"),
        ("1-churn", "sweep (churn)"),
    ]
    assert (runs[RUN].experiment_id, runs[OTHER_RUN].experiment_id) == ("1", "1-churn")
    assert (runs[RUN].params["store"], runs[OTHER_RUN].params["store"]) == ("wine", "churn")


def test_ids_of_a_later_store_do_not_depend_on_what_the_earlier_ones_hold(tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "mlruns", wine(tmp_path, "churn")
    run(experiment(first, "7", name="other"), OTHER_RUN)
    before, _ = read(first, second)
    experiment(first, "1", name="new")
    after, _ = read(first, second)
    assert ids(before) == ["7", "1-churn"]
    assert ids(after) == ["1", "7", "1-churn"]


def test_names_that_are_met_once_stay_as_they_are(tmp_path: Path) -> None:
    other = tmp_path / "b" / "mlruns"
    run(experiment(other, "1", name="forest"), OTHER_RUN)
    catalog, _ = read(wine(tmp_path), other)
    assert [e.name for e in catalog.experiments] == ["sweep", "forest"]


def test_everything_in_a_copy_of_a_store_points_into_the_copy(tmp_path: Path) -> None:
    catalog, runs = read(wine(tmp_path), wine(tmp_path, "churn"))
    assert list(runs) == [RUN, CHILD, f"{RUN}-churn", f"{CHILD}-churn"]
    assert (runs[CHILD].parent_id, runs[f"{CHILD}-churn"].parent_id) == (RUN, f"{RUN}-churn")
    assert [o.model_id for o in runs[f"{RUN}-churn"].model_outputs] == [f"{MODEL}-churn"]
    copy = catalog.logged_models[1]
    assert (copy.model_id, copy.source_run_id, copy.experiment_id) == (f"{MODEL}-churn", f"{RUN}-churn", "1-churn")
    assert [metric.run_id for metric in copy.metrics] == [f"{RUN}-churn"]
    assert [model.name for model in catalog.registered_models] == ["best", "best (churn)"]
    version = catalog.registered_models[1].versions[0]
    assert (version.name, version.run_id, version.model_id) == ("best (churn)", f"{RUN}-churn", f"{MODEL}-churn")


def test_runs_come_in_the_order_asked_for_whatever_their_store(tmp_path: Path) -> None:
    store = open_stores([str(wine(tmp_path)), str(wine(tmp_path, "churn"))])
    refs = store.catalog().runs[::-1]
    assert [found.run_id for found in store.read_runs(refs).runs] == [ref.run_id for ref in refs]
    assert [found.run_id for found in store.read_runs(refs[1:2]).runs] == [refs[1].run_id]


def test_stores_of_several_kinds_are_named(tmp_path: Path) -> None:
    database = shutil.copy(FIXTURES / "mlflow-2.22.5.db", tmp_path / "mlflow.db")
    catalog, runs = read(wine(tmp_path), Path(database), options=ReadOptions(tell_era=True))
    assert catalog.kind == "MLflow file store and MLflow SQLite store"
    assert catalog.era == "MLflow 3.0 or newer, MLflow 2.20 to 2.22, revision 0584bdc529eb"
    assert len(runs) == len(catalog.runs)
    assert all(ref.experiment_id in ids(catalog) for ref in catalog.runs)


def test_problems_and_deleted_are_joined_under_the_stores_names(tmp_path: Path) -> None:
    first, second = wine(tmp_path), wine(tmp_path, "churn", OTHER_RUN)
    write(first / "1" / CHILD / "meta.yaml", "]: not yaml")
    experiment(first / ".trash", "8")
    experiment(second / ".trash", "9")
    write(second / "models" / "best" / "version-1" / "meta.yaml", "]: not yaml")
    store = open_stores([str(first), str(second)])
    catalog = store.catalog()
    batch = store.read_runs(catalog.runs)
    assert catalog.deleted == 2
    assert [p.where for p in catalog.problems] == ["churn/models/best/version-1"]
    assert [p.where.split("/")[:3] for p in batch.problems] == [["wine", "1", CHILD]]


def test_the_empty_default_experiments_are_left_out(tmp_path: Path) -> None:
    first, second = wine(tmp_path), wine(tmp_path, "churn")
    experiment(second, "0", name="Default")
    assert ids(read(first, second)[0]) == ["1", "1-churn"]
    run(second / "0", "e" * 32)
    assert ids(read(first, second)[0]) == ["1", "0-churn", "1-churn"]


def test_the_signature_changes_with_each_store(tmp_path: Path) -> None:
    places = [wine(tmp_path), wine(tmp_path, "churn")]
    store = open_stores([str(place) for place in places])
    seen = {store.signature()}
    for place in places:
        run(place / "1", "f" * 32)
        seen.add(store.signature())
    assert len(seen) == 3


def test_stores_of_one_name_get_a_number(tmp_path: Path) -> None:
    places = [wine(tmp_path / part) for part in "abc"]
    assert ids(read(*places)[0]) == ["1", "1-wine-2", "1-wine-3"]


def test_databases_in_one_folder_are_called_by_their_files(tmp_path: Path) -> None:
    for name in ("2.9.2", "2.22.5"):
        shutil.copy(FIXTURES / f"mlflow-{name}.db", tmp_path / f"run{name[:4]}.db")
    store = open_stores([str(tmp_path / "run2.9..db"), str(tmp_path / "run2.22.db")])
    assert store.name == "run2.9., run2.22"


def test_the_name_of_a_site_is_that_of_its_stores(tmp_path: Path) -> None:
    locations = [str(wine(tmp_path)), "https://mlflow.example.org", str(wine(tmp_path, "churn")), str(wine(tmp_path))]
    assert names_of(locations) == "wine, churn"
    assert names_of(["https://mlflow.example.org"]) == ""


def test_a_store_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"^nowhere does not exist;"):
        open_stores([str(wine(tmp_path)), "nowhere"])


def test_an_error_that_does_not_say_where_is_told_with_the_location(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(location: str, options: ReadOptions) -> None:
        raise StoreError("It is locked; try again later.")

    monkeypatch.setattr("sitegen.stores.sql.find", refuse)
    with pytest.raises(StoreError) as caught:
        open_stores(["postgresql://ada:pass@word@host/runs", str(wine(tmp_path))])
    assert str(caught.value) == "postgresql://host/runs: It is locked; try again later."


def test_a_store_given_twice_is_a_mistake(tmp_path: Path) -> None:
    store = wine(tmp_path)
    with pytest.raises(UsageError, match="is given twice; give each store once"):
        open_stores([str(store), f"file://{store}"])
    with pytest.raises(UsageError, match=r"^https://host/ is given twice"):
        open_stores(["https://ada:secret@host/", "https://ada:secret@host/"])


@given(st.integers(0, 99), st.text(min_size=1), st.text())
def test_a_ref_leads_back_to_the_run_in_its_own_store(number: int, run_id: str, where: str) -> None:
    packed = several._where(number, RunRef(run_id, "1", where))
    assert several._split(RunRef("new", "1", packed)) == (number, run_id, where)


@given(st.text())
def test_a_slug_can_stand_in_an_address(name: str) -> None:
    slug = slug_of(name)
    assert 0 < len(slug) <= 24
    assert slug == slug.lower().strip("-")
    assert slug.replace("-", "").isascii() and slug.replace("-", "").isalnum()
