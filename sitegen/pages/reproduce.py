"""How to make a run again, load what it made, and cite it: the boxes at the end of a run's page.

All strings are snippets for a shell, Python or BibTeX, quoted for those; the template only shows them.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sitegen.addresses import Href, run_page, whole_address
from sitegen.analysis.runs_table import in_natural_order
from sitegen.analysis.words import day, plural
from sitegen.markup.links import safe_url
from sitegen.model import ModelVersion, Run
from sitegen.pages.page import Fact
from sitegen.pages.platforms import repository_of
from sitegen.pages.snippet import Snippet
from sitegen.viewers.models import ModelFolder

MAX_FLAGS = 100
"""Maximum number of params on a command line; the JSON has all of them."""
MAX_LOADS = 12

# A number as JSON writes it: what a param says may stand in JSON and YAML without quotes.
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_WORDS = {"True": "true", "False": "false", "true": "true", "false": "false", "None": "null"}
_JSON_HINT = "Valid YAML too; numbers, True, False and None are written as such."
_LATEX = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
})  # fmt: skip
_LIBRARIES = frozenset(("site-packages", "dist-packages", "ipykernel", "torch", "accelerate", "debugpy"))
_LAUNCHER = re.compile(r"kernel_launcher|pydevconsole|pydevd|colab|databricks|ipython|jupyter|^(?:torchrun|papermill)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Environment:
    """What the run's models need."""

    facts: tuple[Fact, ...]
    """Versions of Python, MLflow and flavors."""
    requirements: tuple[str, ...]
    """The packages, a line each: `scikit-learn==1.4.2`."""
    source: str
    """The model that this was read from, by its path among the artifacts."""


@dataclass(frozen=True, slots=True)
class Citation:
    """How to cite the run."""

    permalink: str
    """The permanent address; empty if the site's address is not known."""
    bibtex: str
    """A BibTeX entry."""


@dataclass(frozen=True, slots=True)
class Reproduce:
    """What a reader needs to reproduce and cite a run."""

    facts: tuple[Fact, ...]
    """Repository, entry point and environment."""
    snippets: tuple[Snippet, ...]
    """What to run, or to copy."""
    environment: Environment | None
    """What the run's models need; none if it has no models."""
    citation: Citation
    """How to cite the run."""


def reproduce_of(
    run: Run,
    experiment: str,
    models: Sequence[ModelFolder],
    model_ids: Mapping[str, str],
    versions: Sequence[ModelVersion],
    site_url: str,
) -> Reproduce:
    """The section of the page of `run` on reproducing it.

    `models` are the model folders that it logged, `model_ids` its logged models by id with their names, `versions`
    the registered versions made from it.
    """
    snippets = [
        _command(run),
        Snippet("Params as JSON", params_json(run.params), _JSON_HINT) if run.params else None,
        _loads(run, models, model_ids, versions),
        _fetch(run),
    ]
    found = [snippet for snippet in snippets if snippet]
    found[:1] = [replace(first, open=True) for first in found[:1]]
    return Reproduce(_code_facts(run), tuple(found), environment_of(models), citation_of(run, experiment, site_url))


# The code -----------------------------------------------------------------------------------------------------------


def _code_facts(run: Run) -> tuple[Fact, ...]:
    """What the facts at the top of the page do not say."""
    repository = repository_of(run.tags) or run.tags.get("mlflow.gitRepoURL", "")
    facts = [
        Fact("Repository", repository, Href(safe_url(repository) or "")),
        Fact("Entry point", run.tags.get("mlflow.project.entryPoint", "")),
        Fact("Environment", run.tags.get("mlflow.project.env", "")),
    ]
    return tuple(fact for fact in facts if fact.value)


def _command(run: Run) -> Snippet | None:
    """The params on a command line: in the form of MLflow projects, or of most scripts.

    None if the recorded source is not a script: notebooks and launchers cannot be run that way.
    """
    is_project = run.source_type == "PROJECT" and bool(run.source_name)
    if not run.params or not (is_project or _is_script(run.source_name)):
        return None
    keys = in_natural_order(run.params)[:MAX_FLAGS]
    more = len(run.params) - len(keys)
    left_out = f" The other {plural(more, 'param')} are in the JSON." if more else ""
    if is_project:
        words = ["mlflow run", shell_word(run.source_name)]
        words += ["-v", shell_word(run.git_commit)] if run.git_commit else []
        entry = run.tags.get("mlflow.project.entryPoint", "")
        words += ["-e", shell_word(entry)] if entry and entry != "main" else []
        words += [f"-P {shell_word(f'{key}={_line(run.params[key])}')}" for key in keys]
        return Snippet("Command line", " ".join(words), f"As an MLflow project.{left_out}")
    flags = " ".join(f"{_flag(key)} {shell_word(run.params[key])}" for key in keys)
    return Snippet(
        "Command line",
        f"python {shell_word(run.source_name)} {flags}",
        f"For a script that takes its params as options.{left_out}",
    )


@lru_cache(maxsize=4096)  # the runs of a store have the same keys
def _flag(key: str) -> str:
    return shell_word("--" + key)


@lru_cache(maxsize=256)
def _is_script(source: str) -> bool:
    """Whether the recorded source is a Python script of the user's, not a launcher that ran it or a notebook."""
    parts = source.replace("\\", "/").split("/")
    is_library = not _LIBRARIES.isdisjoint(parts) or parts[-1].startswith("_")
    return source.endswith(".py") and not is_library and _LAUNCHER.search(parts[-1]) is None


