"""What an application was given and gave: JSON of any form, JSON that was cut, tracebacks, and who judged it."""

from __future__ import annotations

import json

import pytest

from sitegen.model import Assessment, Span
from sitegen.privacy.profile import Hidden, Privacy
from sitegen.privacy.trace_cleaner import TraceCleaner


def cleaner(public: bool = True) -> TraceCleaner:
    return TraceCleaner(Privacy("public" if public else "internal"), "trace t1", Hidden())


def test_a_secret_at_any_depth_of_json_is_masked() -> None:
    one = cleaner(public=False)
    text = json.dumps({"a": [{"api_key": "hunter2-and-more"}], "n": 1, "inner": '{"password": "hunter2x"}'})
    shown = json.loads(one.json(text, "request"))
    assert shown["n"] == 1
    assert "hunter2" not in str(shown)
    assert sorted(found.rule for found in one.findings) == ["key-api-key", "key-password"]
    assert one.findings[0].where == "trace t1: request.api_key"


def test_json_without_anything_to_hide_keeps_its_bytes() -> None:
    text = '{ "a":  [1, 2.50, null, true], "text": "caf\\u00e9" }'
    assert cleaner().json(text, "request") == text


def test_booleans_and_lists_under_a_secret_key_are_looked_into() -> None:
    one = cleaner(public=False)
    assert json.loads(one.json('{"cookies": ["a", {"token": 123456}]}', "x"))["cookies"][0] == "a"
    assert [found.rule for found in one.findings] == ["key-token"]


def test_a_private_key_is_hidden_in_public_even_in_json_that_was_cut() -> None:
    whole, cut = '{"hostname": "alice", "q": "hi"}', '{"hostname": "alice", "q": "hi'
    one = cleaner()
    assert json.loads(one.json(whole, "x")) == {"hostname": "•••", "q": "hi"}
    assert one.json(cut, "x") == '{"hostname": "•••", "q": "hi'
    assert one.hidden is not None and one.hidden.total() == 2
    assert cleaner(public=False).json(cut, "x") == cut


def test_text_that_is_no_json_keeps_its_pairs() -> None:
    text = 'say "hostname": "alice"'
    assert cleaner().json(text, "x") == text


def test_folders_of_a_traceback_are_hidden_in_public() -> None:
    one = cleaner()
    assert one.words('File "/srv/team/app/main.py", line 3', "x") == 'File "…/main.py", line 3'
    assert one.hidden is not None and one.hidden["paths"] >= 1


def test_json_nested_without_end_is_read_as_text() -> None:
    text = "[" * 100_000
    assert cleaner().json(text, "x") == text


def test_attributes_of_a_span_are_json_and_a_clean_span_is_the_same() -> None:
    span = Span("1", None, "call", 0, 1, "OK", {"mlflow.spanInputs": '{"password": "hunter2x"}'})
    assert "hunter2x" not in str(cleaner(public=False).span(span))
    plain = Span("1", None, "call", 0, 1, "OK", {"mlflow.spanInputs": '{"q": 1}'})
    assert cleaner().span(plain) is plain


def test_a_person_who_judged_is_hidden_but_not_a_program() -> None:
    person = Assessment("a", "good", "feedback", "true", "human", "alice")
    program = Assessment("a", "good", "feedback", "true", "CODE", "judge.py")
    assert cleaner().assessment(person).source == ""
    assert cleaner().assessment(program) is program
    assert cleaner(public=False).assessment(person) is person


def test_pairs_are_read_by_their_keys_first_and_as_json_else() -> None:
    one = cleaner()
    pairs = {"api_key": "hunter2-and-more", "mlflow.source.name": "/srv/x/app.py", "q": '{"hostname": "gpu01"}'}
    shown = one.json_pairs(pairs, "tags")
    assert "hunter2" not in shown["api_key"]
    assert shown["mlflow.source.name"] == "app.py"
    assert json.loads(shown["q"]) == {"hostname": "•••"}


@pytest.mark.parametrize("value", ['{"user": "alice"}', '[{"hostname": "gpu07"}]', 'File "/opt/shop/agent.py", line 3'])
def test_a_pair_is_looked_into_even_where_all_pairs_look_plain(value: str) -> None:
    shown = cleaner().json_pairs({"note": value, "other": "plain"}, "span")
    assert shown["other"] == "plain" and shown["note"] != value
