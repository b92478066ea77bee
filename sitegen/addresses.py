"""Where everything is inside the site. Names come from ids, never from free text, and never from order."""

from __future__ import annotations

import hashlib
import re

PLAIN = re.compile(r"[0-9a-z][0-9a-z-]{0,63}\Z")
# Windows opens devices under these names, whatever the extension.
RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}
RUNS_A_SHARD = 64


def file_name(key: str) -> str:
    """`key` as a file name that is valid and distinct on every file system, ignoring case.

    An MLflow id is kept as it is; anything else becomes a slug of at most 80 characters and ten hex digits of its
    SHA-256.
    """
    if PLAIN.match(key) and key not in RESERVED:
        return key
    slug = re.sub(r"[^0-9a-z]+", "-", key.lower()).strip("-")[:80].strip("-")
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{slug or 'x'}-{digest}"


def experiment_page(experiment_id: str) -> str:
    return f"experiments/{file_name(experiment_id)}.html"


def best_page(experiment_id: str) -> str:
    """The address that always shows an experiment's best run."""
    return f"best/{file_name(experiment_id)}.html"


def run_list_page(experiment_id: str, number: int) -> str:
    return f"experiments/{file_name(experiment_id)}-runs-{number}.html"


def run_page(run_id: str) -> str:
    return f"runs/{file_name(run_id)}.html"


def model_page(name: str) -> str:
    """The page of a registered model, whatever its name holds."""
    return f"models/{file_name(name)}.html"


def version_anchor(version: str) -> str:
    """Where in the page of a model or prompt one of its versions is."""
    return f"v{file_name(version)}"


def prompt_page(name: str) -> str:
    return f"prompts/{file_name(name)}.html"


def logged_model_page(model_id: str) -> str:
    return f"logged-models/{file_name(model_id)}.html"


def models_page(number: int) -> str:
    """The list of models: registered ones and the first logged models, further logged models on further pages."""
    return "models.html" if number == 1 else f"models-{number}.html"


def dataset_page(digest: str) -> str:
    """The page of all datasets with this digest, which is the same data under whatever name."""
    return f"datasets/{file_name(digest)}.html"


def tables_page(experiment_id: str) -> str:
    """The logged tables of an experiment's runs, side by side."""
    return f"tables/{file_name(experiment_id)}.html"


def traces_page(experiment_id: str) -> str:
    """The list of an experiment's traces; in a folder of its own, since a trace's id may be anything."""
    return f"experiment-traces/{file_name(experiment_id)}.html"


def trace_page(trace_id: str) -> str:
    return f"traces/{file_name(trace_id)}.html"


def chart_page(chart_id: str) -> str:
    return f"charts/{chart_id}.html"


def shard_digits(runs: int) -> int:
    """How many hex digits name a shard, so that a shard holds about `RUNS_A_SHARD` runs at the most."""
    digits = 0
    while digits < 3 and runs > RUNS_A_SHARD * 16**digits:
        digits += 1
    return digits


def shard_of(run_id: str, digits: int) -> str:
    """The shard that holds a run's data: leading hex digits of the hash of its id; `all` for 0 digits."""
    return f"{fnv1a(run_id):08x}"[:digits] if digits else "all"


def fnv1a(text: str) -> int:
    """The 32-bit FNV-1a hash of the UTF-8 bytes of `text` (http://www.isthe.com/chongo/tech/comp/fnv/)."""
    value = 2166136261
    for byte in text.encode("utf-8", "surrogatepass"):
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value
