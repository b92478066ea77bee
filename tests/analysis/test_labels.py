"""Labels that can be told apart. `labels.json` holds `labels.js` to the same results (tests/browser)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.analysis.labels import MAX_LABEL, cut_apart, one_line, run_labels, short_ids, show_controls

VECTORS = json.loads(Path(__file__).with_name("labels.json").read_text("utf-8"))
LIKE = st.builds(
    "".join, st.lists(st.sampled_from(["/data/train", "-seed-", "a", "b", " ", "1", "x" * 20, "…", "\n"]), max_size=9)
)


@pytest.mark.parametrize(("texts", "looks"), VECTORS["texts"])
def test_strings_are_cut_as_agreed(texts: list[str], looks: list[str]) -> None:
    cut = cut_apart(texts)
    assert [cut[text] for text in texts] == looks


@pytest.mark.parametrize(("runs", "labels"), VECTORS["runs"])
def test_runs_are_called_as_agreed(runs: list[tuple[str, str]], labels: list[str]) -> None:
    found = run_labels(runs)
    assert [found[run_id] for run_id, _ in runs] == labels


@pytest.mark.parametrize(("text", "look"), VECTORS["controls"])
def test_control_characters_are_shown(text: str, look: str) -> None:
    assert show_controls(text) == look


@given(st.sets(LIKE | st.text(), max_size=12))
def test_two_strings_that_differ_never_look_the_same(texts: set[str]) -> None:
    looks = cut_apart(texts)
    alike = {look for look in looks.values() if list(looks.values()).count(look) > 1}
    # Only one that was logged with a symbol in it can look like one that a symbol was put into.
    assert all(one_line(text) != text for text in texts if looks[text] in alike) or not alike or _has_symbol(texts)


def _has_symbol(texts: set[str]) -> bool:
    return any(set(text) & set("␣⍽␡⟨") or any("␀" <= one <= "␟" for one in text) for text in texts)


@given(st.sets(st.text(st.sampled_from("ab/- "), max_size=90), max_size=8))
def test_labels_stay_short(texts: set[str]) -> None:
    looks = cut_apart(texts)
    assert all(len(look) <= MAX_LABEL or look == one_line(text) for text, look in looks.items())


def test_a_common_beginning_is_left_out() -> None:
    base = "/data/projects/imagenet/preprocessed/2024/"
    assert list(cut_apart([base + "train/v1.csv", base + "train/v2.csv"]).values()) == [
        "…/train/v1.csv",
        "…/train/v2.csv",
    ]


def test_runs_of_one_name_get_six_characters_of_their_ids() -> None:
    assert run_labels([("aaaaaaaa", "cnn"), ("bbbbbbbb", "cnn"), ("cccccccc", "mlp")]) == {
        "aaaaaaaa": "cnn · aaaaaa",
        "bbbbbbbb": "cnn · bbbbbb",
        "cccccccc": "mlp",
    }


def test_ids_that_begin_alike_are_told_apart_by_their_ends() -> None:
    assert short_ids(["trial-0001", "trial-0002"]) == {"trial-0001": "…l-0001", "trial-0002": "…l-0002"}
    assert short_ids(["abcdefX000000", "abcdefY000000"]) == {"abcdefX000000": "abcdefX", "abcdefY000000": "abcdefY"}


@given(st.dictionaries(st.text(min_size=1), st.sampled_from(["", " ", "cnn", "cnn ", "x" * 50, "x" * 51]), max_size=9))
def test_no_two_runs_have_one_label(runs: dict[str, str]) -> None:
    labels = run_labels(runs.items())
    assert len({one_line(run_id) for run_id in runs}) < len(runs) or len(set(labels.values())) == len(runs)


def test_the_direction_of_text_is_not_turned() -> None:
    assert show_controls("a\u202eb") == "a⟨U+202E⟩b"
    assert show_controls("line\nbreak") == "line\nbreak"
