"""Columns of data files in few bytes: numbers and codes as base-64 digits, `v` a string in place of a list.

Every value is kept: a packed column decodes to the column that it was made of. The reader is `js/unpack.js`, the format
is in docs/architecture.md, "Data files".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sitegen.analysis.digits import MAX_WHOLE

Column = dict[str, Any]
_Ints = NDArray[np.int64]
_Mask = NDArray[np.bool_]

MIN_ROWS = 16
"""With fewer rows, what a packed column says of itself is longer than a list."""
MAX_WIDTH = 9
"""Base-64 digits of a number: 54 bits."""
MAX_DECIMALS = 22
"""Up to here a power of ten is exact as a double, and a whole number over it the double nearest to the decimal."""
_ALPHABET = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", np.uint8)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-][0-9]+)?", re.ASCII)
_MAX_NUMBER = 25
"""Characters of a number as Python writes it."""
_HEX = re.compile(r"[0-9a-f]+", re.ASCII)
_HEX_COLUMNS = {("run", "run_id"), ("tag", "mlflow.source.git.commit")}
"""Columns whose hexadecimal digits are known to be no secret; all other strings stay readable for `sitegen check`."""
_HEX_STEP = 3
"""Hexadecimal digits in two of base 64."""
MIN_POWER_DIGITS, MAX_POWER_DIGITS = 9, 12
_MANY_WORDS = 64
_NAME = ("run", "name")
_HYPHEN = "-"
MAX_PARTS = 6
"""Parts between hyphens that are packed one by one."""


def packed(column: Column) -> Column:
    """`column` as it is written: packed where that is shorter."""
    if len(column["v"]) < MIN_ROWS:
        return column
    pack = {"d": _codes, "i": _whole_numbers, "f": _numbers, "s": _strings}[column["t"]]
    return pack(column) or column


def decimals_of(values: NDArray[np.float64], most: int) -> int | None:
    """With how many decimals, up to `most`, all `values` are exact and small enough for a double; None with none."""
    for decimals in range(most + 1):
        scaled = np.rint(values * 10.0**decimals)
        if not np.all(np.abs(scaled) <= MAX_WHOLE):
            return None
        if np.array_equal(scaled / 10.0**decimals, values):
            return decimals
    return None


def _codes(column: Column) -> Column | None:
    """A dictionary with packed codes; where its words are numbers that take less room, those in its place."""
    words, codes = column["u"], column["v"]
    digits = _in_digits(np.array(codes, np.int64))
    if not digits:
        return None
    if len(words) > _MANY_WORDS:
        numbers = _texts_of_numbers([None if code < 0 else words[code] for code in codes])
        if numbers and len(numbers["v"]) < len(digits["v"]) + sum(len(word) + 3 for word in words):
            return {"g": column["g"], "n": column["n"], "t": "s", **numbers}
    return {**column, **digits}


def _whole_numbers(column: Column) -> Column | None:
    """As differences, or as they are where that is no longer."""
    steps = np.array(column["v"], np.int64)
    missing = np.zeros(len(steps), np.bool_)
    missing[column.get("x", [])] = True
    direct = _in_digits(np.cumsum(steps), missing)
    first, steps[0] = int(steps[0]), 0
    differences = _in_digits(steps)
    if differences and (not direct or differences["w"] < direct["w"]):
        return {**column, **differences, "o": first}
    rest = {key: value for key, value in column.items() if key != "x"}
    return {**rest, "t": "f", "e": 0, **direct} if direct else None


def _numbers(column: Column) -> Column | None:
    """Numbers with few decimals as whole numbers (`e`), others as digits and a power of ten, whichever is shorter."""
    missing = np.array([value is None for value in column["v"]], np.bool_)
    values = np.array([0.0 if value is None else value for value in column["v"]], np.float64)
    plain = _as_decimals(values, missing)
    floating = _as_powers(values, missing, column.get("p", MIN_POWER_DIGITS))
    if plain and (not floating or plain["w"] <= floating["w"]):
        return {**column, **plain}
    return {**column, **floating} if floating else None


def _as_powers(values: NDArray[np.float64], missing: _Mask, digits: int) -> Column | None:
    """Each number as a whole one: its power of ten above `q`, in steps of `s`, and its `digits` digits plus `z`."""
    sizes = np.abs(np.where(values == 0, 1.0, values))
    powers = np.floor(np.log10(sizes)).astype(np.int64) - (digits - 1)
    lowest = int(powers[~missing].min(initial=0))
    if lowest < -MAX_DECIMALS or powers.max() > MAX_DECIMALS or digits > MAX_POWER_DIGITS:
        return None
    units = 10.0 ** np.abs(powers)
    whole = np.rint(np.where(powers < 0, values * units, values / units))
    if not np.array_equal(np.where(powers < 0, whole / units, whole * units), values):
        return None
    span = 10**digits + 1
    step = 2 * span if whole.min() < 0 else span
    codes = (powers - lowest) * step + whole.astype(np.int64) + (step - span)
    found = _in_digits(np.where(missing, 0, codes), missing)
    return found and {"q": lowest, "s": step, "z": step - span, **found}


def _strings(column: Column) -> Column | None:
    texts = column["v"]
    named = column["g"], column["n"]
    found = _hex(texts) if named in _HEX_COLUMNS else _joined(texts) if named == _NAME else None
    found = found or _texts_of_numbers(texts)
    return {**column, **found} if found else None


def _joined(texts: Sequence[str | None]) -> Column | None:
    """Strings that are as many parts with hyphens between, such as MLflow's names of runs: columns of those parts."""
    if texts[0] is None or not 2 <= len(texts[0].split(_HYPHEN)) <= MAX_PARTS or None in texts:
        return None
    rows = [text.split(_HYPHEN) for text in texts if text is not None]
    if any(len(row) != len(rows[0]) for row in rows):
        return None
    parts = [packed({"g": "", "n": "", **texts_column(part)}) for part in zip(*rows, strict=True)]
    return None if any(isinstance(part["v"], list) for part in parts) else {"parts": parts, "v": _HYPHEN}


