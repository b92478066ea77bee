"""Which images belong together: over steps in one run, and across runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.pages.gallery import Place, gallery_of, index_record, label_of, places_of
from sitegen.viewers.copies import CopiedArtifact
from sitegen.viewers.copying import CopiedFile
from sitegen.viewers.known import known


def logged(key: str, step: int, sign: str = "+", end: str = ".png") -> str:
    return f"images/{key}{sign}step{sign}{step}{sign}timestamp{sign}1700000000000{sign}0f-ab{end}"


def copies(*paths: str) -> list[CopiedArtifact]:
    return [
        CopiedArtifact(CopiedFile(path, 1, "PNG image", f"artifacts/r/{n}.png", image=True), "", f"thumbs/{n}.webp")
        for n, path in enumerate(paths)
    ]


def test_logged_images_are_a_series_by_key_in_both_spellings() -> None:
    images = [
        logged("conv1~filters", 10),
        logged("conv1~filters", 9),
        logged("old#key", 1, "%"),
        logged("old#key", 2, "%"),
    ]
    found = gallery_of(copies(*images, logged("conv1~filters", 9, end="+compressed.webp")))
    assert [(s.name, [i.step for i in s.images]) for s in found.series] == [
        ("conv1/filters", ["9", "10"]),
        ("old/key", ["1", "2"]),
    ]
    assert found.hint == "4 images"


def test_a_number_that_counts_makes_a_series_wherever_it_is() -> None:
    paths = [f"epoch_{n}/pred.png" for n in (1, 2, 10)]
    assert places_of(paths) == {path: Place("epoch_…/pred.png", n) for path, n in zip(paths, (1, 2, 10), strict=True)}
    assert places_of(["a1.png", "a2.png"]) == {"a1.png": Place("a1.png", None), "a2.png": Place("a2.png", None)}


@pytest.mark.parametrize(
    "name", ["roc_class_{}.png", "feature_D_{}.png", "sample{}.png", "{}.png", "fold{}/roc.png", "v{}e.png"]
)
def test_a_number_that_is_no_step_makes_no_series(name: str) -> None:
    paths = [name.format(n) for n in range(5)]
    assert places_of(paths) == {path: Place(path, None) for path in paths}


@pytest.mark.parametrize(
    "name",
    [
        "a_step{}.png",
        "a-epoch-{}.png",
        "Epoch {}/a.png",
        "e{}.png",
        "predEpoch{}.png",
        "iter={}.png",
        "global_step_{}.png",
    ],
)
def test_a_step_makes_a_series(name: str) -> None:
    assert places_of([name.format(n) for n in (0, 3)]) == {name.format(n): Place(name.format("…"), n) for n in (0, 3)}


def test_images_of_a_series_may_have_other_numbers_of_their_own() -> None:
    paths = ["snr_12.8dB_step0.png", "snr_-4.2dB_step2.png", "snr_3.1dB_step4.png"]
    assert places_of(paths) == {
        path: Place("snr_…dB_step….png", step) for path, step in zip(paths, (0, 2, 4), strict=True)
    }
    twice = [*paths, "snr_9.9dB_step4.png"]
    assert {place.step for place in places_of(twice).values()} == {None}, "a step that comes twice is no order"


def test_of_two_numbers_that_count_the_longer_series_wins() -> None:
    paths = [f"fold{f}/e{e}.png" for f in range(3) for e in range(5)]
    assert {places_of(paths)[path].name for path in paths} == {f"fold{f}/e….png" for f in range(3)}


@given(st.lists(st.text("abc019/_.", min_size=1, max_size=8), unique=True, max_size=12))
def test_every_image_has_one_place_and_no_two_share_it(paths: list[str]) -> None:
    places = places_of(paths)
    assert set(places) == set(paths)
    stepped = [place for place in places.values() if place.step is not None]
    assert len(set(stepped)) == len(stepped)


def test_what_autologging_drew_comes_first_and_has_a_title() -> None:
    single = gallery_of(copies("a.png", "z/training_confusion_matrix.png")).single
    assert [(i.label, i.path) for i in single] == [
        ("Confusion matrix, training data", "z/training_confusion_matrix.png"),
        ("a.png", ""),
    ]


def test_the_index_holds_names_steps_and_addresses() -> None:
    assert index_record("r", copies("a.png", logged("k", 3))) == [
        "r",
        [
            ["a.png", None, "artifacts/r/0.png", "thumbs/0.webp", 0, 0],
            ["k", 3, "artifacts/r/1.png", "thumbs/1.webp", 0, 0],
        ],
    ]
    assert index_record("r", []) is None


def test_labels() -> None:
    assert label_of(logged("conv1~filters", 9)) == "conv1/filters · step 9"
    assert label_of("plots/a.png") == "plots/a.png"


def test_names_of_autologging_are_known_and_others_are_not() -> None:
    titles = {
        "estimator.html": "Estimator", "training_confusion_matrix.png": "Confusion matrix, training data", "val_roc_curve.png": "ROC curve, validation data",
        "roc_curve_plot.png": "ROC curve", "feature_importance_weight.json": "Feature importance by weight", "feature_importance_gain.png": "Feature importance by gain",
        "cv_results.csv": "Cross-validation results", "model_summary.txt": "Model summary", "tensorboard_logs/train/events.out.tfevents.17.host": "TensorBoard log",
        "checkpoints/latest_checkpoint_metrics.json": "Metrics of the latest checkpoint", "checkpoints/epoch_2/checkpoint_metrics.json": "Metrics of a checkpoint",
    }  # fmt: skip
    assert {path: found.title for path in titles if (found := known(path))} == titles
    assert [known(path) for path in ("report.html", "my_confusion.png", "notes.txt", "model.txt")] == [None] * 4
