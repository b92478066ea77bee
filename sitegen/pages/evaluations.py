"""Evaluations: the section on a run's page, all examples of a run, and the evaluations of an experiment, compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sitegen.addresses import (
    NOWHERE,
    Href,
    evaluation_page,
    evaluations_page,
    experiment_page,
    run_page,
    trace_page,
    with_anchor,
)
from sitegen.analysis.evaluated import GENAI, MAX_EVALUATIONS, RUN_TYPE
from sitegen.analysis.evaluation import MAX_EXAMPLES, Change, Comparison, Evaluation, Example, compare
from sitegen.analysis.words import listed, plural
from sitegen.model import Experiment, Run
from sitegen.pages.evaluation_rows import (
    ExampleTable,
    ScoreCell,
    ScorerLine,
    example_table,
    score_cell,
    scorer_line,
    usage_facts,
)
from sitegen.pages.library import Link
from sitegen.pages.page import Fact

RUN_ROWS = 20
"""Examples on a run's own page."""
MAX_COMPARED = 6
"""Evaluations of which each two are compared: the newest."""
MAX_CHANGES = 50
MAX_LISTED = 12
"""Scorers that have a column in the list of evaluations."""
PRIVATE = "Its rows are traces, which are often private and not part of this site (sitegen build --traces shows them)."


@dataclass(frozen=True, slots=True)
class EvaluationSection:
    """The evaluation on a run's page."""

    hint: str
    """How many examples and scorers there are: `8 examples, 3 scorers`."""
    facts: tuple[Fact, ...]
    """Examples, tokens, cost and latency."""
    scorers: tuple[ScorerLine, ...]
    """What each scorer's scores add up to."""
    table: ExampleTable | None
    """The first examples; none where they are private."""
    line: str
    """How many examples are shown, or why none is; may be empty."""
    all: Link
    """The table of all examples; its text is empty if this is all."""
    compared: Link
    """The evaluations of the experiment; its text is empty if there is no such page."""


@dataclass(frozen=True)
class EvaluationPage:
    """All examples of a run's evaluation."""

    path: str
    title: str
    experiment: Link
    """The experiment."""
    run: Link
    """The run."""
    facts: tuple[Fact, ...]
    """Examples, tokens, cost and latency."""
    table: ExampleTable
    """The examples; at most 500."""
    hint: str
    """How many examples there are, and how many are shown where that is not all of them."""
    template: str = "evaluation.html"
    kind: str = "evaluation"


@dataclass(frozen=True, slots=True)
class EvaluationLine:
    """An evaluation in the list of an experiment's."""

    run: Link
    """The run."""
    examples: str
    """How many examples it has."""
    results: tuple[tuple[str, str], ...]
    """What each scorer's scores add up to, by the columns: the share or mean, and all digits of it."""
    tokens: str
    """Tokens in all; empty if that is not known."""
    cost: str
    """What they cost; empty if that is not known."""
    latency: str
    """The median time of an example; empty if that is not known."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """An example that differs between two evaluations."""

    verdict: str
    """`Regression`, `Improvement` or `Change`."""
    look: str
    """The class that colours it: `failed`, `finished` or empty."""
    request: str
    """What went in."""
    before: str
    """The response in the older evaluation."""
    after: str
    """The response in the newer one; empty if it is the same."""
    expectations: tuple[str, ...]
    """What was expected."""
    scores: tuple[tuple[str, ScoreCell, ScoreCell], ...]
    """The scorers whose scores differ: name, the older score and the newer one."""
    traces: tuple[Link, ...]
    """The traces behind both; none for rows of tables."""


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """Two evaluations compared, example by example."""

    id: str
    """Its id on the page."""
    before: Link
    """The older evaluation's run."""
    after: Link
    """The newer evaluation's run."""
    summary: str
    """How many examples became worse and better."""
    rows: tuple[ChangeRow, ...]
    """The examples that differ, regressions first; at most 50."""
    line: str
    """What is not shown, in a sentence; may be empty."""
    open: bool
    """Whether it is shown open: the newest evaluation against the one before it is."""


