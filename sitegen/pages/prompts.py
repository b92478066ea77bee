"""The pages of prompts, which MLflow keeps as registered models: the text of every version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sitegen.addresses import prompt_page, version_anchor
from sitegen.analysis.words import plural, when
from sitegen.markup.notes import note_excerpt, note_html
from sitegen.model import ModelVersion, RegisteredModel
from sitegen.pages.page import Fact
from sitegen.pages.registered_models import MAX_VERSIONS, cut, registered_facts
from sitegen.search import NOTE_WEIGHT, SearchEntry

PROMPT_TEXT, PROMPT_TYPE = "mlflow.prompt.text", "_mlflow_prompt_type"
SAID_ELSEWHERE = ("mlflow.prompt", "_mlflow_prompt")


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """A message of a chat prompt, or the text of any other."""

    role: str
    """The role: `system`, `user`; empty for a text prompt."""
    text: str
    """The text, with its variables as written."""


@dataclass(frozen=True, slots=True)
class PromptVersion:
    """A version of a prompt: its text, or the messages of a chat."""

    id: str
    """Its id on the page."""
    title: str
    """Its heading: `Version 3`."""
    aliases: tuple[str, ...]
    """Its aliases, without `@`."""
    message: str
    """The message that it was committed with; plain text."""
    facts: tuple[Fact, ...]
    """When it was made, by whom, and its type."""
    messages: tuple[PromptMessage, ...]
    """The text of a text prompt, or the messages of a chat."""
    tags: tuple[tuple[str, str], ...]
    """Key and value of its own tags."""


@dataclass(frozen=True)
class PromptPage:
    """The page of a prompt: every version's text."""

    path: str
    title: str
    description: str
    """The page in a sentence, for search engines and link previews; at most 200 characters."""
    note: str
    """The prompt's description as finished HTML, sanitised."""
    facts: tuple[Fact, ...]
    """Number of versions, the latest one, times."""
    tags: tuple[tuple[str, str], ...]
    """Key and value of its own tags."""
    versions: tuple[PromptVersion, ...]
    """Its versions, the newest first; at most 1,000."""
    hint: str
    """Which versions are shown, where that is not all of them: `the newest 1000 of 1200`; else empty."""
    words: tuple[str, ...]
    """What the search finds besides the title."""
    template: str = "prompt.html"
    kind: str = "prompt"

    @property
    def search(self) -> SearchEntry:
        """What the search finds of it: its words, and the text of its versions."""
        texts = (message.text for version in self.versions for message in version.messages)
        subtitle = f"prompt, {plural(len(self.versions), 'version')}"
        return SearchEntry("model", subtitle, tuple((text, NOTE_WEIGHT) for text in (*self.words, *texts)))


def prompt_page_of(model: RegisteredModel) -> PromptPage:
    """The page of a prompt: every version's text."""
    shown = model.versions[:MAX_VERSIONS]
    return PromptPage(
        path=prompt_page(model.name),
        title=model.name,
        description=note_excerpt(f"Prompt {model.name}: {plural(len(model.versions), 'version')}.", 200),
        note=note_html(model.description) if model.description.strip() else "",
        facts=registered_facts(model),
        tags=_own_tags(model.tags),
        versions=tuple(_prompt_version(version) for version in shown),
        hint=cut("", len(shown), len(model.versions)),
        words=(model.description,),
    )


def _own_tags(tags: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((k, v) for k, v in sorted(tags.items()) if not k.startswith(SAID_ELSEWHERE))


def _prompt_version(version: ModelVersion) -> PromptVersion:
    made = when(version.creation_time) if version.creation_time is not None else ""
    facts = [Fact("Created", made), Fact("User", version.user), Fact("Type", version.tags.get(PROMPT_TYPE, ""))]
    return PromptVersion(
        id=version_anchor(version.version),
        title=f"Version {version.version}",
        aliases=tuple(sorted(version.aliases)),
        message=version.description,
        facts=tuple(fact for fact in facts if fact.value),
        messages=_messages(version.tags.get(PROMPT_TEXT, "")),
        tags=_own_tags(version.tags),
    )


def _messages(text: str) -> tuple[PromptMessage, ...]:
    """The messages of a chat prompt, or the text of any other."""
    try:
        found = json.loads(text) if text.startswith("[") else None
        if isinstance(found, list) and found:
            return tuple(PromptMessage(str(one["role"]), _content(one["content"])) for one in found)
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    return (PromptMessage("", text),) if text else ()


def _content(content: object) -> str:
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=2)
