"""Why a run failed, from its artifacts."""

from __future__ import annotations

import pytest

from sitegen.viewers.copies import CopiedArtifact
from sitegen.viewers.copying import CopiedFile
from sitegen.viewers.failures import MAX_LINE, MAX_TAIL, failure_of

TRACEBACK = """Traceback (most recent call last):
  File "train.py", line 3, in <module>
    main()
RuntimeError: CUDA out of memory
  tried to allocate 3 GiB
"""


def found(status: str = "FAILED", **files: str) -> tuple[str, str]:
    names = [name.replace("__", "/").replace("_", ".") for name in files]
    copies = [CopiedArtifact(CopiedFile(name, 1, "Text", f"a/{name}")) for name in names]
    failure = failure_of(status, copies, [text.encode() for text in files.values()])
    return (failure.line, failure.path) if failure else ("", "")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (TRACEBACK, "RuntimeError: CUDA out of memory"),
        (
            TRACEBACK + "\nDuring handling of the above exception:\n\n" + TRACEBACK.replace("Runtime", "OS"),
            "OSError: CUDA out of memory",
        ),
        ("epoch 1\n[rank0]: " + TRACEBACK.replace("\n", "\n[rank0]: "), "RuntimeError: CUDA out of memory"),
        ("epoch 1\n2026-11-01 ERROR no data left\nbye", "2026-11-01 ERROR no data left"),
        ("\x1b[31mValueError\x1b[0m: no <b>", "ValueError: no <b>"),
        ("epoch 1\nerror_rate 0.2\n", ""),
        ("Traceback (most recent call last):", ""),
    ],
)
def test_the_last_error_of_a_log_is_found(text: str, line: str) -> None:
    assert found(run_log=text) == (line, "run.log" if line else "")


def test_a_traceback_counts_before_an_error_in_a_log() -> None:
    assert found(a_log="ERROR: retrying", z_txt=TRACEBACK) == ("RuntimeError: CUDA out of memory", "z.txt")


def test_any_text_is_not_a_log() -> None:
    assert found(samples__249_txt="A comedy of Errors, an Error of judgement") == ("", "")


@pytest.mark.parametrize("status", ["FINISHED", "RUNNING"])
def test_nothing_is_said_of_a_run_that_did_not_fail(status: str) -> None:
    assert found(status, run_log=TRACEBACK) == ("", "")


def test_only_the_end_of_a_file_is_read_and_the_line_is_cut() -> None:
    assert found(run_log=TRACEBACK + "x" * MAX_TAIL) == ("", "")
    line, _ = found(run_log="ValueError: " + "x" * 5_000)
    assert len(line) == MAX_LINE
