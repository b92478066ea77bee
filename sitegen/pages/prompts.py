"""The pages of prompts, which MLflow keeps as registered models: the text of every version, what changed in it, and the
runs and logged models that used it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitegen.addresses import prompt_page, version_anchor
from sitegen.analysis.relations import prompts_of
from sitegen.analysis.words import plural, when
from sitegen.markup.notes import note_excerpt, note_html
from sitegen.model import ModelVersion, RegisteredModel
from sitegen.pages.library import Library, Link
from sitegen.pages.line_diff import DiffLine, line_diff
from sitegen.pages.page import Fact
from sitegen.pages.registered_models import MAX_VERSIONS, cut, registered_facts
from sitegen.search import NOTE_WEIGHT, SearchEntry

PROMPT_TEXT, PROMPT_TYPE = "mlflow.prompt.text", "_mlflow_prompt_type"
MAX_DIFFS = 50
MAX_USERS = 50
SAID_ELSEWHERE = ("mlflow.prompt", "_mlflow_prompt", "_mlflow_experiment_ids")


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
    changes_title: str
    """What it is compared with: `What changed since version 2`; empty for the first version."""
    changes: tuple[DiffLine, ...]
    """The lines that differ from the version before, with two lines around them; of the newest 50 versions."""
    used_by: tuple[Link, ...]
    """The runs that used it, then the logged models; at most 50."""
    used_hint: str
    """How many more there are; empty if all are shown."""


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


def prompt_page_of(model: RegisteredModel, library: Library) -> PromptPage:
    """The page of a prompt: every version's text, and what used it."""
    users = _users(model.name, library)
    shown = model.versions[:MAX_VERSIONS]
    return PromptPage(
        path=prompt_page(model.name),
        title=model.name,
        description=note_excerpt(f"Prompt {model.name}: {plural(len(model.versions), 'version')}.", 200),
        note=note_html(model.description) if model.description.strip() else "",
        facts=registered_facts(model),
        tags=_own_tags(model.tags),
        versions=tuple(
            _prompt_version(version, before if at < MAX_DIFFS else None, users.get(version.version, []))
            for at, (version, before) in enumerate(zip(shown, (*model.versions[1:], None), strict=False))
        ),
        hint=cut("", len(shown), len(model.versions)),
        words=(model.description,),
    )


def _own_tags(tags: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((k, v) for k, v in sorted(tags.items()) if not k.startswith(SAID_ELSEWHERE))


def _users(name: str, library: Library) -> dict[str, list[Link]]:
    """The runs and logged models that used each version."""
    found: dict[str, list[Link]] = {}
    for link, run_ids in library.runs_of_prompts.items():
        if link.name == name:
            found.setdefault(link.version, []).extend(library.run(run_id) for run_id in run_ids)
    for model_id in sorted(library.logged):
        for used, version in prompts_of(library.logged[model_id].tags):
            if used == name:
                found.setdefault(version, []).append(library.model(model_id))
    return found


def _prompt_version(version: ModelVersion, before: ModelVersion | None, users: Sequence[Link]) -> PromptVersion:
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
        changes_title=f"What changed since version {before.version}" if before else "",
        changes=line_diff(_plain(before), _plain(version)) if before else (),
        used_by=tuple(users[:MAX_USERS]),
        used_hint=f"and {len(users) - MAX_USERS} more" if len(users) > MAX_USERS else "",
    )


def _plain(version: ModelVersion) -> str:
    """The text as lines to compare: of a chat each message after its role."""
    messages = _messages(version.tags.get(PROMPT_TEXT, ""))
    return "\n".join(f"{one.role}:\n{one.text}" if one.role else one.text for one in messages)


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
