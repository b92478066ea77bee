"""Whatever stands in the fields of a store: each run has a page, no text becomes markup, no secret comes out."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings

from sitegen.addresses import file_name
from sitegen.build import build, source
from sitegen.config import Config
from sitegen.stores.find import FoundStores
from tests.examples import examples
from tests.fuzz.fields import SECRET, FieldsStore, stores

UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def test_any_field_may_hold_anything(tmp_path: Path) -> None:
    found: list[str] = []

    @given(store=stores())
    @settings(
        max_examples=examples(0.6),
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    def try_one(store: FieldsStore) -> None:
        # Not raised: hypothesis would take minutes to look for a smaller example and to print it.
        found.extend(faults_of(store, tmp_path / "site"))

    try_one()
    assert found == []


def faults_of(store: FieldsStore, output: Path) -> Iterator[str]:
    locations = FoundStores(("drawn",))
    try:
        with (
            patch.object(source, "find_stores", lambda *_: locations),
            patch.object(source, "open_found", lambda *_: store),
        ):
            built = build(Config(store="drawn", output=output, jobs=1, traces=True))
    except Exception:
        yield traceback.format_exc(limit=-6)
        return
    if built.runs != len(store.runs):
        yield f"{built.runs} of {len(store.runs)} runs"
    yield from (
        f"no page of {run!r}" for run in store.runs if not (output / "runs" / f"{file_name(run)}.html").is_file()
    )
    for path in (path for path in output.rglob("*") if "assets" not in path.parts):
        text = path.read_text("utf-8") if path.suffix in (".html", ".js", ".json", ".svg") else ""
        if SECRET in text:
            yield f"a secret in {path.name}"
        if path.suffix in (".html", ".svg") and ("<canary" in text or UNSEEN.search(text)):
            yield f"markup or control characters in {path.name}"
