"""The pages of prompts, which MLflow keeps as registered models: the text of every version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sitegen.addresses import prompt_page, version_anchor
from sitegen.analysis.words import plural, when
from sitegen.markup.notes import note_excerpt, note_html
from sitegen.model import ModelVersion, RegisteredModel
from sitegen.pages.models import MAX_VERSIONS, cut, registered_facts
from sitegen.pages.page import Fact

PROMPT_TEXT, PROMPT_TYPE = "mlflow.prompt.text", "_mlflow_prompt_type"
SAID_ELSEWHERE = ("mlflow.prompt", "_mlflow_prompt")


@dataclass(frozen=True, slots=True)
class PromptMessage:
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class PromptVersion:
    """A version of a prompt: its text, or the messages of a chat."""

    id: str
    title: str
    aliases: tuple[str, ...]
    message: str
    facts: tuple[Fact, ...]
    messages: tuple[PromptMessage, ...]
    tags: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PromptPage:
    path: str
    title: str
    description: str
    note: str
    facts: tuple[Fact, ...]
    tags: tuple[tuple[str, str], ...]
    versions: tuple[PromptVersion, ...]
    hint: str
    words: tuple[str, ...]
    template: str = "prompt.html"
    kind: str = "prompt"


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
        hint=cut("the newest first", len(shown), len(model.versions)),
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
    """The messages of a chat prompt, or the one text of any other."""
    try:
        found = json.loads(text) if text.startswith("[") else None
        if isinstance(found, list) and found:
            return tuple(PromptMessage(str(one["role"]), _content(one["content"])) for one in found)
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    return (PromptMessage("", text),) if text else ()


def _content(content: object) -> str:
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=2)
