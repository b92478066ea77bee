"""Masks secrets and hides private facts before anything else sees a run.

A secret (a token by its shape, a value by its key) is masked in every profile and reported as a `Finding`, which never
holds it. A private fact (who, on which machine, where on the disk) is hidden by the profile `public`, shown by
`internal`, and counted by kind. There is no rule about randomness: commit ids and run ids are data.
The patterns themselves are in `secret_patterns`.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from sitegen.model import (
    ArtifactFolder,
    Assessment,
    Dataset,
    DatasetInput,
    Experiment,
    LoggedModel,
    MetricHistory,
    ModelFile,
    ModelMetric,
    ModelVersion,
    RegisteredModel,
    Run,
    Span,
    Trace,
)
from sitegen.privacy import secret_patterns as patterns

Hidden = Counter[str]
"""How many private facts were hidden, by kind in the plural: `user names`, `paths`, `emails`, `host names`, ..."""

_T = TypeVar("_T")
_REPOSITORY = ("mlflow.source.git.repoURL", "mlflow.source.git.branch")
_OPEN_SOURCES = ("http", "https", "hugging_face", "huggingface", "openml", "sklearn")
_LOCAL_NAMES = ("local", "lan", "internal", "intranet", "corp", "home", "localhost", "private")


@dataclass(frozen=True, slots=True)
class Privacy:
    """What a site may say: `public` hides private facts, `internal` shows them; neither shows a secret."""

    profile: Literal["public", "internal"] = "public"

    @property
    def public(self) -> bool:
        return self.profile == "public"


@dataclass(frozen=True, slots=True)
class Finding:
    """A secret that was met: where (`run 4f..: params.api_key`), by which rule, and a name for it.

    `fingerprint` is 8 hex digits of a hash of rule and value: enough for a config to allow it, too little to tell a
    guessed password from the thousands of others that share it.
    """

    where: str
    rule: str
    fingerprint: str


def clean_run(run: Run, privacy: Privacy, hidden: Hidden | None = None) -> tuple[Run, list[Finding]]:
    """`run` as the site may show it (the same object when nothing had to change), and the secrets it held.

    What the profile hides is counted into `hidden`.
    """
    cleaner = _Cleaner(privacy, f"run {run.run_id}", hidden)
    return _changed(
        run,
        name=cleaner.text(run.name, "name"),
        # MLflow writes both twice, as attribute and as tag; the fact is counted once.
        user=cleaner.user(run.user, counted="mlflow.user" not in run.tags),
        source_name=cleaner.source_name(run.source_name, counted="mlflow.source.name" not in run.tags),
        artifacts=cleaner.folder(run.artifacts),
        params=cleaner.pairs(run.params, "params"),
        tags=cleaner.pairs(run.tags, "tags"),
        metrics=cleaner.metrics(run.metrics),
        inputs=_each(run.inputs, cleaner.dataset_input),
    ), cleaner.findings


def clean_experiment(
    experiment: Experiment, privacy: Privacy, hidden: Hidden | None = None
) -> tuple[Experiment, list[Finding]]:
    """As `clean_run`."""
    cleaner = _Cleaner(privacy, f"experiment {experiment.experiment_id}", hidden)
    return _changed(
        experiment,
        name=cleaner.text(experiment.name, "name"),
        artifact_location=cleaner.location(experiment.artifact_location, "artifact_location"),
        tags=cleaner.pairs(experiment.tags, "tags"),
    ), cleaner.findings


def clean_registered_model(
    model: RegisteredModel, privacy: Privacy, hidden: Hidden | None = None
) -> tuple[RegisteredModel, list[Finding]]:
    """As `clean_run`, versions included."""
    cleaner = _Cleaner(privacy, "registered model", hidden)
    name = cleaner.text(model.name, "name")
    cleaner.where = f"registered model {name}"
    return _changed(
        model,
        name=name,
        description=cleaner.text(model.description, "description"),
        tags=cleaner.pairs(model.tags, "tags"),
        aliases=cleaner.pairs(model.aliases, "aliases"),
        versions=_each(model.versions, cleaner.version),
    ), cleaner.findings


def clean_logged_model(
    model: LoggedModel, privacy: Privacy, hidden: Hidden | None = None
) -> tuple[LoggedModel, list[Finding]]:
    """As `clean_run`."""
    cleaner = _Cleaner(privacy, f"logged model {model.model_id}", hidden)
    return _changed(
        model,
        name=cleaner.text(model.name, "name"),
        status_message=cleaner.text(model.status_message, "status_message"),
        model_type=cleaner.text(model.model_type, "model_type"),
        artifacts=cleaner.folder(model.artifacts),
        params=cleaner.pairs(model.params, "params"),
        tags=cleaner.pairs(model.tags, "tags"),
        metrics=_each(model.metrics, cleaner.model_metric),
    ), cleaner.findings


def clean_model_file(
    file: ModelFile, privacy: Privacy, where: str, hidden: Hidden | None = None
) -> tuple[ModelFile, list[Finding]]:
    """As `clean_run`; `where` names the model."""
    cleaner = _Cleaner(privacy, where, hidden)
    return _changed(
        file,
        path=cleaner.text(file.path, "MLmodel"),
        flavors={cleaner.key(name, "MLmodel"): cleaner.pairs(found, "MLmodel") for name, found in file.flavors.items()},
        inputs=cleaner.text(file.inputs, "signature"),
        outputs=cleaner.text(file.outputs, "signature"),
        params=cleaner.text(file.params, "signature"),
        mlflow_version=cleaner.text(file.mlflow_version, "MLmodel"),
        created=cleaner.text(file.created, "MLmodel"),
        requirements=_each(file.requirements, lambda line: cleaner.text(line, "requirements")),
    ), cleaner.findings


def clean_trace(trace: Trace, privacy: Privacy, hidden: Hidden | None = None) -> tuple[Trace, list[Finding]]:
    """As `clean_run`, spans and assessments included; inside JSON each text and each key is looked at."""
    cleaner = _TraceWash(privacy, f"trace {trace.trace_id}", hidden)
    return _changed(
        trace,
        request_preview=cleaner.json(trace.request_preview, "request"),
        response_preview=cleaner.json(trace.response_preview, "response"),
        tags=cleaner.json_pairs(trace.tags, "tags"),
        metadata=cleaner.json_pairs(trace.metadata, "metadata"),
        assessments=_each(trace.assessments, cleaner.assessment),
        spans=_each(trace.spans, cleaner.span),
    ), cleaner.findings


def clean_text(
    text: str, privacy: Privacy, where: str = "text", hidden: Hidden | None = None
) -> tuple[str, list[Finding]]:
    """Any other text (a preview, a reader's problem) as the site may show it, and the secrets it held."""
    cleaner = _Cleaner(privacy, where, hidden)
    return cleaner.text(text, ""), cleaner.findings


def scan_text(text: str) -> list[Finding]:
    """The secrets in a text artifact, each with its line (at most 20); a file with any is not copied."""
    found = patterns.find_secrets(text)[:20]
    return [
        Finding(f"line {text.count(chr(10), 0, start) + 1}", rule, _fingerprint(rule, text[start:end]))
        for start, end, rule in found
    ]


def artifact_never(path: str, privacy: Privacy = Privacy()) -> bool:
    """Whether the artifact at `path` is only ever listed, never copied: keys, databases, archives, model binaries.

    The profile `public` adds what holds the data itself: input examples and traces.
    """
    parts = PurePosixPath(path.replace("\\", "/").lower()).parts
    name = parts[-1] if parts else ""
    if not patterns.NEVER_FOLDERS.isdisjoint(parts) or patterns.NEVER_FILES.fullmatch(name):
        return True
    return privacy.public and ("traces" in parts[:-1] or bool(patterns.PRIVATE_FILES.fullmatch(name)))


@dataclass(slots=True)
class _Cleaner:
    """One record on its way through: the rules it is held against, and what they met."""

    privacy: Privacy
    where: str
    hidden: Hidden | None = None
    findings: list[Finding] = field(default_factory=list)

    def text(self, text: str, name: str) -> str:
        """`text` with its secrets masked and, in public, home folders and email addresses hidden."""
        secrets = patterns.find_secrets(text)
        if secrets:
            for start, end, rule in secrets:
                self.found(name, rule, text[start:end])
            text = patterns.masked(text, secrets)
        if not self.privacy.public:
            return text
        text, homes, emails = patterns.without_private(text)
        self.hide("paths", homes)
        self.hide("emails", emails)
        return text

    def optional(self, text: str | None, name: str) -> str | None:
        return None if text is None else self.text(text, name)

    def key(self, key: str, name: str) -> str:
        """A key as it may be shown; a changed one gets a fingerprint, lest two of them become one."""
        shown = self.text(key, f"{name} (a key)")
        return key if shown == key else f"{shown} {_fingerprint('key', key)}"

    def pairs(self, pairs: Mapping[str, str], name: str) -> Mapping[str, str]:
        """Params, tags or aliases; in public the private ones are left out, a masked one stays with its key."""
        return self._pairs(pairs, name, self.value)

    def _pairs(self, pairs: Mapping[str, str], name: str, cleaner: Callable[[str, str, str], str]) -> Mapping[str, str]:
        """`pairs` without the private ones; `wash` is told key, value and place of each of the others."""
        private = self.private_keys(pairs) if self.privacy.public else {}
        cleaned = {}
        for key, value in pairs.items():
            if kind := private.get(key):
                self.hide(kind)
            else:
                shown = self.key(key, name)
                cleaned[shown] = cleaner(key, value, f"{name}.{shown}")
        return pairs if cleaned == pairs else cleaned

    def private_keys(self, pairs: Mapping[str, str]) -> dict[str, str]:
        """The keys in `pairs` that a public site leaves out, and the kind of fact behind each."""
        private = {key: kind for key in pairs if (kind := patterns.private_key(key)) and pairs[key]}
        if not _is_open_repository(pairs.get(_REPOSITORY[0], "https://example.org")):
            private |= dict.fromkeys(_REPOSITORY, "git repositories")
        return private

    def value(self, key: str, value: str, name: str) -> str:
        rule = patterns.secret_key(key)
        if rule and value.strip().lower() not in patterns.NO_SECRETS:
            return self.found(name, rule, value)
        return self.source_name(value) if key == "mlflow.source.name" else self.text(value, name)

    def found(self, name: str, rule: str, value: str) -> str:
        where = f"{self.where}: {name}" if name else self.where
        self.findings.append(Finding(where, rule, _fingerprint(rule, value)))
        return patterns.mask(rule)

    def hide(self, kind: str, count: int = 1) -> None:
        if self.hidden is not None and count:
            self.hidden[kind] += count

    def user(self, user: str, counted: bool = True) -> str:
        if self.privacy.public and user:
            self.hide("user names", int(counted))
            return ""
        return self.text(user, "user")

    def source_name(self, source: str, counted: bool = True) -> str:
        """The script's name; in public without the folders above it."""
        source = self.text(source, "source_name")
        base = re.split(r"[\\/]", source.rstrip("\\/"))[-1]
        if not self.privacy.public or base == source or _is_open_repository(source):
            return source
        self.hide("paths", int(counted))
        return base

    def location(self, uri: str, name: str) -> str:
        """Where files live; in public only where that tells nothing of the machine (`runs:/`, `models:/`, relative)."""
        if self.privacy.public and patterns.ABSOLUTE.match(uri):
            self.hide("paths")
            return ""
        return self.text(uri, name)

    def folder(self, folder: ArtifactFolder) -> ArtifactFolder:
        return _changed(folder, uri=self.location(folder.uri, "artifact_uri"))

    def metrics(self, metrics: Mapping[str, MetricHistory]) -> Mapping[str, MetricHistory]:
        names = {key: self.key(key, "metrics") for key in metrics}
        if all(key == name for key, name in names.items()):
            return metrics
        return {names[key]: _changed(history, key=names[key]) for key, history in metrics.items()}

    def dataset_input(self, used: DatasetInput) -> DatasetInput:
        tags = self.pairs(used.tags, "dataset.tags")
        return _changed(used, dataset=self.dataset(used.dataset), tags=tags)

    def dataset(self, dataset: Dataset) -> Dataset:
        return _changed(
            dataset,
            name=self.text(dataset.name, "dataset.name"),
            digest=self.text(dataset.digest, "dataset.digest"),
            source_type=self.text(dataset.source_type, "dataset.source_type"),
            source=self.dataset_source(dataset),
            schema=self.optional(dataset.schema, "dataset.schema"),
            profile=self.optional(dataset.profile, "dataset.profile"),
        )

    def dataset_source(self, dataset: Dataset) -> str:
        """In public only sources that are public themselves: a web address, a name on a hub."""
        source = self.text(dataset.source, "dataset.source")
        if not self.privacy.public or not source or dataset.source_type.lower() in _OPEN_SOURCES:
            return source
        self.hide("dataset sources")
        return ""

    def model_metric(self, metric: ModelMetric) -> ModelMetric:
        return _changed(
            metric,
            key=self.key(metric.key, "metrics"),
            dataset_name=self.optional(metric.dataset_name, "metrics.dataset"),
            dataset_digest=self.optional(metric.dataset_digest, "metrics.dataset"),
        )

    def version(self, version: ModelVersion) -> ModelVersion:
        return _changed(
            version,
            name=self.text(version.name, "name"),
            description=self.text(version.description, "description"),
            source=self.location(version.source, "source"),
            run_link=self.location(version.run_link, "run_link"),
            status_message=self.text(version.status_message, "status_message"),
            user=self.user(version.user),
            tags=self.pairs(version.tags, "tags"),
            aliases=_each(version.aliases, lambda alias: self.text(alias, "aliases")),
        )


@dataclass(slots=True)
class _TraceWash(_Cleaner):
    """As `_Wash`, for what an application was given and gave: JSON of any form, and tracebacks."""

    def json(self, text: str, name: str) -> str:
        """JSON text with every key and text in it as it may be shown; what is no JSON, or was cut, as text."""
        if text[:1] not in ("{", "[", '"'):
            return self.words(text, name)
        try:
            found = json.loads(text)
            cleaned = self._walk(found, name)
            return text if cleaned == found else json.dumps(cleaned, ensure_ascii=False)
        except (ValueError, RecursionError):
            return self.words(text, name)

    def _walk(self, value: Any, name: str) -> Any:
        if isinstance(value, str):
            # What one tool tells another is often JSON once more, as a text.
            return self.json(value, name) if value[:1] in ("{", "[") else self.words(value, name)
        if isinstance(value, list):
            return [self._walk(one, name) for one in value]
        if isinstance(value, dict):
            return {self.key(key, name): self._member(key, one, name) for key, one in value.items()}
        return value

    def _member(self, key: str, value: Any, name: str) -> Any:
        if self.privacy.public and value and (kind := patterns.private_key(key)):
            self.hide(kind)
            return "•••"
        rule = patterns.secret_key(key)
        if rule and isinstance(value, str | int | float) and str(value).strip().lower() not in patterns.NO_SECRETS:
            return self.found(f"{name}.{key}", rule, str(value))
        return self._walk(value, name)

    def words(self, text: str, name: str) -> str:
        """As `text`; in public also without what a private key in cut JSON holds, and the folders of a traceback."""
        text = self.text(text, name)
        if not self.privacy.public:
            return text
        text, frames = patterns.FRAME.subn(r"\1…/", text)
        self.hide("paths", frames)
        return patterns.PAIR.sub(self._pair, text) if text[:1] in ("{", "[") else text

    def _pair(self, match: re.Match[str]) -> str:
        kind = patterns.private_key(match[1])
        if not kind:
            return match[0]
        self.hide(kind)
        return match[0][: match.start(2) - match.start()] + "•••"

    def json_pairs(self, pairs: Mapping[str, str], name: str) -> Mapping[str, str]:
        """As `pairs`, where each value may be JSON."""

        def cleaner(key: str, value: str, where: str) -> str:
            plain = patterns.secret_key(key) or key == "mlflow.source.name"
            return self.value(key, value, where) if plain else self.json(value, where)

        return self._pairs(pairs, name, cleaner)

    def span(self, span: Span) -> Span:
        return _changed(
            span,
            name=self.words(span.name, "span"),
            attributes=self.json_pairs(span.attributes, "span"),
            events=self.json(span.events, "events"),
        )

    def assessment(self, one: Assessment) -> Assessment:
        is_person = one.source_type.upper() == "HUMAN"
        return _changed(
            one,
            name=self.text(one.name, "assessment"),
            value=self.json(one.value, "assessment"),
            source=self.user(one.source) if is_person else self.text(one.source, "assessment"),
            rationale=self.words(one.rationale, "assessment"),
        )


def _changed(value: _T, /, **fields: Any) -> _T:
    """`value` with `fields`; the same object when it has them already."""
    new = {name: new for name, new in fields.items() if (old := getattr(value, name)) is not new and old != new}
    return replace(value, **new) if new else value  # type: ignore[type-var]


def _each(values: tuple[_T, ...], cleaner: Callable[[_T], _T]) -> tuple[_T, ...]:
    return tuple(map(cleaner, values))


def _fingerprint(rule: str, value: str) -> str:
    return hashlib.sha256(f"{rule}\0{value}".encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _is_open_repository(url: str) -> bool:
    """Whether `url` is a web address on a host that looks public, without a user in it."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or "." not in host:
        return False
    return host.rsplit(".", 1)[-1] not in _LOCAL_NAMES and not _is_address(host)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
