"""A scripted stand-in for a tracking server, on loopback: says what a test wants, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

REST = "/api/2.0/mlflow/"
BULK = "/ajax-api/2.0/mlflow/metrics/get-history-bulk"


@dataclass(frozen=True)
class Question:
    """One request; `asked` joins the body's fields and the query's, whose values are lists of text."""

    method: str
    path: str
    asked: Mapping[str, Any]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Say:
    """An answer that is not simply JSON with status 200."""

    status: int = 200
    body: bytes | Mapping[str, Any] = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Say | Mapping[str, Any]
Script = Callable[[Question], Answer]


class FakeServer(ThreadingHTTPServer):
    """Answers by path (below the REST API where it does not start with a slash); anything else is 404."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scripts: dict[str, Script] = {}
        self.questions: list[Question] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def says(self, path: str, answer: Answer | Script) -> None:
        """From now on, answer questions at `path` with this."""
        script = answer if callable(answer) else lambda question: answer
        self.scripts[path if path.startswith("/") else REST + path] = script

    def says_in_turn(self, path: str, *answers: Answer) -> None:
        """Answer the first question with the first, and so on; the last is repeated."""
        waiting = list(answers)
        self.says(path, lambda question: waiting.pop(0) if len(waiting) > 1 else waiting[0])

    def asked_at(self, path: str) -> list[Question]:
        """The questions that were put at `path`."""
        whole = path if path.startswith("/") else REST + path
        return [question for question in self.questions if question.path == whole]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeServer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self._answer(Question("GET", unquote(parts.path), parse_qs(parts.query), dict(self.headers)))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(Question("POST", unquote(self.path), body, dict(self.headers)))

    def _answer(self, question: Question) -> None:
        self.server.questions.append(question)
        script = self.server.scripts.get(question.path)
        answer = script(question) if script else Say(404, b"<!doctype html><title>404 Not Found</title>")
        say = answer if isinstance(answer, Say) else Say(body=answer)
        body = say.body if isinstance(say.body, bytes) else json.dumps(say.body).encode()
        self.send_response(say.status)
        for name, value in {"Content-Length": str(len(body)), **say.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def fake_server() -> Iterator[FakeServer]:
    """A fake server that is listening; one without experiments, runs and models until the test says otherwise."""
    with FakeServer() as server:
        for path in ("experiments/search", "runs/search", "registered-models/search", "model-versions/search"):
            server.says(path, {})
        server.says(BULK, {"metrics": []})
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def experiment(experiment_id: str, **fields: Any) -> dict[str, Any]:
    """An experiment as the REST API says it."""
    found = {"experiment_id": experiment_id, "name": f"experiment {experiment_id}", "lifecycle_stage": "active"}
    return {**found, "creation_time": "1700000000000", **fields}


def run(run_id: str, experiment_id: str = "1", **parts: Any) -> dict[str, Any]:
    """A run as the REST API says it; `metrics`, `params`, `tags` and `info` may be given."""
    info = {
        "run_id": run_id,
        "run_uuid": run_id,
        "run_name": f"run {run_id}",
        "experiment_id": experiment_id,
        "status": "FINISHED",
        "start_time": 1_700_000_000_000,
        "end_time": 1_700_000_001_000,
        "lifecycle_stage": "active",
        "artifact_uri": f"mlflow-artifacts:/{experiment_id}/{run_id}/artifacts",
        **parts.pop("info", {}),
    }
    data = {key: parts.pop(key) for key in ("metrics", "params", "tags") if key in parts}
    return {"info": info, "data": data, **parts}


def metric(
    key: str, value: object, step: object = 0, timestamp: object = 1_700_000_000_000, **more: Any
) -> dict[str, Any]:
    """A point as the REST API says it."""
    return {"key": key, "value": value, "step": step, "timestamp": timestamp, **more}
