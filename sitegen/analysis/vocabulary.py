"""What the words of metric names mean, field by field; `direction.py` reads names with it, docs/objectives.md shows it.

An entry is a word, or a run of words such as `log loss`; names are cut into words before they are looked up. The
meanings are those of the libraries that log the metrics: scikit-learn, torchmetrics, XGBoost, LightGBM, CatBoost,
Keras, GluonTS, permetrics, RecBole, PyKEEN, asteroid, quantstats, qlib, Ragas, DeepEval, lm-evaluation-harness,
Stable-Baselines3, TRL, codecarbon and MLflow's own evaluators and scorers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Field(NamedTuple):
    """The metrics of one field: those that are better when they are lower, and those when they are higher."""

    lower: tuple[str, ...] = ()
    higher: tuple[str, ...] = ()


def _entries(text: str) -> tuple[str, ...]:
    return tuple(" ".join(entry.split()) for entry in text.split(",") if entry.strip())


def _field(lower: str, higher: str) -> Field:
    return Field(_entries(lower), _entries(higher))


FIELDS: Mapping[str, Field] = {
    "training": _field(
        """loss, logloss, mlogloss, log loss, nll, nloglik, neglogp, cross entropy, crossentropy, bce, ce, xent,
        hinge, squared hinge, deviance, kl, kld, kldiv, kullback, jsd, divergence, residual, discrepancy, aic,
        aicc, bic, free energy, hqic""",
        "elbo, likelihood, loglik, loglikelihood, ll, llf, fitness",
    ),
    "classification": _field(
        """error, merror, err, brier, ece, mce, calibration, hamming, fpr, fnr, fdr, false positive,
        false negative, false discovery, false omission, false alarm, miss, misclassification,
        negative likelihood ratio, zero one, fp rate, fn rate, hter, apcer, bpcer, acer""",
        """acc, accuracy, aacc, macc, acc norm, top1, top5, top k, f1, f1score, f2, fbeta, f beta, f measure,
        fscore, precision, recall, prec, sensitivity, specificity, tpr, tnr, ppv, npv, true positive,
        true negative, positive predictive value, negative predictive value, positive likelihood ratio, auc,
        auroc, auprc, aucpr, prauc, rocauc, roc, area under curve, average precision, avg prec, mcc, matthews,
        matthews corrcoef, corr coef, corrcoef, kappa, qwk, informedness, youden, g mean, gmean, ks, gini, lift,
        gain, qini, auuc, uplift, tp rate, tn rate, aupr, sens, detection rate, detection score, gini coefficient,
        qini coefficient""",
    ),
    "regression": _field(
        """mse, rmse, mae, mape, smape, msle, rmsle, medae, mdae, mphe, mre, maape, rae, rse, rrse, rmspe, mspe,
        sse, rss, nrmse, nmae, nmse, l1, l2, huber, logcosh, log cosh, max error, median ae, poisson, tweedie,
        pinball, quantile, expectile, mean pinball, mae coverage""",
        """r2, rsquared, rsq, r squared, r square, adj r2, adjr2, adjusted r2, ar2, coefficient of determination,
        explained variance, explained var, variance explained, variance accounted, evs, vaf, nse, nnse, kge,
        efficiency, willmott, pcc, plcc, srcc, krcc, lcc, ccc, corr, cor, correlation, correlation coefficient,
        rank correlation, rank corr, rank corr coef, pearson, pearsonr, spearman, spearmanr, kendall, concordance,
        r, rpd, rpiq, d2, d2 absolute error, d2 brier, d2 log loss, d2 pinball, d2 tweedie, ngini""",
    ),
    "forecasting": _field(
        """wape, wmape, mdape, mase, msse, rmsse, wrmsse, mrae, gmrae, theil, nd, owa, msis, crps, wql,
        interval score, winkler, energy score, mis""",
        "forecast skill, skill score, skill",
    ),
    "ranking and recommendation": _field(
        "mean rank, median rank, average rank, avg rank, rank, rank test, ranking loss, coverage error",
        """map, ndcg, dcg, mrr, reciprocal rank, inverse harmonic mean rank, mean rank index, rank index, hr,
        gauc, item coverage, catalog coverage, user coverage, coverage, novelty, diversity, serendipity,
        shannon entropy, personalization, p at, hitrate, ctr, click through, conversion""",
    ),
    "clustering": _field(
        "davies bouldin, inertia, wcss, distortion, xie beni",
        """silhouette, silhouette coefficient, calinski, homogeneity, v measure, vmeasure, rand, ari, nmi, ami,
        mutual info, mutual information, fowlkes mallows, purity, modularity, dunn, gap statistic""",
    ),
    "segmentation and detection": _field(
        """hausdorff, hd, hd95, asd, assd, msd, mdsd, masd, surface distance, chamfer, epe, abs rel, absrel,
        mpjpe, pve, rpe, nme""",
        """iou, miou, fwiou, mdice, io u, jaccard, jaccard coefficient, dice, dice coef, dice coefficient, dsc,
        nsd, surface dice, volume similarity, panoptic, pq, ap, ar, map50, map50 95, mar, mota, hota, idf1, pck,
        pckh""",
    ),
    "images and generation": _field(
        """fid, fid50k, kid, fvd, fad, lpips, perceptual image patch similarity, path length, total variation,
        spectral angle, relative global dimensionless, niqe, brisque, mmd, cmmd, distance, dist, wasserstein, emd""",
        """psnr, ssim, msssim, signal noise, uqi, image quality, information fidelity, inception, isc, clip score,
        clipscore, vif""",
    ),
    "speech and audio": _field(
        "wer, cer, ter, mer, mcd, lsd, eer, der, jer, dcf, mindcf, diarization",
        """pesq, stoi, estoi, intelligibility, si sdr, sisdr, sdr, sdri, distortion ratio, sir, sar, snr, ssnr,
        si snr, sisnr, signal to noise, csig, cbak, covl, mos, utmos, dnsmos, nisqa, visqol, scoreq, polqa, srmr""",
    ),
    "language": _field(
        "perplexity, ppl, bpc, bpb, bits per byte, bits per char, bits per dim, bpd, edit distance, edit rate",
        """bleu, sacrebleu, cider, spice, rouge, rouge1, rouge2, rougel, rougelsum, meteor, chrf, comet,
        bertscore, bleurt, em, exact match, g eval, geval, reading ease""",
    ),
    "LLM evaluation": _field(
        """grade level, noise sensitivity, bias score, bias rate, maliciousness""",
        """faithfulness, relevance, relevancy, groundedness, correctness, completeness, sufficiency, similarity,
        equivalence, coherence, fluency, consistency, helpfulness, harmlessness, safety, conciseness, clarity,
        guideline, adherence, compliance, context utilization, summarization, usefulness, honesty,
        knowledge retention, pii detection, robustness, agreement, speaker sim, spk sim, cosine sim, csat, nps""",
    ),
    "reinforcement learning": _field(
        "regret, td error, exploitability, collision", "reward, rew, return, episode return, ep ret, elo"
    ),
    "finance": _field(
        """drawdown, mdd, max dd, volatility, ulcer, ruin, tracking error, return rate, churn""",
        """ic, icir, rank ic, rank icir, information coefficient, information ratio, sharpe, sortino, calmar,
        omega ratio, treynor, cagr, rate of return, pnl, profit, profit loss, profit factor, payoff,
        recovery factor, common sense ratio, revenue, gmv, roi, roas, win loss""",
    ),
    "fairness and drift": _field(
        "parity difference, odds difference, parity diff, odds diff, disparity, gap, drop, drift, psi, degradation",
        "parity ratio, odds ratio",
    ),
    "survival": _field("ibs", "c index, cindex"),
    "change for the better": _field(
        "",
        """improvement, reduction, saved, saving, resistance, blocked, prevented, defended, mitigation, avoidance,
        free, recovery""",
    ),
    "cost": _field(
        """latency, time, duration, runtime, elapsed, seconds, minutes, hours, ms, cost, memory, memory usage,
        mem, model size, emission, co2, carbon, footprint, energy, cpu energy, gpu energy, ram energy,
        energy consumed, kwh""",
        "throughput, per second, per sec, per s, fps, sps, qps, tps, speedup",
    ),
}
"""Every entry that decides alone, by the field it is from."""

BAD = _entries("""
    attack, jailbreak, injection, hallucination, toxicity, toxic, harmfulness, harmful, hate, stereotype,
    profanity, leakage, leak, violation, failure, fail, failed, mistake, incorrect, wrong, missing, invalid,
    drifted, defect, bounce, timeout, crash, rejection, complaint, frustration, warning, unsafe
