"""How fast artifacts are searched for secrets and private facts, and how often something honest is taken for one.

    python -m tests.benchmarks.scanner [FOLDER ...] [--times 3]

Scans every text below the folders (default: the artifacts in sample_runs) and 1,000 artifacts as autologgers and Plotly
write them, made here with no secret in them; prints MB a second of CPU for each kind, for the profiles `internal` (secrets
alone) and `public`, the same of detect-secrets as a peer, and the findings in 1,000 artifacts. The bars: 50 MB a second, one
false finding.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sitegen.privacy import Privacy, clean_document
from sitegen.viewers.encodings import as_text
from sitegen.viewers.kinds import TEXTS, extension, is_text_name, kind_of

ROOT = Path(__file__).resolve().parents[2]
BAR, MAX_FALSE = 50, 1
PEER_CHARACTERS = 1_000_000
"""Characters that the peer is given of each kind, since it is slow."""
File = tuple[str, str]


def found_in_folders(folders: Iterable[Path]) -> list[File]:
    """Path and content of each text."""
    texts = []
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        if extension(path.name) in TEXTS or is_text_name(path.name):
            texts.append((str(path), as_text(path.read_bytes()[:10_000_000])))
    return texts


def plotly_library() -> str:
    """The text of plotly.js."""
    import plotly  # type: ignore[import-untyped]

    return (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_text("utf-8")


def made(count: int) -> list[File]:
    """Artifacts of the kinds that autologgers and Plotly write; every hundredth page contains plotly.js."""
    chance, library = random.Random(1), plotly_library()
    makers: Sequence[Callable[[random.Random], File]] = (
        _figure, _estimator, _model, _conda, _requirements, _log, _importance, _table, _config, _summary,
    )  # fmt: skip
    files = [makers[at % len(makers)](chance) for at in range(count)]
    pages = [(f"{at}.html", f"<html><script>{library}</script>{_figure(chance)[1]}") for at in range(count // 100)]
    return files[: count - len(pages)] + pages


def _numbers(chance: random.Random, count: int) -> list[float]:
    return [chance.gauss(0, 1) for _ in range(count)]


def _figure(chance: random.Random) -> File:
    trace = {
        "type": "scatter",
        "x": _numbers(chance, 500),
        "y": _numbers(chance, 500),
        "name": "val_loss",
        "hoverlabel": {},
    }
    layout = {"template": {"data": {"bar": [{"error_x": {"color": "#2a3f5f"}}]}}, "title": {"text": "tokens a second"}}
    call = f'Plotly.newPlot("c0ffee-{chance.random()}", {json.dumps([trace])}, {json.dumps(layout)}, {{"responsive": true}})'
    return "plot.html", f"<div><script>window.PlotlyConfig = {{MathJaxConfig: 'local'}};{call}</script></div>"


def _estimator(chance: random.Random) -> File:
    style = "#sk-container-id-1 {--sklearn-color-text: black;}\n#sk-container-id-1 label.sk-toggleable__label {cursor: pointer;}\n"
    body = '<div class="sk-item"><pre>Pipeline(steps=[("scale", StandardScaler()), ("clf", SVC(C=1.0, cache_size=200))])</pre></div>'
    return "estimator.html", f"<style>{style * 60}</style>{body * chance.randint(1, 20)}"


def _model(chance: random.Random) -> File:
    ids = f"{chance.getrandbits(128):032x}"
    return "MLmodel", (
        f"artifact_path: model\nflavors:\n  python_function:\n    env:\n      conda: conda.yaml\n    loader_module: mlflow.sklearn\n"
        f"    python_version: 3.11.7\n  sklearn:\n    pickled_model: model.pkl\n    serialization_format: cloudpickle\n    sklearn_version: 1.4.2\n"
        f'model_uuid: {ids}\nrun_id: {ids[::-1]}\nsignature:\n  inputs: \'[{{"type": "double", "name": "token_count", "required": true}}]\'\n'
        "utc_time_created: '2024-05-03 10:11:12.131415'\n"
    )


def _conda(chance: random.Random) -> File:
    pins = "".join(f"  - package-{n}=={chance.randint(0, 9)}.{n}.{chance.randint(0, 30)}.post1\n" for n in range(30))
    return (
        "conda.yaml",
        f"channels:\n- conda-forge\ndependencies:\n- python=3.11.7\n- pip<=24.0\n- pip:\n{pins}name: mlflow-env\n",
    )


def _requirements(chance: random.Random) -> File:
    return "requirements.txt", "".join(
        f"pkg{n}=={chance.randint(0, 9)}.{chance.randint(0, 9)}.1.2\n" for n in range(40)
    )


def _log(chance: random.Random) -> File:
    line = "2024-05-03 10:11:{:02d},131 INFO trainer: epoch={} loss={:.4f} tokens/s: {} key_metric=val_loss lr=1e-4 [rank 0] /opt/conda/lib\n"
    return "train.log", "".join(line.format(n % 60, n, chance.random(), chance.randint(1, 9999)) for n in range(500))


def _importance(chance: random.Random) -> File:
    names = (
        "session_length",
        "token_count",
        "email_len",
        "hostname_hash",
        "user_age",
        "pin_pressure",
        "password_strength",
    )
    return "feature_importance.json", json.dumps({f"{name}_{n}": chance.random() for n in range(20) for name in names})


def _table(chance: random.Random) -> File:
    rows = "".join(f"{n},{chance.random()},{chance.randint(0, 10)}.{n},ok\n" for n in range(1000))
    return "eval_results.csv", "id,score,user_id_count,status\n" + rows


def _config(chance: random.Random) -> File:
    tokens = {
        "pad_token_id": 0,
        "max_new_tokens": 512,
        "bos_token": "<s>",
        "hub_token": "<HUB_TOKEN>",
        "tokenizer_class": "T5Tokenizer",
    }
    return "training_args.json", json.dumps(
        {**tokens, "seed": chance.randint(0, 99), "auth": None, "report_to": ["mlflow"]}, indent=1
    )


def _summary(chance: random.Random) -> File:
    line = "layer{} (MultiHeadAttention)   (None, 128, {})   {}   ['key_proj[0][0]', 'query[0][0]']\n"
    return "model_summary.txt", "".join(line.format(n, 64, chance.randint(1, 10**6)) for n in range(100))


def seconds(work: Callable[[], object], times: int) -> float:
    """The median CPU time."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def search(files: Sequence[File], privacy: Privacy) -> tuple[int, int]:
    """The secrets and private facts in the files."""
    found = [clean_document(text, path, kind_of(path, text[:4000].encode()), privacy) for path, text in files]
    return sum(len(one.findings) for one in found), sum(one.hidden.total() for one in found)


