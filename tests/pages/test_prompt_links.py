"""Which runs used which prompts: by the run's tag or the prompt's, and never one that the store does not have."""

from __future__ import annotations

import pytest

from sitegen.analysis.relations import LINKED_PROMPTS, Relations, prompts_of
from sitegen.model import Catalog
from sitegen.pages.prompt_links import RUN_IDS, PromptLink, prompts_of_runs
from tests.pages.library_builder import registered_model, version


def catalog(**tags: str) -> Catalog:
    versions = (version("10", tags=tags), version("9"))
    return Catalog("k", "l", (), (), (registered_model(*versions, tags={"mlflow.prompt.is_prompt": "true"}),))


def test_both_sides_are_joined_and_versions_stand_in_order() -> None:
    tag = '[{"name": "wine", "version": "10"}, {"name": "wine", "version": 9}, {"name": "gone", "version": "1"}]'
    found = prompts_of_runs(
        catalog(**{RUN_IDS: "a,b"}), [Relations("a", prompts=prompts_of({LINKED_PROMPTS: tag})), Relations("c")]
    )
    assert found == {"a": (PromptLink("wine", "9"), PromptLink("wine", "10")), "b": (PromptLink("wine", "10"),)}


@pytest.mark.parametrize("text", ["", "{", "3", "[3]", '[{"name": "x"}]', "[" * 100_000, "null"])
def test_a_tag_of_another_form_names_none(text: str) -> None:
    assert prompts_of({LINKED_PROMPTS: text}) == ()
    assert prompts_of_runs(catalog(), []) == {}
