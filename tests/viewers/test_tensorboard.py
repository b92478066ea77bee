"""Logs of TensorBoard: what three writers wrote, and what is not sound."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest

from sitegen.viewers import tensorboard
from sitegen.viewers.blocks import Drawings, Facts, Sentence, Table
from sitegen.viewers.kinds import type_of
from sitegen.viewers.reading import Unreadable
from sitegen.viewers.tensorboard import read_log, tensorboard_view
from tests.viewers.test_cleaning import TOKEN, shown

LOGS = Path(__file__).parent.parent / "autologgers"


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def text(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def record(step: int, summary: bytes) -> bytes:
    event = b"\x10" + varint(step % (1 << 64)) + text(5, text(1, summary))
    return struct.pack("<QI", len(event), 0) + event + bytes(4)


def point(step: int, value: float, tag: bytes = b"loss") -> bytes:
    return record(step, text(1, tag) + b"\x15" + struct.pack("<f", value))


def read(data: bytes) -> tensorboard.Log:
    return read_log(io.BytesIO(data))


def test_what_tensorboardx_wrote() -> None:
    log = read((LOGS / "tensorboard_logs.tfevents").read_bytes())
    assert log.cut == ""
    assert log.scalars["accuracy"] == [(step, pytest.approx(step / 50)) for step in range(50)]
    assert log.scalars["loss/train"] == [(step, pytest.approx(1 / (step + 1))) for step in range(50)]


def test_what_keras_wrote_with_tensorflow_2() -> None:
    log = read((LOGS / "tensorflow_autolog.tfevents").read_bytes())
    assert {"epoch_loss", "epoch_accuracy"} <= log.scalars.keys()
    assert all(0 < value < 2 for _, value in log.scalars["epoch_loss"])
    assert log.others


def test_what_catboost_wrote() -> None:
    log = read((LOGS / "catboost_with_own_logging.tfevents").read_bytes())
    assert log.scalars and log.cut == ""


def test_a_step_below_zero_and_a_number_that_is_not_finite() -> None:
    assert read(point(-3, 0.5) + point(4, float("inf"))).scalars == {"loss": [(-3, 0.5), (4, float("inf"))]}


@pytest.mark.parametrize("kept", [1, 11, 12, 20, -1])
def test_a_log_that_is_cut_off_is_shown_as_far_as_it_goes(kept: int) -> None:
    log = read(point(0, 1.0) + point(1, 2.0)[:kept])
    assert log.scalars == {"loss": [(0, 1.0)]}
    assert log.cut == "The log is damaged or cut off after 1 record."


@pytest.mark.parametrize("bad", [b"\xff" * 11, b"\x2b\x00", b"\x0a\x7f", b"\x2a\x02\x0a\x7f"])
def test_a_damaged_record_ends_the_log(bad: bytes) -> None:
    log = read(point(0, 1.0) + struct.pack("<QI", len(bad), 0) + bad + bytes(4) + point(1, 2.0))
    assert log.scalars == {"loss": [(0, 1.0)]}
    assert "damaged" in log.cut


def test_a_length_beyond_the_file_is_not_read() -> None:
    with pytest.raises(Unreadable):
        tensorboard_view(io.BytesIO(struct.pack("<QI", 1 << 62, 0) + b"x" * 100))


def test_what_is_read_has_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensorboard, "MAX_BYTES", 200)
    monkeypatch.setattr(tensorboard, "MAX_SCALARS", 2)
    log = read(b"".join(point(step, 1.0, b"tag %d" % step) for step in range(100)))
    assert len(log.scalars) == 2
    assert log.records < 10 and log.cut.startswith("The log is long")


def test_a_large_record_is_passed_over() -> None:
    log = read(record(0, text(1, b"image") + text(4, bytes(tensorboard.MAX_RECORD))) + point(1, 2.0))
    assert (log.others, log.scalars) == (1, {"loss": [(1, 2.0)]})


def test_scalars_are_a_table_and_curves_in_the_order_of_steps() -> None:
    data = b"".join(point(step, value) for step, value in [(0, 4.0), (2, 1.0), (1, 2.0)]) + point(9, 7.0, b"once")
    facts, table, drawings = tensorboard_view(io.BytesIO(data))
    assert isinstance(facts, Facts) and facts.items == (("Scalars", "2"), ("Points", "4"))
    assert isinstance(table, Table)
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["loss", "3", "2", "1", "1", "4"],
        ["once", "1", "9", "7", "7", "7"],
    ]
    assert isinstance(drawings, Drawings)
    assert [title for title, _ in drawings.items] == ["loss"]


def test_a_log_without_scalars_says_so() -> None:
    blocks = tensorboard_view(io.BytesIO(record(0, text(1, b"h") + text(5, b""))))
    assert blocks[-1] == Sentence("The log holds no scalars.")
    assert blocks[1] == Sentence("Not shown: 1 record of other kinds (images, histograms, texts, graphs).")


def test_the_preview_is_of_the_file_where_it_is_and_hides_secrets_in_names(tmp_path: Path) -> None:
    name = "events.out.tfevents.1796077637.host.8.0.v2"
    data = b"".join(point(step, 1.0 / (step + 1), TOKEN.encode()) for step in range(3))
    file, blocks = shown(tmp_path, name, data)
    assert type_of(name) == "TensorBoard log"
    assert file.href == "" and file.secrets
    assert any(isinstance(block, Drawings) for block in blocks)
    assert TOKEN not in str(blocks)