def peer(files: Sequence[File]) -> int:
    """What detect-secrets finds in the files, with the settings that it comes with."""
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings

    found = 0
    with tempfile.TemporaryDirectory() as folder, default_settings():
        for path, text in files:
            file = Path(folder, Path(path).name)
            file.write_text(text, "utf-8", errors="replace")
            found += len(list(scan_file(str(file))))
    return found


def report(name: str, files: Sequence[File], times: int) -> tuple[float, float]:
    """Print a line on one kind of files; MB a second in the slower profile, findings in 1,000 files."""
    size = sum(len(text) for _, text in files) / 1e6
    speeds = [size / seconds(lambda p=p: search(files, p), times) for p in (Privacy("internal"), Privacy("public"))]  # type: ignore[misc]
    secrets, facts = search(files, Privacy("public"))
    few = [(path, text[: PEER_CHARACTERS // len(files) + 1000]) for path, text in files]
    few_size = sum(len(text) for _, text in few) / 1e6
    counted = peer(few)
    print(
        f"{name}: {len(files):,} files, {size:.1f} MB; secrets {speeds[0]:.0f} MB/s, public {speeds[1]:.0f} MB/s;"
        f" found {secrets} secrets, {facts} private facts; detect-secrets"
        f" {few_size / seconds(lambda: peer(few), 1):.2f} MB/s, {counted} findings in {few_size:.1f} MB of the same"
    )
    return min(speeds), 1000 * secrets / len(files)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    folders = given.folders or sorted(ROOT.joinpath("sample_runs").rglob("artifacts"))
    library = plotly_library()
    results = [
        report("autologgers and Plotly", made(1000), given.times),
        report("plotly.js in a page", [("report.html", f"<script>{library}</script>")], given.times),
        report("given", found_in_folders(folders), given.times),
    ]
    return int(min(speed for speed, _ in results) < BAR or max(found for _, found in results[:2]) > MAX_FALSE)


if __name__ == "__main__":
    sys.exit(main())
