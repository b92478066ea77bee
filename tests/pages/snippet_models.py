"""Models of the kinds that need different requests, logged by MLflow into an SQLite store: for `run_snippets`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any


def log_models(folder: Path) -> None:
    """Write `mlflow.db` and `artifacts` into `folder`."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    experiment = mlflow.create_experiment("served", artifact_location=(folder / "artifacts").as_uri())
    mlflow.set_experiment(experiment_id=experiment)
    for name, log in (("tensor", _tensor), ("images", _images), ("types", _types), ("sparse", _unsigned)):
        with mlflow.start_run(run_name=name):
            log(mlflow)
    with mlflow.start_run(run_name="chat"):
        _chat(mlflow)
    with mlflow.start_run(run_name="hints"):
        _hints(mlflow)
    client = mlflow.MlflowClient()
    client.set_registered_model_alias("tensor", "champion", "1")
    client.transition_model_version_stage("tensor", "1", "Production")


def _tensor(mlflow: Any) -> None:
    """scikit-learn on arrays, without an input example."""
    import numpy as np
    from mlflow.models import infer_signature
    from sklearn.linear_model import LogisticRegression

    data, target = np.arange(12, dtype="float64").reshape(6, 2), np.array([0, 0, 0, 1, 1, 1])
    model = LogisticRegression().fit(data, target)
    mlflow.sklearn.log_model(
        model, name="tensor", signature=infer_signature(data, target), registered_model_name="tensor"
    )


def _images(mlflow: Any) -> None:
    """A function of a tensor that is too large to be written out."""
    import numpy as np
    from mlflow.models import infer_signature

    data = np.zeros((1, 64, 64, 1), dtype="float32")
    model = type("Mean", (mlflow.pyfunc.PythonModel,), {"predict": _mean})()
    mlflow.pyfunc.log_model(name="images", python_model=model, signature=infer_signature(data, np.zeros(1)))


def _types(mlflow: Any) -> None:
    """Columns of the types that pandas does not choose by itself, a param with a default, metadata, an example."""
    import pandas as pd
    from mlflow.models import infer_signature

    table = pd.DataFrame({
        "small": pd.Series([1, 2], dtype="int32"), "half": pd.Series([0.5, 1.5], dtype="float32"),
        "day": pd.to_datetime(["2024-01-31", "2024-02-29"]), "word's": ["a", "b"], "yes": [True, False],
    })  # fmt: skip
    model = type("Rows", (mlflow.pyfunc.PythonModel,), {"predict": _rows})()
    signature = infer_signature(table, [0.5], params={"factor": 2.0})
    mlflow.pyfunc.log_model(
        name="types", python_model=model, signature=signature, input_example=table, metadata={"team": "demo"}
    )
    mlflow.pyfunc.log_model(name="typed", python_model=model, signature=signature)


def _unsigned(mlflow: Any) -> None:
    """No signature and no example: only loading and serving are possible."""
    model = type("Rows", (mlflow.pyfunc.PythonModel,), {"predict": _rows})()
    mlflow.pyfunc.log_model(name="unsigned", python_model=model)


def _chat(mlflow: Any) -> None:
    """A chat model, which takes messages."""
    from mlflow.types.llm import ChatChoice, ChatCompletionResponse, ChatMessage

    def predict(self: Any, context: Any, messages: Any, params: Any) -> Any:
        from mlflow.types.llm import ChatChoice, ChatCompletionResponse, ChatMessage

        return ChatCompletionResponse(
            choices=[ChatChoice(index=0, message=ChatMessage(role="assistant", content=messages[0].content))]
        )

    assert ChatChoice and ChatCompletionResponse and ChatMessage
    model = type("Echo", (mlflow.pyfunc.ChatModel,), {"predict": predict})()
    mlflow.pyfunc.log_model(name="chat", python_model=model)


def _hints(mlflow: Any) -> None:
    """A function whose type hints are the signature."""

    def predict(model_input: list[str]) -> list[str]:
        return [text.upper() for text in model_input]

    mlflow.pyfunc.log_model(name="hints", python_model=predict, pip_requirements=["mlflow"])


def _mean(self: Any, context: Any, model_input: Any, params: Any = None) -> Any:
    return model_input.mean(axis=(1, 2, 3))


def _rows(self: Any, context: Any, model_input: Any, params: Any = None) -> Any:
    return [len(model_input)] * len(model_input)


if __name__ == "__main__":
    log_models(Path(sys.argv[1]).resolve())
