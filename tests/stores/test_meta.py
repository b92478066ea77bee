"""meta.yaml: the quick parser agrees with PyYAML, and nothing a stranger writes costs more than an error."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sitegen.stores import meta
from sitegen.stores.meta import MetaError, parse_lines, parse_meta, read_meta, text_of, time_of

KEYS = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=8)
TEXTS = st.one_of(
    st.text(max_size=100),
    st.text("ab e0159:/._-'\"#@%=+~?!&*|>[]{},", max_size=12),
    st.sampled_from(
        ["null", "Null", "~", "yes", "OFF", "true", "1e5", "0b11", "0x1f", "1:30", "2024-01-01", "=", "<<", "a: b"]
    ),
    st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
)
VALUES = st.one_of(TEXTS, st.integers(), st.none(), st.booleans(), st.floats(allow_nan=False), st.just([]), st.just({}))


def by_yaml(text: str) -> object:
    return yaml.load(text, Loader=yaml.CSafeLoader)


@given(st.dictionaries(KEYS, VALUES, min_size=1))
def test_the_quick_parser_reads_what_yaml_writes_as_yaml_does_or_not_at_all(fields: dict[str, object]) -> None:
    text = yaml.safe_dump(fields, default_flow_style=False, allow_unicode=True)
    assert parse_lines(text) in (None, by_yaml(text))


@given(st.lists(st.tuples(KEYS, TEXTS.filter(lambda value: "\n" not in value)), min_size=1, max_size=4))
def test_the_quick_parser_reads_raw_lines_as_yaml_does_or_not_at_all(lines: list[tuple[str, str]]) -> None:
    text = "".join(f"{key}: {value}\n" for key, value in lines)
    quick = parse_lines(text)
    assert quick is None or quick == by_yaml(text)


def test_a_usual_run_is_read_by_the_quick_parser() -> None:
    text = (
        "artifact_uri: file:///p/mlruns/1/7ddc0f9ee9ab436aa09c50fa30731cf8/artifacts\nend_time: null\n"
        "entry_point_name: ''\nexperiment_id: '867425949714733037'\nlifecycle_stage: active\n"
        "run_id: 1234e567e9ab436aa09c50fa30731cf8\nrun_name: status FINISHED\nstart_time: 1700000000000\ntags: []\n"
    )
    quick = parse_lines(text)
    assert quick is not None and quick == by_yaml(text)
    assert quick["run_id"] == "1234e567e9ab436aa09c50fa30731cf8"


def test_folded_lines_crlf_and_a_byte_order_mark_are_read() -> None:
    assert parse_meta(b"name: a long\n  folded name\n") == {"name": "a long folded name"}
    assert parse_meta(b"\xef\xbb\xbfname: x\r\nstatus: 3\r\n") == {"name": "x", "status": 3}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n",
        b"x: !!python/object/apply:os.getcwd []\n",
        b"name: 'cut",
        b"lif",
        b"- a\n",
        b"name: \xff\n",
        b"x: 2024-99-99\n",
        b"x: " + b"[" * 100_000,
        b"- " * 100_000,
        b"? " * 100_000,
        b"a: &a {x: 1}\nb:\n  <<: *a\n",
        b"a0: &a0 [x, x]\n" + b"".join(b"a%d: &a%d [%s]\n" % (i, i, b"*a%d, " % (i - 1) * 9) for i in range(1, 9)),
        b"x: " + b"y" * (1 << 20),
    ],
)
def test_what_is_no_meta_yaml_is_an_error_and_no_crash(content: bytes) -> None:
    with pytest.raises(MetaError):
        parse_meta(content)


def test_a_number_of_a_million_digits_costs_nothing() -> None:
    assert text_of(parse_meta(b"a: x\n\nname: " + b"1:1" * 300_000 + b"\n"), "name").startswith("1:1")


def test_an_empty_file_is_read_again_only_while_it_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "meta.yaml"
    path.write_text("")

    def writer_comes_back(seconds: float) -> None:
        path.write_text("name: late\n")

    monkeypatch.setattr("time.sleep", writer_comes_back)
    assert read_meta(str(path)) == {"name": "late"}
    path.write_text("")
    os.utime(path, (time.time() - 60, time.time() - 60))
    with pytest.raises(MetaError, match="empty"):
        read_meta(str(path))


def test_fields_of_a_wrong_kind_are_absent_not_errors() -> None:
    fields = {"name": None, "start": "soon", "end": 10**30, "count": True, "text": "1700"}
    assert text_of(fields, "name") == ""
    assert [time_of(fields, key) for key in ("start", "end", "count", "text")] == [None, None, None, 1700]


def test_a_store_of_empty_files_is_not_waited_for_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(meta, "_waits", 0)
    monkeypatch.setattr(meta, "MAX_WAITS", 3)
    monkeypatch.setattr(meta.time, "sleep", waited.append)
    (tmp_path / "meta.yaml").write_text("")
    for _ in range(10):
        with pytest.raises(meta.MetaError, match="empty"):
            meta.read_meta(str(tmp_path / "meta.yaml"))
    assert len(waited) == 3
