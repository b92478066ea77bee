"""A child process answers again and again; one that ends, for whatever reason, is replaced, and the reason is known."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from sitegen.child import MEMORY, SLOW, Child, NoAnswer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have not all the limits")


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    child = Child("tests.child_module", 20)
    yield child
    child.close()


def test_one_child_answers_many_requests(child: Child) -> None:
    first, second = child.ask({}, b"abc"), child.ask({}, b"")
    assert (first["bytes"], second["bytes"]) == (3, 0)
    assert first["pid"] == second["pid"]


@pytest.mark.parametrize(("fail", "reason"), [("memory", MEMORY), ("time", SLOW), ("crash", ""), ("error", "")])
def test_a_failure_is_told_by_its_reason_and_the_next_request_is_answered(child: Child, fail: str, reason: str) -> None:
    with pytest.raises(NoAnswer) as problem:
        child.ask({"fail": fail})
    assert str(problem.value) == reason
    assert child.ask({}, b"ab")["bytes"] == 2


def test_a_child_that_has_grown_is_replaced(child: Child) -> None:
    child.ask({})
    before = child.ask({"fail": "grow"})["pid"]
    assert child.ask({})["pid"] != before


def test_an_answer_is_not_waited_for_longer_than_said() -> None:
    child = Child("tests.child_module", 0.05)
    with pytest.raises(NoAnswer, match=SLOW):
        child.ask({"fail": "time"})
    child.close()
