"""Pictures of links and badges: their words are in them and cut to their room."""

from __future__ import annotations

import json
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from sitegen.charts.cards import CardTable, CardWords, badge_svg, card, card_svg
from sitegen.model import Experiment
from sitegen.pages import cards
from sitegen.pages.badges import badge_files

WORDS = CardWords("My <runs>", "digits", "0.98", "highest accuracy", "The verdict. " * 60)


def texts(svg: str) -> list[str]:
    return [str(one.text) for one in ElementTree.fromstring(svg).iter() if one.tag.endswith("}text")]


def test_a_card_says_site_experiment_value_and_the_start_of_the_verdict() -> None:
    said = texts(card_svg(WORDS, None))
    assert said[:2] == ["My <runs>", "digits"] and said[-2:] == ["highest accuracy", "0.98"]
    assert 1 < len(said[2:-2]) < 5 and said[2].startswith("The verdict.")
    assert card(WORDS, None) == card(WORDS, None)


def test_a_card_shows_the_start_of_a_table() -> None:
    table = CardTable(("Run", "loss", "a", "b", "c", "d"), tuple((f"run {at}", *"12345") for at in range(9)))
    said = texts(card_svg(WORDS, table))
    assert "run 0" in said and "run 5" in said and "run 6" not in said and "c" in said and "d" not in said


def test_a_run_without_curves_shows_its_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setattr(cards, "card", lambda *shown: seen.extend(shown) or b"")
    page = SimpleNamespace(
        title="a", labels=(("loss", "0.5"), ("Status", "Finished")), description="loss 0.5. Finished."
    )
    row = SimpleNamespace(run_id="r", metrics={"b": SimpleNamespace(last=2.0), "a": SimpleNamespace(last=1.0)})
    cards.run_card(page, row, Experiment("1", "x"), {}, ["b"], SimpleNamespace(title="t"))  # type: ignore[arg-type]
    words = CardWords("t · x", "a", "0.5", "loss", "Finished.")
    assert seen == [words, CardTable(("Metric", "Value"), (("a", "1"), ("b", "2")))]


def test_a_badge_escapes_its_words() -> None:
    assert texts(badge_svg("<loss>", "1 & 2", "1d63d8")) == ["<loss>", "1 & 2"]


def test_an_experiment_without_a_best_run_has_a_badge_with_its_runs() -> None:
    page = SimpleNamespace(best=None, title="digits\n", table=SimpleNamespace(total=3), description="")
    files = dict(badge_files(page, "1"))  # type: ignore[arg-type]
    [endpoint] = [json.loads(text) for path, text in files.items() if path.endswith(".json")]
    assert endpoint["schemaVersion"] == 1 and endpoint["message"] == "3 runs" and "digits" in endpoint["label"]
