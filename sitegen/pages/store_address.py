"""How a snippet reaches the store that a site was made from: the lines that set MLflow's tracking URI."""

from __future__ import annotations

import json
import posixpath
import shlex
from dataclasses import dataclass

from sitegen.model import Catalog

SERVER = "http://127.0.0.1:5000"


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """The tracking URI of a store; '' if it is not known what kind of store holds the models."""

    uri: str = ""
    """The URI, with a stand-in for what the site does not show."""
    remark: str = ""
    """What it is, for a comment: `the folder of the store`."""
    is_files: bool = False
    """Whether it is a file store, which newer versions of MLflow open only on demand."""

    def python(self) -> tuple[str, ...]:
        """Lines of Python after `import mlflow`."""
        if not self.uri:
            return ()
        line = f"mlflow.set_tracking_uri({json.dumps(self.uri, ensure_ascii=False)})  # {self.remark}"
        return ('os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"', line) if self.is_files else (line,)

    def shell(self) -> tuple[str, ...]:
        """Lines for a shell, without a comment: zsh takes none where it is typed into."""
        if not self.uri:
            return ()
        line = f"export MLFLOW_TRACKING_URI={shlex.quote(self.uri)}"
        return ("export MLFLOW_ALLOW_FILE_STORE=true", line) if self.is_files else (line,)

    def in_words(self) -> str:
        """A sentence on what the shell is told, with a space at its end."""
        what = f"MLFLOW_TRACKING_URI is {self.remark}." if self.uri else "With MLFLOW_TRACKING_URI set to the store."
        return f"{what} "


UNKNOWN_STORE = StoreAddress()


def store_address(catalog: Catalog, is_public: bool) -> StoreAddress:
    """The address of the store behind `catalog`.

    Names of files are shown to internal readers only, and addresses with users and passwords to none.
    """
    location = "" if is_public else catalog.location.rstrip("/")
    name = posixpath.basename(location.replace("\\", "/"))
    if _is_served(catalog) or catalog.kind == "MLflow tracking server":
        address = location if location.startswith(("http://", "https://")) and "@" not in location else SERVER
        return StoreAddress(address, "the address of your tracking server")
    if catalog.kind == "MLflow file store":
        return StoreAddress(name if name.strip(".") else "mlruns", "the folder of the store", is_files=True)
    if catalog.kind == "MLflow SQLite store":
        return StoreAddress(f"sqlite:///{name if name.strip('.') else 'mlflow.db'}", "the file of the store")
    for kind, scheme in (("PostgreSQL", "postgresql"), ("MySQL", "mysql+pymysql"), ("MariaDB", "mysql+pymysql")):
        if catalog.kind == f"MLflow {kind} store":
            return StoreAddress(f"{scheme}://USER:PASSWORD@HOST/DATABASE", "the address of your database")
    return UNKNOWN_STORE


def _is_served(catalog: Catalog) -> bool:
    """Whether artifacts can only be had through a tracking server."""
    sources = [model.artifacts.uri for model in catalog.logged_models[:100]]
    sources += [experiment.artifact_location for experiment in catalog.experiments[:100]]
    return any(source.startswith("mlflow-artifacts:") for source in sources)
