"""Which folders of this machine may be read as the artifacts of a run: those of its store, and those the user named."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from sitegen.stores.disk import is_below

_ARTIFACTS = "artifacts"
_RANDOM_ID = re.compile(r"(?:m-|tr-)?[0-9a-f]{32}")


@dataclass(frozen=True)
class Allowed:
    """Which folders may be read as artifacts. All paths are real ones, without links.

    Those `named` by the user; in the folders `own` of the store those below a part `artifacts`, which MLflow puts into
    the path of all that it logs; and `<id>/artifacts` below `around`, the folder of a database, whose artifact root may
    be anywhere there. That folder is often a home folder, so the id must be one that MLflow draws at random.
    `store` is the file store, or the folder of the database: neither it nor what contains it holds one run's artifacts.
    """

    named: tuple[str, ...]
    own: tuple[str, ...] = ()
    around: str = ""
    store: str = ""

    def allows(self, real: str, owner: str) -> bool:
        """Whether the folder `real` may be the artifacts of the run or model `owner`."""
        if self.store and is_below(self.store, real):
            return False
        for place in self.own:
            if is_below(real, place):
                return _ARTIFACTS in real[len(place) :].split(os.sep)
        if any(is_below(real, place) for place in self.named):
            return True
        is_owned = real.split(os.sep)[-2:] == [owner, _ARTIFACTS] and _RANDOM_ID.fullmatch(owner) is not None
        return is_owned and bool(self.around) and is_below(real, self.around)
