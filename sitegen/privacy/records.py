"""Clean one record of a store, whichever kind it is: a run, an experiment, a model, a trace, a text."""

from __future__ import annotations

from sitegen.model import Experiment, LoggedModel, ModelFile, RegisteredModel, Run, Trace
from sitegen.privacy.cleaner import Cleaner, changed, each
from sitegen.privacy.examples import clean_example
from sitegen.privacy.keys import is_placeholder, secret_column
from sitegen.privacy.names import NO_NAMES, Names, names_of, names_of_trace
from sitegen.privacy.own_rules import is_listed
from sitegen.privacy.profile import Finding, Hidden, Privacy
from sitegen.privacy.trace_cleaner import TraceCleaner


def clean_run(run: Run, privacy: Privacy, hidden: Hidden | None = None) -> tuple[Run, list[Finding]]:
    """`run` as the site may show it (the same object when nothing had to change), and the secrets it held.

    What the profile hides is counted into `hidden`.
    """
    cleaner = Cleaner(privacy, f"run {run.run_id}", hidden, names=names_of(run, privacy))
    return changed(
        run,
        name=cleaner.text(run.name, "name"),
        # MLflow writes both twice, as attribute and as tag; the fact is counted once.
        user=cleaner.user(run.user, counted="mlflow.user" not in run.tags),
        source_name=cleaner.source_name(run.source_name, counted="mlflow.source.name" not in run.tags),
        artifacts=cleaner.folder(run.artifacts),
        params=cleaner.pairs(run.params, "params"),
        tags=cleaner.pairs(run.tags, "tags"),
        metrics=cleaner.metrics(run.metrics),
        inputs=each(run.inputs, cleaner.dataset_input),
        tracked=each(run.tracked, cleaner.tracked_file),
    ), cleaner.findings


def clean_experiment(
    experiment: Experiment, privacy: Privacy, hidden: Hidden | None = None
) -> tuple[Experiment, list[Finding]]:
    """As `clean_run`."""
    cleaner = Cleaner(privacy, f"experiment {experiment.experiment_id}", hidden)
    return changed(
        experiment,
        name=cleaner.text(experiment.name, "name"),
        path=cleaner.text(experiment.path, "name"),
        artifact_location=cleaner.location(experiment.artifact_location, "artifact_location"),
        tags=cleaner.pairs(experiment.tags, "tags"),
    ), cleaner.findings


def clean_registered_model(
    model: RegisteredModel, privacy: Privacy, hidden: Hidden | None = None
) -> tuple[RegisteredModel, list[Finding]]:
    """As `clean_run`, versions included."""
    cleaner = Cleaner(privacy, "registered model", hidden)
    name = cleaner.text(model.name, "name")
    cleaner.where = f"registered model {name}"
    return changed(
        model,
        name=name,
        description=cleaner.text(model.description, "description"),
        tags=cleaner.pairs(model.tags, "tags"),
        aliases=cleaner.pairs(model.aliases, "aliases"),
        versions=each(model.versions, cleaner.version),
    ), cleaner.findings


def clean_logged_model(
    model: LoggedModel, privacy: Privacy, hidden: Hidden | None = None
) -> tuple[LoggedModel, list[Finding]]:
    """As `clean_run`."""
    cleaner = Cleaner(privacy, f"logged model {model.model_id}", hidden)
    return changed(
        model,
        name=cleaner.text(model.name, "name"),
        status_message=cleaner.text(model.status_message, "status_message"),
        model_type=cleaner.text(model.model_type, "model_type"),
        artifacts=cleaner.folder(model.artifacts),
        params=cleaner.pairs(model.params, "params"),
        tags=cleaner.pairs(model.tags, "tags"),
        metrics=each(cleaner.shown_metrics(model.metrics), cleaner.model_metric),
        earlier=each(cleaner.shown_metrics(model.earlier), cleaner.model_metric),
    ), cleaner.findings


def clean_model_file(
    file: ModelFile, privacy: Privacy, where: str, hidden: Hidden | None = None, names: Names = NO_NAMES
) -> tuple[ModelFile, list[Finding]]:
    """As `clean_run`; `where` names the model, `names` are those that its run's fields hold."""
    cleaner = TraceCleaner(privacy, where, hidden, names=names)
    return changed(
        file,
        path=cleaner.text(file.path, "MLmodel"),
        flavors={cleaner.key(name, "MLmodel"): cleaner.pairs(found, "MLmodel") for name, found in file.flavors.items()},
        inputs=cleaner.text(file.inputs, "signature"),
        outputs=cleaner.text(file.outputs, "signature"),
        params=cleaner.text(file.params, "signature"),
        mlflow_version=cleaner.text(file.mlflow_version, "MLmodel"),
        created=cleaner.text(file.created, "MLmodel"),
        requirements=each(file.requirements, lambda line: cleaner.text(line, "requirements")),
        entries=each(file.entries, lambda entry: changed(entry, path=cleaner.path(entry.path))),
        metadata=cleaner.json_pairs(file.metadata, "metadata"),
        code_paths=each(file.code_paths, lambda path: cleaner.text(path, "MLmodel")),
        resources=each(file.resources, lambda line: cleaner.text(line, "MLmodel")),
        example=clean_example(file.example, cleaner) if file.example else None,
    ), cleaner.findings


def clean_trace(trace: Trace, privacy: Privacy, hidden: Hidden | None = None) -> tuple[Trace, list[Finding]]:
    """As `clean_run`, spans and assessments included; inside JSON, every string and key is checked."""
    cleaner = TraceCleaner(privacy, f"trace {trace.trace_id}", hidden, names=names_of_trace(trace, privacy))
    return changed(
        trace,
        request_preview=cleaner.json(trace.request_preview, "request"),
        response_preview=cleaner.json(trace.response_preview, "response"),
        tags=cleaner.json_pairs(trace.tags, "tags"),
        metadata=cleaner.json_pairs(trace.metadata, "metadata"),
        assessments=each(trace.assessments, cleaner.assessment),
        spans=each(trace.spans, cleaner.span),
    ), cleaner.findings


def hides(privacy: Privacy, text: str) -> bool:
    """Whether a site hides a part of `text`, or, if that is a key, the key's value."""
    cleaner = Cleaner(privacy, "")
    return cleaner.text(text, "") != text or cleaner.secret_key(text) is not None or cleaner.hides_key(text)


def clean_text(
    text: str, privacy: Privacy, where: str = "text", hidden: Hidden | None = None, names: Names = NO_NAMES
) -> tuple[str, list[Finding]]:
    """Any other text (a preview, a reader's problem) as the site may show it, and the secrets it held."""
    cleaner = Cleaner(privacy, where, hidden, names=names)
    return cleaner.text(text, ""), cleaner.findings


def clean_cell(
    column: str, value: str, privacy: Privacy, hidden: Hidden, names: Names = NO_NAMES
) -> tuple[str, list[Finding]]:
    """A cell of a table as the site may show it, by its text and the name of its column; and the secrets it held."""
    cleaner = Cleaner(privacy, f"column {clean_text(column, privacy)[0]}", hidden, names=names)
    rule = secret_column(column)
    if rule and not is_listed(column, privacy.show_keys) and not is_placeholder(value):
        return cleaner.found("", rule, value), cleaner.findings
    return cleaner.text(value, ""), cleaner.findings
