"""What the user wants: `sitegen.toml` and flags, checked and joined into one `Config`."""

from __future__ import annotations

from sitegen.config.chart_options import ChartConfig
from sitegen.config.file import config_file, load_config, with_flags, with_options
from sitegen.config.options import Config, ExperimentOptions, ViewConfig, Written

__all__ = [
    "ChartConfig",
    "Config",
    "ExperimentOptions",
    "ViewConfig",
    "Written",
    "config_file",
    "load_config",
    "with_flags",
    "with_options",
]
