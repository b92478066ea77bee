"""Builds in which a file operation fails, in the store or in the output: a sentence, and the old site or a whole new one."""

from __future__ import annotations

import builtins
import errno
import io
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.fuzz.builds import is_a_sentence
from tests.fuzz.forked import Ended, Sabotage, forked_build
from tests.fuzz.stops import Scene, _at_end, _differs, _left, _next_build, _site, _spread

BY_PATH = ("open", "stat", "lstat", "scandir", "listdir", "mkdir", "rename", "replace", "link", "unlink", "rmdir")
BY_HANDLE = ("read", "write", "fstat")
IN_OUTPUT = (errno.ENOSPC, errno.EACCES, errno.EIO, errno.EROFS, errno.EDQUOT)
IN_STORE = (errno.EACCES, errno.EIO, errno.ENOENT, errno.ESTALE, errno.EMFILE)
CLEANING = ("unlink", "rmdir", "scandir", "lstat", "open", "stat")
"""Operations that may be those that clean up, of which the next build then does the rest."""


def failing(at: int, code: int, lasts: bool, place: Path) -> Sabotage:
    """Lets file operation number `at` below `place`, or all from it on, fail with the error `code`.

    Writes how many there were, or the name and path of the first that failed.
    """

    def prepare(marks: Path) -> None:
        count, inside, failed = 0, str(place), ""
        handles: dict[int, object] = {}

        def check(name: str, path: object) -> None:
            nonlocal count, failed
            count += 1
            if count == at or (lasts and at and count > at):
                failed = failed or f"{name} {os.fspath(path)}"  # type: ignore[call-overload]
                raise OSError(code, os.strerror(code), path)

        def by_path(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
            def operation(path: Any = ".", *rest: Any, **named: Any) -> Any:
                is_here = isinstance(path, str | os.PathLike) and os.fspath(path).startswith(inside)
                if is_here:
                    check(name, path)
                found = real(path, *rest, **named)
                if is_here and name == "open" and isinstance(found, int):
                    handles[found] = path
                return found

            return operation

        def by_handle(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
            def operation(handle: Any, *rest: Any) -> Any:
                if handle in handles:
                    check(name, handles[handle])
                return real(handle, *rest)

            return operation

        def close(handle: int, real: Callable[[int], None] = os.close) -> None:
            handles.pop(handle, None)
            real(handle)

        _at_end(lambda: marks.write_text(failed or str(count)))
        for name in BY_PATH:
            setattr(os, name, by_path(name, getattr(os, name)))
        for name in BY_HANDLE:
            setattr(os, name, by_handle(name, getattr(os, name)))
        os.close = close
        io.open = builtins.open = by_path("open", open)  # type: ignore[assignment]

    return prepare


def faults(scene: Scene, count: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    """The faults of `count` builds, half of them with an error in the output, half in the store."""
    for place, codes, check in (
        (scene.work / "place", IN_OUTPUT, _after_output),
        (scene.store, IN_STORE, _after_store),
    ):
        draw = random.Random(f"{seed} {place.name}")
        scene.reset()
        total = int(forked_build(scene.store, scene.site, scene.work, failing(0, 0, False, place)).marks)
        for at in _spread((count + 1) // 2, total, seed):
            code, lasts = draw.choice(codes), draw.random() < 0.3
            scene.reset()
            ended = forked_build(scene.store, scene.site, scene.work, failing(at, code, lasts, place))
            name = f"{errno.errorcode[code]}{' from' if lasts else ''} {at} of {total}, {ended.marks}{scene.marker}"
            yield name, list(check(scene, ended, lasts))


def _after_output(scene: Scene, ended: Ended, lasts: bool) -> Iterator[str]:
    site = _site(scene)
    if ended.code not in (0, 2):
        yield f"exit code {ended.code}: {ended.err}"
    if ended.code and not is_a_sentence(ended.err):
        yield f"not a sentence: {ended.err}"
    if ended.code == 0 and site != scene.new:
        yield f"exit code 0 without the new site: {_differs(site, scene)}"
    # One file after the other is no whole: an error there leaves some of both, and the next build finishes it.
    if ended.code and site not in (scene.old, scene.new) and not scene.marker:
        yield f"neither the old site nor the new one: {_differs(site, scene)}"
    if not lasts and ended.marks.split()[0] not in CLEANING:
        yield from _left(scene)
    yield from _next_build(scene)


def _after_store(scene: Scene, ended: Ended, lasts: bool) -> Iterator[str]:
    if ended.code not in (0, 4):
        yield f"exit code {ended.code}: {ended.err}"
    if ended.code and not is_a_sentence(ended.err):
        yield f"not a sentence: {ended.err}"
    if ended.code and _site(scene) != scene.old:
        yield f"not the old site: {_differs(_site(scene), scene)}"
    if ended.code == 0 and not lasts:
        expected = {path for path in scene.new if path.startswith("runs/") and Path(path).stem not in ended.marks}
        missing = sorted(path for path in expected if not (scene.site / path).exists())
        of_experiments = [one for one in ("/mlruns/1", "/mlruns/2") if ended.marks.endswith((one, f"{one}/meta.yaml"))]
        if missing and not of_experiments:
            yield f"missing: {missing}"
    yield from _left(scene)
