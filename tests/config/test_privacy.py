"""The settings about privacy as rules."""

from __future__ import annotations

import pytest

from sitegen.config import Config
from sitegen.config.options import PrivacyTable
from sitegen.config.privacy import privacy_of
from sitegen.errors import UsageError
from sitegen.privacy import Privacy


def test_profile_and_table_become_one_value() -> None:
    assert privacy_of(Config()) == Privacy()
    table = PrivacyTable(("0123abcd",), {"ticket": "A-[0-9]+"}, ("a",), ("b*",))
    expected = Privacy("internal", frozenset(("0123abcd",)), (("ticket", "A-[0-9]+"),), ("a",), ("b*",))
    assert privacy_of(Config(profile="internal", privacy=table)) == expected


def test_a_pattern_that_cannot_be_used_is_a_mistake_of_usage() -> None:
    with pytest.raises(UsageError, match=r'The pattern "bad" of \[privacy\] matches an empty string'):
        privacy_of(Config(privacy=PrivacyTable(patterns={"bad": "x*"})))
