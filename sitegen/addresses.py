"""Where everything is inside the site. Names come from ids, never from free text, and never from order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import NewType
from urllib.parse import quote

Href = NewType("Href", str)
"""Where a link leads: an address from the site's root (`runs/1f.html#metrics`), a place on the page that the link
stands on (`#metrics`), or a page elsewhere (`https://...`). Empty where there is nothing to lead to.

All links of pages are of this type; `resolved` makes them relative to the page when it is rendered."""
NOWHERE = Href("")
DATASETS_PAGE = Href("datasets.html")
PACKED_RUNS_PAGE = Href("runs.html")
"""The page that draws any run of the site from its data: `runs.html#<run id>`."""

PLAIN = re.compile(r"[0-9a-z][0-9a-z-]{0,63}\Z")
# Windows opens devices under these names, whatever the extension.
RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}
RUNS_A_SHARD = 64
_ELSEWHERE = re.compile(r"#|[A-Za-z][A-Za-z0-9+.-]*:")


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


def resolved(href: Href, root: str) -> str:
    """`href` as written in a page whose path to the site's root is `root` (such as `../`)."""
    return root + href if href and not _ELSEWHERE.match(href) else href


def with_anchor(href: Href, anchor: str) -> Href:
    """A place on the page at `href`."""
    return Href(f"{href}#{anchor}")


def experiment_page(experiment_id: str) -> Href:
    return Href(f"experiments/{file_name(experiment_id)}.html")


def best_page(experiment_id: str) -> Href:
    """The address that always shows an experiment's best run."""
    return Href(f"best/{file_name(experiment_id)}.html")


def card_file(experiment_id: str) -> str:
    """The picture that links to an experiment, and to its runs, show."""
    return f"cards/{file_name(experiment_id)}.png"


def run_card_file(run_id: str) -> str:
    """The picture that links to a run show, where it has one of its own."""
    return f"cards/runs/{file_name(run_id)}.png"


def view_card_file(page: Href) -> str:
    """The picture that links to the named view at `page` show."""
    return f"cards/{page.removesuffix('.html')}.png"


def badge_file(experiment_id: str, ending: str) -> str:
    """The badge of an experiment, as `svg` or as `json` for shields.io."""
    return f"badges/{file_name(experiment_id)}.{ending}"


def card_of_page(page: Href) -> str:
    """The picture of the experiment whose page is at `page`, an address from the site's root; empty for others."""
    if not page.startswith("experiments/"):
        return ""
    return f"cards/{page.removeprefix('experiments/').partition('.html')[0]}.png"


def run_list_page(experiment_id: str, number: int) -> Href:
    return Href(f"experiments/{file_name(experiment_id)}-runs-{number}.html")


def run_page(run_id: str) -> Href:
    return Href(f"runs/{file_name(run_id)}.html")


def run_anchor(run_id: str) -> str:
    """Where a run is in the table of its experiment's page."""
    return f"run-{file_name(run_id)}"


def whole_address(site_url: str, path: str) -> str:
    """The address of the page or file at `path` of a site at `site_url`; that of the first page is the site's own."""
    return f"{site_url.rstrip('/')}/{'' if path == 'index.html' else path}"


def placed(href: Href, is_packed: bool) -> Href:
    """Where `href` leads in this site: in a packed one `runs.html` draws every run.

    There a run's id is its file name: sites with other ids are never packed.
    """
    if not is_packed or not href.startswith("runs/"):
        return href
    return Href(f"{PACKED_RUNS_PAGE}#{href[len('runs/') :].partition('.html')[0]}")


def model_page(name: str) -> Href:
    """The page of a registered model, whatever characters its name has."""
    return Href(f"models/{file_name(name)}.html")


def version_anchor(version: str) -> str:
    """Where in the page of a model or prompt one of its versions is."""
    return f"v{file_name(version)}"


def version_address(name: str, version: str) -> Href:
    """Where one version of a registered model is."""
    return with_anchor(model_page(name), version_anchor(version))


def prompt_page(name: str) -> Href:
    return Href(f"prompts/{file_name(name)}.html")


def logged_model_page(model_id: str) -> Href:
    return Href(f"logged-models/{file_name(model_id)}.html")


def models_page(number: int) -> Href:
    """The list of models: registered ones and the first logged models, further logged models on further pages."""
    return Href("models.html" if number == 1 else f"models-{number}.html")


def dataset_page(digest: str) -> Href:
    """The page of all datasets with this digest: the same data, possibly under several names."""
    return Href(f"datasets/{file_name(digest)}.html")


def tables_page(experiment_id: str) -> Href:
    """The logged tables of an experiment's runs, side by side."""
    return Href(f"tables/{file_name(experiment_id)}.html")


def traces_page(experiment_id: str) -> Href:
    """The list of an experiment's traces; in a folder of its own, since a trace's id may be anything."""
    return Href(f"experiment-traces/{file_name(experiment_id)}.html")


def trace_page(trace_id: str) -> Href:
    return Href(f"traces/{file_name(trace_id)}.html")


def evaluations_page(experiment_id: str) -> Href:
    """The evaluations of an experiment, compared."""
    return Href(f"experiment-evaluations/{file_name(experiment_id)}.html")


def evaluation_page(run_id: str) -> Href:
    """All examples of a run's evaluation, where its own page has only the first."""
    return Href(f"evaluations/{file_name(run_id)}.html")


def compare_page(run_ids: Iterable[str]) -> Href:
    """The page that compares these runs."""
    return Href("compare.html#runs=" + ",".join(quote(run_id, safe="") for run_id in run_ids))


def curve_page(run_id: str, metric: str) -> Href:
    """The live curve of one metric of a run."""
    return Href(f"charts/curve.html#run={quote(run_id, safe='')}&metric={quote(metric, safe='')}")


def file_list_address(run_id: str) -> Href:
    """The list of all files of a run that has too many for its own page."""
    return Href(f"files/{file_name(run_id)}.html")


def chart_page(chart_id: str) -> Href:
    return Href(f"charts/{chart_id}.html")


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
