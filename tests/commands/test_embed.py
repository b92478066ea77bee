"""`sitegen embed`: one chart as a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from sitegen.build.one_chart import one_chart
from sitegen.cli.embed import embed as embed_command
from sitegen.commands.embed import embed
from sitegen.config import ChartConfig, Config
from sitegen.errors import UsageError
from sitegen.stores.contract import no_progress
from tests.stores.mlruns_builder import write

META = "artifact_location: ''\ncreation_time: 1\nexperiment_id: '1'\nlast_update_time: 1\nlifecycle_stage: active\nname: demo <&>\n"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two runs with a curve each."""
    root = tmp_path / "mlruns"
    write(root / "1" / "meta.yaml", META)
    for at in (1, 2):
        run = root / "1" / (f"{at}" * 32)
        write(
            run / "meta.yaml",
            f"artifact_uri: ''\nend_time: 9\nexperiment_id: '1'\nlifecycle_stage: active\nrun_id: '{run.name}'\n"
            f"run_name: run {at}\nstart_time: {at}\nstatus: 3\nuser_id: u\nentry_point_name: ''\nsource_name: ''\n"
            "source_type: 4\nsource_version: ''\ntags: []\n",
        )
        write(
            run / "metrics" / "loss", "".join(f"{1700000000000 + step} {at / (step + 1)} {step}\n" for step in range(5))
        )
    return root


def settings(store: Path) -> Config:
    return Config(str(store), charts=(ChartConfig("All losses", "1", ("loss",)),), no_cache=True)


def test_a_declared_chart_is_written_as_the_ending_says(store: Path, tmp_path: Path) -> None:
    for ending, start in ((".svg", b"<svg "), (".png", b"\x89PNG"), (".html", b"<!doctype html>")):
        file = tmp_path / f"a{ending}"
        embed(settings(store), "All losses", file, no_progress)
        assert file.read_bytes().startswith(start)
    page = file.read_text("utf-8")
    assert "<script" not in page and "<td>run 1</td>" in page and "demo &lt;&amp;&gt;" in page


def test_the_command_takes_the_charts_of_the_config_file(store: Path, tmp_path: Path) -> None:
    file, config = tmp_path / "a.svg", tmp_path / "sitegen.toml"
    config.write_text("[charts.'All losses']\nexperiment = '1'\nmetrics = 'loss'\n", "utf-8")
    run = CliRunner().invoke(
        embed_command, [str(store), "--chart", "All losses", "-o", str(file), "--config", str(config)]
    )
    assert run.exit_code == 0 and f"Wrote {file}." in run.output
    assert file.read_text("utf-8") == one_chart(settings(store), "All losses").files[".svg"]


def test_any_chart_is_found_by_the_id_in_its_address(store: Path, tmp_path: Path) -> None:
    embed(settings(store), "charts/1-curve-loss.html", tmp_path / "a.svg", no_progress)
    assert "loss by step" in (tmp_path / "a.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("chart", "file", "message"),
    [
        ("no", "a.svg", 'There is no chart "no".*"All losses"'),
        ("All losses", "a.pdf", "must end with"),
        ("All losses", "mlruns/a.svg", "inside a store"),
        ("All losses", "no/a.svg", "Cannot write"),
    ],
)
def test_what_cannot_be_written_is_told(store: Path, tmp_path: Path, chart: str, file: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        embed(settings(store), chart, tmp_path / file, no_progress)
