"""Mistakes in flags and in `sitegen.toml`, and the sentence that each gets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from sitegen.build.misspelt import check_folders, warnings_of
from sitegen.cli import main
from sitegen.config import Config
from tests.stores.mlruns_builder import START, experiment, run

MISTAKES = [
    ("", ["--objective", "min val_los"], r"No run has the metric val_los of the objective. Did you mean val_loss?"),
    ("", ["--objective", "mim val_loss"], r"min"),
    ("", ["--artifacts", "artefacts"], r"The artifact folder artefacts does not exist. Did you mean artifacts?"),
    (
        "",
        ["--map-artifacts", "s3://x", "artifact"],
        r"The artifact folder artifact does not exist. Did you mean artifacts?",
    ),
    ("", ["--profile", "publc"], r"'publc' is not one of 'public', 'internal'"),
    ("", ["--theme", "papr"], r"papr"),
    ("", ["--filter", "val_loss <"], r"The query cannot be read at character"),
    ("", ["--jobs", "-1"], r"jobs must be 0 (automatic) or a number of processes, not -1."),
    ("", ["--site-url", "example.org"], r"The site URL must begin with https:// or http://"),
    ("", ["--since", "gone"], r"gone is no site that sitegen built; give its folder"),
    ("", ["--stict"], r"No such option '--stict'. (Did you mean one of: '--no-strict', '--strict'"),
    ('tittle = "x"', [], r'has an unknown key "tittle"; did you mean title?'),
    (
        '[experiments.swep]\nobjective = "min val_loss"',
        [],
        r"options for the experiment swep, which the store has not. Did you mean sweep?",
    ),
    ('[experiments.sweep]\nobjectve = "x"', [], r'has an unknown key "objectve"; did you mean objective?'),
    ('[experiments.sweep]\ngroups = ["params.modle"]', [], r"has the param modle of its groups. Did you mean model?"),
    ('[experiments.sweep]\nbaseline = "no"', [], r"The baseline 'no' is not a run of the experiment 'sweep'"),
    ('artifacts = ["artefacts"]', [], r"does not exist. Did you mean artifacts?"),
    ('[artifacts]\nrots = ["a"]', [], r'has an unknown key "rots"; did you mean roots?'),
    ('[charts.c]\nexperiment = "sweep"\nmetrics = ["val_los"]', [], r"val_loss"),
    ('[views.v]\nexperiment = "swep"', [], r"which is not in the site. Did you mean sweep?"),
    ('profile = "secret"', [], r'"profile" must be one of public, internal'),
    ('[privacy]\nallow = ["x"]', [], r'"x" of "allow" is not a fingerprint; sitegen scan lists them.'),
    ("jobs = true", [], r'"jobs" must be a whole number'),
    ("title = ", [], r"is not valid TOML"),
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "artifacts").mkdir()
    sweep = experiment(tmp_path / "mlruns", "1", name="sweep")
    run(sweep, "a" * 32, params={"model": "m"}, metrics={"val_loss": f"{START} 0.5 0\n"})
    return tmp_path


@pytest.mark.parametrize(("settings", "flags", "sentence"), MISTAKES)
def test_a_mistake_gets_a_sentence(here: Path, settings: str, flags: list[str], sentence: str) -> None:
    (here / "sitegen.toml").write_text(settings)
    done = CliRunner().invoke(main, ["build", "mlruns", "--no-cache", *flags])
    assert done.exit_code == 2 and sentence in re.sub(r"\s+", " ", done.output), done.output
    assert not (here / "site").exists()


@pytest.mark.parametrize(
    ("settings", "warning"),
    [
        ('objective = "min val_los"', "No run has the metric val_los of the objective yet. Did you mean val_loss?"),
        (
            '[experiments.sweep]\nobjective = "max f1"',
            "No run of the experiment sweep has the metric f1 of its objective yet.",
        ),
        ("[experiments.tomorrow]", "The settings have options for the experiment tomorrow, which the store has not."),
        (
            '[experiments.sweep]\ngroups = ["params.zzz"]',
            "No run of the experiment sweep has the param zzz of its groups.",
        ),
    ],
)
def test_what_may_come_with_a_later_run_is_a_warning_and_with_strict_an_end(
    here: Path, settings: str, warning: str
) -> None:
    (here / "sitegen.toml").write_text(settings)
    for _ in range(2):  # also where nothing has changed
        done = CliRunner().invoke(main, ["build", "mlruns"])
        assert done.exit_code == 0 and f"Warning: {warning}" in done.output
    done = CliRunner().invoke(main, ["build", "mlruns", "--strict"])
    assert done.exit_code == 3 and warning in done.output


def test_what_is_there_is_not_warned_of(here: Path) -> None:
    check_folders(Config(artifacts=(here / "artifacts",)))
    assert list(warnings_of(Config(objective="min val_loss"), [])) == []
    (here / "sitegen.toml").write_text('objective = "min val_loss"\n[experiments.1]\ngroups = ["model"]\n')
    assert "Warning" not in CliRunner().invoke(main, ["build", "mlruns", "--no-cache"]).output


def test_a_record_that_is_allowed_by_its_fingerprint_lets_a_strict_build_pass(here: Path) -> None:
    run(here / "mlruns" / "1", "b" * 32)
    (here / "mlruns" / "1" / ("b" * 32) / "meta.yaml").write_text("run_id: [")
    done = CliRunner().invoke(main, ["build", "mlruns", "--strict"])
    assert done.exit_code == 3
    found = re.search(r", ([0-9a-f]{8})\); fix them, allow them", done.output)
    assert found, done.output
    assert f"({found[1]})" in CliRunner().invoke(main, ["build", "mlruns", "-v"]).output
    (here / "sitegen.toml").write_text(f'strict = true\nallow_problems = ["{found[1]}"]\n')
    assert CliRunner().invoke(main, ["build", "mlruns"]).exit_code == 0
