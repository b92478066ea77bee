"""The options of a declared chart, `[charts."NAME"]` in `sitegen.toml`: a chart that has an address of its own."""

from __future__ import annotations

from dataclasses import MISSING, dataclass

from sitegen.config.rows import option


@dataclass(frozen=True)
class ChartConfig:
    """A chart as `sitegen.toml` has it; what it says of runs and columns is read by `pages/declared_charts.py`."""

    name: str
    experiment: str = option(MISSING, help="Name or id of the experiment whose runs it shows; required.")
    metrics: tuple[str, ...] = option(
        MISSING,
        help="What it shows, such as `val_loss`; required.",
        details="Curves may have several metrics. Over a param or a metric it is one, with a reducer if you like: "
        "`metrics.val_loss.min`.",
    )
    runs: tuple[str, ...] = option(
        (), help="Ids of its runs, or their first characters (at least 6), in the order of the chart.",
        default_text="those of `filter`",
    )  # fmt: skip
    filter: str = option(
        "",
        help="Which runs it shows, in the [search language](search-language.md).",
        default_text="all of the experiment",
        details="A run that is added later and matches joins the chart.",
    )
    x: str = option(
        "step",
        help="What lies across: `step`, `relative` (time since the start), `time`, or a param or metric of each run.",
        details="With a param or metric, such as `params.lr`, each run is a dot; else each is a curve.",
    )
    log: tuple[str, ...] = option((), help='Axes that are logarithmic: `"x"`, `"y"` or both.')
    smoothing: float = option(0.0, help="How much curves are smoothed, from 0 to 0.99.")
    group: str = option(
        "",
        help="Key whose values make groups, such as `params.model`; the mean of each is drawn in place of its runs.",
        default_text="no groups",
    )
    width: int = option(720, help="Width of its pictures in pixels, from 240 to 2000.")
    height: int = option(320, help="Height of its pictures in pixels, from 160 to 1200.")
    title: str = option("", help="Its title.", default_text="its name")
    note: str = option("", help="A sentence below the title.")
