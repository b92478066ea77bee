"""What secrets look like: the shapes of tokens, as their makers publish them, and keys that name a secret.

Every pattern is linear: its repeats are bounded, or its classes exclude what comes next. A cheap hint, which every
secret contains, is looked for before the combined pattern, so that most strings cost one search.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# Rule -> (the hint that its values contain, the pattern of what is masked). No capturing groups.
_START = r"(?<![A-Za-z0-9])"
_SHAPES = {
    "cloud-key-id": ("A[KSBC][ICA]A", _START + r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    "github-token": ("gh[a-z]_|github_pat_", _START + r"(?:gh[a-z]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})"),
    "gitlab-token": ("gl[a-z]{2,4}-", _START + r"gl(?:pat|dt|rt|ptt|cbt|soat)-[A-Za-z0-9_.-]{16,}"),
    "hub-token": ("hf_|api_org_", _START + r"(?:hf|api_org)_[A-Za-z0-9]{20,}"),
    "model-api-key": (
        "sk-",
        _START + r"sk-(?:(?:ant|proj|svcacct|admin|or|lf)-[A-Za-z0-9_-]{16,}|[A-Za-z0-9_]{20,})",
    ),
    "chat-token": (r"xox|hooks\.slack", r"xox[a-z]-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/[A-Za-z0-9/_-]{10,}"),
    "payment-key": ("k_(?:live|test)_", _START + r"[a-z]k_(?:live|test)_[A-Za-z0-9]{10,}"),
    "google-key": (r"AIza|ya29\.", r"AIza[A-Za-z0-9_-]{30,}|" + _START + r"ya29\.[A-Za-z0-9_-]{20,}"),
    "databricks-token": ("dapi", _START + r"dapi[0-9a-f]{32}(?:-[0-9]{1,3})?"),
    "wandb-key": ("wandb_v1_", r"wandb_v1_[A-Za-z0-9_]{16,}"),
    "package-upload-token": ("pypi-Ag|npm_", r"pypi-Ag[A-Za-z0-9_-]{16,}|" + _START + r"npm_[A-Za-z0-9]{30,}"),
    "mail-key": (r"SG\.", _START + r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    "json-web-token": ("eyJ", _START + r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"),
    "private-key": (
        "PRIVATE KEY",
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----(?:(?!-----END)[\s\S])*"
        r"(?:-----END [A-Z0-9 ]{0,60}-----)?",
    ),
    "bearer-token": ("[Bb]earer ", r"(?<=[Bb]earer )[A-Za-z0-9._~+/=-]{16,}"),
    # Up to the last @, be it in the path: better too much than half a password.
    # A port (`host:8080/x@y`) is no password, a short lone user (`git@`) no secret.
    "url-password": (
        "://",
        r"(?<=://)[^\s/@:\"'<>]{0,200}:(?![0-9]{1,5}[/?#])[^\s@\"'<>]{1,300}(?:@[^\s@\"'<>]{0,200}){0,4}(?=@)"
        r"|(?<=://)[^\s/@:\"'<>]{16,500}(?=@)",
    ),
    "account-key": (
        "AccountKey=|SharedAccess",
        r"(?:(?<=AccountKey=)|(?<=SharedAccessKey=)|(?<=SharedAccessSignature=))[^\s;\"']{4,}",
    ),
    "url-signature": (
        "sig=|Signature=|-Token=|Credential=|token=",
        r"(?:(?<=[?&;]sig=)|(?<=[?&]Signature=)|(?<=X-Amz-Signature=)|(?<=X-Goog-Signature=)|(?<=X-Amz-Security-Token=)"
        r"|(?<=X-(?:Amz|Goo)-Credential=)|(?<=[?&]token=)|(?<=[?&]access_token=))[^\s&#\"'<>]{4,}",
    ),
}
_SHAPE_HINT = re.compile("|".join(hint for hint, _ in _SHAPES.values()))
_SHAPE = re.compile("|".join(f"({shape})" for _, shape in _SHAPES.values()))
_RULES = list(_SHAPES)

# `password: hunter2`, `--api-key=...`, `"client_secret": "..."` in a longer text; `secret_key` judges the key.
_ASSIGNED_HINT = re.compile(r"[A-Za-z][\"']?[ \t]{0,4}[=:]")
_ASSIGNED = re.compile(
    r"(?<![A-Za-z0-9_.-])([A-Za-z0-9_.-]{2,80})\\?[\"']?[ \t]{0,4}[=:][ \t]{0,4}"
    r"(?=\\?\"([^\"\n\\]{1,400})|'([^'\n]{1,400})|(?![\w.]*[(\[])([^\s\"',;&<>{}()\[\]$]{4,400}))"
)
NO_SECRETS = frozenset(("", "none", "null", "true", "false", "nan", "n/a", "undefined", "optional"))
_CODE = re.compile(r"(?:os|self|args|config|cfg|str|settings|env|secrets?)\b[.:]?|[*•x.]+$|\$|%\(|//")

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")
# Whole words of a key, as `_words` cuts it: `max new tokens` and `pad token` are none of these.
_SECRET_KEY = re.compile(
    r"(?<!\S)(?:passwords?|passwd|pwd|pass word|passphrase|(?:client)?secrets?|credentials?|dsn"
    r"|connection ?string|(?:database|db) url|(?:api|access|private|secret|account|signing|encryption) ?keys?"
    r"|(?:access|auth|api|hub|hf|bot|refresh|session|sas|bearer|jwt|service|github|gitlab|slack|wandb) ?token"
    r"|^token$)(?!\S)"
)


class Secret(NamedTuple):
    """Where in a text a secret is, and which rule knew it."""

    start: int
    end: int
    rule: str


def mask(rule: str) -> str:
    """What stands in the place of a secret. No spaces, so that an address around it stays one word."""
    return f"•••({rule})"


def find_secrets(text: str) -> list[Secret]:
    """The secrets in `text`, in order, apart from each other."""
    found: list[Secret] = []
    if _SHAPE_HINT.search(text):
        found += [Secret(*match.span(), _RULES[(match.lastindex or 1) - 1]) for match in _SHAPE.finditer(text)]
    if _ASSIGNED_HINT.search(text):
        found += filter(None, map(_assigned, _ASSIGNED.finditer(text)))
    return _apart(sorted(found))


def masked(text: str, secrets: list[Secret]) -> str:
    """`text` with `secrets` (from `find_secrets`) masked."""
    pieces, at = [], 0
    for secret in secrets:
        pieces += [text[at : secret.start], mask(secret.rule)]
        at = secret.end
    return "".join(pieces) + text[at:]


@lru_cache(maxsize=20_000)
def secret_key(key: str) -> str | None:
    """The rule by which `key` says that its value is a secret, or None, as for `max_new_tokens` and `pad_token`."""
    match = _SECRET_KEY.search(" ".join(words_of(key)))
    return f"key-{match[0].replace(' ', '-')}" if match else None


def words_of(key: str) -> tuple[str, ...]:
    """The words of a key in lower case: `dbURL_max` has three."""
    return tuple(word.lower() for word in _WORD.findall(key[:500]))


def _assigned(match: re.Match[str]) -> Secret | None:
    rule = secret_key(match[1])
    group = match.lastindex
    if rule is None or group is None or group < 2:
        return None
    value = match[group]
    if value.lower() in NO_SECRETS or _CODE.match(value) or value == match[1]:
        return None
    if rule == "key-token" and not any(map(str.isdigit, value)):
        return None  # `token: word` is grammar far more often than a password
    return Secret(*match.span(group), rule)


def _apart(secrets: list[Secret]) -> list[Secret]:
    """`secrets` (sorted) with overlapping ones joined."""
    apart: list[Secret] = []
    for secret in secrets:
        if apart and secret.start < apart[-1].end:
            last = apart.pop()
            secret = Secret(last.start, max(last.end, secret.end), last.rule)
        apart.append(secret)
    return apart
