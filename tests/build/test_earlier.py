"""`--since`: the charts of an earlier site answer at their addresses, with their runs, whatever is chosen now."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from sitegen.build import build
from sitegen.config import Config
from sitegen.earlier import open_site
from tests.stores.mlruns_builder import experiment, run


def add(folder: Path, first: int, count: int, keys: tuple[str, ...]) -> None:
    for at in range(first, first + count):
        curve = "".join(f"{1700000000000 + step} {at + 1 / (step + 1)} {step}\n" for step in range(4))
        run(folder, f"{at:x}" * 32, params={"lr": str(at)}, metrics=dict.fromkeys(keys, curve))


def charts(site: Path) -> dict[str, str]:
    """The pages of charts by name, without the folder of scripts, which is named after their content."""
    files = sorted((site / "charts").glob("1-*.html"))
    return {file.name: re.sub(r"assets/\w+/", "", file.read_text("utf-8")) for file in files}


def runs_of(page: str) -> set[str]:
    return {one for ids in re.findall(r'data-runs="([^"]*)"', page) for one in ids.split()}


def digest(site: Path) -> str:
    files = sorted(file for file in site.rglob("*") if file.is_file())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def test_every_address_of_before_answers_when_the_objective_flips(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    folder = experiment(store, "1")
    add(folder, 1, 4, ("train_loss", "aux"))
    build(Config(str(store), tmp_path / "first", no_cache=True, objective="min train_loss"))
    before = charts(tmp_path / "first")
    add(folder, 5, 6, ("val_loss",))
    plain, since = (Config(str(store), tmp_path / name, no_cache=True, objective="min val_loss") for name in "ab")
    build(plain)
    assert set(before) - set(charts(plain.output)), "another objective has other charts"
    build(Config(**{**vars(since), "since": str(tmp_path / "first")}))
    after = charts(since.output)
    assert set(before) <= set(after)
    for name, page in before.items():
        assert runs_of(page) <= runs_of(after[name]) and "nothing to draw" not in after[name]
    again = Config(**{**vars(since), "since": str(tmp_path / "first"), "output": tmp_path / "c", "jobs": 2})
    build(again)
    assert digest(again.output) == digest(since.output)
    # The charts that were kept are kept by the next site too.
    third = Config(**{**vars(since), "since": str(since.output), "output": tmp_path / "d"})
    build(third)
    assert set(before) <= set(charts(third.output))


def test_what_is_read_of_the_earlier_site_counts_for_whether_anything_has_changed(tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "data" / "charts").mkdir(parents=True)
    (site / "data" / "best.json").write_text("{}", "utf-8")
    states = [open_site(str(site)).state()]
    for file in ("charts/1.json", "runs.json", "best.json"):
        (site / "data" / file).write_text("{ }", "utf-8")
        states.append(open_site(str(site)).state())
    assert len(set(states)) == 4
