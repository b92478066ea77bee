"""Words in the names of metrics that say which data they were measured on, at either end of a name."""

from __future__ import annotations

import re

_DATA = (
    "train|training|val|valid|validation|test|testing|eval|evaluation|dev|holdout|hold_out|held_out|oof|cv|metrics|best|final|report"
    "|classification_report|cr|clf_report|class_report|per_class|confusion_matrix|classwise"
)
_FRONT = re.compile(rf"(?:{_DATA})(?:[_/. :|-]+|$)", re.IGNORECASE)
_END = re.compile(rf"(?:^|[_/. :|-]+)(?:{_DATA})", re.IGNORECASE)
SEPARATORS = "_/. :|-"
"""What may stand between the words of a name."""
_HUMP = re.compile(r"(?<=[a-z]{2})(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
MAX_NAME = 250
"""Characters of a name that is looked at: MLflow allows no more."""


def split_data(name: str) -> tuple[str, str]:
    """The words of data at the ends of `name`, and the rest: `val` and `f1_setosa`; '' if there are no such words."""
    front, rest = "", name
    while found := _FRONT.match(rest):
        front, rest = front + rest[: found.end()], rest[found.end() :]
    found = None
    for end in _END.finditer(rest):
        found = end if end.end() == len(rest) else None
    if found:
        front, rest = front + found[0], rest[: found.start()]
    return data_title(front), rest


def data_title(text: str) -> str:
    """`text` as a title: `val/metrics_` is `val metrics`."""
    return " ".join(text.replace("/", " ").replace("_", " ").split()).strip(SEPARATORS)


def humps_apart(name: str) -> str:
    """`name` with `_` at its humps: `valTruePositives` is `val_True_Positives`."""
    return _HUMP.sub("_", name)
