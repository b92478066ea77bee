"""The settings about privacy as the rules that records are cleaned by."""

from __future__ import annotations

from sitegen.config.options import Config
from sitegen.errors import UsageError
from sitegen.privacy import PatternError, Privacy, check_pattern


def privacy_of(config: Config) -> Privacy:
    """What a site, a list of best runs or a report may show. Raises UsageError for a pattern that cannot be used."""
    own = config.privacy
    for name, pattern in own.patterns.items():
        try:
            check_pattern(pattern)
        except PatternError as error:
            raise UsageError(f'The pattern "{name}" of [privacy] {error}.') from error
    patterns = tuple(own.patterns.items())
    return Privacy(config.profile, frozenset(own.allow), patterns, own.hide_keys, own.show_keys)
