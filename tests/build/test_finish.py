"""The end of a build: what `--strict` refuses, and what the closing summary counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.build import Built, build
from sitegen.config import Config
from sitegen.errors import StrictError
from tests.stores.mlruns_builder import OTHER_RUN, RUN, experiment, run


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = experiment(tmp_path / "mlruns", "1", name="sweep")
    run(folder, RUN, params={"lr": "0.1"}, metrics={"loss": "1700000000000 0.5 1\n"})
    run(folder, OTHER_RUN, params={"lr": "0.2"}, metrics={"loss": "1700000000000 0.4 1\n"})
    return tmp_path / "mlruns"


def built(store: Path, **options: object) -> Built:
    return build(Config(store=str(store), output=store.parent / "site", **options))  # type: ignore[arg-type]


def test_what_was_made_is_counted(store: Path) -> None:
    made = built(store)
    site = store.parent / "site"
    files = [path for path in site.rglob("*") if path.is_file() and path.name != "manifest.json"]
    assert (made.runs, made.experiments, made.files) == (2, 1, len(files))
    assert made.pages == sum(path.suffix == ".html" for path in files)
    assert made.size == sum(path.stat().st_size for path in files)
    assert (made.deleted, made.unmatched, made.problems, made.secrets) == (0, 0, [], [])


def test_what_was_left_out_is_counted(store: Path) -> None:
    assert built(store, filter="params.lr < 0.15").unmatched == 1


def test_strict_refuses_secrets_and_leaves_the_site_as_it_was(store: Path) -> None:
    built(store)
    before = (store.parent / "site" / "index.html").read_bytes()
    run(store / "1", "c" * 32, params={"api_key": "sk-abcdefghijklmnopqrstuvwxyz012345"})
    with pytest.raises(StrictError, match="1 secret") as caught:
        built(store, strict=True)
    assert "abcdefgh" not in str(caught.value)
    assert (store.parent / "site" / "index.html").read_bytes() == before
    assert len(built(store).secrets) == 1


def test_strict_refuses_records_that_could_not_be_read(store: Path) -> None:
    (store / "1" / RUN / "metrics" / "loss").write_text("not a number\n")
    with pytest.raises(StrictError, match="1 record"):
        built(store, strict=True)
    assert len(built(store).problems) == 1
