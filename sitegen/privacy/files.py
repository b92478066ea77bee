"""Which artifacts may be copied: none with a secret in it, and none of the types that are only listed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath

from sitegen.privacy.own_rules import secrets_in
from sitegen.privacy.profile import Finding, Privacy

_PROGRAMS = frozenset((".js", ".mjs", ".cjs", ".css", ".map"))
NEVER_FOLDERS = frozenset((".git", ".ssh", ".aws", ".gnupg", ".kube", ".azure", ".docker"))
NEVER_FILES = re.compile(
    r"\.env.*|.*\.env|\.?_?netrc|\.npmrc|\.pypirc|\.git-credentials|\.htpasswd|\.pgpass|credentials.*|id_(?:rsa|dsa|ecdsa|ed25519).*"
    r"|.*\.(?:pem|key|p8|p12|pfx|jks|keystore|kdbx|ppk|gpg|asc"  # keys
    r"|db|db3|sqlite|sqlite3|duckdb|mdb|accdb|ldb|wal|rdb"  # databases
    r"|zip|tar|tgz|tbz2?|txz|gz|bz2|xz|zst|lz4|lzma|br|7z|rar|whl|egg|jar|war|iso|dbc"  # archives
    # models and arrays
    r"|pkl|pickle|p|joblib|dill|cloudpickle|pt|pth|ckpt|bin|h5|hdf5|keras|pb|pbtxt|tflite|onnx|ort|safetensors|gguf|ggml"
    r"|model|cbm|ubj|bst|npy|npz|msgpack|mar|mlmodel|engine|plan|weights|params|caffemodel|rds|rdata|mat|nemo|pdparams"
    r"|pdmodel)"
)
PRIVATE_FILES = re.compile(r"(?:serving_)?input_example.*\.json|traces?\.jsonl?")


def scan_text(text: str, path: str = "", privacy: Privacy = Privacy()) -> list[Finding]:
    """The secrets in a text artifact, each with its line (at most 20).

    A file with one that is not allowed is not copied.
    By its `path`, JavaScript and CSS are program text, where fewer values count (`secrets.py`).
    """
    found = secrets_in(text, privacy, is_code=is_program(path))[:20]
    return [
        privacy.finding(f"line {text.count(chr(10), 0, one.start) + 1}", one.rule, text[one.start : one.end])
        for one in found
    ]


def scan_bytes(data: bytes, privacy: Privacy) -> list[Finding]:
    """The secrets that stand in a binary file as plain text, such as the comment of an image."""
    text = data.decode("latin-1")
    found = secrets_in(text, replace(privacy, profile="internal"), is_code=True)[:20]
    return [privacy.finding("metadata", one.rule, text[one.start : one.end]) for one in found]


def is_program(path: str) -> bool:
    """Whether a file is JavaScript or CSS, by its name."""
    return PurePosixPath(path.lower()).suffix in _PROGRAMS


def artifact_never(path: str, privacy: Privacy = Privacy()) -> bool:
    """Whether the artifact at `path` is only ever listed, never copied: keys, databases, archives, model binaries.

    The profile `public` adds what holds the data itself: input examples and traces.
    """
    parts = PurePosixPath(path.replace("\\", "/").lower()).parts
    name = parts[-1] if parts else ""
    if not NEVER_FOLDERS.isdisjoint(parts) or NEVER_FILES.fullmatch(name):
        return True
    return privacy.public and ("traces" in parts[:-1] or bool(PRIVATE_FILES.fullmatch(name)))