@dataclass(frozen=True)
class EvaluationsPage:
    """The evaluations of an experiment. Texts are final: the template only lays them out."""

    path: str
    title: str
    experiment: Link
    """The experiment."""
    lede: str
    """What the page shows, in a sentence."""
    scorers: tuple[str, ...]
    """The scorers that have a column; at most 12."""
    lines: tuple[EvaluationLine, ...]
    """The evaluations, the newest first."""
    has_tokens: bool
    """Whether tokens are known of any."""
    has_costs: bool
    """Whether costs are known of any."""
    has_latencies: bool
    """Whether times are known of any."""
    comparisons: tuple[ComparisonView, ...]
    """Each two of the newest evaluations that have examples in common, the newest first."""
    comparisons_hint: str
    """Which evaluations are compared."""
    template: str = "evaluations.html"
    kind: str = "evaluations"


# On a run's page ----------------------------------------------------------------------------------------------------


def evaluation_section(run: Run, evaluation: Evaluation | None, table_href: Href = NOWHERE) -> EvaluationSection | None:
    """The section of a run; None if it is not an evaluation. `table_href` is where its logged table is shown."""
    if evaluation is None:
        return _without_rows() if run.tags.get(RUN_TYPE) == GENAI else None
    table = example_table(evaluation, RUN_ROWS)
    whole = table_href if evaluation.table else evaluation_page(run.run_id)
    is_cut = evaluation.total > len(table.rows) and bool(whole)
    counts = [plural(evaluation.total, "example"), plural(len(evaluation.scorers), "scorer")]
    return EvaluationSection(
        hint=", ".join(counts if evaluation.scorers else counts[:1]),
        facts=usage_facts(evaluation)[1:],
        scorers=tuple(scorer_line(scorer) for _, scorer in sorted(evaluation.scorers.items())),
        table=table,
        line=f"The first {len(table.rows)} of {evaluation.total:,} examples are shown." if is_cut else "",
        all=Link("The whole table" if is_cut else "", whole),
        compared=Link("Compare with other evaluations", evaluations_page(run.experiment_id)),
    )


def _without_rows() -> EvaluationSection:
    """The section of an evaluation whose rows are private: its metrics say what the scores add up to."""
    line = f"What the scores add up to is among the metrics. {PRIVATE}"
    return EvaluationSection("mlflow.genai.evaluate", (), (), None, line, Link(""), Link(""))


def evaluation_page_of(experiment: Experiment, name: str, evaluation: Evaluation) -> EvaluationPage:
    """All examples of the evaluation in a run called `name`."""
    shown = len(evaluation.examples)
    cut = f"the first {shown} of {evaluation.total:,}" if shown < evaluation.total else plural(shown, "example")
    return EvaluationPage(
        path=evaluation_page(evaluation.run_id),
        title=f"{name}: evaluation",
        experiment=Link(experiment.name, experiment_page(experiment.experiment_id)),
        run=Link(name, run_page(evaluation.run_id)),
        facts=usage_facts(evaluation),
        table=example_table(evaluation, MAX_EXAMPLES),
        hint=cut,
    )


# Those of an experiment ---------------------------------------------------------------------------------------------


def evaluations_page_of(
    experiment: Experiment, evaluations: Sequence[Evaluation], names: Mapping[str, str]
) -> EvaluationsPage:
    """The page of an experiment's `evaluations`, the newest first; `names` are those of their runs."""
    links = {one.run_id: Link(names[one.run_id], run_page(one.run_id)) for one in evaluations}
    scorers = tuple(sorted({name for one in evaluations for name in one.scorers}))[:MAX_LISTED]
    lines = tuple(_line(one, links[one.run_id], scorers) for one in evaluations[:MAX_EVALUATIONS])
    compared = evaluations[:MAX_COMPARED]
    return EvaluationsPage(
        path=evaluations_page(experiment.experiment_id),
        title=f"{experiment.name}: evaluations",
        experiment=Link(experiment.name, experiment_page(experiment.experiment_id)),
        lede=f"{plural(len(evaluations), 'run')} of this experiment that evaluated an application or a model, "
        "with what the scores of each scorer add up to.",
        scorers=scorers,
        lines=lines,
        has_tokens=any(line.tokens for line in lines),
        has_costs=any(line.cost for line in lines),
        has_latencies=any(line.latency for line in lines),
        comparisons=tuple(_comparisons(compared, links)),
        comparisons_hint=f"each two of the newest {MAX_COMPARED}" if len(evaluations) > MAX_COMPARED else "",
    )


