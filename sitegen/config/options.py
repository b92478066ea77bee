"""The tables of options: those of a build, of one experiment, of a view. To add an option, add a row (`rows.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from pathlib import Path
from typing import Literal

from sitegen.config.chart_options import ChartConfig
from sitegen.config.rows import option

Written = str | tuple[str, ...] | Mapping[str, object]
"""An objective as it was written: a string, several, or a table (`analysis/objective_text.py` reads it)."""

SITE = "The site"
RUNS = "Which runs, and which is best"
PRIVACY = "Privacy"
ARTIFACTS = "Artifacts"
BUILDING = "Building"


@dataclass(frozen=True)
class ExperimentOptions:
    """The options of one experiment, in `[experiments."my experiment"]`; all are optional."""

    objective: Written = option(
        "", help="What makes a run of this experiment the best.", default_text="`objective` of the site"
    )
    baseline: str = option(
        "",
        help="Name or id of the run that the others are compared with.",
        details="The leaderboard says how each run compares with it. "
        "If several runs have that name, the newest counts.",
    )
    groups: tuple[str, ...] = option(
        (),
        help='Params and tags whose values make a group of runs, such as ["params.model", "tags.variant"].',
        default_text="[detected](groups.md)",
    )
    group_by: Literal["", "seeds", "parents", "none"] = option(
        "",
        help="How runs are grouped when `groups` is not given.",
        default_text="seeds, then parents",
        details="`seeds` groups only runs that differ in nothing but seeds and folds, `parents` the children of each "
        "parent, `none` nothing.",
    )


NO_OPTIONS = ExperimentOptions()


@dataclass(frozen=True)
class ViewConfig:
    """A view as `sitegen.toml` has it; `columns`, `sort` and `group` are keys of the search language."""

    name: str
    experiment: str = option(MISSING, help="Name or id of the experiment whose runs it shows; required.")
    filter: str = option("", help="Which of its runs are shown, in the [search language](search-language.md).")
    columns: tuple[str, ...] = option((), help="What each column shows, such as `metrics.val_loss.min` or `status`.")
    sort: tuple[str, ...] = option((), help='What the rows are sorted by, such as `"metrics.loss DESC"`.')
    group: str = option("", help="What makes a group of runs; the page then has one row for each group.")
    note: str = option("", help="What the page says above its table.")


@dataclass(frozen=True)
class ArtifactsTable:
    """The key `artifacts` of `sitegen.toml` when it is a table in place of a list."""

    roots: tuple[Path, ...] = option((), help="Further folders in which to look for artifacts.")
    map: Mapping[str, Path] = option({}, help="Folders by the start of the artifact URIs that they replace.")


@dataclass(frozen=True)
class PrivacyTable:
    """The table `[privacy]` of `sitegen.toml`: own rules beside the built-in ones."""

    allow: tuple[str, ...] = option(
        (),
        help="Fingerprints of values that look like secrets and are none; they are shown.",
        details="`sitegen scan` lists them. One that matches nothing is named in the summary of the build.",
    )
    patterns: Mapping[str, str] = option(
        {},
        help='Own patterns by name, such as `{ticket = "ACME-[0-9]{5}"}`; what they match is masked like a secret.',
        details="In the syntax of [RE2](https://github.com/google/re2/wiki/Syntax), whose time is bounded; "
        "needs `pip install 'mlruns-sitegen[patterns]'`.",
    )
    hide_keys: tuple[str, ...] = option(
        (),
        help="Params, metrics and tags that are left out, by name or glob, such as `billing.*`.",
        details="In every profile, and in the JSON of traces. Inside artifacts a pattern hides a value.",
    )
    show_keys: tuple[str, ...] = option(
        (),
        help="Keys whose values are shown although the key looks like that of a secret or a private fact.",
        details="By name or glob. A value that is a token by its shape is masked all the same.",
    )


@dataclass(frozen=True)
class Config:
    """Every option of a build. In `sitegen.toml` each is a key of this name; flags win over the file."""

    store: str | tuple[str, ...] = option(
        "",
        group=SITE,
        help="Path or URI of the store, or a list of several that make one site.",
        default_text="the store found in or near the current folder",
        details="The `mlruns` folder (or the folder above it, one experiment, one run), an MLflow database, "
        "the address of a [tracking server](stores.md#a-tracking-server), or an [export](export.md). "
        "[Several stores](several.md) make one site.",
    )
    output: Path = option(
        Path("site"),
        "-o --output",
        SITE,
        "Folder that the site is written to.",
        metavar="DIR",
        details="It is replaced as a whole; [your own files in it](publishing.md#your-own-files) stay.",
    )
    title: str = option(
        "",
        "--title",
        SITE,
        "Title of the site.",
        default_text="the name of the only experiment, else of the store's folder",
    )
    theme: str = option(
        "default",
        "--theme",
        SITE,
        "A built-in theme (default, paper) or a theme folder.",
        details="The path of a [theme folder](#themes) has a `/` in it.",
    )
    site_url: str = option(
        "",
        "--site-url",
        SITE,
        "Address at which the site will be published, for feeds, link previews and snippets.",
        metavar="URL",
        details="Snippets for embedding, link previews with pictures and `404.html` need it; all other links are "
        "relative.",
    )
    index: bool = option(
        False,
        "--index",
        SITE,
        "Let search engines list the site.",
        details="Else every page asks them not to. With `--site-url` there is a `sitemap.xml` too.",
    )
    cards: Literal["best", "all", "none"] = option(
        "best",
        "--cards",
        SITE,
        "Which pages have a picture of their own for links to them, with --site-url.",
        details="`best`: experiments, named views and the best runs; `all`: every run too; `none`: no pictures. "
        "See [links that unfurl](publishing.md#links-that-unfurl).",
    )
    max_run_pages: int = option(
        15_000,
        "--max-run-pages",
        SITE,
        "With more runs than this, one page draws them all.",
        metavar="N",
        details="Hosts limit files and bytes, and 20,000 pages come near both. Then `runs.html#<run id>` draws "
        "each run from data, which needs scripts; lists, experiments and the best runs are there without.",
    )
    host: Literal["", "github", "gitlab", "cloudflare", "netlify"] = option(
        "",
        "--host",
        SITE,
        "Where the site is published; the summary says how near it is to that host's limits.",
        default_text="all of them",
        details="From 80% of a limit on; `sitegen check --host` refuses what is beyond one.",
    )
    since: str = option(
        "",
        "--since",
        SITE,
        "Earlier site to compare with: a folder, a git ref, or an address.",
        metavar="SITE",
        default_text="none",
        details="Adds a page of [what changed](publishing.md#what-changed), with feeds; "
        "[charts that the earlier site had](publishing.md#charts-that-stay) stay.",
    )
    views: tuple[ViewConfig, ...] = option(
        (), group=SITE, help="Views of an experiment's runs, each with its own page: see [named views](#named-views)."
    )
    charts: tuple[ChartConfig, ...] = option(
        (), group=SITE, help="Charts with an address that stays: see [declared charts](#declared-charts)."
    )
    objective: Written = option(
        "",
        "--objective",
        RUNS,
        'What makes a run the best, such as "min val_loss".',
        metavar="TEXT",
        default_text="chosen for each experiment",
        details="A [string, a list of strings or a table](objectives.md#how-to-write-an-objective).",
    )
    experiments: Mapping[str, ExperimentOptions] = option(
        {}, group=RUNS, help="Options of single experiments, by name or id: see [one experiment](#one-experiment)."
    )
    filter: str = option(
        "",
        "--filter",
        RUNS,
        "Only runs that match, such as \"metrics.val_loss < 0.5 AND status = 'FINISHED'\".",
        metavar="TEXT",
        default_text="all runs",
        details="In the [search language](search-language.md). It sees what the profile hides; the footer names it, "
        "unless it names what is hidden.",
    )
    deleted: bool = option(False, "--deleted", RUNS, "Include deleted runs and experiments.")
    profile: Literal["public", "internal"] = option(
        "public",
        "--profile",
        PRIVACY,
        "What may be shown: public hides users, paths and hosts.",
        default_text="public",
        details="`internal` shows them. [Secrets are masked in both](publishing.md#what-is-published).",
    )
    traces: bool = option(
        False,
        "--traces",
        PRIVACY,
        "Show traces: what users asked an application and what it answered, often private.",
        details="A build without them says how many [traces](publishing.md#traces) it left out.",
    )
    privacy: PrivacyTable = option(
        PrivacyTable(),
        group=PRIVACY,
        help="Own rules for what is hidden and shown: see [the privacy table](#the-privacy-table).",
        default_text="none",
    )
    artifacts: tuple[Path, ...] = option(
        (), "--artifacts", ARTIFACTS, "A further folder to look for artifacts in.", metavar="DIR"
    )
    artifact_map: Mapping[str, Path] = option(
        {},
        "--map-artifacts",
        ARTIFACTS,
        "Artifacts logged below URI are now in DIR.",
        metavar="URI DIR",
        key="",
        details="In the file a key of the [table `[artifacts]`](#the-artifacts-table); see "
        "[a store that was moved](stores.md#a-store-that-was-moved).",
    )
    fetch_artifacts: bool = option(
        False,
        "--fetch-artifacts",
        ARTIFACTS,
        "Fetch artifacts that are on a tracking server or in a bucket.",
        details="See [artifacts that are elsewhere](stores.md#artifacts-that-are-elsewhere).",
    )
    strict: bool = option(
        False,
        "--strict",
        BUILDING,
        "Stop, and keep the previous site, when a record cannot be read or holds a secret.",
        details="The exit code is then 3.",
    )
    allow_problems: tuple[str, ...] = option(
        (),
        group=BUILDING,
        help="Fingerprints of records that cannot be read, with which `strict` does not stop.",
        default_text="none",
        details="`sitegen build --verbose` lists them.",
    )
    force_adopt: bool = option(
        False,
        "--force-adopt",
        BUILDING,
        "Build into a folder that holds other files; they stay.",
        key="",
        details="Only a flag, so that it has to be given each time.",
    )
    trust_theme: bool = option(
        False,
        "--trust-theme",
        BUILDING,
        "Run the templates of a theme folder without a sandbox.",
        key="",
        details="Only a flag, so that no file can set it.",
    )
    cache: Path = option(
        Path(),
        "--cache",
        BUILDING,
        "Folder for what the next build can use again.",
        metavar="DIR",
        default_text="one for each site in the user's cache folder",
        details="It may be deleted at any time; see [building again](publishing.md#building-again).",
    )
    no_cache: bool = option(
        False, "--no-cache", BUILDING, "Build everything anew, and leave nothing for the next build.", key=""
    )
    shard: str = option(
        "",
        "--shard",
        BUILDING,
        "Build only part I of N, for sitegen merge.",
        metavar="I/N",
        key="",
        default_text="the whole site",
        details="See [more than one machine](scale.md#more-than-one-machine).",
    )
    executor: str = option(
        "",
        "--executor",
        BUILDING,
        "Run the tasks on a Dask cluster.",
        metavar="dask://HOST:PORT",
        default_text="this machine",
        details="Needs `pip install 'mlruns-sitegen[dask]'`; see [a Dask cluster](scale.md#a-dask-cluster).",
    )
    by_content: bool = option(
        False,
        "--by-content",
        BUILDING,
        "Compare files with those of the last build by content, not by time.",
        details="For a checkout in CI, which gives all files new times; it reads each file of the store.",
    )
    jobs: int = option(
        0,
        "--jobs",
        BUILDING,
        "Worker processes.",
        metavar="N",
        default_text="by the size of the store",
        details="`0` takes one for each core from 300 runs on. The site is the same.",
    )

    given: frozenset[str] = frozenset()
    """The names of the options that were given as flags."""

    @property
    def stores(self) -> tuple[str, ...]:
        """The stores that were named; may be empty."""
        return (self.store,) * bool(self.store) if isinstance(self.store, str) else self.store

    def options_of(self, experiment_id: str, name: str) -> ExperimentOptions:
        """The options of an experiment: those given for its id, else for its name."""
        return self.experiments.get(experiment_id) or self.experiments.get(name) or NO_OPTIONS

    def objective_of(self, experiment_id: str, name: str) -> Written | None:
        """The configured objective of an experiment; None if it is to be chosen."""
        return self.options_of(experiment_id, name).objective or self.objective or None
