"""Logs of TensorBoard (`events.out.tfevents.*`): their scalars as curves; images, graphs and histograms are counted.

A log is a series of records (TFRecord: 8 bytes of length, 4 of its checksum, the record, 4 of its checksum), each an
`Event` of tensorflow/core/util/event.proto with a `Summary` of framework/summary.proto. The few fields that a scalar
has are read here: TensorBoard's own reader takes records of any length into memory, and needs gRPC to be installed.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from sitegen.analysis.words import number, plural
from sitegen.charts.curves_svg import Curves, curves_svgs, ranges_of
from sitegen.charts.series import Series
from sitegen.viewers.blocks import Block, Drawings, Facts, Sentence
from sitegen.viewers.csv import table_of
from sitegen.viewers.reading import Unreadable

MAX_RECORD = 100_000
"""Bytes of the longest record that is read; one with scalars alone is much shorter."""
MAX_BYTES = 8_000_000
"""Bytes of the records of one log that are read: some 100,000 points."""
MAX_RECORDS = 200_000
MAX_SCALARS = 500
MAX_DRAWN = 30
MAX_TAG = 200
_FRAME, _CHECKSUM = 12, 4
_FORMATS = {1: "<f", 2: "<d", 3: "<i", 9: "<q", 19: "<e"}
"""How the types of tensorflow/core/framework/types.proto are stored: float, double, int32, int64, half."""
_FIXED = {1: 8, 5: 4}
"""Bytes of protobuf's two wire types of fixed length."""


@dataclass(slots=True)
class Log:
    """What a log holds: (step, value) of each scalar in the order of the file, and how many other summaries.

    `records` counts those that were read whole; `cut` says why reading ended before the end of the file, if it did.
    """

    scalars: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    others: int = 0
    records: int = 0
    cut: str = ""


def tensorboard_view(file: IO[bytes]) -> tuple[Block, ...]:
    """The scalars of a log, each as a row and a curve. Raises Unreadable."""
    log = read_log(file)
    if not log.records:
        raise Unreadable("The file is not a log of TensorBoard that can be read.")
    facts = Facts((("Scalars", f"{len(log.scalars):,}"), ("Points", f"{sum(map(len, log.scalars.values())):,}")))
    others = f"Not shown: {plural(log.others, 'record')} of other kinds (images, histograms, texts, graphs)."
    notes = [Sentence(text) for text in (log.cut, others if log.others else "") if text]
    curves = {tag: sorted(points, key=lambda point: point[0]) for tag, points in sorted(log.scalars.items())}
    if not curves:
        return (facts, *notes, Sentence("The log holds no scalars."))
    return facts, *notes, _table(curves), *_drawings(curves)


def _table(curves: dict[str, list[tuple[int, float]]]) -> Block:
    rows = []
    for tag, points in curves.items():
        finite = [value for _, value in points if math.isfinite(value)] or [math.nan]
        shown = points[-1][1], min(finite), max(finite)
        rows.append([tag, str(len(points)), str(points[-1][0]), *map(number, shown)])
    return table_of(["Scalar", "Points", "Last step", "Last", "Min", "Max"], rows, len(rows))


def _drawings(curves: dict[str, list[tuple[int, float]]]) -> tuple[Block, ...]:
    """A curve of each scalar with several points. The name is in the title alone, which is cleaned, not in the SVG."""
    several = [(tag, points) for tag, points in curves.items() if len(points) > 1]
    shown = several[:MAX_DRAWN]
    plans = [Curves([_series(points)], 360, 200, title="Values over steps") for _, points in shown]
    if not plans:
        return ()
    drawn = zip((tag for tag, _ in shown), curves_svgs(plans, ranges_of(plans)), strict=True)
    more = len(several) - len(shown)
    rest = (Sentence(f"{plural(more, 'more scalar')} of several points {'is' if more == 1 else 'are'} not drawn."),)
    return Drawings(tuple(drawn)), *(rest if more else ())


