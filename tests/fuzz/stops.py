"""Builds that are killed or interrupted anywhere: the old site or the new one is there, whole, and nothing else."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from tests.fuzz.builds import build
from tests.fuzz.forked import Ended, Sabotage, forked_build
from tests.fuzz.seeds import file_store
from tests.stores.mlruns_builder import run

CRITICAL = ("/sitegen/output/", "/sitegen/cli/", "/shutil.py")
CHANGES = ("os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir")

Tree = dict[str, bytes]


@dataclass(frozen=True)
class Scene:
    """Two states of a store and their sites; each build begins with the site of the first and the second store."""

    work: Path
    store: Path
    old: Tree
    new: Tree
    marker: str = ""
    """A file of the user in the site: `.git` has files replaced one by one, where a killed build leaves some of both."""

    @property
    def site(self) -> Path:
        return self.work / "place" / "site"

    def reset(self) -> None:
        """Put the old site back."""
        shutil.rmtree(self.work / "place", ignore_errors=True)
        shutil.copytree(self.work / "old", self.site)
        if self.marker:
            (self.site / self.marker).write_text("mine")


def make_scene(work: Path, marker: str = "") -> Scene:
    """A scene in the folder `work`, which must not exist."""
    store = file_store(work / "mlruns")
    for chart in store.rglob("chart.json"):
        chart.unlink()  # drawn by a process that is not forked along
    for name in ("old", "new"):
        outcome = build(store, work / name)
        assert outcome.code == 0, outcome
        if name == "old":
            run(store / "2", f"{6:032x}", params={"lr": "0.3"}, metrics={"loss": "1700000000000 0.1 1\n"})
            (store / "2" / f"{4:032x}" / "params" / "lr").write_text("0.9")
    return Scene(work, store, tree(work / "old"), tree(work / "new"), marker)


def tree(folder: Path) -> Tree:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


# Where a build is stopped -------------------------------------------------------------------------------------------


def counting() -> Sabotage:
    """Counts the calls of functions, and writes the numbers of those of sitegen's output code."""

    def prepare(marks: Path) -> None:
        count, critical = 0, []

        def see(frame: FrameType, event: str, argument: object) -> None:
            nonlocal count
            count += 1
            if any(part in frame.f_code.co_filename for part in CRITICAL):
                critical.append(count)

        _at_end(lambda: marks.write_text(f"{count} {' '.join(map(str, critical))}"))
        sys.setprofile(see)

    return prepare


def _at_end(function: Callable[[], object]) -> None:
    weakref.finalize(Scene, function)


def signalled(number: int, at: int) -> Sabotage:
    """Sends the process a signal before or after the call of a function number `at`, in Python or C."""

    def prepare(marks: Path) -> None:
        count = 0

        def see(frame: FrameType, event: str, argument: object) -> None:
            nonlocal count
            count += 1
            if count == at:
                sys.setprofile(None)
                signal.raise_signal(number)

        sys.setprofile(see)

    return prepare


def killed(at: int, place: Path) -> Sabotage:
    """Kills the process before its change number `at` to files below `place`; counts them where there are fewer."""
    inside = str(place)

    def prepare(marks: Path) -> None:
        count = 0

        def see(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal count
            is_change = event in CHANGES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & 3)
            if is_change and str(arguments[0]).startswith(inside):
                count += 1
                if count == at:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(see)
        _at_end(lambda: marks.write_text(str(count)))

    return prepare


# What must hold -----------------------------------------------------------------------------------------------------


