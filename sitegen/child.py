"""A child process for work on untrusted files that may never end, take all memory, or crash.

It answers one line of JSON, which bytes may follow, with another. One child serves many files; it is replaced when it
does not answer, and never has the working folder among the places where modules are searched.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_START = "import sys; sys.path.append(sys.argv[1]); from {module} import main; main()"
SLOW = "slow"
"""The reason of a failure when an answer takes too long."""
MEMORY = "memory"
"""The reason of a failure when an answer takes too much memory."""


class NoAnswer(Exception):
    """The child did not answer; the message is `SLOW`, `MEMORY`, or '' if it ended or failed."""


class Child:
    """A child process that runs `main` of `module`, started at the first request; it waits `seconds` for an answer."""

    def __init__(self, module: str, seconds: float) -> None:
        self.module = module
        self.seconds = seconds
        self._running: _Running | None = None

    def ask(self, request: Mapping[str, Any], data: bytes | memoryview = b"") -> dict[str, Any]:
        """The answer to `request`, which `data` belong to. Raises NoAnswer."""
        if self._running is None:
            self._running = _Running(self.module)
            atexit.register(self.close)
        try:
            answer = self._running.ask(request, data, self.seconds)
        except TooLate as error:
            self.close()
            raise NoAnswer(SLOW) from error
        except (OSError, ValueError) as error:
            raise NoAnswer(self._reason()) from error
        if answer.pop("is_last", False):
            self.close()
        if problem := answer.get("problem"):
            raise NoAnswer(problem if problem == MEMORY else "")
        return answer

    def _reason(self) -> str:
        """Why the child ended; it is no longer of use."""
        assert self._running is not None, "it was asked"
        code = self._running.end()
        self._running = None
        return SLOW if code == -getattr(signal, "SIGPROF", 0) and code else ""

    def close(self) -> None:
        """End the process, if there is one; at once, since some libraries take a tenth of a second to leave."""
        if self._running is not None:
            self._running.end(at_once=True)
            self._running = None
            atexit.unregister(self.close)


class _Running:
    """The process, with the pipes to and from it."""

    def __init__(self, module: str) -> None:
        command = [sys.executable, "-P", "-c", _START.format(module=module), str(Path(__file__).parents[1])]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._thread = ThreadPoolExecutor(1)

    def ask(self, request: Mapping[str, Any], data: bytes | memoryview, seconds: float) -> dict[str, Any]:
        """Raises OSError or ValueError when the process has ended, TooLate when it does not answer."""
        return self._thread.submit(self._exchange, request, data).result(seconds)

    def _exchange(self, request: Mapping[str, Any], data: bytes | memoryview) -> dict[str, Any]:
        to, back = self._process.stdin, self._process.stdout
        assert to is not None and back is not None, "both are pipes"
        to.write(json.dumps({**request, "bytes": len(data)}).encode() + b"\n")
        to.write(data)
        to.flush()
        answer: dict[str, Any] = json.loads(back.readline())
        return answer

    def end(self, at_once: bool = False) -> int:
        """End the process; its exit code, which is negative for a signal."""
        if not at_once:
            with suppress(OSError, subprocess.TimeoutExpired):  # it ends by itself, or has, for a reason worth knowing
                self._process.stdin.close()  # type: ignore[union-attr]
                self._process.wait(1)
        self._process.kill()
        self._process.wait()
        self._thread.shutdown()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        return self._process.returncode


# In the child -------------------------------------------------------------------------------------------------------


def serve(answer: Callable[[dict[str, Any], bytes], dict[str, Any]], spare: int = 0) -> None:
    """Answer until there is nothing more to read.

    A process that has grown by more than `spare` bytes since it was asked first ends, to be replaced; 0 for never.
    """
    questions, at_first = sys.stdin.buffer, 0
    for line in iter(questions.readline, b""):
        request = json.loads(line)
        found = _answered(answer, request, questions.read(request["bytes"]))
        at_first = at_first or writable_bytes()
        if spare and writable_bytes() > at_first + spare:
            found["is_last"] = True
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


def _answered(
    answer: Callable[[dict[str, Any], bytes], dict[str, Any]], request: dict[str, Any], data: bytes
) -> dict[str, Any]:
    try:
        return answer(request, data)
    except MemoryError:
        return {"problem": MEMORY, "is_last": True}
    except Exception as error:  # whatever a library says of a broken file
        return {"problem": type(error).__name__}


@contextmanager
def limits(memory: int, seconds: float) -> Iterator[None]:
    """Within it this process may write to no more than `memory` bytes (see `writable_bytes`), and is killed after
    `seconds` of CPU time, on systems that have such limits."""
    with _memory_limit(memory), _time_limit(seconds):
        yield


@contextmanager
def _memory_limit(memory: int) -> Iterator[None]:
    limit_memory(memory)
    try:
        yield
    finally:
        limit_memory(None)


def limit_memory(memory: int | None) -> None:
    """Let this process write to no more than `memory` bytes (see `writable_bytes`), on Linux; None for no such limit.

    The address space is no measure: libraries reserve gigabytes of it that they never use.
    """
    if not writable_bytes():
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = most if memory is None else memory
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    if not hasattr(signal, "ITIMER_PROF"):
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, seconds)  # SIGPROF ends the process
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def writable_bytes() -> int:
    """The memory that this process may write to, used or not; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
