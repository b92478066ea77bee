"""The cleaner of one record: masks its secrets and, in the profile `public`, hides its private facts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, TypeVar

from sitegen.model import ArtifactFolder, Dataset, DatasetInput, MetricHistory, ModelMetric, ModelVersion, TrackedFile
from sitegen.privacy import private
from sitegen.privacy.assigned import mask
from sitegen.privacy.keys import is_placeholder, secret_key
from sitegen.privacy.names import NO_NAMES, Names
from sitegen.privacy.own_rules import found_in, is_listed
from sitegen.privacy.private import is_open_repository
from sitegen.privacy.profile import Finding, Hidden, Privacy, fingerprint
from sitegen.privacy.scanner import Found, hidden_in

_T = TypeVar("_T")
_REPOSITORIES = (
    ("mlflow.source.git.repoURL", "mlflow.source.git.branch"),
    ("azureml.git.repository_uri", "azureml.git.branch"),
)
"""Tags that hold the address of a repository, each with the tags about it."""
HIDDEN_KEYS = "keys of hide_keys"
"""The kind of fact that `hide_keys` in the settings hides."""
_NOTES = ("mlflow.note.content", "mlflow.prompt.text")
"""Tags that are running text."""
_MAX_EXTENSION = 11
_MAX_EXTENSION = 11
_EVENT_LOG = re.compile(r"(?<=events\.out\.tfevents\.)(\d{1,20}\.)([^/]{1,255}?)((?:\.\d{1,20}){0,3}(?:\.v2)?)$")
"""How TensorBoard names a log: by time, host, and in newer versions process, number and format."""
_MAX_PLAIN = 200
_OPEN_SOURCES = ("http", "https", "hugging_face", "huggingface", "openml", "sklearn")


@dataclass(slots=True)
class Cleaner:
    """Cleans one record, and collects what was found and hidden in it."""

    privacy: Privacy
    where: str
    hidden: Hidden | None = None
    findings: list[Finding] = field(default_factory=list)
    names: Names = NO_NAMES
    """Names of people and machines that are hidden in paths and texts of the record."""

    def text(self, text: str, name: str, is_free: bool = True) -> str:
        """`text` with its secrets masked and, in public, private facts hidden.

        `is_free` for running text, in which names stand between other words; false for values.
        """
        if found := found_in(text, self.privacy):
            text = hidden_in(text, [one for one in found if not self._may_show(text, one, name)])
        if self.names.words and self.privacy.public:
            text, count = self.names.hide(text, is_free)
            self.hide("names", count)
        return text

    def optional(self, text: str | None, name: str) -> str | None:
        return None if text is None else self.text(text, name)

    def key(self, key: str, name: str) -> str:
        """A key as it may be shown; a changed one gets a fingerprint, so that two keys never become the same."""
        shown = self.text(key, f"{name} (a key)")
        return key if shown == key else f"{shown} {fingerprint('key', key)}"

    def pairs(self, pairs: Mapping[str, str], name: str) -> Mapping[str, str]:
        """Params, tags or aliases; in public the private ones are left out, a masked one stays with its key."""
        return self._pairs(pairs, name, self.value)

    def _pairs(self, pairs: Mapping[str, str], name: str, cleaner: Callable[[str, str, str], str]) -> Mapping[str, str]:
        """`pairs` without the private ones; `cleaner` is given key, value and place of each of the others."""
        privacy, words = self.privacy, self.names.words
        odd = {
            key: value
            for key, value in pairs.items()
            if not is_plain(key, value, privacy) or self.has_parts(value) or any(word in value for word in words)
        }
        if not odd:
            return pairs
        left_out = self.private_keys(odd)
        cleaned = {}
        for key, value in pairs.items():
            if key not in odd:
                cleaned[key] = value
            elif kind := left_out.get(key):
                self.hide(kind)
            else:
                shown = self.key(key, name)
                cleaned[shown] = cleaner(key, value, f"{name}.{shown}")
        return pairs if cleaned == pairs else cleaned

    def has_parts(self, value: str) -> bool:
        """Whether a value holds others, which are cleaned one by one."""
        return False

    def private_keys(self, pairs: Mapping[str, str]) -> dict[str, str]:
        """The keys in `pairs` that the site leaves out, and the kind of fact behind each."""
        found = {}
        if self.privacy.public:
            found = {key: kind for key, value in pairs.items() if (kind := private.private_pair(key, value))}
            for address, *about in _REPOSITORIES:
                if address in pairs and not is_open_repository(pairs[address]):
                    found |= dict.fromkeys((address, *about), "git repositories")
        if found and self.privacy.show_keys:
            found = {key: kind for key, kind in found.items() if not is_listed(key, self.privacy.show_keys)}
        return found | dict.fromkeys(self._hidden_keys(pairs), HIDDEN_KEYS)

    def hides_key(self, key: str) -> bool:
        """Whether the site may hide the value of `key` as a private fact, or since the settings say so."""
        is_private = self.privacy.public and private.private_key(key) is not None
        return bool(self._hidden_keys([key])) or (is_private and not is_listed(key, self.privacy.show_keys))

    def _hidden_keys(self, keys: Iterable[str]) -> list[str]:
        """Those of `keys` that the settings hide, in every profile."""
        names = self.privacy.hide_keys
        return [key for key in keys if is_listed(key, names)] if names else []

    def value(self, key: str, value: str, name: str) -> str:
        rule = self.secret_key(key)
        if rule and not is_placeholder(value):
            return self.found(name, rule, value)
        if key == "mlflow.source.name":
            return self.source_name(value)
        if private.is_version(key, value):
            return value
        return self.text(value, name, key in _NOTES)

    def secret_key(self, key: str) -> str | None:
        """The rule by which `key` marks its value as a secret, unless the settings say that it is shown."""
        rule = secret_key(key)
        return None if rule and is_listed(key, self.privacy.show_keys) else rule

    def found(self, name: str, rule: str, value: str) -> str:
        """Report a secret; what is shown in its place, which is the value itself if the settings allow it."""
        return value if self._found(name, rule, value) else mask(rule)

    def _found(self, name: str, rule: str, value: str) -> bool:
        """Report a secret; whether the settings allow its value."""
        where = f"{self.where}: {name}" if name else self.where
        finding = self.privacy.finding(where, rule, value)
        self.findings.append(finding)
        return finding.is_allowed

    def _may_show(self, text: str, one: Found, name: str) -> bool:
        """Report what was found in `text`; whether it may be shown."""
        if one.is_secret:
            return self._found(name, one.rule, text[one.start : one.end])
        self.hide(one.rule)
        return False

    def hide(self, kind: str, count: int = 1) -> None:
        if self.hidden is not None and count:
            self.hidden[kind] += count

    def user(self, user: str, counted: bool = True) -> str:
        if self.privacy.public and user:
            self.hide("user names", int(counted))
            return ""
        return self.text(user, "user")

    def source_name(self, source: str, counted: bool = True) -> str:
        """The script's name; in public without the folders above it, unless the path is a relative one."""
        is_relative = private.RELATIVE.fullmatch(source)
        source = self.text(source, "source_name")
        base = re.split(r"[\\/]", source.rstrip("\\/"))[-1]
        if not self.privacy.public or base == source or is_relative or is_open_repository(source):
            return source
        self.hide("paths", int(counted))
        return base

    def location(self, uri: str, name: str) -> str:
        """A location of files; in public only if it reveals nothing of the machine (`runs:/`, `models:/`, relative)."""
        if self.privacy.public and private.ABSOLUTE.match(uri):
            self.hide("paths")
            return ""
        return self.text(uri, name)

    def folder(self, folder: ArtifactFolder) -> ArtifactFolder:
        """Where the artifacts are, and their names; files whose name changed can be opened by the new one."""
        storage = private.storage_of(folder.uri) if folder.root is None else ""
        folder = changed(folder, uri=self.location(folder.uri, "artifact_uri"), storage=storage)
        names = {file.path: self.path(file.path) for file in folder.files}
        if all(path == shown for path, shown in names.items()):
            return folder
        taken = {path for path, shown in names.items() if path == shown}
        stored = {}
        for path, shown in names.items():
            if path != shown:
                names[path] = shown = _distinct(shown, taken)
                stored[shown] = path
        files = sorted((changed(file, path=names[file.path]) for file in folder.files), key=lambda file: file.path)
        return replace(folder, files=tuple(files), stored=stored)

    def path(self, path: str) -> str:
        """The path of an artifact; its extension, which says what it is, stays."""
        if self.privacy.public and "tfevents" in path:
            path, count = _EVENT_LOG.subn(r"\1•••\3", path)
            self.hide("host names", count)
        stem, extension = posixpath.splitext(path)
        if len(extension) > _MAX_EXTENSION:
            stem, extension = path, ""
        # A home folder that was logged as a folder has no slash before it.
        return self.text(f"/{stem}", "artifact name").removeprefix("/") + extension

    def metrics(self, metrics: Mapping[str, MetricHistory]) -> Mapping[str, MetricHistory]:
        if hidden := self._hidden_keys(metrics):
            self.hide(HIDDEN_KEYS, len(hidden))
            metrics = {key: history for key, history in metrics.items() if key not in hidden}
        names = {key: self.key(key, "metrics") for key in metrics}
        if all(key == name for key, name in names.items()):
            return metrics
        return {names[key]: changed(history, key=names[key]) for key, history in metrics.items()}

    def tracked_file(self, tracked: TrackedFile) -> TrackedFile:
        return changed(tracked, path=self.path(tracked.path), digest=self.text(tracked.digest, "dataset.digest"))

    def dataset_input(self, used: DatasetInput) -> DatasetInput:
        tags = self.pairs(used.tags, "dataset.tags")
        return changed(used, dataset=self.dataset(used.dataset), tags=tags)

    def dataset(self, dataset: Dataset) -> Dataset:
        return changed(
            dataset,
            name=self.text(dataset.name, "dataset.name"),
            digest=self.text(dataset.digest, "dataset.digest"),
            source_type=self.text(dataset.source_type, "dataset.source_type"),
            source=self.dataset_source(dataset),
            schema=self.optional(dataset.schema, "dataset.schema"),
            profile=self.optional(dataset.profile, "dataset.profile"),
        )

    def dataset_source(self, dataset: Dataset) -> str:
        """A dataset's source; in public only sources that are public themselves: a web address, a name on a hub."""
        source = self.text(dataset.source, "dataset.source")
        if not self.privacy.public or not source or dataset.source_type.lower() in _OPEN_SOURCES:
            return source
        self.hide("dataset sources")
        return ""

    def shown_metrics(self, metrics: tuple[ModelMetric, ...]) -> tuple[ModelMetric, ...]:
        """The metrics of a model without those that the settings hide."""
        hidden = self._hidden_keys(metric.key for metric in metrics)
        self.hide(HIDDEN_KEYS, len(hidden))
        return tuple(metric for metric in metrics if metric.key not in hidden) if hidden else metrics

    def model_metric(self, metric: ModelMetric) -> ModelMetric:
        return changed(
            metric,
            key=self.key(metric.key, "metrics"),
            dataset_name=self.optional(metric.dataset_name, "metrics.dataset"),
            dataset_digest=self.optional(metric.dataset_digest, "metrics.dataset"),
        )

    def version(self, version: ModelVersion) -> ModelVersion:
        return changed(
            version,
            name=self.text(version.name, "name"),
            description=self.text(version.description, "description"),
            source=self.location(version.source, "source"),
            run_link=self.location(version.run_link, "run_link"),
            status_message=self.text(version.status_message, "status_message"),
            user=self.user(version.user),
            tags=self.pairs(version.tags, "tags"),
            aliases=each(version.aliases, lambda alias: self.text(alias, "aliases")),
        )


