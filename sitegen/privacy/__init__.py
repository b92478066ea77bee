"""Masks secrets and hides private facts, before a run is processed any further.

A secret (a token by its shape, a value by its key) is masked in every profile and reported as a `Finding`, which never
holds it. A private fact (who, on which machine, where on the disk) is hidden by the profile `public`, shown by
`internal`, and counted by kind. No rule looks for random strings: commit ids and run ids are data.
"""

from __future__ import annotations

from sitegen.privacy.cleaner import HIDDEN_KEYS
from sitegen.privacy.documents import CleanDocument, clean_document
from sitegen.privacy.files import artifact_never, scan_bytes, scan_text
from sitegen.privacy.names import NO_NAMES, Names, names_of
from sitegen.privacy.own_rules import PatternError, check_pattern
from sitegen.privacy.profile import MASK, Finding, Hidden, Privacy
from sitegen.privacy.records import (
    clean_cell,
    clean_experiment,
    clean_logged_model,
    clean_model_file,
    clean_registered_model,
    clean_run,
    clean_text,
    clean_trace,
    hides,
)

__all__ = [
    "HIDDEN_KEYS",
    "CleanDocument",
    "MASK",
    "NO_NAMES",
    "Finding",
    "Hidden",
    "Names",
    "PatternError",
    "Privacy",
    "artifact_never",
    "check_pattern",
    "clean_cell",
    "clean_document",
    "clean_experiment",
    "clean_logged_model",
    "clean_model_file",
    "clean_registered_model",
    "clean_run",
    "clean_text",
    "clean_trace",
    "hides",
    "names_of",
    "scan_bytes",
    "scan_text",
]
