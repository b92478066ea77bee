"""The page on which a theme shows every component in its states, with example values: `sitegen theme preview`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sitegen.addresses import NOWHERE, Href
from sitegen.charts import BEST_COLOUR, OTHER_COLOUR, Mark, Measure, Point, Series, curves_chart, scatter_chart
from sitegen.charts import histogram_chart as histogram
from sitegen.pages.dots import Dot, DotAxis
from sitegen.pages.figures import FigureView, LegendEntry, figure_of
from sitegen.pages.health import FindingLine, HealthView
from sitegen.pages.heat_map import HeatCell, HeatMap
from sitegen.pages.leaderboard import Leader, Leaderboard, LeftOut, VerdictView
from sitegen.pages.matters import EffectLine, MattersView
from sitegen.pages.page import Fact, Site

HERE = Href("index.html")
"""All links of the page lead to itself."""
STATUSES = ("FINISHED", "RUNNING", "SCHEDULED", "FAILED", "KILLED")
LONG_NAME = "resnet50_v2_augmented-lr0.0003-wd0.05-" + "label_smoothing" * 6
CHIPS = (
    ("Clear", "cnn-more-dropout", "val_loss 0.543 · 28% below cnn-baseline"),
    ("Within noise", "cnn-more-dropout", "val_loss 0.543 · 0.4% below cnn-baseline"),
    ("Tie", "", "2 runs tie at val_loss 0.543"),
    ("Ahead, spread unknown", "cnn-more-dropout", "val_loss 0.543 · 28% below cnn-baseline"),
    ("Only one run", LONG_NAME, "val_loss 0.543"),
    ("No verdict", "", "No run logged val_loss"),
)
"""Each lead with the best run's name and the rest of the line."""


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """The page of `sitegen theme preview`: every component in its states, with example values."""

    facts: tuple[Fact, ...]
    """Facts: a plain one, a link, an id to copy."""
    statuses: tuple[str, ...]
    """Every status of a run, in MLflow's words."""
    verdicts: tuple[Leaderboard, ...]
    """A leaderboard for each verdict, the first with all that a leaderboard may have."""
    charts: tuple[FigureView, ...]
    """A chart of each kind."""
    hues: tuple[str, ...]
    """The class of each colour of a run."""
    long_name: str
    """A name that is too long for a line."""
    long_value: str
    """A value that is too long for a table."""
    health: HealthView
    """Findings: a problem and a hint."""
    matters: MattersView
    """Params that mattered, that did not, and that could not be judged."""
    path: str = "index.html"
    template: str = "preview.html"
    kind: str = "preview"
    title: str = "Theme preview"


def preview_page(site: Site) -> PreviewPage:
    """The page with its examples, which are the same for every theme."""
    return PreviewPage(
        facts=(
            Fact("Duration", "1 h 20 min"),
            Fact("Git commit", "cbd49a2", HERE, mono=True),
            Fact("Run id", "03a69d18c06946498e73e2e3446c1c31", mono=True, copy="03a69d18c06946498e73e2e3446c1c31"),
            Fact("Source", LONG_NAME + ".py"),
        ),
        statuses=STATUSES,
        verdicts=_verdicts(),
        charts=_charts(site),
        hues=tuple(f"c{n}" for n in range(1, OTHER_COLOUR + 1)),
        long_name=LONG_NAME,
        long_value="{'layers': [64, 128, 256], 'dropout': 0.1} " * 30,
        health=_health(),
        matters=_matters(),
    )


# Leaderboards -------------------------------------------------------------------------------------------------------


def _verdicts() -> tuple[Leaderboard, ...]:
    first = _leaderboard()
    return (first, *(replace(first, verdict=_verdict(*one), why="", because="") for one in CHIPS[1:]))


def _verdict(chip: str, name: str, line: str) -> VerdictView:
    kind = chip.lower().replace(",", "").replace(" ", "-")
    return VerdictView(chip, kind, name, line, "A sentence with the evidence.", (), "")


def _leaderboard() -> Leaderboard:
    values = (("cnn-more-dropout", 0.543, 40), ("cnn-baseline", 0.758, 124), (LONG_NAME, 0.872, 170))
    leaders = tuple(_leader(rank, name, value, x) for rank, (name, value, x) in enumerate(values, 1))
    return Leaderboard(
        title="Best run",
        name="cnn-more-dropout",
        href=HERE,
        metrics=("val_loss",),
        objective="lowest val_loss",
        value="0.543",
        why="Differences: dropout 0.25 → 0.5.",
        because="The experiment's tags name val_loss as its primary metric.",
        leaders=leaders[:2],
        more=leaders[2:],
        more_line="1 more run",
        left_out=(LeftOut(HERE, "cnn-long", "is still running, reached 0.596"),),
        left_out_line="1 unranked run",
        baseline="",
        axis=DotAxis("260", (("30", "0.5"), ("130", "0.75"), ("230", "1.0")), "val_loss"),
        has_differs=True,
        has_behind=True,
        verdict=replace(_verdict(*CHIPS[0]), notes=("1 unfinished run comes close (0.596).",), metric="metric guessed"),
        studies=(),
        permanent=HERE,
    )


