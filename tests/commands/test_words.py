"""What the summaries of commands say of private facts and of artifacts that are not copied."""

from __future__ import annotations

import pytest

from sitegen.commands.words import hidden_words, not_copied_words


def test_kinds_are_counted_in_the_singular_and_in_the_plural() -> None:
    assert (
        hidden_words({"paths": 1, "git repositories": 1, "emails": 2_000}) == "2,000 emails, 1 git repository, 1 path"
    )


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("listed only", "1 of types that are only listed"),
        ("holds many secrets", "1 with more than 20 secrets (allow them in [privacy] if they are none)"),
        ("a reason of its own", "1 (a reason of its own)"),
    ],
)
def test_each_reason_is_counted_with_the_option_that_changes_it(why: str, words: str) -> None:
    assert not_copied_words({why: 1}) == words
