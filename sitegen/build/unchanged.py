"""Whether anything has changed since the site was built; if not, the build ends here, and has loaded little.

Settings, program and the stamp of the store must be the same, and each file of the site as it was left. Stamps with a
time close to that of the build are not kept: a file that changed again in the same instant could have the same one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from sitegen.build.built import Built
from sitegen.build.cache import Cache
from sitegen.build.digests import digest_of
from sitegen.build.previous import PreviousSite, SavedFile
from sitegen.build.settings_key import settings_key
from sitegen.build.source import Source
from sitegen.earlier import open_site
from sitegen.output import Stage
from sitegen.stores.contract import HasSnapshots
from sitegen.stores.stamps import Snapshot, Stamp

SETTLED_NS = 2_000_000_000
"""A stamp counts if nothing in it changed later than this before it was taken, in ns."""


@dataclass(frozen=True, slots=True)
class State:
    """The last build: the key of all that it was made from ('' if that was changing), its files, its counts."""

    key: str
    files: list[SavedFile]
    built: Built


class Before:
    """The build before, as its cache knows it, and the store and the site as they are now."""

    def __init__(self, source: Source, cache: Cache, stage: Stage) -> None:
        self.cache = cache
        self.stage = stage
        self._moment = time.time_ns()
        store = source.store
        self.snapshot: Snapshot | None = store.snapshot() if isinstance(store, HasSnapshots) else None
        self.settings = settings_key(source.config, source.theme)
        self._key = self._key_of(source)
        self._state = cache.load("state", State)
        files = self._state.files if self._state else ()
        self.site = PreviousSite(stage.previous, stage.root, files, cache.is_secret)

    def _key_of(self, source: Source) -> str:
        """The key of all that the site is made from; '' where that is not known for certain."""
        config, found = source.config, source.found
        stamp = self.snapshot.stamp if self.snapshot and not config.traces else None
        if stamp is None or not self.is_settled(stamp):
            return ""
        earlier = open_site(config.since).state() if config.since else ""
        if earlier is None:
            return ""
        asked = [config.strict, config.host, earlier]
        return digest_of([self.settings, found.locations, found.sentence, asked, stamp.digest])

    def is_settled(self, stamp: Stamp) -> bool:
        """Whether nothing that it stamps could change without giving another one."""
        return stamp.newest < self._moment - SETTLED_NS

    def unchanged(self, output: Path) -> Built | None:
        """What the build before made in `output`, if this one would make the same; None if it has to build."""
        state = self._state
        if state is None or not self._key or state.key != self._key or not self.site.is_whole():
            return None
        return replace(state.built, output=output, is_unchanged=True)

    def save(self, built: Built, site: Path) -> None:
        """Keep what was built, now that it is in its place at `site`. Raises OSError."""
        files = [SavedFile(*one, (site / one.path).lstat().st_mtime_ns) for one in self.stage.written]
        self.cache.save("state", State(self._key, files, built))