""")
"""Things that should be rare: their rate, count and score are better when lower."""

GOOD = _entries("""
    exact, hit, success, correct, match, win, pass, passed, within, completion, presence, quality, accepted, acceptance,
    retention, satisfaction, solve, solved, reached, thumbs up, margin
""")
"""Things that should be frequent, unless another word says otherwise (`attack_hit_count`)."""

WEAKEST = "score"
"""Higher is better if the name has no other known word."""

COUNTS = ("n", "num", "number", "count", "total")
"""A count of things is better neither way, unless the things are (`n_errors`, `num_correct`)."""

COUNTED = ("correct", "pass", "passed", "solved")
"""The good things of which a higher count is better."""

NEITHER = _entries("""
    lr, learning rate, momentum, weight decay, temperature, seed, batch, batch size, flos, flops, norm, scale,
    coef, coefficient, beta, alpha, gamma, epsilon, threshold, length, len, size, width, height, parameter, param,
    probability, confidence, target, mean on target, sum on target, exploration rate, exploration, clip fraction,
    clip range, clip ratio, clipped ratio, clipfrac, approx kl, approxkl, entropy, logp, logit, importance,
    importance sampling ratio, update, timestep, power, utilization, longitude, latitude, timestamp, skew,
    kurtosis, kelly, support, dropout, weight, memory percent, uncertainty, rank lora, bias, mbe, mpe, bias error,
    mean percentage error, relative bias, seasonal error, coverage 0, popularity, gini index, anomaly score,
    risk score, z score, credit score, propensity score, confidence score, log score, difference, diff, delta,
    p value, pvalue, lora rank, local rank, global rank, effective rank, sparsity, percentage, positive rate,
    advantage, q value, mse model, mse total
