"""What the child process of `test_child` runs."""

from __future__ import annotations

import os
import signal
from typing import Any

from sitegen.child import limits, serve, writable_bytes


def main() -> None:
    """Answer by doing what is asked."""
    serve(answer, 1 << 20)


def answer(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Count the bytes; or fail in the way that `fail` names."""
    with limits(writable_bytes() + (200 << 20), 0.2):
        if request.get("fail") == "memory":
            bytearray(1 << 30)
        while request.get("fail") == "time":
            pass
        if request.get("fail") == "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        if request.get("fail") == "error":
            raise KeyError("x")
    if request.get("fail") == "grow":
        globals()["kept"] = bytearray(50 << 20)
    return {"pid": os.getpid(), "bytes": len(data)}
