"""What an earlier site says of itself is read with care: it may be of any age, damaged, or hostile."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.earlier import listed_runs, read_best, read_record, read_runs, run_list
from sitegen.earlier.places import MARK
from sitegen.earlier.records import RUNS
from sitegen.errors import UsageError
from tests.analysis.builders import row


class Files:
    """An earlier site in memory."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files

    def read(self, path: str) -> bytes | None:
        return self.files[path].encode() if path in self.files else None


def test_runs_are_read_as_they_are_written() -> None:
    rows = [row("a" * 32, name="one", params={"lr": "1"}), row("b" * 32, name="two")]
    found = read_runs(run_list([listed_runs(rows[:1]), "", listed_runs(rows[1:])]))
    assert [(one.run_id, one.name, one.status) for one in found.values()] == [
        ("a" * 32, "one", "FINISHED"),
        ("b" * 32, "two", "FINISHED"),
    ]


def test_the_state_changes_with_values_and_params_but_not_with_their_order() -> None:
    def state(**params: str) -> str:
        return next(iter(read_runs(run_list([listed_runs([row("a", params=params)])])).values())).state

    assert state(x="1", y="2") == state(y="2", x="1") != state(x="1", y="3")


def test_an_older_site_has_no_list_of_runs() -> None:
    record = read_record(Files({MARK: json.dumps({"version": 2, "title": "t", "experiments": []})}))
    assert record.runs is None and record.title == "t" and record.best == {}


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "[" * 10_000])
def test_what_cannot_be_read_is_said(text: str) -> None:
    with pytest.raises(UsageError, match=r"data/best.json of the earlier site cannot be read"):
        read_record(Files({MARK: text}))
    with pytest.raises(UsageError, match=r"data/runs.json of the earlier site cannot be read"):
        read_record(Files({MARK: "{}", RUNS: text}))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from("id name objective metrics metric direction best run_id value verdict lead runs".split()),
            inner,
        )
    ),
    max_leaves=20,
)


@given(values, values)
def test_any_content_is_read_or_refused(best: object, runs: object) -> None:
    files = {MARK: json.dumps({"experiments": [best]}), RUNS: json.dumps({"runs": runs})}
    record = read_record(Files(files), lambda text: text.upper())
    assert all(one.experiment == one.experiment.upper() for one in record.best.values())
    read_best(best)