def _line(one: Evaluation, run: Link, scorers: Sequence[str]) -> EvaluationLine:
    facts = {fact.label: fact.value for fact in usage_facts(one)}
    lines = [scorer_line(one.scorers[name]) if name in one.scorers else None for name in scorers]
    total = one.tokens.get("total") or sum(one.tokens.values())
    return EvaluationLine(
        run=run,
        examples=f"{one.total:,}",
        results=tuple(
            (line.share or line.result.removeprefix("mean "), line.full) if line else ("", "") for line in lines
        ),
        tokens=f"{total:,}" if one.tokens else "",
        cost=facts.get("Cost", ""),
        latency=facts.get("Median latency", ""),
    )


def _comparisons(evaluations: Sequence[Evaluation], links: Mapping[str, Link]) -> Iterable[ComparisonView]:
    """Each two of the evaluations that have examples in common, the newest against the one before it first."""
    pairs = [(old, new) for new in range(len(evaluations)) for old in range(new + 1, len(evaluations))]
    for old, new in sorted(pairs, key=lambda pair: (pair[0] - pair[1], pair[1])):
        before, after = evaluations[old], evaluations[new]
        found = compare(before.examples, after.examples)
        if found.same or found.changes:
            id = f"against-{new + 1}-{old + 1}"
            yield _comparison(found, id, links[before.run_id], links[after.run_id], old == 1)


def _comparison(found: Comparison, id: str, before: Link, after: Link, is_open: bool) -> ComparisonView:
    worse, better, changed = (found.count(verdict) for verdict in ("worse", "better", "changed"))
    counts = [plural(worse, "regression"), plural(better, "improvement")]
    counts += [plural(changed, "other change")] if changed else []
    left = [f"{plural(found.same, 'example')} as before."]
    if len(found.changes) > MAX_CHANGES:
        left.append(f"The first {MAX_CHANGES} of {len(found.changes)} that differ are shown.")
    only = [(found.only_before, before.text), (found.only_after, after.text)]
    left += [f"{plural(count, 'example')} only in {name}." for count, name in only if count]
    return ComparisonView(
        id=id,
        before=before,
        after=after,
        summary=listed(counts),
        rows=tuple(map(_change_row, found.changes[:MAX_CHANGES])),
        line=" ".join(left),
        open=is_open,
    )


_WORDS = {"worse": ("Regression", "failed"), "better": ("Improvement", "finished"), "changed": ("Change", "")}


def _change_row(change: Change) -> ChangeRow:
    word, look = _WORDS[change.verdict]
    before, after = change.before, change.after
    return ChangeRow(
        verdict=word,
        look=look,
        request=after.request,
        before=before.response,
        after=after.response if after.response != before.response else "",
        expectations=tuple(value for _, value in after.expectations),
        scores=_differing(before, after),
        traces=tuple(
            Link(word, trace_page(one.trace_id)) for word, one in (("before", before), ("now", after)) if one.trace_id
        ),
    )


def _differing(before: Example, after: Example) -> tuple[tuple[str, ScoreCell, ScoreCell], ...]:
    old = {score.name: score for score in before.scores}
    pairs = ((score.name, old.get(score.name), score) for score in after.scores)
    return tuple(
        (name, score_cell(was), score_cell(now)) for name, was, now in pairs if was is None or was.value != now.value
    )


def evaluations_link(experiment_id: str, count: int) -> Link:
    """The link to the evaluations of an experiment."""
    return Link(plural(count, "evaluation"), with_anchor(evaluations_page(experiment_id), "list"), "compared")
