"""Sites of runs whose artifacts are in a bucket and were not fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.addresses import run_page
from sitegen.build import build
from sitegen.cli.printing import closing_summary
from sitegen.config import Config
from tests import html
from tests.stores.mlruns_builder import OTHER_RUN, RUN, experiment, run


@pytest.mark.parametrize(("profile", "at"), [("public", ""), ("internal", f", at s3://team-bucket/1/{RUN}/artifacts")])
def test_the_page_and_the_summary_say_where_they_are(tmp_path: Path, profile: str, at: str) -> None:
    folder = experiment(tmp_path / "mlruns")
    for run_id in (RUN, OTHER_RUN):
        run(folder, run_id, artifact_uri=f"s3://team-bucket/1/{run_id}/artifacts", metrics={"loss": "1 0.5 0\n"})
    for _ in range(2):
        built = build(Config(store=str(tmp_path / "mlruns"), output=tmp_path / "site", profile=profile, jobs=1))
        page = html.text(html.read(tmp_path / "site" / run_page(RUN)))
        assert f"The artifacts of this run are in Amazon S3{at}, and were not fetched." in page
        assert ("team-bucket" in page) == (profile == "internal")
        assert "Artifacts of 2 runs are in Amazon S3 and were not fetched" in closing_summary(built)
