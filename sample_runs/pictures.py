"""The pictures that the sample runs log: small on purpose, a few kilobytes each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib
import numpy as np
from numpy.typing import NDArray

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

plt.rcParams |= {"figure.dpi": 56, "savefig.dpi": 56, "font.size": 8, "figure.constrained_layout.use": True}


def confusion_matrix(matrix: NDArray[Any], labels: Sequence[str]) -> Figure:
    """Counts of true against predicted labels."""
    figure, axes = plt.subplots(figsize=(4, 3.4))
    axes.imshow(matrix, cmap="Blues")
    axes.set(xlabel="predicted", ylabel="true", title="Confusion matrix")
    axes.set_xticks(range(len(labels)), labels)
    axes.set_yticks(range(len(labels)), labels)
    for row, column in np.ndindex(matrix.shape):
        shade = "white" if matrix[row, column] > matrix.max() / 2 else "black"
        axes.text(column, row, str(matrix[row, column]), ha="center", va="center", color=shade)
    plt.close(figure)
    return figure


def bars(names: Sequence[str], values: Sequence[float], title: str) -> Figure:
    """Horizontal bars, largest on top."""
    order = np.argsort(values)
    figure, axes = plt.subplots(figsize=(5, 3.2))
    axes.barh([names[i] for i in order], [values[i] for i in order], color="#4c78a8")
    axes.set_title(title)
    plt.close(figure)
    return figure


def heat_map(table: Any, title: str) -> Figure:
    """A pandas table of numbers as colours, each cell with its value."""
    figure, axes = plt.subplots(figsize=(4.6, 3.2))
    axes.imshow(table.values, cmap="viridis", aspect="auto")
    axes.set(title=title, xlabel=table.columns.name, ylabel=table.index.name)
    axes.set_xticks(range(len(table.columns)), [str(c) for c in table.columns])
    axes.set_yticks(range(len(table.index)), [str(i) for i in table.index])
    for row, column in np.ndindex(table.shape):
        shade = "black" if table.values[row, column] > table.values.mean() else "white"
        axes.text(column, row, f"{table.values[row, column]:.3f}", ha="center", va="center", color=shade)
    plt.close(figure)
    return figure


def lines(curves: dict[str, NDArray[Any]], title: str) -> Figure:
    """Several curves over their index."""
    figure, axes = plt.subplots(figsize=(5, 3.2))
    for name, values in curves.items():
        axes.plot(values, label=name)
    axes.set(title=title, xlabel="epoch")
    axes.legend()
    plt.close(figure)
    return figure


def filters(progress: float, size: int = 48) -> NDArray[np.uint8]:
    """A picture of "convolution filters": grey at `progress` 0, four clear gratings at 1."""
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    gratings = [np.sin(9 * (x * np.cos(a) + y * np.sin(a))) * np.exp(-3 * (x**2 + y**2)) for a in (0, 0.8, 1.6, 2.4)]
    tiles = np.block([gratings[:2], gratings[2:]])
    grey = (127.5 + 120 * progress * tiles).astype(np.uint8)
    return np.stack([grey, grey, np.full_like(grey, 128)], axis=-1)
