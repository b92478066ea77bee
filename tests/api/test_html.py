"""What notebooks show."""

from __future__ import annotations

from pathlib import Path

import sitegen
from sitegen.api.html import MAX_ROWS
from tests.stores.mlruns_builder import run

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_runs"


def test_what_notebooks_show_is_escaped_and_complete(store: Path) -> None:
    run(
        store / "2", "e" * 32, params={"<b>": "<script>x</script>"}, run_name="<i>a</i>", metrics={"loss": "1 0.25 1\n"}
    )
    catalog = sitegen.load(store)
    shown = catalog._repr_html_() + catalog.runs._repr_html_() + catalog.run("e" * 32)._repr_html_()
    assert "<script" not in shown and "<i>" not in shown and "&lt;script&gt;" in shown
    assert "<td>sweep</td><td>3</td>" in catalog._repr_html_() and "4 runs" in catalog.runs._repr_html_()
    assert "<td>loss</td><td>0.25</td>" in catalog.run("e" * 32)._repr_html_()
    assert repr(catalog.runs) == "<Runs: 4>" and "2 experiments" in repr(catalog)
    assert repr(catalog.run("e" * 32)).endswith("'<i>a</i>': FINISHED, 1 param, 1 metric>")


def test_a_run_of_many_params_is_shown_in_part(store: Path) -> None:
    run(store / "2", "e" * 32, params={f"p{n}": str(n) for n in range(MAX_ROWS + 3)})
    shown = sitegen.load(store).run("e" * 32)._repr_html_()
    assert shown.count("<tr><td>p") == MAX_ROWS and "and 3 more" in shown
