"""Labels that can be told apart: long strings cut where they agree, runs of one name, characters that cannot be seen.

`labels.js` is the twin of this module (`SG.labels`); both are tested with `tests/analysis/labels.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

EMPTY = "(empty)"
"""The label of a value that is an empty string, as opposed to a missing one."""
SHORT_ID = 6
"""Characters of a run's id that stand beside a name which several runs have."""
MAX_LABEL = 40
"""Characters of a label in a chip, a legend or a list."""
_CONTEXT = 12
"""Characters of a common beginning that may stay, so that a reader sees what the part that differs belongs to."""
_KEPT = 3
"""Characters of a common beginning that stay where there is no separator in it."""
_SEPARATORS = "/\\_-.:=,|@ "

# Controls, those of direction, and what has no width but the joiners, which some scripts and emoji need.
_UNSEEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
)
_CONTROL = re.compile(f"[{_UNSEEN}]")
_ONE_LINE = re.compile(f"[{_UNSEEN}\t\n\r\xa0]|^ | $|(?<= ) ")


def show_controls(text: str) -> str:
    """`text` with control characters and those that turn the direction of text as symbols: `␀`, `⟨U+202E⟩`.

    Tabs and line breaks stay. A browser would apply the others, so that one name could look like another.
    """
    return text if text.isprintable() else _CONTROL.sub(_symbol, text)


def one_line(text: str) -> str:
    """`text` for one line of a page, with line breaks, tabs and spaces that HTML drops as symbols too."""
    if text.isprintable() and text[:1] != " " and text[-1:] != " " and "  " not in text:
        return text
    return _ONE_LINE.sub(_symbol, text)


def _symbol(match: re.Match[str]) -> str:
    character = match[0]
    if character == " ":
        return "␣"
    if character == "\xa0":
        return "⍽"
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"


def cut_apart(texts: Iterable[str], most: int = MAX_LABEL) -> dict[str, str]:
    """Each of `texts` on one line of about `most` characters, cut where it agrees with others: `…/train-v2.csv`.

    Two that differ never look the same: where a cut would make them so, the part in which they differ is kept.
    """
    lines = {text: one_line(text) for text in texts}
    shown = {line: line for line in lines.values() if len(line) <= most}
    _cut_group(sorted(set(lines.values()) - shown.keys()), 0, most, shown)
    out = {text: shown[line] for text, line in lines.items()}
    return _distinct(out, lines)


def _cut_group(lines: Sequence[str], start: int, most: int, shown: dict[str, str]) -> None:
    """Cut sorted `lines`, which agree in their first `start` characters, to windows that begin there."""
    todo = [(list(lines), start)]
    while todo:
        group, start = todo.pop()
        for window, same in groupby(group, key=lambda line: _window(line, start, most)):
            alike = sorted(set(same))
            if len(alike) == 1:
                shown[alike[0]] = window
                continue
            # Sorted lines that look alike here agree up to where the first and the last of them differ.
            todo.append((alike, max(start + 1, _cut_at(alike[0], _agreement(alike[0], alike[-1]), most // 2))))


def _window(line: str, start: int, most: int) -> str:
    head = "…" if start else ""
    rest = line[start:]
    return head + rest if len(head) + len(rest) <= most else head + rest[: most - 1 - len(head)] + "…"


def _agreement(first: str, second: str) -> int:
    """How many characters two strings have in common at their beginning."""
    shorter = min(len(first), len(second))
    return next((at for at in range(shorter) if first[at] != second[at]), shorter)


def _cut_at(line: str, agreed: int, most: int) -> int:
    """Where to cut a beginning of `agreed` characters, keeping at most `most`: at a separator, where there is one."""
    near = range(max(0, agreed - min(_CONTEXT, most)), agreed)
    separator = next((at for at in near if line[at] in _SEPARATORS), None)
    at = max(0, agreed - _KEPT) if separator is None else separator
    return at + 1 if line[at : at + 1] == " " else at


def _distinct(out: dict[str, str], full: Mapping[str, str]) -> dict[str, str]:
    """`out`, in full wherever two that differ still look the same."""
    while True:
        by_look: dict[str, list[str]] = {}
        for text, look in out.items():
            by_look.setdefault(look, []).append(text)
        clashing = [text for alike in by_look.values() if len(alike) > 1 for text in alike if out[text] != full[text]]
        if not clashing:
            return out
        out |= {text: full[text] for text in clashing}


def value_labels(values: Iterable[str], most: int = MAX_LABEL) -> dict[str, str]:
    """The label of each value of one param or tag: cut apart (`cut_apart`), a word for the one that is empty."""
    return {value: label or EMPTY for value, label in cut_apart(values, most).items()}


def run_labels(runs: Iterable[tuple[str, str]], most: int = MAX_LABEL) -> dict[str, str]:
    """The label of each of `runs` (id, name) where they are shown together, by id.

    Names are cut apart; those that several runs have get the first characters of the run's id behind them:
    `cnn · 3f2a9c`. A run without a name is called by its id.
    """
    names = {run_id: name.strip() and name for run_id, name in runs}
    looks = cut_apart({name for name in names.values() if name}, most)
    by_name: dict[str, list[str]] = {}
    for run_id, name in names.items():
        by_name.setdefault(looks[name] if name else "", []).append(run_id)
    labels: dict[str, str] = {}
    for look, ids in by_name.items():
        short = short_ids(ids) if len(ids) > 1 or not look else {}
        labels |= {run_id: " · ".join(filter(None, (look, short.get(run_id)))) for run_id in ids}
    return labels


def short_ids(ids: Iterable[str]) -> dict[str, str]:
    """The first 6 characters of each run id; the last 6, else more, where those do not tell these runs apart."""
    known = sorted(set(ids))
    ends = {one: one if len(one) <= SHORT_ID else "…" + one[-SHORT_ID:] for one in known}
    if len({one[:SHORT_ID] for one in known}) < len(known) == len(set(ends.values())):
        return {one: one_line(end) for one, end in ends.items()}
    longest = max((len(one) for one in known), default=0)
    length = next(n for n in range(SHORT_ID, longest + SHORT_ID + 1) if len({one[:n] for one in known}) == len(known))
    return {one: one_line(one[:length]) for one in known}
