"""Which keys mark their value as a secret, and which values are not secrets whatever the key."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")
_KEYS = (
    "api|access|private|secret|account|signing|encryption|ssh|license|licence|service|deploy|master|webhook"
    "|openai|anthropic|azure|kaggle|hf|hugging ?face|cohere|groq|mistral|replicate|pinecone|wandb|comet|neptune|sendgrid"
)
_TOKENS = (
    "access|auth|api|hub|hf|hugging ?face|bot|refresh|session|sas|bearer|jwt|service|private|personal|deploy|upload|oauth"
    "|security|github|gitlab|slack|wandb|openai|vault|databricks|kaggle|replicate|pypi|npm|discord|telegram|csrf|azure"
)
# Whole words of a key, as `words_of` cuts it: `max new tokens` and `pad token` are none of these.
_SECRET_KEY = re.compile(
    r"(?<!\S)(?:passwords?|passwd|pwd|pass word|passphrase|(?:client)?secrets?(?: keys?)?|credentials?|dsn"
    r"|connection ?string|(?:database|db) url"
    rf"|(?:{_KEYS}) ?keys?|(?:{_TOKENS}) ?token|^token$"
    r"|(?:db|database|mysql|postgres|redis|smtp|ftp|ssh|root|admin) ?pass|^pass$|^pin$|otp|^sas$|(?:azure|blob|storage) sas"
    r"|(?:slack|teams|discord) ?webhook|webhook(?: ?url)?|authorization|(?:registry|basic|proxy) auth|cookies?|session ?id"
    r"|bearer|(?:github|gitlab) pat|(?:hf|hugging ?face|openai) api(?: keys?)?)(?!\S)"
)
# A word of these behind it, and the key is about a secret: how long it is, which algorithm made it.
_PROPERTY = frozenset(
    "bits bit size sizes length len count counts num number budget limit limits max min algorithm alg algo type types"
    " kind name names format file path dir folder expiry expires ttl age ratio rate dim dims vocab feature features policy"
    " required enabled disabled exists valid index strength entropy rotation version level scope scopes mode env scheme"
    " driver dialect".split()
)
_ORDINARY = frozenset(("token", "pass", "secret", "secrets", "credentials", "cookie", "bearer"))
NO_SECRETS = frozenset(
    (
        "",
        "none",
        "null",
        "true",
        "false",
        "nan",
        "n/a",
        "undefined",
        "optional",
        "default",
        "required",
        "same-origin",
        "include",
        "omit",
    )
)
_PLACEHOLDER = re.compile(
    r"<[^<>]{0,80}>|\$\{?[A-Za-z_][\w.]{0,80}\}?|\{\{?[^{}]{0,80}\}\}?|%\(?\w{1,60}\)?[s%]|[*•xX.]+|\[?\(?redacted\)?\]?"
    r"|(?:your|my|the|insert|enter)[-_ ](?:[a-z]{1,20}[-_ ]){0,5}(?:key|token|secret|password)(?:[-_ ]here)?|[0-9]{1,2}",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000)
def secret_key(key: str) -> str | None:
    """The rule by which `key` marks its value as a secret, or None, as for `max_new_tokens` and `pad_token`."""
    words = " ".join(words_of(key))
    for match in _SECRET_KEY.finditer(words):
        if words[match.end() :].partition(" ")[2].partition(" ")[0] not in _PROPERTY:
            return f"key-{match[0].replace(' ', '-')}"
    return None


def is_ordinary(key: str) -> bool:
    """Whether a secret key is an ordinary word alone: `token: word` is grammar far more often than a password."""
    return key.lower() in _ORDINARY


def secret_column(name: str) -> str | None:
    """As `secret_key` for a column of a table, whose name may be an ordinary word: `token` has the words of a text."""
    return None if is_ordinary(name) else secret_key(name[:200])


def words_of(key: str) -> tuple[str, ...]:
    """The words of a key in lower case: `dbURL_max` has three."""
    return tuple(word.lower() for word in _WORD.findall(key[:500]))


def is_placeholder(value: str) -> bool:
    """Whether a value is a placeholder, not a secret: `None`, `<HUB_TOKEN>`, `${API_KEY}`, `***`, a small number."""
    value = value.strip()
    return len(value) < 3 or value.lower() in NO_SECRETS or bool(_PLACEHOLDER.fullmatch(value))
