"""Which params go with the objective: beside statsmodels, by hand, and what is said when there is little to say."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from sitegen.analysis.best import rank
from sitegen.analysis.effects import ParamEffect
from sitegen.analysis.judge import judge
from sitegen.analysis.matters import Matters, what_mattered
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.runs_table import RunRow
from tests.analysis.builders import row, table
from tests.examples import examples

NAN, INF = float("nan"), float("inf")


def matters(rows: Iterable[RunRow], objective: str = "min loss") -> Matters:
    return what_mattered(rank(table(rows), parse_objective(objective)))


def runs(count: int, loss: Callable[[int], float], **params: Callable[[int], object]) -> list[RunRow]:
    """`count` runs, each value a function of the run's number."""
    return [
        row(f"r{at:03}", {"loss": loss(at)}, params={key: str(value(at)) for key, value in params.items()})
        for at in range(count)
    ]


def effects(found: Matters) -> Mapping[str, ParamEffect]:
    return {effect.key: effect for effect in found.effects}


def noise(seed: int) -> Callable[[int], float]:
    values = np.random.default_rng(seed).normal(size=1000)
    return lambda at: float(values[at])


# Numbers


def test_a_number_is_judged_by_the_line_over_its_ranks() -> None:
    a, b = noise(1), noise(2)
    losses = [a(at) + 0.7 * b(at) for at in range(40)]
    found = effects(matters(runs(40, lambda at: losses[at], lr=a)))["lr"]
    assert found.rho == pytest.approx(stats.spearmanr([a(at) for at in range(40)], losses).statistic)
    oracle = stats.linregress(stats.rankdata([a(at) for at in range(40)]), losses)
    assert found.share == pytest.approx(oracle.rvalue**2)
    assert (found.n, found.levels, found.kind, found.shape) == (40, 40, "number", "lower")
    # Doubled, for a bend was looked for too.
    assert found.chance == pytest.approx(2 * oracle.pvalue)