def _leader(rank: int, name: str, value: float, x: int) -> Leader:
    return Leader(
        rank=str(rank),
        href=HERE,
        name=name,
        sub="mean of 3 runs, std 0.012" if rank == 1 else "",
        status=STATUSES[0] if rank < 3 else STATUSES[4],
        is_best=rank == 1,
        values=((f"{value:.3f}", str(value)),),
        behind="" if rank == 1 else f"{value - 0.543:.3f}",
        change="",
        differs=() if rank == 1 else (("dropout", "0.25"), ("lr", "0.001"), ("optimizer", "adam")),
        dot=Dot(str(x), str(x - 20), str(x + 20), ""),
    )


# Charts -------------------------------------------------------------------------------------------------------------


def _charts(site: Site) -> tuple[FigureView, ...]:
    """A chart of each kind that is drawn at build time; they have no data to draw them again from."""
    steps = list(range(0, 100, 5))
    series = [
        Series(name, colour, steps, [2.3 * 0.96**step + floor for step in steps])
        for name, colour, floor in (("cnn-more-dropout", BEST_COLOUR, 0.5), ("cnn-baseline", 2, 0.7), ("slow", 3, 0.9))
    ]
    runs = [Point(10.0**-n, 0.5 + 0.1 * (n - 3) ** 2, str(n), f"run {n}") for n in range(1, 6)]
    runs += [Point(0.02, 1.0, "x", "stopped", "KILLED")]
    loss, rate = Measure("metrics.val_loss", "val_loss"), Measure("params.lr", "lr", log=True)
    marks = [Mark(0.5 + (n * 37 % 50) / 100, str(n), f"run {n}") for n in range(30)]
    curves = curves_chart("curves", "val_loss", "3 runs", series, runs=("a", "b", "c"), metrics=("val_loss",))
    scatter = scatter_chart("scatter", "val_loss against lr", "6 runs", runs, x=rate, y=loss, experiment="", best="3")
    distribution = histogram("histogram", "val_loss", "30 runs", marks, x=loss, experiment="")
    legend = [LegendEntry(one.colour, one.label, NOWHERE) for one in series]
    return (figure_of(curves, site, legend), figure_of(scatter, site), figure_of(distribution, site))


# Findings -----------------------------------------------------------------------------------------------------------


def _health() -> HealthView:
    runs = ((HERE, "cnn-lr-too-high", "at step 9"),)
    problem = FindingLine(True, "Problem", "1 of 9 runs failed.", "The log may tell why.", runs, "and 3 more")
    hint = FindingLine(False, "Hint", "2 params never vary.", "Their effect cannot be seen.", (), "")
    return HealthView("1 problem", "No run repeats another.", (problem,), (hint,), "1 hint", "")


def _matters() -> MattersView:
    strong = EffectLine(
        key="learning_rate",
        better="0.0003 to 0.001",
        word="strong",
        told_apart=True,
        bar="62",
        share="62%",
        share_full="62% (48% to 71%)",
        sure="p < 0.001",
        n="40",
        caution="varies with batch_size",
        chart="",
    )
    quiet = replace(strong, told_apart=False, better="", caution="")
    weak = replace(quiet, key=LONG_NAME, word="hardly any", bar="3", share="3%")
    return MattersView(
        hint="params most related to val_loss",
        sentence="learning_rate mattered most: 0.0003 to 0.001 is better.",
        others=("batch_size mattered too: 64 is better.",),
        heat_map=_heat_map(),
        caution="Association, not cause.",
        lines=(strong,),
        more=(weak,),
        more_line="1 param without a clear effect",
        unjudged=(("optimizer", "always adam"),),
        unjudged_line="1 param could not be judged",
    )


def _heat_map() -> HeatMap:
    rows = (("0.001", (("0.61", "heat5"), ("0.54", "heat8 best-cell"))), ("0.01", (("0.90", "heat0"), ("", ""))))
    return HeatMap(
        caption="Mean val_loss by learning_rate and batch_size",
        down="learning_rate",
        across="batch_size",
        columns=("32", "64"),
        rows=tuple((value, tuple(HeatCell(text, css, "2 runs") for text, css in cells)) for value, cells in rows),
    )
