#!/usr/bin/env python3
"""Edit a store at random, build again, and compare with a clean build: `python -m tests.build.edits --count 300 --seed 1`.

After each edit the site that was built again must equal a clean one byte for byte, and building once more must do
nothing. The store has a dozen runs of the sample store, with artifacts, nested runs, datasets, models and tables.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sitegen import build as rooms
from sitegen.build import build
from sitegen.build.context import Worker
from sitegen.config import Config
from sitegen.config.options import ViewConfig
from sitegen.render.themes import BUILT_IN
from sitegen.stores.files.store import MlrunsStore

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_runs" / "mlflow3" / "mlruns"
RUNS_OF_EACH = 2
LONG_AGO = 1_600_000_000
TORN = "torn"
"""The name of a metric whose file is damaged."""
MARK_START, MARK_END = "<!-- edits -->", "<!-- end of edits -->"


@dataclass
class Counts:
    """What a build did: runs read, tasks made by kind, files of the site that have another content or time."""

    runs: int = 0
    tasks: Counter[str] = field(default_factory=Counter)
    files: int = 0


@dataclass
class Place:
    """A store with its site, which edits change. Times of changed files are set, as if they were long ago."""

    root: Path
    config: Config
    random: random.Random
    clock: int = LONG_AGO
    version: str = "1"

    @property
    def store(self) -> Path:
        return self.root / "mlruns"

    def experiments(self) -> list[Path]:
        return sorted(meta.parent for meta in self.store.glob("[0-9]*/meta.yaml"))

    def runs(self) -> list[Path]:
        return sorted(meta.parent for meta in self.store.glob("[0-9]*/*/meta.yaml"))

    def a_run(self) -> Path:
        return self.random.choice(self.runs())

    def a_file(self, below: Path, pattern: str) -> Path | None:
        """One of the files that match; None if there is none."""
        found = sorted(path for path in below.glob(pattern) if path.is_file())
        return self.random.choice(found) if found else None

    def write(self, path: Path, content: str | bytes) -> None:
        """Write a file with a time of its own."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.age(path)

    def change(self, path: Path, old: str, new: str) -> None:
        """Replace a string in a file."""
        self.write(path, path.read_text().replace(old, new))

    def age(self, path: Path) -> None:
        self.clock += 1
        os.utime(path, (self.clock, self.clock))


def make_place(root: Path, seed: int) -> Place:
    """A dozen runs, and the settings of their site."""
    shutil.copytree(SAMPLE, root / "mlruns")
    place = Place(root, Config(str(root / "mlruns"), root / "site", cache=root / "cache", jobs=1), random.Random(seed))
    for experiment in place.experiments():
        for meta in sorted(experiment.glob("*/meta.yaml"))[RUNS_OF_EACH:]:
            shutil.rmtree(meta.parent)
    for path in sorted(place.store.rglob("*")):
        if path.is_file():
            place.age(path)
    return place


# Edits ---------------------------------------------------------------------------------------------------------------


def nothing(place: Place) -> None:
    """The same store and settings."""


def add_run(place: Place) -> None:
    source, new = place.a_run(), f"{place.random.getrandbits(128):032x}"
    target = source.with_name(new)
    shutil.copytree(source, target)
    place.change(target / "meta.yaml", source.name, new)
    for path in sorted(target.rglob("*")):
        if path.is_file():
            place.age(path)


def delete_run(place: Place) -> None:
    if len(place.runs()) > 6:
        shutil.rmtree(place.a_run())


def delete_in_mlflow(place: Place) -> None:
    place.change(place.a_run() / "meta.yaml", "lifecycle_stage: active", "lifecycle_stage: deleted")


def restore_in_mlflow(place: Place) -> None:
    for run in place.runs():
        if "lifecycle_stage: deleted" in (run / "meta.yaml").read_text():
            place.change(run / "meta.yaml", "lifecycle_stage: deleted", "lifecycle_stage: active")


def append_point(place: Place) -> None:
    path = place.a_file(place.a_run(), "metrics/**/*")
    if path and path.name != TORN:
        time, value, step = path.read_text().splitlines()[-1].split()[:3]
        better = float(value) * place.random.choice([0.1, 0.9, 1.1, 10])
        place.write(path, path.read_text() + f"{time} {better!r} {int(step) + 1}\n")


def change_metric(place: Place) -> None:
    """Of another value with as many characters."""
    path = place.a_file(place.a_run(), "metrics/**/*")
    if path:
        text = path.read_text()
        place.write(path, text.replace("0.1", "0.9") if "0.1" in text else text.replace("0.9", "0.1"))


def flip_objective(place: Place) -> None:
    """Log a metric that decides from now on, or take it away."""
    for run in sorted(place.random.choice(place.experiments()).glob("*/meta.yaml")):
        path = run.parent / "metrics" / "val_accuracy"
        if path.exists():
            path.unlink()
        else:
            place.write(path, f"1700000000000 {place.random.random()!r} 0\n")


