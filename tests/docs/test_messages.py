"""docs/messages.md has every message that the code can print."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sitegen.errors import SitegenError

ROOT = Path(__file__).parents[2]
CLASSES = {
    "SitegenError",
    *(kind.__name__ for one in SitegenError.__subclasses__() for kind in (one, *one.__subclasses__())),
}
VARIABLE = "…"
# Functions that make the sentence that another one raises, or its end; with its beginning.
MAKERS = {
    "_describe_folder": "",
    "_describe_file": "",
    "refusal": "",
    "unreachable": "",
    "_sentence": "",
    "no_metric": "",
    "gate_sentence": "",
}
MADE_ELSEWHERE = (
    VARIABLE,
    f"{VARIABLE} The previous site is untouched.",
    f"{VARIABLE} is {VARIABLE}; give the path of an mlruns folder.",
)


def text_of(node: ast.expr) -> str:
    """A message with `…` for whatever is put into it."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else VARIABLE for v in node.values)
    return VARIABLE


@cache
def messages() -> tuple[tuple[str, str], ...]:
    return tuple(_messages())


def _messages() -> Iterator[tuple[str, str]]:
    """Every message of an error that is made: (where, text)."""
    for file in sorted((ROOT / "sitegen").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CLASSES:
                yield f"{file.name}:{node.lineno}", text_of(node.args[0])
            if isinstance(node, ast.FunctionDef) and node.name in MAKERS:
                returned = [n.value for n in ast.walk(node) if isinstance(n, ast.Return) and n.value]
                yield from ((f"{file.name}:{value.lineno}", MAKERS[node.name] + text_of(value)) for value in returned)


def documented() -> list[str]:
    """The messages of the tables, as they begin; words in capitals stand for what varies."""
    page = (ROOT / "docs" / "messages.md").read_text("utf-8")
    return re.findall(r"^\| `([^`]+)`", page, re.MULTILINE)


def pattern(entry: str) -> str:
    """An entry of the page as a pattern for texts with `…` in them."""
    words = re.sub(r"'?\b(PATH|NAME|TEXT|METRIC|KEY|SCHEME|TEMPLATE|N)\b'?", VARIABLE, entry.removesuffix("..."))
    return re.escape(words).replace(VARIABLE, f"[{VARIABLE}]").replace(r"\ ", " ")


MESSAGES = [pytest.param(text, id=f"{where} {text[:40]}") for where, text in messages() if text not in MADE_ELSEWHERE]


@pytest.mark.parametrize("text", MESSAGES)
def test_every_message_is_on_the_page(text: str) -> None:
    plain = re.sub(rf"{VARIABLE} (runs|records|secrets)\b", VARIABLE, text).replace("60 s", f"{VARIABLE} s")
    entries = [re.sub(r"\bN (runs|records|secrets)\b", "N", entry).replace("60 s", "N s") for entry in documented()]
    assert [entry for entry in entries if re.match(pattern(entry), plain)], text


@pytest.mark.parametrize("entry", documented())
def test_every_entry_of_the_page_is_still_said(entry: str) -> None:
    entry = re.sub(r"\bN (runs|records|secrets)\b", "N", entry).replace("60 s", "N s")
    assert [m for _, m in messages() if re.match(pattern(entry), m)], entry


@pytest.mark.parametrize("text", [p for p in MESSAGES if not str(p.values[0]).startswith(f"{VARIABLE} is a ")])
def test_every_message_is_one_sentence(text: str) -> None:
    assert text.endswith((".", VARIABLE, "./mlruns")), text
    assert "\n" not in text


def test_every_exit_code_is_on_the_page() -> None:
    page = (ROOT / "docs" / "messages.md").read_text("utf-8")
    codes = {0, 130, 143, *(kind.exit_code for kind in [SitegenError, *SitegenError.__subclasses__()])}
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)} == codes


def test_links_between_pages_lead_somewhere() -> None:
    for page in sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"]):
        for address in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#\s]*)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert "://" in address or not address or (page.parent / address).exists(), f"{page.name}: {address}"