""")
"""Values that are recorded but not to be made smaller or larger."""

THINGS = _entries("sample, token, request, feature, prediction, value, episode, response, answer, case, column, row")
"""Things that are counted: better neither way; the words beside them decide (`failed_requests`)."""

SUFFIXES = _entries("epoch, step, iter, iteration")
"""Neither as well; after a metric they only say how it was averaged (`train_loss_epoch`)."""

SPREADS = _entries("""
    std, stddev, stdev, stderr, var, variance, stdsd, quartile, iqr, ci low, ci high, ci lower, ci upper,
    ci width, lower ci, upper ci, confidence interval
""")
"""Words for scatter, which imply no direction; nor do `DEVICES` and `system/`."""

DEVICES = ("gpu", "cpu", "ram", "disk", "network")

TURNS = ("neg", "negative", "1 minus", "one minus")
"""Words that turn the answer around."""

RELATIONS = frozenset("at of on in with without vs versus per for over by under after before to from given".split())
"""Prepositions: what follows is not part of the metric's own name, which comes before."""

LOWER = tuple(entry for field in FIELDS.values() for entry in field.lower)
HIGHER = tuple(entry for field in FIELDS.values() for entry in field.higher)

COST = frozenset((*FIELDS["cost"].lower, *FIELDS["cost"].higher, "rank", "rank test", "model size")) | frozenset(
    ["true positive", "true negative", "false positive", "false negative", *COUNTED]
)
"""Costs, ranks and counts, which are chosen last."""

LOSS = frozenset((*FIELDS["training"].lower, *FIELDS["training"].higher)) - {"fitness", "discrepancy"}
"""Entries that training optimises, as opposed to those that measure the task."""

PARTIAL = frozenset(
    ["precision", "prec", "recall", "sensitivity", "specificity", "tpr", "tnr", "fpr", "fnr", "fdr", "ppv", "npv"]
    + ["positive predictive value", "negative predictive value", "max error", "poisson", "tweedie"]
    + [
        "coverage",
        "item coverage",
        "catalog coverage",
        "user coverage",
        "novelty",
        "diversity",
        "drawdown",
        "volatility",
    ]
)
"""Entries that measure only one side of the task: a perfect recall alone is easy to reach."""

NEVER_NEGATIVE = frozenset(
    (*FIELDS["classification"].lower, *FIELDS["regression"].lower, *FIELDS["forecasting"].lower)
    + (*FIELDS["segmentation and detection"].lower, *FIELDS["speech and audio"].lower, *FIELDS["cost"].lower)
    + ("fid", "fvd", "fad", "lpips", "distance", "wasserstein", "perplexity", "ppl", "drawdown", "mdd", "volatility")
) - {"poisson", "tweedie"}
"""Entries of values that cannot be below 0: where they are, their negative was logged."""
