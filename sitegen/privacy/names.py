"""Names of people and machines that are private only because a field of the same record says whose they are.

A user called `alice` and the host `gpu7` are learnt from the run's own fields, and hidden in its paths, addresses and
texts as whole words. A whole param value stays (`adam` is an optimizer too), and so do short and ambiguous names in
running text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sitegen.model import Run, Trace
from sitegen.privacy.private import ORDINARY, private_key, private_pair
from sitegen.privacy.profile import Privacy

_MIN_NAME, _MIN_FREE = 3, 5
"""Characters of the shortest name that is hidden in a path, and in running text."""
_MAX_NAMES = 12
_HOME = re.compile(r"(?:/home|/Users|[\\/]Users)[\\/]+([^\\/\s\"'<>:;,]{3,64})", re.IGNORECASE)
_HOST = re.compile(r"https?://(?:[^/@\s]{1,200}@)?([A-Za-z0-9][A-Za-z0-9.-]{2,200})")
_WORD = re.compile(r"[A-Za-z][\w.-]{2,63}")
_PEOPLE_AND_METHODS = frozenset(
    "adam adamw nadam lamb lion lars sophia grace jasper albert ernie roberta claude marvin dolly vicuna alpaca llama"
    " gemma gemini falcon phoenix mistral hermes luke flair felix newton gauss euler laplace jacobi markov carlo pascal"
    " julia ruby swift crystal bayes hopper tesla volta turing ampere".split()
)
"""Names of people that are models, optimizers or methods as well."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one record, the longest first; `free` are those that are hidden in running text too."""

    words: tuple[str, ...] = ()
    free: frozenset[str] = frozenset()

    def hide(self, text: str, is_free: bool) -> tuple[str, int]:
        """`text` without the names, and how many were hidden: in paths and addresses, if `is_free` in all of it."""
        count = 0
        for word in self.words:
            if word in text and word != text.strip():
                text, found = _pattern(word, is_free and word in self.free).subn("•••", text)
                count += found
        return text, count


NO_NAMES = Names()


@lru_cache(maxsize=1_000)
def _pattern(word: str, is_free: bool) -> re.Pattern[str]:
    name = re.escape(word)
    if is_free:
        return re.compile(rf"(?<![^\W_]){name}(?![^\W_])")
    return re.compile(rf"(?<=[\\/@]){name}(?![^\W_])|(?<![^\W_]){name}(?=[\\/@])")


def names_of(run: Run, privacy: Privacy) -> Names:
    """The names that the fields of a run hold: its user, home folders in its paths, hosts in its params and tags.

    None where the profile shows them.
    """
    if not privacy.public:
        return NO_NAMES
    values = {text.casefold() for pairs in (run.params, run.metrics) for text in pairs}
    values |= {value.casefold() for key, value in run.params.items() if not private_pair(key, value)}
    return _names([run.user], (run.source_name, run.artifacts.uri), (run.tags, run.params), values)


def names_of_trace(trace: Trace, privacy: Privacy) -> Names:
    """As `names_of`, of what a trace's tags and metadata hold."""
    return _names((), (), (trace.tags, trace.metadata), set()) if privacy.public else NO_NAMES


def _names(users: Iterable[str], paths: Iterable[str], pairs: Iterable[Mapping[str, str]], values: set[str]) -> Names:
    """The names in fields; those that are one of `values` are not hidden in running text."""
    fields = [item for one in pairs for item in one.items() if private_pair(*item)]
    people = [value for key, value in fields if private_key(key) in ("user names", "host names")]
    found = dict.fromkeys(_parts([*users, *people, *(name for path in paths for name in _HOME.findall(path))]))
    found |= dict.fromkeys(_hosts(value for key, value in fields if private_key(key) == "workspace facts"))
    words = tuple(sorted(found, key=lambda word: (-len(word), word))[:_MAX_NAMES])
    return Names(words, frozenset(word for word in words if _is_unambiguous(word) and word.casefold() not in values))


def _hosts(addresses: Iterable[str]) -> Iterable[str]:
    """The hosts of web addresses, such as that of a tracking server."""
    for address in addresses:
        match = _HOST.match(address)
        if match and "." in match[1]:
            yield match[1]


def _parts(values: Iterable[str]) -> Iterable[str]:
    """The names in values of fields: of an e-mail address the part before the `@`, of a host name the first label."""
    for value in values:
        word = re.split(r"[@\\]", value.strip())[0] if "@" in value else value.strip().rpartition("\\")[2]
        for name in dict.fromkeys((word, word.partition(".")[0])):
            if len(name) >= _MIN_NAME and _WORD.fullmatch(name) and name.lower() not in ORDINARY:
                yield name


def _is_unambiguous(word: str) -> bool:
    has_mark = any(not character.isalpha() for character in word)
    return has_mark or (len(word) >= _MIN_FREE and word.lower() not in _PEOPLE_AND_METHODS)
