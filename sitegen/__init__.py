"""sitegen turns an MLflow run store into a static website, and into tables and charts for Python.

`sitegen.load("mlruns")` reads a store, `sitegen.build("mlruns")` makes a site of it (docs/python-api.md).
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sitegen.api import Catalog, Run, Runs, best, build, export, load

__version__ = "0.1.0"
__all__ = ["Catalog", "Run", "Runs", "__version__", "best", "build", "export", "load"]


class _Room(ModuleType):
    """A folder of this package that has the name of a function: `sitegen.build` is both, whichever comes first."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        return getattr(import_module("sitegen.api"), self.__name__.rpartition(".")[2])(*args, **options)


class _Package(ModuleType):
    """This package, which makes such a folder callable when it is imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if name in ("build", "export") and type(value) is ModuleType:
            value.__class__ = _Room
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    """Import what is used on first use, so that the command line starts without it."""
    if name in ("build", "export"):
        return import_module(f"sitegen.{name}")
    if name in __all__:
        return getattr(import_module("sitegen.api"), name)
    raise AttributeError(f"module 'sitegen' has no attribute {name!r}")
