"""Run the snippets of model pages as the pages print them, and print what each answered. Needs MLflow; takes minutes.

    python -m tests.pages.run_snippets              # the sample stores and models of other signatures
    python -m tests.pages.run_snippets mlflow3      # one of them: mlflow2, mlflow3, served

Builds the site of each store in both profiles, takes the snippets out of the HTML, and runs those that load, predict,
serve and ask. Servers listen on the loopback alone, on a free port in place of the printed one. The sample stores were
moved since they were written; their addresses are set to where they are, as MLflow needs it.
"""

from __future__ import annotations

import contextlib
import html
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sitegen.pages.model_snippets import PORT

ROOT = Path(__file__).parents[2]
STORES = ("mlflow2", "mlflow3", "served")
_BOX = re.compile(
    r'<summary>([^<]*)</summary>\s*<div class="copyable"><pre[^>]*aria-label="[^":]*: ([^"]*)">(.*?)</pre>', re.S
)
_URI = re.compile(r"<code>((?:models|runs):/[^<]*)</code>")
_PYTHON = ("Load it", "Predict")
_NOT_RUN = ("Predict with Spark",)
# Runs each snippet of Python by itself, in one process since importing MLflow takes seconds.
_DRIVER = """
import contextlib, io, json, sys
answers = []
for text in json.load(sys.stdin):
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            exec(compile(text, "snippet", "exec"), {"__name__": "__main__"})
        answers.append([True, said.getvalue().strip()])
    except Exception as error:
        answers.append([False, f"{type(error).__name__}: {error}"])
print("\\n" + json.dumps(answers))
"""


class Printed(NamedTuple):
    """A snippet of a page."""

    page: str
    of: str
    label: str
    text: str


class Answer(NamedTuple):
    """What came of it."""

    snippet: Printed
    ok: bool
    text: str


def main(names: list[str]) -> int:
    """Run all snippets of the stores `names`; the exit code is 0 if all answered."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in names or STORES:
            store = make_store(name, Path(folder))
            for profile in ("public", "internal"):
                answers = list(run_all(printed(build(store, profile)), store.parent))
                report(f"{name}, {profile}", answers)
                failed += sum(not answer.ok for answer in answers)
    print(f"{failed} failed" if failed else "all answered")
    return 1 if failed else 0


def make_store(name: str, folder: Path) -> Path:
    """The store `name` below `folder`, where MLflow finds its files."""
    home = folder / name
    home.mkdir()
    if name == "served":
        subprocess.run([sys.executable, "-m", "tests.pages.snippet_models", str(home)], check=True, cwd=ROOT)
        return home / "mlflow.db"
    store = Path(shutil.copytree(ROOT / "sample_runs" / name / "mlruns", home / "mlruns"))
    for meta in store.rglob("meta.yaml"):
        meta.write_text(meta.read_text("utf-8").replace("/home/ada/projects/demo", str(home)), "utf-8")
        if "artifact_uri" in meta.read_text("utf-8"):
            for part in ("metrics", "params", "tags", "artifacts"):
                (meta.parent / part).mkdir(exist_ok=True)
    return store


def build(store: Path, profile: str) -> Path:
    """The site of `store`."""
    site = store.parent / f"site-{profile}"
    command = [sys.executable, "-m", "sitegen", "build", store.name, "-o", str(site), "--profile", profile]
    subprocess.run(command, check=True, cwd=store.parent, stdout=subprocess.DEVNULL, env=_environment())
    return site


def printed(site: Path) -> list[Printed]:
    """The snippets on pages of models, and a line of Python for each address that a page gives."""
    found = []
    for page in sorted([*site.glob("models/*.html"), *site.glob("logged-models/*.html")]):
        text, name = page.read_text("utf-8"), str(page.relative_to(site))
        boxes = [
            Printed(name, html.unescape(of), html.unescape(label), html.unescape(code))
            for label, of, code in _BOX.findall(text)
        ]
        found += boxes
        load = next((box.text for box in boxes if box.label == "Load it"), "")
        head = load.rpartition("\n")[0]
        for uri in dict.fromkeys(html.unescape(uri) for uri in _URI.findall(text)):
            if load:
                found.append(Printed(name, uri, "Address", f"{head}\nmodel = mlflow.pyfunc.load_model({uri!r})"))
    return found


def run_all(snippets: list[Printed], folder: Path) -> Iterator[Answer]:
    """Run the snippets in `folder`: all Python, then each server with its requests."""
    python = [s for s in snippets if s.label.startswith((*_PYTHON, "Address")) and s.label not in _NOT_RUN]
    answered = subprocess.run(
        [sys.executable, "-c", _DRIVER], input=json.dumps([s.text for s in python]), capture_output=True, text=True,
        cwd=folder, env=_environment(), check=True,
    ).stdout  # fmt: skip
    for snippet, (ok, text) in zip(python, json.loads(answered.rpartition("\n[")[2].join(["[", ""])), strict=True):
        yield Answer(snippet, ok, text)
    for serve in (s for s in snippets if s.label == "Serve it"):
        requests = [s for s in snippets if (s.page, s.of, s.label) == (serve.page, serve.of, "Query the server")]
        yield from served(serve, requests, folder)


def served(serve: Printed, requests: list[Printed], folder: Path) -> Iterator[Answer]:
    """Start the server and put the requests to it."""
    port = free_port()
    with running(serve.text.replace(f"-p {PORT}", f"-p {port}"), folder) as log:
        is_up = wait_for(f"http://127.0.0.1:{port}/ping")
        yield Answer(serve, is_up, "is up" if is_up else Path(log).read_text("utf-8")[-300:])
        for request in requests if is_up else ():
            command = request.text.replace(f":{PORT}/", f":{port}/").replace("curl ", "curl -sS --fail-with-body ", 1)
            done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True)
            yield Answer(request, done.returncode == 0, done.stdout or done.stderr)


@contextlib.contextmanager
def running(command: str, folder: Path) -> Iterator[str]:
    """The shell command in a process group of its own, which is ended at the end; gives the path of its log."""
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        process = subprocess.Popen(
            ["bash", "-c", command], cwd=folder, stdout=log, stderr=log, start_new_session=True, env=_environment()
        )
        try:
            yield log.name
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


def wait_for(url: str, seconds: int = 120) -> bool:
    """Whether something answers there in that time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            return bool(urllib.request.urlopen(url, timeout=5).status == 200)
        time.sleep(0.5)
    return False


def free_port() -> int:
    """A port of the loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment() -> dict[str, str]:
    scripts = str(Path(sys.executable).parent)
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}, "MLFLOW_DISABLE_TELEMETRY": "true",
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT),
    }  # fmt: skip


def report(title: str, answers: list[Answer]) -> None:
    """Print how many of each kind answered, and each answer that failed."""
    print(f"\n{title}")
    for label in dict.fromkeys(answer.snippet.label for answer in answers):
        of_label = [answer for answer in answers if answer.snippet.label == label]
        good = [answer for answer in of_label if answer.ok]
        sample = next((" ".join(a.text.split())[:60] for a in good if a.text), "")
        print(f"  {label:32} {len(good):3} of {len(of_label):3}  {sample}")
    for answer in answers:
        if not answer.ok:
            print(f"  FAILED {answer.snippet.page} {answer.snippet.of} {answer.snippet.label}: {answer.text[:600]}")
            print("    " + answer.snippet.text[-600:].replace("\n", "\n    "))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