def rename_run(place: Place) -> None:
    run, name = place.a_run(), f"renamed <{place.random.randrange(1000)}>"
    lines = [line for line in (run / "meta.yaml").read_text().splitlines() if not line.startswith("run_name:")]
    place.write(run / "meta.yaml", "\n".join([*lines, f"run_name: {name}"]) + "\n")
    place.write(run / "tags" / "mlflow.runName", name)


def move_run(place: Place) -> None:
    run = place.a_run()
    shutil.move(run, place.random.choice(place.experiments()) / run.name)


def rename_experiment(place: Place) -> None:
    experiment = place.random.choice(place.experiments())
    lines = [line for line in (experiment / "meta.yaml").read_text().splitlines() if not line.startswith("name:")]
    name = f"name: experiment {place.random.randrange(1000)}"
    place.write(experiment / "meta.yaml", "\n".join([*lines, name]) + "\n")


def note_experiment(place: Place) -> None:
    experiment = place.random.choice(place.experiments())
    place.write(experiment / "tags" / "mlflow.note.content", f"We minimise **loss** {place.random.random()}.")


def change_param(place: Place) -> None:
    place.write(place.a_run() / "params" / "lr", f"{place.random.random():.3f}")


def change_tag(place: Place) -> None:
    place.write(place.a_run() / "tags" / "team", place.random.choice(["a", "b", "<script>"]))


def nest_run(place: Place) -> None:
    run, parent = place.random.sample(place.runs(), 2)
    place.write(run / "tags" / "mlflow.parentRunId", parent.name)


def change_dataset(place: Place) -> None:
    path = place.a_file(place.store, "*/datasets/*/meta.yaml")
    if path:
        place.write(path, path.read_text() + f"profile: '{{\"num_rows\": {place.random.randrange(100)}}}'\n")


def change_model(place: Place) -> None:
    path = place.a_file(place.store, "models/*/tags/*") or place.a_file(place.store, "*/models/*/tags/*")
    if path:
        place.write(path, str(place.random.random()))


def change_artifact(place: Place) -> None:
    """Its content, not its size."""
    path = place.a_file(place.store, "*/*/artifacts/**/*.[jmtc][sdx][ovt]*")
    if path:
        place.write(path, path.read_bytes()[::-1])


def add_artifact(place: Place) -> None:
    place.write(place.a_run() / "artifacts" / "notes.md", f"# Notes\n\n{place.random.random()}")


def delete_artifact(place: Place) -> None:
    path = place.a_file(place.store, "*/*/artifacts/**/*")
    if path:
        path.unlink()


def damage_run(place: Place) -> None:
    """A problem that the home page lists; it is gone the next time."""
    torn = place.a_file(place.store, f"*/*/metrics/{TORN}")
    if torn:
        torn.unlink()
    else:
        place.write(place.a_run() / "metrics" / TORN, "170000 0.5\nno point\n")


def fresh_times(place: Place) -> None:
    """New times for all, as a checkout gives."""
    for path in sorted(place.store.rglob("*")):
        if path.is_file():
            place.age(path)


def just_now(place: Place) -> None:
    """A change that a time may not show."""
    path = place.a_run() / "params" / "lr"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{place.random.random():.3f}")


def change_config(place: Place) -> None:
    experiment = place.random.choice(place.experiments()).name
    change: dict[str, Any] = place.random.choice(
        [
            {"title": f"Site {place.random.randrange(100)}"},
            {"profile": place.random.choice(["public", "internal"])},
            {"objective": place.random.choice(["", "max val_accuracy", "min val_accuracy"])},
            {"filter": place.random.choice(["", "status = 'FINISHED'"])},
            {"deleted": not place.config.deleted},
            {"site_url": place.random.choice(["", "https://example.org/x/"])},
            {"views": place.random.choice([(), (ViewConfig("Mine", experiment),)])},
        ]
    )
    place.config = replace(place.config, **change)


def change_theme(place: Place) -> None:
    theme = place.root / "theme"
    place.config = replace(place.config, theme=str(theme), trust_theme=True)
    place.write(theme / "theme.toml", 'name = "mine"\nextends = "default"\n')
    place.write(theme / "assets" / "css" / "tokens.css", f"/* {place.random.randrange(3)} */")


def change_template(place: Place) -> None:
    change_theme(place)
    own = place.random.choice(["run.html", "experiment.html", "home.html"])
    text = (BUILT_IN / "default" / "templates" / own).read_text()
    place.write(place.root / "theme" / "templates" / own, f"{text}<!-- {place.random.randrange(3)} -->")


def change_version(place: Place) -> None:
    place.version += "1"


def damage_cache(place: Place) -> None:
    """Flip, cut, empty, swap or delete files."""
    files = sorted(path for path in (place.root / "cache").rglob("*") if path.is_file())
    for path in place.random.sample(files, min(3, len(files))):
        data, at = path.read_bytes(), place.random.randrange(path.stat().st_size or 1)
        other = place.random.choice(files)
        flipped = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] if data else b"x"
        damages = [None, flipped, data[:at], b"", other.read_bytes() if other.exists() else b""]
        damaged = place.random.choice(damages)
        if damaged is None:
            path.unlink()
        else:
            path.write_bytes(damaged)