def _distinct(path: str, taken: set[str]) -> str:
    """`path`, with a number if it is one of those in `taken`, to which it is added."""
    stem, extension = posixpath.splitext(path)
    count = 1
    while path in taken:
        count += 1
        path = f"{stem} ({count}){extension}"
    taken.add(path)
    return path


def is_plain(key: str, value: str, privacy: Privacy) -> bool:
    """Whether a param or tag may be shown as it is, whatever stands beside it; remembered, since runs repeat them."""
    return len(value) <= _MAX_PLAIN and _is_plain(key, value, privacy)


@lru_cache(maxsize=50_000)
def _is_plain(key: str, value: str, privacy: Privacy) -> bool:
    if key == "mlflow.source.name" or any(key in tags for tags in _REPOSITORIES) or secret_key(key):
        return False
    if is_listed(key, privacy.hide_keys) or (privacy.public and private.private_pair(key, value)):
        return False
    return not (found_in(key, privacy) or found_in(value, privacy))


def changed(value: _T, /, **fields: Any) -> _T:
    """`value` with `fields`; the same object when it has them already."""
    new = {name: new for name, new in fields.items() if (old := getattr(value, name)) is not new and old != new}
    return replace(value, **new) if new else value  # type: ignore[type-var]


def each(values: tuple[_T, ...], cleaner: Callable[[_T], _T]) -> tuple[_T, ...]:
    """Every one of `values` cleaned."""
    return tuple(map(cleaner, values))
