"""The user's own rules: what is allowed, what own patterns mask, which keys are hidden and shown."""

from __future__ import annotations

import dataclasses
import time

import pytest

from sitegen.model import ModelMetric
from sitegen.privacy import Hidden, Privacy, clean_logged_model, clean_run, clean_text, scan_text
from sitegen.privacy.own_rules import PatternError, check_pattern, secrets_in
from sitegen.privacy.profile import fingerprint
from sitegen.privacy.trace_cleaner import TraceCleaner
from tests.privacy.test_privacy import canary_logged_model, make_history
from tests.privacy.test_privacy import make_run as run

PASSWORD = "hunter2-and-more"
MARK = fingerprint("key-password", PASSWORD)
TICKET = Privacy("internal", patterns=(("ticket", "ACME-[0-9]{5}"),))


def test_an_allowed_value_is_shown_and_still_reported_wherever_it_is() -> None:
    privacy = Privacy(allow=frozenset((MARK,)))
    text, found = clean_text(f"password: {PASSWORD} then password: another-one1", privacy)
    assert PASSWORD in text and "another-one1" not in text
    assert [(one.fingerprint == MARK, one.is_allowed) for one in found] == [(True, True), (False, False)]
    cleaned, found = clean_run(run(params={"password": PASSWORD}), privacy)
    assert cleaned.params == {"password": PASSWORD} and [one.is_allowed for one in found] == [True]
    assert [one.is_allowed for one in scan_text(f"a\npassword={PASSWORD}", privacy=privacy)] == [True]
    assert [one.is_allowed for one in scan_text(f"a\npassword={PASSWORD}")] == [False]


def test_what_an_own_pattern_matches_is_masked_like_a_secret() -> None:
    text, found = clean_text("See ACME-12345, not ACME-1.", TICKET)
    assert text == "See •••(ticket), not ACME-1."
    assert [(one.rule, one.fingerprint) for one in found] == [("ticket", fingerprint("ticket", "ACME-12345"))]
    assert [one.rule for one in scan_text("x\nACME-12345\n", privacy=TICKET)] == ["ticket"]


def test_an_own_pattern_finds_its_place_beside_other_letters_and_other_secrets() -> None:
    text = "é\ud800 ACME-12345 password: ACME-54321"
    assert [text[one.start : one.end] for one in secrets_in(text, TICKET)] == ["ACME-12345", "ACME-54321"]


def test_what_was_masked_once_is_no_secret() -> None:
    once, found = clean_text(f"password: {PASSWORD} https://x.example.org/?X-Amz-Signature=abcdef0123", Privacy())
    assert len(found) == 2
    assert clean_text(once, Privacy()) == (once, [])


def test_no_pattern_takes_long_whatever_the_text() -> None:
    privacy = Privacy(patterns=(("slow", "(a+)+b"),))
    started = time.process_time()
    assert secrets_in("a" * 200_000, privacy) == []
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(a", r"is not a pattern of RE2 \(missing \): \(a\)"),
        (r"(a)\1", "is not a pattern of RE2"),
        ("x*", "matches an empty string"),
        ("a" * 2_000, "is longer than 1,000 characters"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused(pattern: str, problem: str) -> None:
    with pytest.raises(PatternError, match=problem):
        check_pattern(pattern)


@pytest.mark.parametrize("profile", ["public", "internal"])
def test_hidden_keys_are_left_out_of_params_metrics_and_tags_in_every_profile(profile: str) -> None:
    privacy, hidden = Privacy(profile, hide_keys=("billing.*", "team")), Hidden()  # type: ignore[arg-type]
    metrics = {key: make_history(key) for key in ("loss", "billing.eur")}
    before = run(params={"billing.code": "7", "lr": "1"}, tags={"team": "a", "teams": "b"}, metrics=metrics)
    after, findings = clean_run(before, privacy, hidden)
    assert (dict(after.params), dict(after.tags), list(after.metrics)) == ({"lr": "1"}, {"teams": "b"}, ["loss"])
    assert (hidden["keys of hide_keys"], findings) == (3, [])


def test_hidden_keys_are_left_out_of_logged_models_and_of_the_json_of_traces() -> None:
    privacy = Privacy("internal", hide_keys=("billing.*",))
    metrics = (ModelMetric("billing.eur", 1.0, 0, 0, "r1"), ModelMetric("loss", 1.0, 0, 0, "r1"))
    model, _ = clean_logged_model(dataclasses.replace(canary_logged_model("x"), metrics=metrics), privacy)
    assert [metric.key for metric in model.metrics] == ["loss"]
    cleaner = TraceCleaner(privacy, "trace t", Hidden())
    assert cleaner.json('{"billing.code": "7", "a": 1}', "x") == '{"billing.code": "•••", "a": 1}'
    assert "777" not in cleaner.json('{"billing.code": "777", "a": "cut', "x")


def test_a_shown_key_makes_no_secret_and_no_private_fact_but_a_token_stays_masked() -> None:
    privacy = Privacy(show_keys=("session_id", "host*"))
    token = "gh" + "p_" + "Ab1" * 12
    before = run(params={"session_id": "abcdef-123456", "hostname": "node7", "password": PASSWORD}, tags={})
    after, findings = clean_run(before, privacy)
    assert after.params == dict(before.params) | {"password": "•••(key-password)"}
    assert [one.rule for one in findings] == ["key-password"]
    assert clean_run(run(params={"session_id": token}), privacy)[1][0].rule == "github-token"
    assert scan_text('{"session_id": "abcdef-123456"}', privacy=privacy) == []
    assert clean_text("--session_id=abcdef-123456", privacy) == ("--session_id=abcdef-123456", [])
    assert scan_text('{"session_id": "abcdef-123456"}') != []
