"""What a model's card says of its `MLmodel` file, and what it says where there is none."""

from __future__ import annotations

import pytest

from sitegen.model import Artifact, InputExample, ModelFile
from sitegen.pages.model_card import MAX_FACTS, load_line, model_card

COLUMNS = '[{"name": "x", "type": "double", "required": true}]'


def test_without_a_file_the_card_says_only_that() -> None:
    card = model_card(None)
    assert card.missing == "The files of this model are not with the store."
    assert (card.facts, card.no_signature, card.requirements_line) == ((), "", "")
    assert model_card(None, "An external model.").missing == "An external model."


def test_facts_say_what_is_known_and_leave_out_the_rest() -> None:
    file = ModelFile(
        "model", {"sklearn": {}, "python_function": {}}, created="2024-05-06 07:08:09.123", size=2048, files=3
    )
    facts = {fact.label: fact.value for fact in model_card(file).facts}
    assert facts == {
        "Flavors": "sklearn, python_function", "Files": "3 files, 2.05 kB", "Artifact path": "model",
        "Made": "2024-05-06 07:08 UTC",
    }  # fmt: skip
    assert model_card(ModelFile("")).facts == ()
    assert [fact.value for fact in model_card(ModelFile("", files=1, size=5)).facts] == ["1 file, 5 B"]


def test_a_model_without_a_signature_is_said_to_have_none() -> None:
    assert model_card(ModelFile("m")).no_signature == "This model has no signature."
    card = model_card(ModelFile("m", inputs=COLUMNS))
    assert (card.no_signature, [table.title for table in card.signature]) == ("", ["Inputs"])


@pytest.mark.parametrize(("count", "line"), [(0, ""), (1, "1 requirement"), (4, "4 requirements")])
def test_requirements_are_counted(count: int, line: str) -> None:
    assert model_card(ModelFile("m", requirements=("a==1",) * count)).requirements_line == line


def test_what_is_known_of_a_flavor_is_bounded() -> None:
    (flavor,) = model_card(ModelFile("m", {"big": {f"k{at}": "v" for at in range(MAX_FACTS + 1)}})).flavors
    assert flavor.name == "big" and len(flavor.facts) == MAX_FACTS and flavor.facts[0] == ("k0", "v")


def test_the_line_that_loads_a_model_stays_one_string_of_python() -> None:
    assert load_line("models:/wine@best") == 'mlflow.pyfunc.load_model("models:/wine@best")'
    hostile = 'x"); import os; ("é\\\n'
    assert eval(load_line(hostile).removeprefix("mlflow.pyfunc.load_model")) == hostile


def test_an_input_example_is_shown_as_rows_or_text_or_by_its_shape_alone() -> None:
    table = InputExample("dataframe", "12 rows × 1 column", (("x", "long"),), (("1",),) * 10)
    found = model_card(ModelFile("m", example=table)).example
    assert found is not None and (found.hint, len(found.rows)) == ("dataframe, 12 rows × 1 column", 10)
    assert found.note == "The first 10 of 12 rows."
    hidden = model_card(ModelFile("m", example=InputExample("json_object", "1 key"))).example
    assert hidden is not None and (hidden.hint, hidden.note) == (
        "json object, 1 key", "Its values are not shown on a public site."
    )  # fmt: skip


def test_files_and_metadata_are_listed() -> None:
    card = model_card(
        ModelFile("m", files=3, size=3000, entries=(Artifact("MLmodel", 1000),), metadata={"team": "nlp"})
    )
    assert (card.files, card.files_line) == ((("MLmodel", "1 kB"),), "3 files, 3 kB; the first 1")
    assert card.metadata == (("team", "nlp"),)
