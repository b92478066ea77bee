"""Builds that are killed, interrupted or fail anywhere: see `stops` and `faults`. The seed changes what is tried."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest

from tests.fuzz.faults import faults
from tests.fuzz.stops import Scene, interrupts, kills, make_scene

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks, signals")
Check = Callable[[Scene, int, int], Iterator[tuple[str, list[str]]]]


@pytest.fixture(scope="module", params=["", ".git"], ids=["swapped", "file by file"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return make_scene(tmp_path_factory.mktemp("scene") / "here", request.param)


@pytest.mark.parametrize(("check", "count"), [(kills, 5), (interrupts, 8), (faults, 8)])
def test_the_old_site_or_the_new_one_is_whole_the_message_true_and_nothing_left(
    scene: Scene, check: Check, count: int
) -> None:
    found = list(check(scene, count, 1))
    assert [(name, faults) for name, faults in found if faults] == []
    assert len(found) == count
