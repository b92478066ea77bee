"""Which way a metric is better, read from its name.

The name is cut into words: at everything that is neither letter nor digit and at camelCase humps. Words and runs of
words are looked up in the three lists below, which docs/objectives.md shows to users and a test keeps equal to it.
A longer run wins over the words inside it. A word that says "lower" beats any that says "higher", and `score`, the
weakest, is beaten by every other. `neg`, `negative` and `1 minus` turn the answer around.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Better = Literal["min", "max"]


def _entries(text: str) -> tuple[str, ...]:
    return tuple(" ".join(entry.split()) for entry in text.split(","))


NEITHER = _entries("""
    lr, learning rate, epoch, step, iter, iteration, momentum, weight decay, temperature, seed, batch, num, n, count,
    example count, size, total flos, grad norm, std, stddev, stderr, mean on target, sum on target, beta, alpha, gpu,
    cpu, loss scale, time total timestep, time iteration, time episode
""")
"""Words of values that are recorded but not to be made smaller or larger."""

LOWER = _entries("""
    loss, logloss, mlogloss, log loss, nll, nloglik, cross entropy, crossentropy, bce, mse, rmse, mae, mape, smape,
    msle, rmsle, medae, mphe, l1, l2, huber, logcosh, error, merror, max error, err, residual, deviance, hinge, brier,
    ece, mce, calibration, wer, cer, ter, mer, perplexity, ppl, bpc, bpb, fid, kid, lpips, kl, kld, kldiv, kullback,
    jsd, divergence, distance, dist, wasserstein, emd, hausdorff, chamfer, hamming, pinball, quantile, expectile,
    poisson, tweedie, gamma, inertia, davies bouldin, aic, bic, fpr, fnr, fdr, eer, miss, false positive,
    false negative, false discovery, false omission, false alarm, regret, latency, time, duration, runtime, seconds,
    toxicity, grade level, rank, memory
""")
"""Words of values that are better when they are lower."""

HIGHER = _entries("""
    acc, accuracy, exact, true positive, true negative, precision, recall, sensitivity, specificity, tpr, tnr, ppv,
    npv, positive predictive value, negative predictive value, f1, f1score, f2, fbeta, f beta, auc, auroc, auprc,
    aucpr, rocauc, roc, average precision, ap, map, map50, map50 95, mar, ndcg, mrr, reciprocal rank, hit, hr, top1,
    top5, r2, explained variance, d2, d2 absolute error, d2 brier, d2 log loss, d2 pinball, d2 tweedie, score, jaccard,
    iou, miou, io u, dice, mcc, matthews, kappa, qwk, gini, ks, lift, gain, bleu, sacrebleu, rouge, rouge1, rouge2,
    rougel, meteor, chrf, bertscore, em, pass, win, reward, return, rew, psnr, ssim, silhouette, calinski, homogeneity,
    completeness, v measure, rand, nmi, ami, purity, corr, correlation, rank correlation, rank corr, pearson, pearsonr,
    spearman, spearmanr, kendall, r, likelihood, ll, elbo, fitness, throughput, per second, fps, time fps, speedup,
    correct, success, faithfulness, relevance, similarity
""")
"""Words of values that are better when they are higher."""

DECISIVE = ("std", "stddev", "stderr", "gpu", "cpu")
"""Words of `NEITHER` that settle it whatever else the name says; so does the beginning `system/`."""

TURNS = ("neg", "negative", "1 minus")
"""Words that turn the answer around."""

WEAKEST = "score"

_KNOWN = frozenset((*NEITHER, *LOWER, *HIGHER, *TURNS))
_WORDS = frozenset(word for entry in _KNOWN for word in entry.split())
_LONGEST = max(len(entry.split()) for entry in _KNOWN)
_SEPARATORS = re.compile(r"[\W_]+")
# A hump needs two characters before it, so that `mAP50` stays whole.
_HUMP = re.compile(r"(?<=[A-Za-z0-9][a-z0-9])(?=[A-Z])|(?<=[A-Za-z0-9][A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class Direction:
    """Which way is better, the word (or run of words) of the lists that decided, and the word that turned it around."""

    value: Better
    token: str
    turned_by: str = ""

    @property
    def reason(self) -> str:
        """How it is known, as the end of a sentence: `because of the word “loss” in its name`."""
        word = f"because of the {'words' if ' ' in self.token else 'word'} “{self.token}”"
        return f"{word}, turned around by “{self.turned_by}”, in its name" if self.turned_by else f"{word} in its name"


@lru_cache(maxsize=4096)
def direction_of(name: str) -> Direction | None:
    """Which way the metric `name` is better, or None where its name does not say."""
    found = matches(name)
    if name.startswith("system/") or any(entry in DECISIVE for entry in found):
        return None
    turns = [entry for entry in found if entry in TURNS]
    decided = _decide([entry for entry in found if entry not in TURNS])
    if decided is None or len(turns) % 2 == 0:
        return decided
    return Direction("max" if decided.value == "min" else "min", decided.token, turns[0])


def _decide(found: Sequence[str]) -> Direction | None:
    # The last word of a kind is named: in `hamming_loss` it is the noun.
    for value, entries in (("min", LOWER), ("max", HIGHER)):
        matching = [entry for entry in found if entry in entries and entry != WEAKEST]
        if matching:
            return Direction("min" if value == "min" else "max", matching[-1])
    return Direction("max", WEAKEST) if found and all(entry == WEAKEST for entry in found) else None


@lru_cache(maxsize=4096)
def matches(name: str) -> tuple[str, ...]:
    """The entries of the lists that `name` holds, in their order; a longer run hides the words inside it."""
    tokens = words_of(name)
    found, at = [], 0
    while at < len(tokens):
        entry = _entry_at(tokens, at)
        if entry:
            found.append(entry)
        at += len(entry.split()) or 1
    return tuple(found)


def _entry_at(tokens: Sequence[str], at: int) -> str:
    for length in range(_LONGEST, 0, -1):
        entry = " ".join(tokens[at : at + length])
        if entry in _KNOWN:
            return entry
    return ""


def words_of(name: str) -> list[str]:
    """The words of a metric's name in lower case: `val/MeanAbsoluteErrors` is val, mean, absolute, error."""
    return [word for part in _SEPARATORS.split(name) if part for word in _humps(part)]


def _humps(part: str) -> list[str]:
    if part.lower() in _WORDS:
        return [part.lower()]
    return [_singular(piece.lower()) for piece in _HUMP.split(part)]


def _singular(word: str) -> str:
    # `errors` and `false_positives` count as their singular where only that is in the lists.
    if word not in _WORDS and len(word) > 3 and word.endswith("s") and word[:-1] in _WORDS:
        return word[:-1]
    return word
