"""What the compare page shows of a run beyond its table row: datasets, environment, artifacts, where its code is.

The first part goes into the run's record in `data/runs`; artifacts go into a file for each run that has any
(`data/artifacts/<file>.js`), which is loaded only when the run is compared. Texts are in it because a page that is
opened from disk cannot read the artifact itself. The formats are in docs/architecture.md, "Data files".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sitegen.analysis.best import Ranking
from sitegen.analysis.direction import direction_of
from sitegen.analysis.verdict import reach_of_two_runs
from sitegen.analysis.versions import commit_of, data_versions_of
from sitegen.markup.links import compare_url
from sitegen.model import Run
from sitegen.viewers.copying import CopiedFile
from sitegen.viewers.kinds import extension

TEXT_CAP = 64_000
"""Bytes of the largest text artifact that can be compared line by line."""
TEXTS_CAP = 400_000
"""Bytes of all strings of one run; the rest, by path, are listed without their lines."""
MAX_FILES = 300
TEXTS = frozenset("txt log yaml yml json csv tsv md py toml cfg ini".split())
BARE_TEXTS = frozenset(("mlmodel", "mlproject", "dockerfile", "requirements"))

_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*(?:===?\s*([^\s;,#]+))?", re.ASCII)
_PYTHON = re.compile(r"^\s*(?:-\s*)?python\s*[:=]{1,2}\s*[\"']?([0-9][0-9.]*)", re.MULTILINE | re.ASCII)

Json = dict[str, object]


def comparison(run: Run, artifacts: int) -> Json:
    """The part of a run's record that only the compare page reads; what is empty is left out.

    `artifacts` is how many files `artifact_data` lists.
    """
    # Kinds of stores give the inputs of a run in different orders.
    datasets = sorted([used.dataset.name, used.dataset.digest, used.context] for used in run.inputs)
    datasets += ([name, version, ""] for name, version in data_versions_of(run))
    code = compare_url(run.tags.get("mlflow.source.git.repoURL", ""), commit_of(run))
    facts = [
        ["branch", run.tags.get("mlflow.source.git.branch", "")],
        ["entry point", run.tags.get("mlflow.project.entryPoint", "")],
        ["image", run.tags.get("mlflow.docker.image.name", "")],
    ]
    found: Json = {"datasets": datasets, "code": code, "env": [fact for fact in facts if fact[1]], "files": artifacts}
    return {key: value for key, value in found.items() if value}


def directions(metrics: Iterable[str]) -> Json:
    """Which way metrics are better, where their names imply it: `{up: [keys], down: [keys]}`."""
    known = [(key, way.value) for key in metrics if (way := direction_of(key)) is not None]
    found = {"up": [k for k, way in known if way == "max"], "down": [k for k, way in known if way == "min"]}
    return {"better": found} if known else {}


def judged_metrics(ranking: Ranking | None) -> list[list[object]]:
    """The metrics that an experiment is judged by and which way each is better (`min`, `max`), which overrides names.

    Where one metric alone decides, its reducer follows, and where it is known how far results scatter, what
    `reach_of_two_runs` gives, so that the compare page says the same as the experiment's verdict.
    """
    if not ranking:
        return []
    objective = ranking.objective
    if objective.also or objective.constraints or objective.where:
        return [[target.metric, target.direction] for target in objective.targets]
    reach = reach_of_two_runs(ranking)
    scatter = [] if reach is None else [float(f"{reach[0]:.6g}"), reach[1]]
    return [[objective.metric, objective.direction, objective.reducer, *scatter]]


def is_text(path: str, size: int) -> bool:
    """Whether the lines of an artifact are worth comparing: a small file of a type that people read."""
    name = path.rsplit("/", 1)[-1].lower()
    return size <= TEXT_CAP and (extension(path) in TEXTS or name in BARE_TEXTS)


def artifact_data(copied: Sequence[tuple[CopiedFile, bytes]]) -> Json:
    """The artifacts of a run: `files` as [path, size, address or "", is it an image], `texts`, and `env` from them."""
    texts: list[list[str]] = []
    left = TEXTS_CAP
    for artifact, data in copied[:MAX_FILES]:
        if artifact.href and is_text(artifact.path, len(data)) and len(data) <= left:
            left -= len(data)
            texts.append([artifact.path, data.decode("utf-8", "replace").replace("\r\n", "\n")])
    files = [[a.path, a.size, a.href, int(a.image)] for a, _ in copied[:MAX_FILES]]
    return {"files": files, "texts": texts, "env": environment(texts)}


def environment(texts: Sequence[Sequence[str]]) -> list[list[str]]:
    """Python and the packages that a run's first `requirements.txt`, `python_env.yaml` or `conda.yaml` asks for."""
    by_name: dict[str, str] = {}
    for path, text in texts:
        by_name.setdefault(path.rsplit("/", 1)[-1], text)
    pythons = [_PYTHON.search(by_name.get(name, "")) for name in ("python_env.yaml", "conda.yaml")]
    python = next((found[1] for found in pythons if found), "")
    packages = _packages(by_name.get("requirements.txt", ""))
    return [*([["python", python]] if python else []), *packages]


def _packages(text: str) -> list[list[str]]:
    """Name and pinned version (or what follows the name instead) of each line of a requirements file."""
    found = []
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        match = _PIN.match(line)
        if match and not line.startswith("-"):
            found.append([match[1].lower().replace("_", "-"), match[2] or line[match.end(1) :].strip() or "any"])
    return sorted(found)
