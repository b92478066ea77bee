"""Small trainings with Keras, written by its autologger: see make.py."""

from __future__ import annotations

from collections.abc import Callable

import keras
import mlflow
import numpy as np

X = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
Y = (X.sum(1) > 0).astype("float32")


def model(rate: float) -> keras.Model:
    made = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
    made.compile(keras.optimizers.SGD(rate), "binary_crossentropy", metrics=["accuracy"])
    return made


def tensorflow_autolog() -> None:
    """With early stopping, its best weights kept."""
    mlflow.tensorflow.autolog()
    stop = keras.callbacks.EarlyStopping(monitor="val_accuracy", patience=1, restore_best_weights=True)
    for rate in (0.01, 1.0):
        with mlflow.start_run():
            model(rate).fit(X, Y, epochs=6, validation_split=0.25, callbacks=[stop], verbose=0)


def keras_callback() -> None:
    """MLflow's callback for Keras 3, which needs no autologging."""
    for rate in (0.01, 1.0):
        with mlflow.start_run():
            callback = mlflow.keras.MlflowCallback()
            model(rate).fit(X, Y, epochs=3, validation_split=0.25, callbacks=[callback], verbose=0)


FRAMEWORKS: dict[str, Callable[[], None]] = {one.__name__: one for one in (tensorflow_autolog, keras_callback)}
