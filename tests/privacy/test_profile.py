"""The names of secrets that were met, and the two profiles."""

from __future__ import annotations

import hashlib

from sitegen.privacy.profile import Privacy, fingerprint


def test_the_profile_is_public_unless_it_is_said_to_be_internal() -> None:
    assert Privacy().public
    assert Privacy("public").public
    assert not Privacy("internal").public


def test_a_fingerprint_is_eight_hex_digits_of_rule_and_value() -> None:
    assert fingerprint("r", "v") == hashlib.sha256(b"r\0v").hexdigest()[:8]


def test_rule_and_value_are_held_apart() -> None:
    assert len({fingerprint("ab", "c"), fingerprint("a", "bc"), fingerprint("a", "c")}) == 3


def test_half_a_character_has_a_fingerprint_too() -> None:
    assert len(fingerprint("rule", "\ud800")) == 8