def _series(points: list[tuple[int, float]]) -> Series:
    steps, values = zip(*points, strict=True)
    return Series("", 1, steps, values)


# The format ----------------------------------------------------------------------------------------------------------


def read_log(file: IO[bytes]) -> Log:
    """The scalars of a log as far as it is sound and within the limits; logs of running jobs end in half a record."""
    log = Log()
    end = file.seek(0, 2)
    at = file.seek(0)
    budget = MAX_BYTES
    while at < end and not log.cut:
        frame = file.read(_FRAME)
        length = int.from_bytes(frame[:8], "little")
        after = at + _FRAME + length + _CHECKSUM
        if len(frame) < _FRAME or after > end:
            log.cut = f"The log is damaged or cut off after {plural(log.records, 'record')}."
        elif budget < 0 or log.records >= MAX_RECORDS:
            log.cut = f"The log is long: its first {plural(log.records, 'record')} are shown."
        elif length > MAX_RECORD:
            log.others += 1
            log.records += 1
        else:
            budget -= length + _FRAME
            _add(log, file.read(length))
        at = file.seek(after)
    return log


def _add(log: Log, record: bytes) -> None:
    try:
        step, scalars, others = _event(record)
    except (ValueError, IndexError, struct.error):
        log.cut = f"The log is damaged or cut off after {plural(log.records, 'record')}."
        return
    log.records += 1
    log.others += others
    for tag, value in scalars:
        if tag in log.scalars or len(log.scalars) < MAX_SCALARS:
            log.scalars.setdefault(tag, []).append((step, value))


def _event(record: bytes) -> tuple[int, list[tuple[str, float]], int]:
    """The step of an `Event`, its scalars, and the number of its other summaries. Raises ValueError and the like."""
    step, scalars, others = 0, [], 0
    for number_, value in _fields(record):
        if number_ == 2 and isinstance(value, int):
            step = value - (1 << 64) if value >> 63 else value
        elif number_ == 5 and isinstance(value, bytes):
            for inner, summary in _fields(value):
                if inner == 1 and isinstance(summary, bytes):
                    found = _scalar(summary)
                    scalars += [found] if found else []
                    others += not found
    return step, scalars, others


def _scalar(summary: bytes) -> tuple[str, float] | None:
    """Name and value of a `Summary.Value` that is a number: `simple_value`, or a tensor of one (TensorFlow 2)."""
    fields = dict(_fields(summary))
    tag, simple, tensor = fields.get(1), fields.get(2), fields.get(8)
    value = struct.unpack("<f", simple)[0] if isinstance(simple, bytes) else None
    if isinstance(tensor, bytes):
        value = _tensor_number(tensor)
    if not isinstance(tag, bytes) or value is None:
        return None
    return tag.decode("utf-8", "replace")[:MAX_TAG], float(value)


def _tensor_number(tensor: bytes) -> float | None:
    """The one number of a `TensorProto`, None for other tensors."""
    fields = dict(_fields(tensor))
    kind = fields.get(1)
    layout = _FORMATS.get(kind, "") if isinstance(kind, int) else ""
    raw = next((fields[at] for at in (4, 5, 6) if at in fields), None)
    if not layout or not isinstance(raw, bytes) or len(raw) != struct.calcsize(layout):
        return None
    return float(struct.unpack(layout, raw)[0])


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field of a protobuf message; all but varints are bytes.

    Raises ValueError or IndexError for what is not a message.
    """
    at, end = 0, len(data)
    while at < end:
        key, at = _varint(data, at)
        wire = key & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        length = _FIXED.get(wire, -1)
        if wire == 2:
            length, at = _varint(data, at)
        if not 0 <= length <= end - at:
            raise ValueError("not a protobuf message")
        yield key >> 3, data[at : at + length]
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of 7 bits a byte, the lowest first, and where the next field begins."""
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise ValueError("a number of more than 10 bytes")
