"""sitegen turns an MLflow run store into a static website, and into tables for Python: `sitegen.load("mlruns")`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sitegen.api import load

__version__ = "0.1.0"
__all__ = ["__version__", "load"]


def __getattr__(name: str) -> Any:
    """Import `load` on first use, so that the command line starts without it."""
    if name == "load":
        from sitegen.api import load

        return load
    raise AttributeError(f"module 'sitegen' has no attribute {name!r}")
