"""Equality of what stores hold: arrays by type and bits (NaN equals NaN), mappings by order too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def assert_identical(ours: Any, wanted: Any, where: str = "") -> None:
    """Fails with the path of the first difference."""
    if is_dataclass(wanted):
        assert type(ours) is type(wanted), where
        for field in fields(wanted):
            assert_identical(getattr(ours, field.name), getattr(wanted, field.name), f"{where}.{field.name}")
    elif isinstance(wanted, Mapping):
        assert list(ours) == list(wanted), where
        for key in wanted:
            assert_identical(ours[key], wanted[key], f"{where}[{key!r}]")
    elif isinstance(wanted, tuple | list):
        assert len(ours) == len(wanted), where
        for index, pair in enumerate(zip(ours, wanted, strict=True)):
            assert_identical(*pair, f"{where}[{index}]")
    elif isinstance(wanted, np.ndarray):
        assert ours.dtype == wanted.dtype, where
        assert list(map(repr, ours.tolist())) == list(map(repr, wanted.tolist())), where
    else:
        assert repr(ours) == repr(wanted), where