def shell_word(text: str) -> str:
    """`text` as one word for a POSIX shell, on one line."""
    return shlex.quote(_line(text))


def _line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()


def params_json(params: Mapping[str, str]) -> str:
    """The params as a JSON object, a line each, in natural order: readers of YAML 1.1 and 1.2 take it too."""
    lines = (f"  {_quoted_key(key)}: {plain_value(params[key])}" for key in in_natural_order(params))
    return "{\n" + ",\n".join(lines) + "\n}"


def plain_value(text: str) -> str:
    """A param as JSON writes it: numbers, booleans and None bare, all else as quoted text."""
    text = text.removesuffix("\n")
    if _NUMBER.fullmatch(text):
        return _with_dot(text) if "e" in text or "E" in text else text
    return _WORDS.get(text) or _quoted(text)


def _with_dot(number: str) -> str:
    """YAML 1.1 takes 1e-05 for a string: it asks for a dot before the power, and for its sign."""
    mantissa, _, exponent = number.lower().partition("e")
    sign = "" if exponent[0] in "+-" else "+"
    return f"{mantissa}{'' if '.' in mantissa else '.0'}e{sign}{exponent}"


_encoded = json.JSONEncoder(ensure_ascii=False).encode


def _quoted(text: str) -> str:
    """`text` in double quotes for JSON and Python, readable where it can be."""
    readable = _encoded(text)
    return readable if text.isprintable() else "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in readable)


_quoted_key = lru_cache(maxsize=4096)(_quoted)  # the runs of a store have the same keys


# What it made -------------------------------------------------------------------------------------------------------


def _loads(
    run: Run, models: Sequence[ModelFolder], model_ids: Mapping[str, str], versions: Sequence[ModelVersion]
) -> Snippet | None:
    lines = [_load_line(uri, comment) for uri, comment in _model_uris(run, models, model_ids, versions)]
    if not lines:
        return None
    kept = lines[:MAX_LOADS]
    more = [f"# and {plural(len(lines) - MAX_LOADS, 'model')} more"] if len(lines) > MAX_LOADS else []
    return Snippet(
        "Load its model", "\n".join(["import mlflow", "", *kept, *more]), "With MLFLOW_TRACKING_URI set to the store."
    )


def _model_uris(
    run: Run, models: Sequence[ModelFolder], model_ids: Mapping[str, str], versions: Sequence[ModelVersion]
) -> Iterable[tuple[str, str]]:
    for version in versions:
        yield f"models:/{version.name}/{version.version}", ""
        for alias in version.aliases:
            yield f"models:/{version.name}@{alias}", ""
    for model_id, name in model_ids.items():
        yield f"models:/{model_id}", name
    for model in models:
        if not model.path.startswith("models:/"):
            yield f"runs:/{run.run_id}/{model.path}", ""


def _load_line(uri: str, comment: str) -> str:
    remark = f"  # {_line(comment)}" if comment else ""
    return f"model = mlflow.pyfunc.load_model({_quoted(uri)}){remark}"


def _fetch(run: Run) -> Snippet | None:
    if not run.artifacts.files:
        return None
    shell = f"mlflow artifacts download --run-id {shell_word(run.run_id)} --dst-path artifacts"
    python = f'mlflow.artifacts.download_artifacts(run_id={_quoted(run.run_id)}, dst_path="artifacts")'
    return Snippet(
        "Fetch its artifacts", f"{shell}\n\n# or in Python\n{python}", "With MLFLOW_TRACKING_URI set to the store."
    )


def environment_of(models: Sequence[ModelFolder]) -> Environment | None:
    """The environment recorded with the run's models: of several, the most detailed."""
    readable = [model for model in models if not model.problem]
    if not readable:
        return None
    fullest = max(readable, key=lambda model: (len(model.requirements), model.python != "", model.path))
    flavors = {name: version for model in readable for name, version in model.flavors if name != "python_function"}
    facts = [
        Fact("Python", fullest.python),
        Fact("MLflow", fullest.mlflow),
        *(Fact(name, version) for name, version in sorted(flavors.items())),
    ]
    return Environment(tuple(f for f in facts if f.value), fullest.requirements, fullest.path)


# Citing it ----------------------------------------------------------------------------------------------------------


def citation_of(run: Run, experiment: str, site_url: str) -> Citation:
    """The permanent address where one is known, and BibTeX."""
    permalink = whole_address(site_url, run_page(run.run_id)) if site_url else ""
    date = day(run.start_time) if run.start_time is not None else ""
    key = "run-" + re.sub(r"[^0-9A-Za-z]", "", run.run_id)[:12]
    fields = {
        "title": f"{{{latex(run.name)}}}",
        "year": date[:4] if re.match(r"\d{4}-", date) else "",
        "month": str(int(date[5:7])) if re.match(r"\d{4}-\d\d", date) else "",
        "howpublished": rf"\url{{{permalink}}}" if permalink else "",
        "note": latex(f"MLflow run {run.run_id}, experiment {experiment}"),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return Citation(permalink, "\n".join([f"@misc{{{key},", *lines, "}"]))


def latex(text: str) -> str:
    """`text` escaped for LaTeX."""
    return _line(text).translate(_LATEX)
