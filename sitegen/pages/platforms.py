"""Where a run was made on a platform that hosts MLflow: workspace, notebook and job of Databricks, engine of Cloudera.

The names are those of `mlflow/utils/mlflow_tags.py`; the addresses are made as MLflow's own pages make them
(`Utils.getNotebookSourceUrl`, `getJobSourceUrl`). Cloudera AI sets `engineID`; `CDSW_...` are variables of its
sessions. The profile `public` hides all of these tags, so that nothing is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from sitegen.addresses import NOWHERE, Href
from sitegen.markup.links import safe_url
from sitegen.pages.page import Fact

_DATABRICKS = "mlflow.databricks."
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def platform_facts(tags: Mapping[str, str]) -> tuple[Fact, ...]:
    """The facts that the tags of a run give, with links where they name an address."""
    return (*_databricks(tags), *_cloudera(tags))


def repository_of(tags: Mapping[str, str]) -> str:
    """The address of the repository that a run was made from, as logged; '' if no tag of MLflow has it."""
    return tags.get("mlflow.source.git.repoURL") or tags.get(f"{_DATABRICKS}gitRepoUrl") or ""


def _databricks(tags: Mapping[str, str]) -> tuple[Fact, ...]:
    workspace = tags.get(f"{_DATABRICKS}workspaceURL") or tags.get(f"{_DATABRICKS}webappURL") or ""
    notebook, job = tags.get(f"{_DATABRICKS}notebookPath", ""), tags.get(f"{_DATABRICKS}jobID", "")
    if not (workspace or notebook or job):
        return ()
    home = (safe_url(f"https://{workspace}" if _HOST.fullmatch(workspace) else workspace) or "").rstrip("/")
    notebook_id, run_id = tags.get(f"{_DATABRICKS}notebookID", ""), tags.get(f"{_DATABRICKS}jobRunID", "")
    revision = tags.get(f"{_DATABRICKS}notebookRevisionID", "")
    notebook_parts = ("notebook", notebook_id, *(("revision", revision) if revision else ()))
    job_parts = ("job", job, *(("run", run_id) if run_id else ()))
    facts = (
        Fact("Workspace", workspace, Href(home)),
        Fact("Notebook", notebook or notebook_id, _in_workspace(home, notebook_parts)),
        Fact("Job", f"{job}, run {run_id}" if job and run_id else job, _in_workspace(home, job_parts)),
    )
    return tuple(fact for fact in facts if fact.value)


def _in_workspace(home: str, parts: tuple[str, ...]) -> Href:
    """`https://workspace#job/1/run/2`; nowhere without the workspace's address or an id."""
    return Href(f"{home}#" + "/".join(quote(part, safe="") for part in parts)) if home and all(parts) else NOWHERE


def _cloudera(tags: Mapping[str, str]) -> tuple[Fact, ...]:
    project, engine = tags.get("CDSW_PROJECT_URL", ""), tags.get("engineID", "")
    facts = (Fact("Project", project, Href(safe_url(project) or "")), Fact("Engine", engine, mono=True))
    return tuple(fact for fact in facts if fact.value)