def kills(scene: Scene, count: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    """The faults of `count` builds that are killed."""
    for _ in range(2):  # the first build of a process makes more than others
        scene.reset()
        total = int(forked_build(scene.store, scene.site, scene.work, killed(0, scene.work / "place")).marks)
    for at in _spread(count, total, seed):
        scene.reset()
        ended = forked_build(scene.store, scene.site, scene.work, killed(at, scene.work / "place"))
        yield f"kill {at} of {total}{scene.marker}", [*_after_kill(scene, ended), *_next_build(scene)]


def interrupts(scene: Scene, count: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    """The faults of `count` builds that are interrupted, half of them where files are put in place."""
    scene.reset()
    total, *critical = map(int, forked_build(scene.store, scene.site, scene.work, counting()).marks.split())
    draw = random.Random(seed)
    for number in range(count):
        at = draw.choice(critical) if number % 2 else draw.randrange(1, total)
        kind = draw.choice((signal.SIGINT, signal.SIGTERM))
        scene.reset()
        ended = forked_build(scene.store, scene.site, scene.work, signalled(kind, at))
        yield f"{kind.name} {at} of {total}{scene.marker}", [*_after_interrupt(scene, ended, kind), *_left(scene)]


def _spread(count: int, total: int, seed: int) -> list[int]:
    """`count` numbers up to `total`, all of them if there are fewer."""
    draw = random.Random(seed)
    return sorted(draw.sample(range(1, total + 1), min(count, total)))


def _site(scene: Scene) -> Tree:
    return (
        {path: data for path, data in tree(scene.site).items() if path != scene.marker} if scene.site.exists() else {}
    )


def _after_kill(scene: Scene, ended: Ended) -> Iterator[str]:
    site = _site(scene)
    if ended.code == 0:  # it made fewer changes than the build that was counted
        if site != scene.new:
            yield f"exit code 0 without the new site: {_differs(site, scene)}"
        return
    if ended.code != -signal.SIGKILL:
        yield f"was not killed: {ended}"
    if not scene.marker and site not in (scene.old, scene.new):
        yield f"neither the old site nor the new one: {_differs(site, scene)}"
    for path, data in site.items():
        if scene.marker and "manifest" not in path and data not in (scene.old.get(path), scene.new.get(path)):
            yield f"{path} is neither old nor new"


def _next_build(scene: Scene) -> Iterator[str]:
    outcome = build(scene.store, scene.site)
    if outcome.code or _site(scene) != scene.new:
        yield f"the next build: {outcome.err}{_differs(_site(scene), scene)}"
    yield from _left(scene)


def _after_interrupt(scene: Scene, ended: Ended, kind: signal.Signals) -> Iterator[str]:
    site, message = _site(scene), ended.err.strip()
    if ended.code == 0:
        if site != scene.new:
            yield f"exit code 0 without the new site: {_differs(site, scene)}"
        return
    if (
        ended.code == -kind and kind == signal.SIGTERM
    ):  # before the command began, or after it had ended: nothing is said
        if site not in (scene.old, scene.new):
            yield f"neither the old site nor the new one: {_differs(site, scene)}"
        return
    if ended.code != (130 if kind == signal.SIGINT else 143):
        yield f"exit code {ended.code}: {ended.err}"
    word = "Interrupted" if kind == signal.SIGINT else "Terminated"
    said = {
        f"{word}.": scene.old,
        f"{word}; the previous site is untouched.": scene.old,
        f"{word}; the new site is in place.": scene.new,
    }
    if message not in said:
        yield f"message: {ended.err!r}"
    elif site != said[message]:
        yield f"not true: {message} {_differs(site, scene)}"


def _left(scene: Scene) -> Iterator[str]:
    for folder, expected in ((scene.work / "place", ["site"]), (scene.work / "tmp", [])):
        found = sorted(path.name for path in folder.iterdir())
        if found != expected:
            yield f"left: {found}"
    if (scene.site / ".scratch").exists():
        yield "left: .scratch in the site"
    if scene.marker and (scene.site / scene.marker).read_text() != "mine":
        yield "the user's file is gone"


def _differs(site: Tree, scene: Scene) -> str:
    old = [path for path in sorted({*site, *scene.old}) if site.get(path) != scene.old.get(path)]
    new = [path for path in sorted({*site, *scene.new}) if site.get(path) != scene.new.get(path)]
    return f"{len(old)} files differ from the old one ({old[:3]}), {len(new)} from the new one ({new[:3]})"
