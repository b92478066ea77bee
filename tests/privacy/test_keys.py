"""Keys that say that their value is a secret, and values that stand for none."""

from __future__ import annotations

import pytest

from sitegen.privacy.keys import is_placeholder, secret_column, secret_key, words_of


@pytest.mark.parametrize(
    ("key", "rule"),
    [
        ("password", "key-password"),
        ("db.password", "key-password"),
        ("apiKey", "key-api-key"),
        ("OPENAI_API_KEY", "key-openai-api-key"),
        ("aws_secret_access_key", "key-secret"),
        ("hf_token", "key-hf-token"),
        ("token", "key-token"),
        ("auth-token-path/password", "key-password"),
    ],
)
def test_a_key_of_a_secret_names_its_rule(key: str, rule: str) -> None:
    assert secret_key(key) == rule


@pytest.mark.parametrize("key", ["max_new_tokens", "pad_token", "token_count", "secret_length", "api_key_format", "keys",
                                 "passwordless", "pass_rate", "spin", ""])  # fmt: skip
def test_a_key_about_tokens_or_about_a_secret_is_none(key: str) -> None:
    assert secret_key(key) is None


def test_a_word_between_a_secret_and_its_property_is_still_about_the_secret() -> None:
    assert secret_key("password_min_length") is None
    assert secret_key("password_for_length") == "key-password"


def test_words_are_cut_at_case_digits_and_marks_within_the_first_500_characters() -> None:
    assert words_of("dbURL_max2Value") == ("db", "url", "max", "value")
    assert words_of("x" * 495 + "_abcde") == ("x" * 495, "abcd")


@pytest.mark.parametrize("value", ["", " None ", "<HUB_TOKEN>", "${API_KEY}", "$KEY", "{{ key }}", "%(key)s", "****", "xxx",
                                   "[redacted]", "your-secret-key-here", "99", "N/A"])  # fmt: skip
def test_a_placeholder_is_no_secret(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize("value", ["100", "hunter2", "<a> b", "none of it", "$KEY and more", "your house"])
def test_anything_else_may_be_one(value: str) -> None:
    assert not is_placeholder(value)


def test_a_column_may_be_named_by_an_ordinary_word() -> None:
    assert secret_column("token") is None and secret_column("secret") is None
    assert secret_column("api_key") == "key-api-key" and secret_column("x") is None