def edit_site(place: Place) -> None:
    """Change, delete and add files of the site."""
    path = place.a_file(place.root / "site", "**/*.html")
    if path and place.random.random() < 0.5:
        path.unlink()
    elif path:
        path.write_bytes(path.read_bytes()[::-1])


def delete_site(place: Place) -> None:
    shutil.rmtree(place.root / "site", ignore_errors=True)


EDITS: tuple[Callable[[Place], None], ...] = (
    nothing, add_run, delete_run, delete_in_mlflow, restore_in_mlflow, append_point, change_metric, flip_objective,
    rename_run, move_run, rename_experiment, note_experiment, change_param, change_tag, nest_run, change_dataset,
    change_model, change_artifact, add_artifact, delete_artifact, damage_run, fresh_times, just_now, change_config,
    change_theme, change_template, change_version, damage_cache, edit_site, delete_site,
)  # fmt: skip


# Builds --------------------------------------------------------------------------------------------------------------


@contextmanager
def counted() -> Iterator[Counts]:
    """Count the runs that are read and the tasks that are made, in this process."""
    counts = Counts()
    run, read_runs = Worker.run, MlrunsStore.read_runs

    def count_task(worker: Worker, task: Any) -> Any:
        counts.tasks[type(task).__name__] += 1
        return run(worker, task)

    def count_runs(store: MlrunsStore, refs: Sequence[Any]) -> Any:
        counts.runs += len(refs)
        return read_runs(store, refs)

    Worker.run, MlrunsStore.read_runs = count_task, count_runs  # type: ignore[method-assign]
    try:
        yield counts
    finally:
        Worker.run, MlrunsStore.read_runs = run, read_runs  # type: ignore[method-assign]


def build_again(place: Place) -> Counts:
    """Build the site from what is known of it; what that took."""
    site = place.root / "site"
    before = {path: path.stat().st_mtime_ns for path in files_of(site)}
    rooms.program_key = lambda: place.version  # type: ignore[attr-defined]
    with counted() as counts:
        build(place.config)
    counts.files = sum(before.get(path) != path.stat().st_mtime_ns for path in files_of(site))
    return counts


def build_clean(place: Place) -> None:
    """Build the site anew, beside the other."""
    shutil.rmtree(place.root / "clean", ignore_errors=True)
    build(replace(place.config, output=place.root / "clean", no_cache=True))


def files_of(site: Path) -> list[Path]:
    return sorted(path for path in site.rglob("*") if path.is_file()) if site.exists() else []


def differences(place: Place) -> list[str]:
    """The files in which the site differs from a clean one."""
    sites = [
        {path.relative_to(site).as_posix(): path.read_bytes() for path in files_of(site)}
        for site in (place.root / "site", place.root / "clean")
    ]
    return sorted(path for path in {*sites[0], *sites[1]} if sites[0].get(path) != sites[1].get(path))


def check(place: Place, edit: Callable[[Place], None]) -> tuple[Counts, list[str]]:
    """Edit, build again and anew: what building again took, and the files that differ."""
    edit(place)
    counts = build_again(place)
    build_clean(place)
    return counts, differences(place)


def main(arguments: list[str]) -> int:
    """Edit as often as asked; the exit code is 0 if all sites were equal."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put the table into docs/scale.md")
    asked = parser.parse_args(arguments)
    taken: dict[str, list[Counts]] = {}
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        place = make_place(Path(folder), asked.seed)
        build_again(place)
        order = [EDITS[number % len(EDITS)] for number in range(asked.count)]
        place.random.shuffle(order)
        for number, edit in enumerate(order):
            counts, differing = check(place, edit)
            taken.setdefault(edit.__name__, []).append(counts)
            if differing:
                wrong += 1
                print(
                    f"{number} {edit.__name__}: {len(differing)} files differ: {', '.join(differing[:5])}", flush=True
                )
    table = _table(taken)
    print(table)
    print(f"{asked.count} edits, {wrong} sites differ from a clean build")
    if asked.write and not wrong:
        _write(
            f"Means of {asked.count} edits of that command (`--count {asked.count} --seed {asked.seed} --write`):\n\n{table}\n"
        )
    return 1 if wrong else 0


def _table(taken: dict[str, list[Counts]]) -> str:
    """A line for each kind of edit: how often it was made, and what a build took after it, in the mean."""
    lines = ["| edit | times | runs read | tasks | files written |", "|---|---|---|---|---|"]
    for name, several in sorted(taken.items()):
        means = " | ".join(f"{sum(values) / len(several):.1f}" for values in _columns(several))
        lines.append(f"| {name.replace('_', ' ')} | {len(several)} | {means} |")
    return "\n".join(lines)


def _write(text: str) -> None:
    """Replace what is between the marks in docs/scale.md."""
    page = ROOT / "docs" / "scale.md"
    before, start, rest = page.read_text("utf-8").partition(MARK_START)
    _, end, after = rest.partition(MARK_END)
    assert start and end, "docs/scale.md has the marks"
    page.write_text(f"{before}{start}\n{text}{end}{after}", "utf-8")


def _columns(several: Sequence[Counts]) -> list[list[int]]:
    return [[one.runs for one in several], [one.tasks.total() for one in several], [one.files for one in several]]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
