"""What was saved of a shard gives the output that reading it gave."""

from __future__ import annotations

from sitegen.analysis.runs_table import RunRow
from sitegen.build.packing import decode, encode
from sitegen.build.records import RecordRef
from sitegen.build.saved import SavedShard, output_of, saved_run
from sitegen.build.task import Output, Result
from sitegen.model import Dataset, Problem
from sitegen.output import Written
from tests.analysis.builders import row


def test_a_shard_comes_back_as_it_was() -> None:
    output = Output(written=[Written("a", 1, "x")], problems=[Problem("a", "b")], unmatched=1)
    output.hidden["paths"] += 2
    output.contents.forms.add([Dataset("d", "1", "", "")])
    output.rows.append(row("r", {"loss": 0.5}))
    ref = RecordRef("scratch", 3, 4, "digest", "content")
    shard = SavedShard(
        {"r": "key"}, {"r": saved_run(output, ref), "left": saved_run(Output(deleted=1), None)}, Result()
    )
    again = decode(encode(shard), SavedShard)
    assert again.keys == {"r": "key"}
    found = output_of(again, "kept")
    assert found.records == {"r": ref._replace(file="kept")}
    assert (found.written, found.problems, found.unmatched, found.deleted) == (output.written, output.problems, 1, 1)
    assert found.hidden["paths"] == 2
    assert [(one.run_id, one.experiment_id, decode(one.data, RunRow)) for one in found.packed] == [
        ("r", output.rows[0].experiment_id, output.rows[0])
    ]
    assert list(found.contents.forms) == [Dataset("d", "1", "", "")]
