"""The page of a prompt: every version's text, as a text or as the messages of a chat."""

from __future__ import annotations

import json

import pytest

from sitegen.analysis.relations import Relations
from sitegen.analysis.runs_table import RunRow
from sitegen.model import ModelVersion, RegisteredModel
from sitegen.pages.prompts import PromptPage, PromptVersion, prompt_page_of
from sitegen.pages.registered_models import MAX_VERSIONS
from tests.analysis.builders import row
from tests.pages.library_builder import library

TIME = 1_700_000_000_000


def version(text: str = "Hi", number: int = 1, **fields: object) -> ModelVersion:
    known = {"description": "", "user": "", "creation_time": None, "tags": {"mlflow.prompt.text": text}, "aliases": ()}
    known |= fields
    return ModelVersion(
        "greet", str(number), "None", str(known["description"]), "", None, "", "READY", "", str(known["user"]),
        known["creation_time"], None, None, known["tags"], known["aliases"],  # type: ignore[arg-type]
    )  # fmt: skip


def prompt(*versions: ModelVersion, description: str = "", **tags: str) -> RegisteredModel:
    return RegisteredModel("greet", description, None, None, {"mlflow.prompt.is_prompt": "true", **tags}, {}, versions)


def page_of(model: RegisteredModel, *rows: RunRow) -> PromptPage:
    return prompt_page_of(model, library(*rows, registered=[model]))


def shown(one: ModelVersion) -> PromptVersion:
    return page_of(prompt(one)).versions[0]


def messages(text: str) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in shown(version(text)).messages]


def test_a_chat_is_its_messages() -> None:
    chat = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": {"type": "text", "text": "ü"}}]
    assert messages(json.dumps(chat)) == [
        ("system", "Be kind."),
        ("user", '{\n  "type": "text",\n  "text": "ü"\n}'),
    ]


@pytest.mark.parametrize(
    "text", ["Hi {{name}}", "[1, 2]", "[]", '[{"role": "user"}]', "[broken", "[" * 100_000, '{"role": "u"}']
)
def test_anything_else_is_one_text_as_it_was_written(text: str) -> None:
    assert messages(text) == [("", text)]


def test_a_version_without_a_text_has_no_message() -> None:
    assert messages("") == []


def test_a_version_says_who_made_it_and_keeps_mlflows_own_tags_to_itself() -> None:
    tags = {"mlflow.prompt.text": "Hi", "_mlflow_prompt_type": "text", "b": "2", "a": "1", "mlflow.user": "x"}
    found = shown(version(user="ada", creation_time=TIME, tags=tags, aliases=("prod", "beta"), description="first"))
    assert (found.id, found.title, found.aliases, found.message) == ("v1", "Version 1", ("beta", "prod"), "first")
    assert [(fact.label, fact.value) for fact in found.facts] == [
        ("Created", "2023-11-14 22:13 UTC"), ("User", "ada"), ("Type", "text")
    ]  # fmt: skip
    assert found.tags == (("a", "1"), ("b", "2"), ("mlflow.user", "x"))
    assert shown(version()).facts == ()


def test_the_page_says_how_many_versions_there_are_and_cuts_them() -> None:
    many = page_of(prompt(*(version(number=at) for at in range(MAX_VERSIONS + 1, 0, -1))))
    assert (len(many.versions), many.hint) == (MAX_VERSIONS, "the newest 1000 of 1001")
    assert many.description == "Prompt greet: 1,001 versions." and many.versions[0].title == "Version 1001"
    assert page_of(prompt(version())).hint == ""


def test_a_description_is_sanitised_and_found_by_the_search() -> None:
    page = page_of(prompt(description="<b>kind</b><script>x</script>", team="nlp"))
    assert "<script" not in page.note and "kind" in page.note
    assert page.tags == (("team", "nlp"),)
    assert [text for text, _ in page.search.fields][0] == "<b>kind</b><script>x</script>"
    assert page_of(prompt(description="  ")).note == ""


def test_a_version_shows_the_lines_that_differ_from_the_one_before() -> None:
    newest, first = page_of(prompt(version("Be kind.\nAsk.", 2), version("Be brief.\nAsk."))).versions
    assert newest.changes_title == "What changed since version 1" and (first.changes, first.changes_title) == ((), "")
    assert [(line.sign, line.text) for line in newest.changes] == [("-", "Be brief."), ("+", "Be kind."), (" ", "Ask.")]


def test_messages_are_compared_by_role_and_text() -> None:
    chats = (json.dumps([{"role": "user", "content": text}]) for text in ("b", "a"))
    newest = page_of(prompt(*(version(text, 2 - at) for at, text in enumerate(chats)))).versions[0]
    assert [(line.sign, line.text) for line in newest.changes] == [(" ", "user:"), ("-", "a"), ("+", "b")]


def test_runs_that_used_a_version_are_linked() -> None:
    named = version(number=2, tags={"mlflow.prompt.text": "Hi", "mlflow.prompt.associatedRunIds": "b, gone"})
    model = prompt(named, version())
    used = [Relations("a", prompts=(("greet", "1"), ("other", "1")))]
    known = library(row("a", name="fit"), row("b", name="eval"), registered=[model], relations=used)
    newest, first = prompt_page_of(model, known).versions
    assert [(one.text, one.href) for one in first.used_by] == [("fit", "runs/a.html")]
    assert [one.text for one in newest.used_by] == ["eval", "gone"]
