"""Keys and values that honest people log and that look near to secrets and private facts: nothing of them is hidden."""

from __future__ import annotations

from pathlib import Path

from sitegen.privacy import Hidden, Privacy, clean_document, clean_run
from tests.privacy.test_privacy import make_history, make_run

PAIRS = [line.split("\t") for line in Path(__file__).with_name("honest.tsv").read_text("utf-8").splitlines()]
PUBLIC = Privacy("public")


def test_there_are_three_hundred() -> None:
    assert len(PAIRS) >= 300 and all(len(pair) == 2 for pair in PAIRS)


def test_no_honest_pair_is_hidden_as_a_param_or_tag_and_no_honest_key_as_a_metric() -> None:
    for key, value in PAIRS:
        hidden = Hidden()
        run = make_run(params={key: value}, tags={key: value}, metrics={key: make_history(key)})
        assert clean_run(run, PUBLIC, hidden) == (run, []), key
        assert not hidden, key


def test_nothing_is_hidden_in_a_config_file_or_a_table_of_them() -> None:
    for form in ("{}: {}\n", "{}={}\n", "{},{}\n"):
        text = "".join(form.format(key, value) for key, value in PAIRS if '"' not in value)
        clean = clean_document(text, "a.txt", "txt", PUBLIC)
        assert (clean.text, clean.findings, clean.hidden) == (text, (), Hidden())
