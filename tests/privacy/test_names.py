"""Names that the fields of a run hold are hidden in its paths and texts, never as a whole value."""

from __future__ import annotations

import pytest

from sitegen import model as m
from sitegen.privacy import Hidden, Names, Privacy, clean_model_file, clean_run, clean_trace
from tests.privacy.test_privacy import make_run

PUBLIC, INTERNAL = Privacy("public"), Privacy("internal")
NOTE = "mlflow.note.content"


@pytest.mark.parametrize(
    ("fields", "text", "shown"),
    [
        ({"user": "marianne"}, "made by marianne, see s3://b/marianne/x", "made by •••, see s3://b/•••/x"),
        ({"user": "marianne"}, "mariannes and xmarianne", "mariannes and xmarianne"),
        ({"user": "m.curie@example.org"}, "m.curie did it", "••• did it"),
        ({"tags": {"mlflow.user": "marianne"}}, "by marianne", "by •••"),
        ({"params": {"hostname": "gpu07"}}, "ran on gpu07", "ran on •••"),
        ({"source_name": "/home/marianne/x.py"}, "marianne said", "••• said"),
        ({"user": "adam"}, "with adam at lr 0.1, in /data/adam/x", "with adam at lr 0.1, in /data/•••/x"),
        ({"user": "root"}, "as root in /data/root/x", "as root in /data/root/x"),
    ],
)
def test_a_name_is_hidden_in_texts_and_paths(fields: dict[str, object], text: str, shown: str) -> None:
    fields = {**fields, "tags": {**dict(fields.get("tags", {})), NOTE: text}}  # type: ignore[call-overload]
    hidden = Hidden()
    run = make_run(**fields)
    assert clean_run(run, PUBLIC, hidden)[0].tags[NOTE] == shown
    assert bool(hidden["names"]) == (text != shown)
    assert clean_run(run, INTERNAL)[0] is run


def test_a_whole_value_stays_and_so_does_the_name_in_the_text_of_a_run_that_has_such_a_value() -> None:
    run = make_run(
        user="marianne", params={"model": "marianne", "data": "/mnt/marianne/x"}, tags={NOTE: "marianne won"}
    )
    clean = clean_run(run, PUBLIC)[0]
    assert clean.params == {"model": "marianne", "data": "/mnt/•••/x"}
    assert clean.tags[NOTE] == "marianne won"


def test_the_host_of_a_tracking_server_is_learnt_from_its_address() -> None:
    tags = {
        "mlflow_exim.tracking_uri": "https://tracking.example.org:8080",
        NOTE: "see tracking.example.org for tracking",
    }
    assert clean_run(make_run(tags=tags), PUBLIC)[0].tags == {NOTE: "see ••• for tracking"}


def test_a_trace_hides_the_user_that_its_metadata_name() -> None:
    span = m.Span(
        "1", None, "ask", 0, 1, "OK", {"mlflow.spanInputs": '{"path": "/data/marianne/x", "q": "marianne?"}'}, ""
    )
    raw = m.Trace("t", "1", 0, 1, "OK", "", "", {}, {"mlflow.trace.user": "marianne"}, (), (span,))
    assert "marianne" not in repr(clean_trace(raw, PUBLIC)[0])
    assert "marianne" in repr(clean_trace(raw, INTERNAL)[0].spans)


def test_a_model_file_hides_the_names_of_its_run() -> None:
    names = Names(("marianne",), frozenset(("marianne",)))
    raw = m.ModelFile(
        "model", {"python_function": {"data": "/mnt/marianne/m"}}, requirements=("x @ file:///mnt/marianne/w",)
    )
    assert "marianne" not in repr(clean_model_file(raw, PUBLIC, "m", names=names))
