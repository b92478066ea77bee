"""One pass for all rules: joined finds, what is shown in their place, and the same answer from the memo."""

from __future__ import annotations

import time

import pytest

from sitegen.privacy.scan import scan, scan_short
from sitegen.privacy.scanner import TOO_MUCH, Found, Rule, Scanner, hidden_in, joined
from sitegen.privacy.secrets import SECRET_RULES

TOKEN = "gh" + "p_" + "Ab1" * 12


def find(start: int, end: int, is_secret: bool = False, rule: str = "r") -> Found:
    return Found(start, end, rule, f"<{rule}>", is_secret)


def test_overlapping_finds_are_one_and_a_secret_wins() -> None:
    assert joined([find(5, 9, rule="b"), find(0, 4, rule="a")]) == [find(0, 4, rule="a"), find(5, 9, rule="b")]
    assert joined([find(0, 8), find(2, 4)]) == [find(0, 8)]
    assert joined([find(0, 4), find(2, 8)]) == [Found(0, 8, "r", "•••", False)]
    assert joined([find(0, 4), find(2, 8, True, "s")]) == [Found(0, 8, "s", "<s>", True)]
    assert joined([find(0, 4, True, "s"), find(2, 8, True, "t")]) == [Found(0, 8, "s", "<s>", True)]


def test_an_anchor_is_found_whatever_its_case_and_a_rule_goes_on_behind_what_it_found() -> None:
    seen: list[int] = []

    def one(text: str, at: int, end: int) -> Found:
        seen.append(at)
        return find(at, at + 5)

    assert Scanner([Rule(("ab",), one)]).find("AB-ab-aB\u0130ab") == [find(0, 5), find(6, 11)]
    assert seen == [0, 6]


def test_what_was_found_is_replaced() -> None:
    assert hidden_in("0123456789", [find(1, 3), find(5, 10)]) == "0<r>34<r>"


def test_a_short_string_is_found_again_as_the_first_time() -> None:
    for text in (f"x {TOKEN}", "a@example.org", "nothing"):
        for public in (True, False):
            assert list(scan_short(text, public)) == list(scan_short(text, public)) == scan(text, public)


def test_a_token_in_base64_of_json_is_a_secret() -> None:
    import base64
    import json

    secret = base64.b64encode(json.dumps({"api_address": "https://x.example", "api_key": "a1" * 20}).encode()).decode()
    plain = base64.b64encode(json.dumps({"columns": ["a", "b"], "rows": [1, 2, 3, 4]}).encode()).decode()
    assert [(one.start, one.rule) for one in scan(f"t {secret}", False)] == [(2, "key-api-key")]
    assert scan(f"t {plain}", False) == Scanner(SECRET_RULES).find(plain) == []


@pytest.mark.parametrize("before", [65_536 - 50, 65_536 - 20, 65_536 - 1, 65_536, 65_536 + 1, 2 * 65_536 - 3])
def test_a_find_is_found_where_a_text_is_cut(before: int) -> None:
    text = "x" * (before - 1) + " " + TOKEN + " ada@example.org " + "y" * 70_000
    assert [(one.start, one.end) for one in scan(text, True)] == [(before, before + 40), (before + 41, before + 56)]


def test_a_long_field_that_is_too_much_to_check_is_hidden_from_there_on() -> None:
    text = "ada@example.org " * 70_000
    start = time.process_time()
    found = scan_short(text, True)
    assert time.process_time() - start < 0.5
    assert found[-1].rule == TOO_MUCH and found[-1].end == len(text)
    assert "ada" not in hidden_in(text, found)
    plain = '{"lr": 0.1, "token_count": 12, "x": [1.5, 2.5]}, ' * 20_000
    assert scan_short(plain, True) == ()
