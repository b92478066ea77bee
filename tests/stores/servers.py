"""Real database servers for tests: Debian's PostgreSQL and MariaDB, on loopback, with data that goes away.

They run as whoever runs the tests; where that is root as the users that their packages made, because PostgreSQL
refuses to be run by root.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

USER = "sitegen_test"
PATHS = ["/usr/lib/postgresql/*/bin", "/usr/sbin", "/usr/bin", "/usr/local/bin"]
WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class Server:
    """A running server; `url` of a database has the password in it."""

    scheme: str
    port: int
    password: str

    def url(self, database: str = "mlflow", password: str | None = None) -> str:
        return f"{self.scheme}://{USER}:{password or self.password}@127.0.0.1:{self.port}/{database}"


@contextmanager
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server with an empty database `mlflow`."""
    server = Server("postgresql", free_port(), secrets.token_hex(8))
    initdb, postgres = program("initdb", "postgresql"), program("postgres", "postgresql")
    with folder("postgres") as data:
        key = data / "password"
        key.write_text(server.password)
        give(key, "postgres")
        init = [
            "-D",
            str(data / "db"),
            "-U",
            USER,
            "--pwfile",
            str(key),
            "--auth=scram-sha-256",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        as_user("postgres", [initdb, *init])
        options = ["-p", str(server.port), "-h", "127.0.0.1", "-k", str(data), "-c", "fsync=off"]
        with running("postgres", [postgres, "-D", str(data / "db"), *options], data):
            wait_for(server.port, data)
            psql = [program("psql", "postgresql"), server.url("postgres"), "-c", "CREATE DATABASE mlflow"]
            retried(psql, data)
            yield server


@contextmanager
def mariadb() -> Iterator[Server]:
    """A MariaDB server with an empty database `mlflow`."""
    server = Server("mysql", free_port(), secrets.token_hex(8))
    install, daemon = program("mariadb-install-db", "mariadb-server"), program("mariadbd", "mariadb-server")
    with folder("mysql") as data:
        place = [f"--datadir={data / 'db'}", f"--socket={data / 'socket'}"]
        as_user(
            "mysql", [install, "--no-defaults", place[0], "--auth-root-authentication-method=normal", "--skip-test-db"]
        )
        options = [f"--port={server.port}", "--bind-address=127.0.0.1", f"--pid-file={data / 'pid'}"]
        with running("mysql", [daemon, "--no-defaults", *place, *options], data):
            wait_for(server.port, data)
            orders = (
                "CREATE DATABASE mlflow CHARACTER SET utf8mb4; "
                f"CREATE USER {USER}@'127.0.0.1' IDENTIFIED BY '{server.password}'; "
                f"GRANT ALL ON *.* TO {USER}@'127.0.0.1'"
            )
            client = [program("mariadb", "mariadb-server"), "--no-defaults", place[1], "-u", "root", "-e", orders]
            retried(client, data)
            yield server


def program(name: str, package: str) -> str:
    """The path of a server's program; the test is skipped without it, but fails in CI."""
    folders = [str(path) for pattern in PATHS for path in sorted(Path("/").glob(pattern[1:]))]
    found = shutil.which(name, path=os.pathsep.join(folders))
    if found:
        return found
    why = f"needs {name}: apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def folder(user: str) -> Iterator[Path]:
    """A folder of the user's own, not below pytest's, which only root can enter."""
    with tempfile.TemporaryDirectory(prefix=f"sitegen-{user}-", ignore_cleanup_errors=True) as name:
        give(Path(name), user)
        yield Path(name)


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def give(path: Path, user: str) -> None:
    if is_root():
        shutil.chown(path, user, user)


def as_user(user: str, command: Sequence[str]) -> None:
    become = ["runuser", "-u", user, "--"] if is_root() else []
    done = subprocess.run([*become, *command], capture_output=True, text=True, cwd="/")
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def running(user: str, command: Sequence[str], data: Path) -> Iterator[None]:
    """The server, until the block is left."""
    become: dict[str, Any] = {"user": user, "group": user, "extra_groups": []} if is_root() else {}
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **become)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(port: int, data: Path) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError((data / "log").read_text("utf-8", "replace"))


def retried(command: Sequence[str], data: Path) -> None:
    """Run a client until it gets through: a port may answer before its server does."""
    end = time.monotonic() + WAIT_SECONDS
    while (done := subprocess.run(command, capture_output=True, text=True)).returncode:
        assert time.monotonic() < end, done.stderr + (data / "log").read_text("utf-8", "replace")
        time.sleep(0.3)
