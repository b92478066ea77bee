"""Charts that users logged as Vega or Vega-Lite, drawn as SVG by a child process that can be killed.

An untrusted chart can hold an endless expression, and nothing inside a process can stop that; so a child process
draws, one for many charts, and is replaced if it does not answer. It fetches nothing: every address is refused.
"""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from pathlib import Path
from typing import Any

SECONDS = 20.0
"""Seconds for one chart; ordinary ones take 0.05 s, the first 1 s."""
MAX_DRAWING = 1_000_000
START = "import sys; sys.path.append(sys.argv[1]); from sitegen.charts.users import main; main()"


class Undrawable(Exception):
    """Why a chart has no drawing, as a sentence."""


def draw(spec: Mapping[str, Any]) -> str:
    """The drawing of a chart as SVG. Raises Undrawable."""
    wanted = {key: value for key, value in spec.items() if key != "usermeta"}
    line = json.dumps(wanted)
    if _names_an_address(wanted):
        raise Undrawable("The chart takes its data from elsewhere, which sitegen does not fetch.")
    answer = _ask(line)
    svg = answer.get("svg", "")
    if not svg:
        raise Undrawable("The chart could not be drawn.")
    if len(svg) > MAX_DRAWING:
        raise Undrawable("The chart's drawing is too large for a page.")
    return str(svg)


def _names_an_address(value: object) -> bool:
    """Whether any part of a specification has data by a URL."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            data = one.get("data")
            parts = data if isinstance(data, list) else [data]
            if any(isinstance(part, Mapping) and "url" in part for part in parts):
                return True
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return False


# The child, as its parent sees it -----------------------------------------------------------------------------------


class _Child:
    """A process that draws: a line of JSON in, a line of JSON out."""

    def __init__(self) -> None:
        # With -P the working folder is not searched for modules: what lies there may be from a store.
        command = [sys.executable, "-P", "-c", START, str(Path(__file__).parents[2])]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, text=True, encoding="utf-8", **pipes)  # type: ignore[call-overload]
        self.thread = ThreadPoolExecutor(1)

    def ask(self, line: str) -> str:
        """Raises OSError when it has ended, TooLate when it does not answer."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer: Future[str] = self.thread.submit(self.process.stdout.readline)
        return answer.result(SECONDS)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.thread.shutdown()
        for pipe in (self.process.stdin, self.process.stdout):
            pipe.close()


_child: _Child | None = None


def _ask(line: str) -> dict[str, Any]:
    global _child
    if _child is None:
        _child = _Child()
        atexit.register(close)
    try:
        answer: dict[str, Any] = json.loads(_child.ask(line) or "{}")
    except (TooLate, OSError, ValueError) as error:
        close()
        late = "takes too long" if isinstance(error, TooLate) else "could not be drawn"
        raise Undrawable(f"The chart {late}.") from error
    if not answer:
        close()
    return answer


def close() -> None:
    """End the child, if there is one."""
    global _child
    if _child is not None:
        _child.end()
        _child = None
        atexit.unregister(close)


# The child itself ---------------------------------------------------------------------------------------------------


def main() -> None:
    """Answer until there is nothing more to read."""
    import vl_convert

    for line in sys.stdin:
        spec = json.loads(line)
        lite = "vega-lite" in str(spec.get("$schema", ""))
        convert = vl_convert.vegalite_to_svg if lite else vl_convert.vega_to_svg
        try:
            answer = {"svg": convert(spec, allowed_base_urls=[])}
        except Exception:  # whatever Vega says of a broken chart
            answer = {"svg": ""}
        print(json.dumps(answer), flush=True)
