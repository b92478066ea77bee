"""Values of keys that name secrets, in configuration; what is a key and what is a value."""

from __future__ import annotations

import pytest

from sitegen.privacy.assigned import ASSIGNED, without_program_text
from sitegen.privacy.scanner import Scanner

FIND = Scanner([ASSIGNED]).find


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("password: hunter2", "hunter2"),
        ("db.password=hunter2;x=1", "hunter2"),
        ("PASSWORD = 'two words'", "two words"),
        ('{\\"api_key\\": \\"hunter2\\"}', "hunter2"),
        ("run --api-key hunter2 --lr 1", "hunter2"),
        ("token: abc1", "abc1"),
        ("client_secret: onlywords", "onlywords"),
    ],
)
def test_the_value_of_a_secret_key_is_found(text: str, value: str) -> None:
    assert [text[one.start : one.end] for one in FIND(text)] == [value]


@pytest.mark.parametrize(
    "text",
    ["key: value9", "a key = b9c8", "api_key", "api_key value9", "run --lr 1 api-key value9", "token: word", "password: ***",
     "password = get(x)", "openai_api_key_path: /etc/x9", "max_tokens: 12000"],
)  # fmt: skip
def test_what_is_no_value_of_a_secret_key_is_not(text: str) -> None:
    assert FIND(text) == []


def test_in_program_text_only_a_quoted_random_value_counts() -> None:
    text = 'a.password="short";b.password="a1b2c3d4e5f6"'
    found = FIND(text)
    assert len(found) == 2
    assert without_program_text(text, found, False) == found
    assert [text[one.start : one.end] for one in without_program_text(text, found, True)] == ["a1b2c3d4e5f6"]
    page = f"<script>{text}</script>password: hunter2"
    assert len(without_program_text(page, FIND(page), False)) == 2