def test_ties_share_ranks() -> None:
    loss = [1.0, 1.0, 2.0, 2.0, 2.0, 3.0, 3.0, 4.0, 5.0, 5.0]
    found = effects(matters(runs(10, lambda at: loss[at], batch=lambda at: 16 * (1 + at // 5))))["batch"]
    assert found.rho == pytest.approx(stats.spearmanr([at // 5 for at in range(10)], loss).statistic)
    assert (found.levels, found.shape, found.verdict) == (2, "lower", "strong")


@pytest.mark.parametrize(("objective", "shape"), [("min loss", "higher"), ("max loss", "lower")])
def test_better_is_what_the_objective_says(objective: str, shape: str) -> None:
    found = effects(matters(runs(12, lambda at: -at, depth=lambda at: at), objective))["depth"]
    assert (found.shape, found.rho, found.share, found.verdict) == (shape, -1.0, pytest.approx(1.0), "strong")


def test_scales_and_diverged_runs_do_not_decide() -> None:
    plain = matters(runs(20, lambda at: at + noise(3)(at), lr=lambda at: at))
    wild = matters(runs(20, lambda at: 10.0 ** (at + noise(3)(at)), lr=lambda at: 10.0**-at))
    assert effects(plain)["lr"].share == pytest.approx(effects(wild)["lr"].share, abs=0.03)
    assert (effects(plain)["lr"].shape, effects(wild)["lr"].shape) == ("lower", "higher")


def test_a_valley_is_not_called_no_effect() -> None:
    """The learning rate of every textbook: too low and too high are both bad, and the correlation is near 0."""
    found = effects(matters(runs(60, lambda at: (at - 30) ** 2 + noise(4)(at), lr=lambda at: 10 ** (at / 10 - 6))))[
        "lr"
    ]
    assert found.rho is not None and abs(found.rho) < 0.2
    assert (found.shape, found.verdict) == ("around", "strong")
    assert found.place is not None and found.place.low < 10 ** (30 / 10 - 6) < found.place.high
    assert found.place.n == 12


def test_a_hill_says_where_it_is_worst() -> None:
    found = effects(matters(runs(60, lambda at: -((at - 30) ** 2) + noise(4)(at), x=lambda at: at)))["x"]
    assert found.shape == "not around" and found.place is not None and found.place.low <= 30 <= found.place.high


def test_a_valley_over_few_values_names_the_value() -> None:
    layers = [1, 2, 3, 4]
    bad = {1: 5.0, 2: 1.0, 3: 3.0, 4: 6.0}
    found = effects(
        matters(runs(40, lambda at: bad[layers[at % 4]] + 0.1 * noise(5)(at), layers=lambda at: layers[at % 4]))
    )["layers"]
    assert (found.shape, found.levels) == ("around", 4)
    assert found.place is not None and (found.place.low, found.place.high, found.place.n) == (2, 2, 10)


def test_better_up_to_a_place() -> None:
    """More helps until it does not: the end is not worse than the best, the start is."""
    found = effects(matters(runs(100, lambda at: -min(at, 35) + 3 * noise(6)(at), width=lambda at: at)))["width"]
    assert found.shape in ("up to", "higher") and found.verdict == "strong"
    steps = {1: 9.0, 2: 5.0, 3: 0.0, 4: 0.1, 5: 0.2}
    found = effects(matters(runs(100, lambda at: steps[at % 5 + 1] + noise(7)(at), depth=lambda at: at % 5 + 1)))[
        "depth"
    ]
    assert found.shape == "up to" and found.place is not None and found.place.low in (3, 4)


def test_a_straight_relation_is_not_called_bent() -> None:
    for seed in range(20):
        found = effects(matters(runs(80, lambda at, s=seed: at + 10 * noise(s)(at), x=lambda at: at)))["x"]
        assert (found.shape, found.place) == ("lower", None)


def test_numbers_written_differently_are_one_value() -> None:
    found = effects(matters(runs(10, lambda at: at % 2, lr=lambda at: ["0.1", "1e-2", "1e-1", "0.01"][at % 4])))["lr"]
    assert (found.levels, found.rho) == (2, pytest.approx(-1.0))


def test_a_param_that_is_nan_is_missing_and_an_infinite_one_the_largest() -> None:
    values = ["nan", "inf", *map(str, range(10))]
    losses = [0.0, 99.0, *map(float, range(10))]
    found = effects(matters(runs(12, lambda at: losses[at], clip=lambda at: values[at])))["clip"]
    assert (found.n, found.rho) == (11, pytest.approx(1.0))


# Words


def test_words_are_judged_by_what_their_groups_explain() -> None:
    names = ["adam", "sgd", "lion"]
    loss = [0.1, 0.5, 0.4, 0.2, 0.6, 0.3, 0.15, 0.55, 0.7, 0.12, 0.52, 0.42]
    found = effects(matters(runs(12, lambda at: loss[at], optimizer=lambda at: names[at % 3])))["optimizer"]
    values = np.array(loss)
    groups = [values[at::3] for at in range(3)]
    between = sum(4 * (group.mean() - values.mean()) ** 2 for group in groups)
    assert found.share == pytest.approx(between / ((values - values.mean()) ** 2).sum())
    assert found.chance == pytest.approx(stats.f_oneway(*groups).pvalue)
    assert (found.kind, found.rho, found.shape, found.levels) == ("text", None, "groups", 3)
    assert found.place is not None and (found.place.text, found.place.n) == ("adam", 4)
    assert found.place.median == 0.12


def test_a_lone_run_is_not_named_as_the_best_value() -> None:
    rows = runs(10, lambda at: at, mode=lambda at: "lucky" if at == 0 else "ab"[at // 6])
    place = effects(matters(rows))["mode"].place
    assert place is not None and place.text == "a"


def test_a_name_for_every_run_is_not_judged() -> None:
    found = effects(matters(runs(12, lambda at: at, out=lambda at: f"run-{at // 1.5}", lr=lambda at: at)))
    assert found["out"].verdict == "own" and not found["out"].judged
    assert found["lr"].verdict == "strong"


# Which runs count


def test_few_runs_say_nothing() -> None:
    found = matters(runs(7, lambda at: at, lr=lambda at: at, opt=lambda at: "ab"[at % 2]))
    assert [(e.key, e.verdict, e.n) for e in found.effects] == [("lr", "few", 7), ("opt", "few", 7)]


@pytest.mark.parametrize("count", [0, 1])
def test_one_run_or_none(count: int) -> None:
    assert matters(runs(count, lambda at: at, lr=lambda at: at)).effects == ()


def test_constant_params_are_not_there() -> None:
    assert [e.key for e in matters(runs(9, lambda at: at, lr=lambda at: at, epochs=lambda at: 3)).effects] == ["lr"]


def test_runs_of_one_value_tell_nothing() -> None:
    found = matters(runs(12, lambda at: 1.0, lr=lambda at: at, opt=lambda at: "ab"[at % 2]))
    assert found.alike
    assert {e.verdict for e in found.effects} == {"chance"} and {e.share for e in found.effects} == {0.0}


def test_only_ranked_runs_with_the_param_count() -> None:
    rows = runs(10, lambda at: at, lr=lambda at: at)
    rows += [
        row("failed", {"loss": 50.0}, status="FAILED", params={"lr": "-5"}),
        row("nan", {"loss": NAN}, params={"lr": "-5"}),
    ]
    rows += [row("without", {"loss": -1.0})]
    found = matters(rows)
    assert (found.n, found.lost) == (11, 1)
    assert [(e.n, e.rho) for e in found.effects] == [(10, pytest.approx(1.0))]


def test_the_parent_of_a_search_does_not_count_beside_its_trials() -> None:
    trials = [row(f"t{at}", {"loss": at}, parent_id="search", params={"lr": str(at)}) for at in range(9)]
    search = row("search", {"loss": 0.0}, params={"lr": "0", "cv": "5"})
    found = effects(matters([*trials, search]))
    assert (found["lr"].n, "cv" in found) == (9, False)


def test_the_parents_of_folds_count_for_what_only_they_have() -> None:
    parents = [row(f"p{at}", {"loss": at}, params={"lr": str(at)}) for at in range(9)]
    folds = [
        row(f"p{at}f{f}", {"loss": at + (1 + f) / 10}, parent_id=f"p{at}", params={"fold": str(f)})
        for at in range(9)
        for f in (0, 1)
    ]
    found = effects(matters([*parents, *folds]))
    assert (found["lr"].n, found["lr"].rho) == (9, pytest.approx(1.0))
    assert (found["fold"].n, found["fold"].levels) == (18, 2)


# Several params, beside statsmodels


def anova(rows: Sequence[RunRow], formula: str) -> pd.DataFrame:
    """The analysis of variance (type II) that statsmodels makes of `rows`: share and p of each term."""
    frame = pd.DataFrame([{**r.params, "loss": r.metrics["loss"].last} for r in rows])
    found = anova_lm(ols(formula, frame).fit(), typ=2)
    total = ((frame["loss"] - frame["loss"].mean()) ** 2).sum()
    return pd.DataFrame({"share": found["sum_sq"] / total, "p": found["PR(>F)"]})


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("numbers", [True, False])
def test_a_full_grid_names_both_of_its_params_with_the_shares_of_anova(seed: int, numbers: bool) -> None:
    """3 x 4 runs, two main effects, one of them with a bend, and some noise."""
    first, second, rest = [0.0, 0.06, 0.03], [0.0, 0.02, 0.04, 0.06], noise(seed)
    names = (["0.1", "1", "10"], ["16", "32", "64", "128"]) if numbers else (list("abc"), list("wxyz"))
    rows = runs(
        12,
        lambda at: first[at % 3] + second[at // 3] + 0.006 * rest(at),
        one=lambda at: names[0][at % 3],
        two=lambda at: names[1][at // 3],
    )
    found, oracle = effects(matters(rows)), anova(rows, "loss ~ C(one) + C(two)")
    for key in ("one", "two"):
        assert found[key].told_apart
        assert found[key].share == pytest.approx(oracle["share"][f"C({key})"], abs=0.1)
    if not numbers:  # of numbers two forms are tried
        ps = sorted(oracle["p"][:2])
        assert sorted(e.chance for e in found.values()) == pytest.approx([2 * ps[0], max(2 * ps[0], ps[1])])


def test_params_that_are_not_balanced_are_told_apart_as_in_anova() -> None:
    """Most of what `b` seems to explain alone is `a`'s."""
    drawn = np.random.default_rng(5)
    a = drawn.integers(0, 3, size=60)
    b = np.where(drawn.random(60) < 0.7, a, drawn.integers(0, 3, size=60))
    loss = 1.0 * a + 0.3 * drawn.normal(size=60) + 0.4 * (b == 1)
    rows = runs(60, lambda at: float(loss[at]), a=lambda at: "xyz"[a[at]], b=lambda at: "uvw"[b[at]])
    found, oracle = effects(matters(rows)), anova(rows, "loss ~ C(a) + C(b)")
    for key in "ab":
        assert found[key].share == pytest.approx(oracle["share"][f"C({key})"])
    alone = effects(matters(runs(60, lambda at: float(loss[at]), b=lambda at: "uvw"[b[at]])))["b"]
    assert alone.share > 4 * found["b"].share


def test_a_small_effect_is_seen_beside_a_large_one() -> None:
    """Alone the word explains a tenth, well within chance; beside the number nearly all that is left."""
    rows = runs(
        24, lambda at: at // 2 + 2.4 * (at % 2) + 0.1 * noise(8)(at), lr=lambda at: at // 2, opt=lambda at: "ab"[at % 2]
    )
    found = effects(matters(rows))
    assert found["lr"].verdict == "strong" and found["opt"].told_apart
    assert found["opt"].place is not None and found["opt"].place.text == "a"
    alone = effects(
        matters(runs(24, lambda at: at // 2 + 2.4 * (at % 2) + 0.1 * noise(8)(at), opt=lambda at: "ab"[at % 2]))
    )
    assert alone["opt"].verdict == "chance"


def test_what_is_better_is_read_without_what_others_explain() -> None:
    """Deeper is better at every lr, though the deep runs had the bad lr."""
    rows = runs(32, lambda at: 10.0 * (at % 4 == 3) - 0.5 * (at % 4 == 3) - 0.5 * (at // 4 % 2) + 0.01 * noise(9)(at),
                lr=lambda at: [0.1, 0.01, 0.001, 9][at % 4],
                depth=lambda at: 1 + (at // 4 % 2) + 2 * (at % 4 == 3 and at % 8 != 3))  # fmt: skip
    assert effects(matters(rows))["depth"].shape in ("higher", "up to")


@pytest.mark.parametrize("key", ["train_time", "best_epoch", "final_lr", "cv_loss_std", "elapsed", "val_accuracy"])
def test_results_that_were_logged_as_params_are_no_causes(key: str) -> None:
    found = effects(matters(runs(12, lambda at: at, **{key: lambda at: at * 1.5, "lr": lambda at: at % 3})))
    assert found[key].verdict == "outcome" and not found[key].judged


@pytest.mark.parametrize(
    "key", ["time_steps", "max_time", "learning_rate", "std_init", "score_threshold", "seconds_window"]
)
def test_settings_with_such_words_are_judged(key: str) -> None:
    found = effects(matters(runs(24, lambda at: at % 4 + at / 100, **{key: lambda at: at % 4})))
    assert found[key].judged


def test_repeats_of_one_configuration_count_once() -> None:
    """16 runs of 2 configurations prove nothing about their params."""
    rows = [row(f"{at:02}", {"loss": at % 2 + at / 1000}, name="train", params={"lr": str(at % 2)}) for at in range(16)]
    found = judge(table(rows), parse_objective("min loss")).ranking
    assert found is not None
    assert [(e.n, e.verdict) for e in what_mattered(found).effects] == [(2, "few")]


# Several params


def test_the_strongest_comes_first_and_chance_is_corrected_for_how_many_there_are() -> None:
    a, b = noise(10), noise(11)
    others = {f"x{at}": noise(20 + at) for at in range(6)}
    found = matters(runs(60, lambda at: 2 * a(at) + b(at), strong=a, some=b, **others))
    assert [e.key for e in found.effects][:2] == ["strong", "some"]
    assert [e.verdict for e in found.effects][2:] == ["chance"] * 6
    assert found.effects[0].chance < found.effects[1].chance < 1e-9


def test_noise_is_seldom_taken_for_an_effect() -> None:
    """At 5% an experiment of nothing but noise claims something in about 1 of 20 cases, however many params it has."""
    claims = 0
    for seed in range(200):
        drawn = np.random.default_rng(seed)
        columns = drawn.normal(size=(10, 30))
        words = drawn.integers(0, 4, size=30)
        params = {f"x{at}": (lambda run, c=columns[at]: float(c[run])) for at in range(9)}
        found = matters(
            runs(30, lambda run, c=columns[9]: float(c[run]), word=lambda run, w=words: "abcd"[w[run]], **params)
        )
        claims += any(e.told_apart for e in found.effects)
    assert claims <= 16


def test_params_that_change_together_say_so() -> None:
    rows = runs(24, lambda at: at % 4 + 0.01 * at, lr=lambda at: [1, 2, 3, 4][at % 4], batch=lambda at: [64, 32, 16, 8][at % 4],
                schedule=lambda at: "abcd"[at % 4], other=lambda at: at % 3)  # fmt: skip
    found = effects(matters(rows))
    assert found["lr"].same == ("batch", "schedule")
    assert found["schedule"].same == ("batch", "lr")
    assert found["other"].same == ()


def test_params_that_nearly_change_together_say_so() -> None:
    rows = runs(40, lambda at: at, lr=lambda at: at, warmup=lambda at: at + (at % 3), opt=lambda at: "ab"[at // 20],
                size=lambda at: ["s", "l"][at // 20] if at else "l")  # fmt: skip
    found = effects(matters(rows))
    assert (found["lr"].nearly, found["lr"].same) == (("warmup",), ())
    rows = runs(40, lambda at: at // 20 + at % 3, opt=lambda at: "ab"[at // 20],
                size=lambda at: ["s", "l"][at // 20] if at else "l")  # fmt: skip
    assert effects(matters(rows))["opt"].nearly == ("size",)


def test_missing_is_part_of_how_params_change() -> None:
    """`momentum` and `nesterov` are there for sgd alone; they change together, and not with params that all runs have."""

    def momentum(at: int) -> Mapping[str, str]:
        return {"momentum": str(at % 2), "nesterov": "yn"[at % 2]} if at < 10 else {}

    rows = [
        row(f"r{at:02}", {"loss": at % 2 + at / 100}, params={"half": str(at % 2), **momentum(at)}) for at in range(20)
    ]
    found = effects(matters(rows))
    assert found["momentum"].same == ("nesterov",) and found["half"].same == ()
    assert (found["momentum"].n, found["half"].n) == (10, 20)


# Whatever comes

texts = st.one_of(
    st.sampled_from(["", "nan", "inf", "-inf", "1e400", "0.1", "1e-1", "True", "é", "１", "\x00", "1_0"]),
    st.text(max_size=4),
)
values = st.one_of(st.sampled_from([NAN, INF, -INF, 0.0, -0.0, 1e308, -1e308, 5e-324]), st.floats())


@st.composite
def any_rows(draw: st.DrawFn) -> list[RunRow]:
    keys: Sequence[str] = draw(st.lists(st.text(max_size=3), unique=True, max_size=4))
    count = draw(st.integers(0, 25))
    parents = st.sampled_from([None, *(str(at) for at in range(count))])
    return [
        row(str(at), {"loss": draw(values)}, params=draw(st.dictionaries(st.sampled_from(keys), texts)) if keys else {},
            parent_id=draw(parents), status=draw(st.sampled_from(["FINISHED", "FAILED", "odd"])))
        for at in range(count)
    ]  # fmt: skip


@settings(max_examples=examples(1))
@given(any_rows(), st.sampled_from(["min loss", "max loss"]))
def test_no_rows_make_it_raise_and_every_number_is_one(rows: list[RunRow], objective: str) -> None:
    found = matters(rows, objective)
    for effect in found.effects:
        assert 0 <= effect.share <= 1 and 0 <= effect.chance <= 1
        assert effect.rho is None or -1 <= effect.rho <= 1
        assert 2 <= effect.levels <= effect.n <= found.n


@settings(max_examples=examples(0.5))
@given(any_rows(), st.randoms(use_true_random=False))
def test_the_order_of_reading_changes_nothing(rows: list[RunRow], order: random.Random) -> None:
    shuffled = list(rows)
    order.shuffle(shuffled)
    assert repr(matters(rows)) == repr(matters(shuffled))
