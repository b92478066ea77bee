"""The direction of a metric, from its name: names that libraries really log, and the rules one by one."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from pathlib import Path

import pytest

from sitegen.analysis.direction import Direction, direction_of, words_of
from sitegen.analysis.vocabulary import (
    BAD,
    COST,
    COUNTS,
    DEVICES,
    GOOD,
    HIGHER,
    LOSS,
    LOWER,
    NEITHER,
    PARTIAL,
    SPREADS,
    SUFFIXES,
    THINGS,
    TURNS,
    WEAKEST,
)

NAMES = {
    "min": """
        # the reference's examples
        eval_runtime|hamming_loss|dice_loss|brier_score|rank_test_accuracy|mean_fit_time|valid-binary_logloss
        neg_log_likelihood
        # scikit-learn and MLflow's evaluator
        mean_squared_error|mean_absolute_error|root_mean_squared_error|mean_absolute_percentage_error|max_error
        median_absolute_error|mean_squared_log_error|log_loss|training_log_loss|training_mse|training_mae|training_rmse
        zero_one_loss|hinge_loss|coverage_error|label_ranking_loss|davies_bouldin_score|mean_pinball_loss
        mean_poisson_deviance|mean_gamma_deviance|mean_tweedie_deviance|false_positives|false_negatives
        mean_score_time|rank_test_score|toxicity/v1/mean|flesch_kincaid_grade_level/v1/mean|latency/mean
        # scikit-learn's searches, statsmodels
        rank_test_neg_mean_absolute_error|rank_test_r2|mse_resid
        # Keras
        loss|val_loss|mse|val_mse|mae|val_mae|mape|msle|binary_crossentropy|val_sparse_categorical_crossentropy
        kullback_leibler_divergence|kl_divergence|logcosh|squared_hinge|huber_loss|poisson|mean_squared_logarithmic_error
        false_negatives_1
        # Lightning, torchmetrics
        train_loss|train_loss_step|train_loss_epoch|val/loss|valLoss|MeanSquaredError|WordErrorRate|CharErrorRate
        val_MeanAbsoluteErrors|HammingDistance|BinaryCalibrationError|perplexity|val_ppl|FID|LPIPS|nll_loss
        # Hugging Face
        eval_loss|eval_wer|eval_cer|train_runtime|eval_perplexity|eval/loss|test_runtime
        # XGBoost, LightGBM, CatBoost
        validation_0-logloss|validation_0-rmse|train-rmse|eval-mlogloss|eval-merror|eval-error|cox-nloglik
        test-gamma-deviance|eval-mphe|valid_0-l1|valid_0-l2|valid_0-huber|valid_0-multi_logloss|valid_1-binary_error
        cross_entropy|cross_entropy_lambda|valid_0-quantile|valid_0-mape|learn.Logloss|RMSE|CrossEntropy
        # YOLO
        train/box_loss|train/cls_loss|train/dfl_loss|val/box_loss|val/obj_loss
        # reinforcement learning
        train/value_loss|train/policy_gradient_loss|losses/policy_loss|objective/kl
        cumulative_regret|time/time_elapsed
        # others
        best_val_loss|test loss|ELBO_loss|aic|bic|fpr|FNR|eer|inference_time_ms|peak_memory_mb|chamfer_distance
        val.wasserstein|duration_seconds|bits_per_byte_bpb|false_discovery_rate|1_minus_accuracy|negative_log_likelihood
    """,
    "max": """
        # the reference's examples
        samples_per_second|r2_score|best_cv_score|valid-auc|val/class A/f1 score|neg_mean_squared_error
        # scikit-learn and MLflow's evaluator
        accuracy|accuracy_score|training_accuracy_score|balanced_accuracy_score|f1_score|training_f1_score|fbeta_score
        precision_score|recall_score|roc_auc|training_roc_auc|precision_recall_auc|average_precision_score|jaccard_score
        matthews_corrcoef|cohen_kappa_score|explained_variance_score|d2_absolute_error_score|d2_pinball_score
        d2_tweedie_score|d2_log_loss_score|d2_brier_score|neg_log_loss|neg_brier_score|neg_root_mean_squared_error
        silhouette_score|calinski_harabasz_score|homogeneity_score|completeness_score|v_measure_score
        adjusted_rand_score|normalized_mutual_info_nmi|mean_test_score|split0_test_score|training_score|score
        true_positives|true_negatives|exact_match/v1|rouge1/v1/mean|rougeLsum/v1/mean|bleu/v1/mean|ndcg_at_10
        faithfulness/v1/mean|answer_relevance/v1/mean|answer_similarity/v1/mean|top_k_accuracy_score
        # Keras
        val_accuracy|sparse_categorical_accuracy|val_auc_1|mean_io_u|one_hot_io_u|cosine_similarity|val_precision
        val_recall|specificity_at_sensitivity|top_k_categorical_accuracy|true_positives_1
        # Lightning, torchmetrics
        val_acc|val_acc_epoch|valAcc|val/BinaryAccuracy|MulticlassF1Score|BinaryAUROC|BinaryJaccardIndex
        MeanAveragePrecision|map_50|mar_100|MatthewsCorrCoef|R2Score|PearsonCorrCoef|BLEUScore|BERTScore|chrF|SSIM|PSNR
        val_mIoU|IoU|dice|MulticlassCohenKappa|val_f1score|F1
        # Hugging Face
        eval_accuracy|eval_f1|eval_samples_per_second|eval_steps_per_second|train_samples_per_second|eval_bleu
        eval_rougeL|eval_exact_match|eval_matthews_correlation|eval_pearson|eval_spearmanr|eval_rouge2|rewards/chosen
        rewards/accuracies
        # XGBoost, LightGBM, CatBoost
        eval-auc|eval-aucpr|eval-map|test-ndcg@5|valid_0-auc|valid_0-average_precision|valid_0-r2|auc_mu|MCC|TotalF1
        interval-regression-accuracy
        # YOLO
        metrics/precision(B)|metrics/recall(B)|metrics/mAP50(B)|metrics/mAP50-95(B)|metrics/mAP50-95B|metrics/mAP50B
        metrics/precisionB|metrics/accuracy_top1|mAP50|mAP_0.5:0.95|fitness
        # reinforcement learning
        rollout/ep_rew_mean|charts/SPS|rollout/success_rate|episode_reward_mean|eval/mean_reward|charts/episodic_return
        train/explained_variance|losses/explained_variance|time/fps|win_rate|mean_return
        # others
        pass@1|tokens_per_second|throughput|log_likelihood|elbo|hit_rate|HR@10|mrr|mean_reciprocal_rank
        llf|rsquared|rsquared_adj
        rank_correlation|qwk|gini|ks|lift_at_1|num_correct|negative_predictive_value|speedup|val.psnr
    """,
    "none": """
        # the reference's examples
        train_samples|grad_norm|value
        # libraries
        epoch|step|lr|learning_rate|lr-Adam|lr/pg0|total_flos|momentum|train/learning_rate|charts/learning_rate
        example_count|mean_on_target|sum_on_target|std_test_score|std_fit_time|acc_stderr|loss_std|train/std|loss_scale
        time/iterations|time/total_timesteps|train/n_updates|rollout/ep_len_mean|hp_metric|value_0|best_value
        system/cpu_utilization_percentage|system/gpu_0_memory_usage_megabytes|system/accuracy|gpu_memory|cpu_time
        # statsmodels
        mse_model|mse_total|ess|centered_tss|uncentered_tss|fvalue|f_pvalue|df_resid|df_model|condition_number|scale
        num_score|batch_size|weight_decay|temperature|train/approx_kl|losses/old_approx_kl|x|_|!!!|日本語|negatives
    """,
}

CASES = [
    (name.strip(), None if expected == "none" else expected)
    for expected, text in NAMES.items()
    for line in text.splitlines()
    if line.strip() and not line.strip().startswith("#")
    for name in line.split("|")
]


@pytest.mark.parametrize(("name", "expected"), CASES)
def test_a_name_tells_its_direction(name: str, expected: str | None) -> None:
    found = direction_of(name)
    assert (found.value if found else None) == expected


def test_the_names_are_many_and_different() -> None:
    assert len({name for name, _ in CASES}) == len(CASES) >= 200


def test_the_deciding_word_is_named_for_the_page() -> None:
    assert direction_of("hamming_loss") == Direction("min", "loss")
    assert direction_of("val/MeanAveragePrecision") == Direction("max", "average precision")
    found = direction_of("neg_mean_squared_error")
    assert found == Direction("max", "error", "neg")
    assert found.reason == "because of the word “error”, turned around by “neg”, in its name"


def test_two_turns_cancel_out() -> None:
    assert direction_of("neg_neg_loss") == Direction("min", "loss")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("val/class A/f1 score", ["val", "class", "a", "f1", "score"]),
        ("mAP50-95(B)", ["map50", "95", "b"]),
        ("kNNAccuracy", ["knn", "accuracy"]),
        ("MulticlassF1Score", ["multiclass", "f1", "score"]),
        ("OOBErrors", ["oob", "error"]),
        ("", []),
    ],
)
def test_names_are_cut_at_signs_and_humps(name: str, words: list[str]) -> None:
    assert words_of(name) == words


def test_no_entry_is_in_two_lists() -> None:
    entries = [*NEITHER, *LOWER, *HIGHER, *BAD, *GOOD, *COUNTS, *SUFFIXES, *THINGS, *SPREADS, *DEVICES, *TURNS, WEAKEST]
    assert [entry for entry, n in Counter(entries).items() if n > 1] == []


def test_the_kinds_of_metrics_are_made_of_entries_that_decide() -> None:
    kinds = [COST, LOSS, PARTIAL]
    assert frozenset().union(*kinds) <= {*LOWER, *HIGHER, *GOOD}
    assert sum(map(len, kinds)) == len(frozenset().union(*kinds))


class TestCollectedNames:
    """Names with the direction that people expect, collected before the vocabulary was written.

    Those whose SHA-256 ends in an odd hexadecimal digit are set aside: only their totals were ever looked at.
    """

    NAMES = list(csv.DictReader((Path(__file__).parent / "metric_names.csv").read_text(encoding="utf-8").splitlines()))

    @staticmethod
    def is_set_aside(name: str) -> bool:
        return int(hashlib.sha256(name.encode()).hexdigest()[-1], 16) % 2 == 1

    def test_the_collection_is_large_and_from_public_code(self) -> None:
        public = [row for row in self.NAMES if not row["source"].startswith("written for this list")]
        assert len({row["name"] for row in self.NAMES}) == len(self.NAMES) >= 500
        assert len(public) >= 300
        assert all(row["source"] for row in self.NAMES)

    @pytest.mark.parametrize("aside", [False, True])
    def test_nine_in_ten_are_right_and_none_is_wrong(self, aside: bool) -> None:
        rows = [row for row in self.NAMES if self.is_set_aside(row["name"]) == aside]
        found = Counter(self._judge(row["name"], row["direction"]) for row in rows)
        print(f"{'set aside' if aside else 'open'}: {len(rows)} names, {dict(found)}")
        assert found["wrong"] == 0
        assert found["right"] >= 0.9 * len(rows) > 200

    @staticmethod
    def _judge(name: str, expected: str) -> str:
        known = direction_of(name)
        if (known.value if known else "none") == expected:
            return "right"
        return "wrong" if known else "unknown"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("recall_loss", ("min", "loss")),
        ("valid_loss_Accuracy", ("max", "accuracy")),
        ("attack_hit_count", ("min", "attack")),
        ("hallucination_detection_accuracy", ("max", "accuracy")),
        ("return_rate", ("min", "return rate")),
        ("mean_return", ("max", "return")),
        ("fpr_at_95_tpr", ("min", "fpr")),
        ("accuracy_on_error_cases", ("max", "accuracy")),
        ("share_of_failed_requests", ("min", "failed")),
        ("loss_value", ("min", "loss")),
        ("accuracy_drop", ("min", "drop")),
        ("loss_reduction", ("max", "reduction")),
        ("jailbreak_resistance", ("max", "resistance")),
        ("collision_free_rate", ("max", "free")),
        ("attack_detection_rate", ("max", "detection rate")),
        ("tpr@fpr=0.01", ("max", "tpr")),
        ("P@10", ("max", "p at")),
        ("completion_tokens", None),
        ("correct_predictions", ("max", "correct")),
        ("accuracy_ci_low", None),
        ("loss_weight_kl", ("min", "kl")),
        ("kl_weight", None),
        ("dice_coef", ("max", "dice coef")),
        ("ent_coef", None),
        ("win_rate_vs_baseline", ("max", "win")),
        ("time/fps", ("max", "fps")),
        ("time/iterations", None),
        ("raw_correct_score", None),
        ("hit_count", None),
        ("num_correct", ("max", "correct")),
        ("error_threshold", None),
        ("loss/policy_avg", ("min", "loss")),
        ("objective/scores", ("max", "score")),
        ("neg_negative_likelihood_ratio", ("max", "negative likelihood ratio")),
        ("val/acc5", ("max", "acc")),
    ],
)
def test_the_last_noun_of_a_name_decides(name: str, expected: tuple[str, str] | None) -> None:
    known = direction_of(name)
    assert (known and (known.value, known.token)) == expected


@pytest.mark.parametrize(
    "scorer",
    """retrieval_relevance retrieval_sufficiency retrieval_groundedness tool_call_efficiency tool_call_correctness
    guidelines expectations_guidelines relevance_to_query safety correctness fluency equivalence
    conversation_completeness conversational_safety conversational_tool_call_efficiency
    conversational_role_adherence conversational_guidelines last_turn_knowledge_retention knowledge_retention
    completeness summarization regex_match pii_detection""".split(),
)
def test_the_scorers_of_mlflow_are_better_when_more_examples_pass(scorer: str) -> None:
    """`mlflow/genai/scorers/builtin_scorers.py`; `pii_detection` says yes where nothing was found."""
    assert [found and found.value for found in map(direction_of, (scorer, f"{scorer}/mean"))] == ["max", "max"]


def test_a_frustrated_user_is_worse() -> None:
    assert (found := direction_of("user_frustration/mean")) and found.value == "min"
