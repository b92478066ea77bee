"""The preview of an `MLmodel` file."""

from __future__ import annotations

from sitegen.viewers.blocks import Facts, Heading, Table, Text
from sitegen.viewers.model_blocks import model_blocks
from sitegen.viewers.models import ModelFolder


def test_a_model_says_what_it_knows_and_nothing_of_the_rest() -> None:
    (facts,) = model_blocks(ModelFolder("model", 2_000, 1, mlflow="3.1"))
    assert isinstance(facts, Facts)
    assert facts.items[:-1] == (("MLflow", "3.1"),)
    assert facts.items[-1][0] == "Size" and facts.items[-1][1].endswith(" in 1 file")


def test_flavors_are_listed_with_their_versions_where_they_have_one() -> None:
    facts = model_blocks(ModelFolder("m", 0, 2, flavors=(("sklearn", "1.5"), ("python_function", ""))))[0]
    assert isinstance(facts, Facts)
    assert facts.items[0] == ("Flavors", "sklearn 1.5, python_function")


def test_a_signature_is_three_tables_in_order() -> None:
    pair = (("x", "double"),)
    blocks = model_blocks(ModelFolder("m", 0, 1, inputs=pair, outputs=pair, params=pair))
    assert [b.text for b in blocks if isinstance(b, Heading)] == ["Inputs", "Outputs", "Params of a call"]
    tables = [b for b in blocks if isinstance(b, Table)]
    assert [[cell.text for cell in row] for row in tables[0].rows] == [["x", "double"]]
    assert len(tables) == 3


def test_requirements_are_escaped_lines() -> None:
    text = model_blocks(ModelFolder("m", 0, 1, requirements=("a<2", "b>=1")))[-1]
    assert isinstance(text, Text)
    assert (text.html, text.label) == ("a&lt;2\nb&gt;=1", "Requirements")