def texts_column(values: Sequence[str | None]) -> Column:
    """A dictionary where values repeat, plain strings where they do not."""
    distinct = len(set(values))
    return dictionary_column(values) if distinct * 2 <= len(values) else {"t": "s", "v": list(values)}


def dictionary_column(values: Sequence[str | None]) -> Column:
    """Each string once, and codes; -1 for one that is missing."""
    words = sorted({v for v in values if v is not None})
    code = {word: at for at, word in enumerate(words)}
    return {"t": "d", "u": words, "v": [-1 if v is None else code[v] for v in values]}


def _hex(texts: Sequence[str | None]) -> Column | None:
    """Hexadecimal digits, if all strings have as many (`h`)."""
    present = [text for text in texts if text is not None]
    length = len(present[0]) if present else 0
    joined = "".join(present)
    if not length or any(len(text) != length for text in present) or not _HEX.fullmatch(joined):
        return None
    digits = np.frombuffer(joined.encode("ascii"), np.uint8).reshape(-1, length).astype(np.int64)
    padded = np.zeros((len(present), -(-length // _HEX_STEP) * _HEX_STEP), np.int64)
    padded[:, :length] = np.where(digits > ord("9"), digits - ord("a") + 10, digits - ord("0"))
    threes = padded.reshape(-1, _HEX_STEP) @ np.array([256, 16, 1], np.int64)
    missing = [at for at, text in enumerate(texts) if text is None]
    return {"h": length, "v": _text(_digits(threes, 2)), **({"x": missing} if missing else {})}


def _texts_of_numbers(texts: Sequence[str | None]) -> Column | None:
    """Strings that are all whole numbers (`k` is `int`), or all written as Python writes floats (`float`)."""
    present = [text for text in texts if text is not None]
    if not present or not all(len(text) <= _MAX_NUMBER and _NUMBER.fullmatch(text) for text in present):
        return None
    kind = "float" if "." in present[0] or "e" in present[0] else "int"
    values = np.array([float(text) for text in present])
    if not np.isfinite(values).all() or (kind == "int" and np.abs(values).max() > MAX_WHOLE):
        return None
    written = map(repr, values.tolist()) if kind == "float" else map(str, values.astype(np.int64).tolist())
    if "-0.0" in present or list(written) != present:
        return None
    missing = np.array([text is None for text in texts], np.bool_)
    every = np.full(len(texts), np.nan)
    every[~missing] = values
    return {"k": kind, **(_as_decimals(every, missing) or _as_doubles(every))}


def _as_decimals(every: NDArray[np.float64], missing: _Mask) -> Column | None:
    decimals = decimals_of(every[~missing], MAX_DECIMALS)
    if decimals is None:
        return None
    whole = np.rint(np.where(missing, 0.0, every) * 10.0**decimals).astype(np.int64)
    digits = _in_digits(whole, missing)
    return digits and {"e": decimals, **digits}


def _as_doubles(every: NDArray[np.float64]) -> Column:
    """The bits of each double as eleven digits; what is missing is NaN."""
    bits = every.view(np.uint64)
    halves = (bits >> np.uint64(36), 5), (bits & np.uint64((1 << 36) - 1), 6)
    return {"v": _text(np.concatenate([_digits(half.astype(np.int64), width) for half, width in halves], axis=1))}


def _in_digits(values: _Ints, missing: _Mask | None = None) -> Column | None:
    """`w` base-64 digits a value in `v`: how much it is above `b`; with `m`, 0 is for those missing, others are 1 more.

    Where all are equal, `v` is their number. None if nothing is there, or a value is too large.
    """
    absent = np.zeros(len(values), np.bool_) if missing is None else missing
    is_partial, present = bool(absent.any()), values[~absent]
    if not present.size or max(-int(present.min()), int(present.max())) > MAX_WHOLE:
        return None
    base = int(present.min()) - is_partial
    width = -(-(int(present.max()) - base).bit_length() // 6)
    if width > MAX_WIDTH:
        return None
    above = np.where(absent, 0, values - base)
    shared = {"b": base, "w": width, **({"m": 1} if is_partial else {})}
    return {**shared, "v": _text(_digits(above, width)) if width else len(values)}


def _digits(values: _Ints, width: int) -> NDArray[np.uint8]:
    """A row of `width` base-64 digits for each value, the largest first."""
    shifts = np.arange(width - 1, -1, -1, dtype=np.int64) * 6
    digits: NDArray[np.uint8] = _ALPHABET[(values[:, None] >> shifts) & 63]
    return digits


def _text(digits: NDArray[np.uint8]) -> str:
    return digits.tobytes().decode("ascii")
