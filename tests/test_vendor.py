"""The third-party browser files are, byte for byte, what their authors published."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

VENDOR = Path(__file__).resolve().parent.parent / "themes" / "default" / "vendor"


def load_fetch() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vendor_fetch", VENDOR / "fetch.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


fetch = load_fetch()


@pytest.mark.parametrize("entry", fetch.entries(), ids=lambda entry: str(entry["path"]))
def test_file_has_the_published_hash(entry: dict[str, str]) -> None:
    content = fetch.target(entry).read_bytes()
    published = fetch.to_module(content) if "convert" in entry else content
    assert hashlib.sha256(published).hexdigest() == entry["sha256"]


@pytest.mark.parametrize("entry", fetch.entries(), ids=lambda entry: str(entry["path"]))
def test_licence_lies_beside_the_file(entry: dict[str, str]) -> None:
    text = (fetch.target(entry).parent / "LICENSE").read_text("utf-8")
    assert "Copyright" in text and ("Redistribution" in text or "Permission is hereby granted" in text)


def test_nothing_lies_there_that_is_not_listed() -> None:
    listed = {fetch.target(entry) for entry in fetch.entries()}
    beside = {path.parent / "LICENSE" for path in listed}
    found = {path for path in VENDOR.glob("*/*") if "__pycache__" not in path.parts}
    assert found == listed | beside


def test_conversion_refuses_a_module_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="no longer has"):
        fetch.to_classic_script(b"export default 1;")
