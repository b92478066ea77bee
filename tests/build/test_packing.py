"""Values come back from their bytes as they were, with what MessagePack itself cannot hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sitegen.analysis.relations import Forms
from sitegen.build.built import Built
from sitegen.build.packing import decode, encode
from sitegen.model import Dataset, Problem


@dataclass
class Mixed:
    """One value of each kind."""

    text: str = ""
    whole: int = 0
    place: Path = Path()
    counts: Counter[str] = field(default_factory=Counter)
    forms: Forms = field(default_factory=Forms)
    numbers: NDArray[Any] = field(default_factory=lambda: np.zeros(0))


@pytest.mark.parametrize(("text", "whole"), [("a", 1), ("\ud800", 1), ("a", 2**70)])
def test_a_value_comes_back_as_it_was(text: str, whole: int) -> None:
    forms = Forms([Dataset("d", "1", "", "")])
    value = Mixed(text, whole, Path("/a"), Counter(x=2), forms, np.array([1.5, np.nan]))
    again = decode(encode(value), Mixed)
    assert (again.text, again.whole, again.place, again.counts["x"]) == (text, whole, Path("/a"), 2)
    assert list(again.forms) == list(forms)
    np.testing.assert_array_equal(again.numbers, value.numbers)


def test_the_summary_of_a_build_can_be_kept() -> None:
    built = Built(Path("site"), runs=2, problems=[Problem("a", "b")], not_copied=Counter(large=1))
    assert decode(encode(built), Built) == built


def test_other_bytes_are_refused() -> None:
    with pytest.raises(ValueError):
        decode(b"\0other", Built)
