"""Files of DVC among the artifacts of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.addresses import run_page
from sitegen.build import build
from sitegen.config import Config
from sitegen.model import Artifact, ArtifactFolder, TrackedFile
from sitegen.stores.dvc import MAX_BYTES, read_dvc
from tests import html
from tests.stores.mlruns_builder import OTHER_RUN, RUN, experiment, run, write

MD5, OTHER = "9c1d" * 8, "ab12" * 8
POINTER = f"outs:\n- md5: {MD5}\n  size: 37891850\n  hash: md5\n  path: wine.csv\n"
LOCK = f"""schema: '2.0'
stages:
  prepare:
    cmd: python prepare.py
    deps:
    - path: data/raw
      md5: {MD5}.dir
      size: 1200
      nfiles: 3
    - path: prepare.py
      md5: {OTHER}
    outs:
    - path: data/clean.csv
      md5: {OTHER}
  train:
    deps:
    - path: data/clean.csv
      md5: {OTHER}
    outs:
    - path: model.pkl
      md5: {OTHER}
"""


def folder_of(root: Path, files: dict[str, str]) -> ArtifactFolder:
    for path, content in files.items():
        write(root / path, content)
    return ArtifactFolder("", root, tuple(Artifact(path, len(content)) for path, content in files.items()))


def test_pointers_and_the_sources_of_pipelines_are_read(tmp_path: Path) -> None:
    found = read_dvc(folder_of(tmp_path, {"data/wine.csv.dvc": POINTER, "dvc.lock": LOCK}))
    assert found == (TrackedFile("data/raw", f"{MD5}.dir", 1200), TrackedFile("wine.csv", MD5, 37891850))


@pytest.mark.parametrize(
    "content",
    ["outs: wine", "outs:\n- wine\n- {path: 3, md5: x}\n- {path: a, md5: [1]}\n", "a: &a [1]\nouts: *b\n", "\0", ": : :",
     "stages: 1", "outs:\n- !!python/object/apply:os.getcwd []\n", POINTER + "#" * MAX_BYTES],
)  # fmt: skip
def test_what_dvc_does_not_write_is_passed_over(tmp_path: Path, content: str) -> None:
    assert read_dvc(folder_of(tmp_path, {"wine.dvc": content, "dvc.lock": content})) == ()


def test_the_version_is_on_the_run_in_compare_and_in_health(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "mlruns")
    for run_id, text in ((RUN, POINTER), (OTHER_RUN, POINTER.replace(MD5, OTHER))):
        private = text.replace("wine.csv", "/home/anna.kowalska/wine.csv")
        run(folder, run_id, metrics={"loss": "1 0.5 0\n"}, artifacts={"wine.csv.dvc": text, "home.dvc": private})
    site = tmp_path / "site"
    build(Config(store=str(tmp_path / "mlruns"), output=site, jobs=1))
    page = html.text(html.read(site / run_page(RUN)))
    assert f"wine.csv {MD5} (37.9 MB)" in page
    assert "2 ranked runs used 2 versions of the same datasets" in html.text(html.read(site / "experiments/1.html"))
    assert any(MD5 in file.read_text("utf-8") for file in (site / "data" / "runs").iterdir())
    assert not any(b"kowalska" in file.read_bytes() for file in site.rglob("*") if file.is_file())
