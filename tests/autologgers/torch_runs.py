"""Small trainings with PyTorch Lightning and Hugging Face's Trainer, written by their autologgers: see make.py."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any

import mlflow
import pytorch_lightning as lightning
import torch
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint
from pytorch_lightning.loggers import MLFlowLogger
from torch.utils.data import DataLoader, Dataset, TensorDataset
from transformers import BertConfig, BertForSequenceClassification, EarlyStoppingCallback, Trainer, TrainingArguments


class Line(lightning.LightningModule):
    """A linear model that logs its loss and accuracy."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(4, 1)

    def measure(self, batch: Any, data: str, **options: Any) -> torch.Tensor:
        x, y = batch
        found = self.layer(x).squeeze(1)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(found, y)
        self.log(f"{data}_loss", loss, **options)
        self.log(f"{data}_acc", ((found > 0) == (y > 0.5)).float().mean(), **options)
        return loss

    def training_step(self, batch: Any, at: int) -> torch.Tensor:
        return self.measure(batch, "train", on_epoch=True)

    def validation_step(self, batch: Any, at: int) -> torch.Tensor:
        return self.measure(batch, "val")

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), lr=self.hparams["rate"])


def loader() -> DataLoader[Any]:
    x = torch.randn(64, 4, generator=torch.Generator().manual_seed(0))
    return DataLoader(TensorDataset(x, (x.sum(1) > 0).float()), batch_size=16)


def fit(rate: float, folder: str, **options: Any) -> None:
    callbacks = [
        EarlyStopping("val_loss", mode="min", patience=3),
        ModelCheckpoint(folder, monitor="val_acc", mode="max"),
    ]
    trainer = lightning.Trainer(
        max_epochs=4, accelerator="cpu", callbacks=callbacks, enable_progress_bar=False, default_root_dir=folder,
        log_every_n_steps=1, **options,
    )  # fmt: skip
    trainer.fit(Line(rate), loader(), loader())


def lightning_autolog() -> None:
    mlflow.pytorch.autolog()
    for rate in (0.01, 0.5):
        with mlflow.start_run(), tempfile.TemporaryDirectory() as folder:
            fit(rate, folder, logger=False)


def lightning_logger() -> None:
    """Lightning's own logger, which leaves checkpoints with a record of what they were chosen by."""
    for rate in (0.01, 0.5):
        with tempfile.TemporaryDirectory() as folder:
            logger = MLFlowLogger("lightning_logger", tracking_uri=mlflow.get_tracking_uri(), log_model=True)
            fit(rate, folder, logger=logger)


class Texts(Dataset[dict[str, torch.Tensor]]):
    """Random tokens; the label says whether the first one is in the upper half."""

    def __init__(self) -> None:
        self.tokens = torch.randint(0, 20, (16, 6), generator=torch.Generator().manual_seed(0))

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, at: int) -> dict[str, torch.Tensor]:
        return {"input_ids": self.tokens[at], "labels": (self.tokens[at, 0] > 9).long()}


def accuracy(found: Any) -> dict[str, float]:
    return {"accuracy": float((found.predictions.argmax(1) == found.label_ids).mean())}


def transformers_trainer() -> None:
    shape: dict[str, Any] = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    for rate in (1e-4, 1e-2):
        model = BertForSequenceClassification(BertConfig(vocab_size=20, intermediate_size=8, **shape))
        with tempfile.TemporaryDirectory() as folder:
            arguments = TrainingArguments(
                folder, num_train_epochs=3, learning_rate=rate, eval_strategy="epoch", save_strategy="epoch",
                logging_steps=1, load_best_model_at_end=True, metric_for_best_model="accuracy", report_to=["mlflow"],
                use_cpu=True, disable_tqdm=True,
            )  # fmt: skip
            trainer = Trainer(
                model, arguments, train_dataset=Texts(), eval_dataset=Texts(), compute_metrics=accuracy,
                callbacks=[EarlyStoppingCallback(2)],
            )  # fmt: skip
            trainer.train()
            trainer.evaluate()
            mlflow.end_run()


FRAMEWORKS: dict[str, Callable[[], None]] = {
    one.__name__: one for one in (lightning_autolog, lightning_logger, transformers_trainer)
}
