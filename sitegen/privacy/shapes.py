"""A table of the shapes of secrets, as documented by those who issue them.

A shape has anchors, short strings of which each of its secrets contains one: where the scanner finds one, whatever its
case, the pattern is tried from the anchor's first character on. What is masked is the pattern's group, or all that it
matches. Repeats are bounded, or their classes exclude what comes next.
"""

from __future__ import annotations

import re
import string
from typing import NamedTuple

from sitegen.privacy.tokens import TOKENS

_START = r"(?<![A-Za-z0-9])"
_END = r"(?![A-Za-z0-9])"
_MIXED = r"(?=[A-Za-z_-]{0,60}[0-9])(?=[a-z0-9_-]{0,60}[A-Z])"
"""A digit and a capital near the beginning: a random key, not the name of a model."""


class Shape(NamedTuple):
    """The rule that a finding names, its anchors, and the pattern that begins at an anchor."""

    rule: str
    anchors: tuple[str, ...]
    pattern: re.Pattern[str]
    before: str = ""
    """Characters that belong to the secret where they stand before the anchor, at most 80."""


def _shape(rule: str, anchors: str, pattern: str) -> Shape:
    return Shape(rule, tuple(anchors.split("|")), re.compile(pattern))


def _around(rule: str, anchors: str, before: str, pattern: str) -> Shape:
    """Secrets that have an anchor in their middle, with characters of `before` before it."""
    return _shape(rule, anchors, pattern)._replace(before=before)


def _tokens(rule: str, prefixes: str, rest: str) -> Shape:
    """Tokens that begin with one of `prefixes`, at the start of a word."""
    either = "|".join(map(re.escape, prefixes.split("|")))
    return _shape(rule, prefixes, f"{_START}(?:{either}){rest}")


_ALNUM = string.ascii_letters + string.digits
SHAPES = (
    _tokens("cloud-key-id", "AKIA|ASIA|ABIA|ACCA", "[A-Z0-9]{16}" + _END),
    _tokens("github-token", "ghp_|gho_|ghu_|ghs_|ghr_", "[A-Za-z0-9]{20,}"),
    _tokens("github-token", "github_pat_", "[A-Za-z0-9_]{20,}"),
    _tokens("gitlab-token", "glpat-|gldt-|glrt-|glptt-|glcbt-|glsoat-|glagent-|glft-", "[A-Za-z0-9_.-]{16,}"),
    _tokens("hub-token", "hf_|api_org_", "[A-Za-z0-9]{20,}"),
    _tokens("model-api-key", "sk-ant-|sk-proj-|sk-svcacct-|sk-admin-", _MIXED + "[A-Za-z0-9_-]{16,}"),
    _tokens("model-api-key", "sk-or-v1-|sk-lf-|pk-lf-", "[0-9a-f-]{32,}"),
    _tokens("model-api-key", "sk-", "[A-Za-z0-9_]{20,}"),
    _tokens("model-api-key", "gsk_|r8_|pplx-|tvly-|xai-", "(?:dev-)?[A-Za-z0-9]{24,}"),
    _tokens("model-api-key", "nvapi-|pcsk_", "[A-Za-z0-9_-]{32,}"),
    _tokens("langsmith-key", "lsv2_pt_|lsv2_sk_", "[0-9a-f]{32}(?:_[0-9a-f]{6,})?"),
    _tokens("chat-token", "xoxb-|xoxp-|xoxa-|xoxr-|xoxs-|xoxe-|xoxo-|xoxc-|xoxd-", "[A-Za-z0-9.-]{10,}"),
    _tokens("chat-token", "xapp-", "[0-9]-[A-Z0-9]{8,}-[0-9]{8,}-[0-9a-f]{32,}"),
    _shape("chat-token", "hooks.slack.com/", r"hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_-]{10,}"),
    _shape("chat-token", ":AA", r"(?<=[0-9]{8}):AA[A-Za-z0-9_-]{32,36}(?![A-Za-z0-9_-])"),
    _shape("webhook", ".office.com/webhookb2/", r"\.office\.com/webhookb2/([A-Za-z0-9@/_-]{40,})"),
    _shape("webhook", "/api/webhooks/", r"/api/webhooks/[0-9]{15,22}/[A-Za-z0-9_-]{40,}"),
    _tokens("payment-key", "sk_live_|sk_test_|rk_live_|rk_test_|pk_live_|pk_test_", "[A-Za-z0-9]{10,}"),
    _shape("google-key", "AIza", r"AIza[A-Za-z0-9_-]{30,}"),
    _tokens("google-key", "ya29.", "[A-Za-z0-9_-]{20,}"),
    _tokens("databricks-token", "dapi", "[0-9a-f]{32}(?:-[0-9]{1,3})?"),
    _tokens("wandb-key", "wandb_v1_", "[A-Za-z0-9_]{16,}"),
    _tokens("package-upload-token", "pypi-Ag", "[A-Za-z0-9_-]{16,}"),
    _tokens("package-upload-token", "npm_", "[A-Za-z0-9]{30,}"),
    _tokens("mail-key", "SG.", r"[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    _tokens("mail-key", "key-", "[0-9a-f]{32}" + _END),
    _shape("telephony-key", "|".join(f"SK{digit}" for digit in "0123456789abcdef"), f"{_START}SK[0-9a-f]{{32}}{_END}"),
    _around("mail-key", "-us", "0123456789abcdef", r"(?<=[0-9a-f]{32})-us[0-9]{1,2}" + _END),
    _around("azure-client-secret", "Q~", _ALNUM + "_~.-", r"(?<=[A-Za-z0-9_~.]{3}[0-9])Q~[A-Za-z0-9_~.-]{31,34}"),
    _around("azure-key", "JQQJ99", _ALNUM + "+/", r"(?<=[A-Za-z0-9+/]{40})JQQJ99[A-Za-z0-9+/=]{20,}"),
    _around("hosting-token", ".atlasv1.", _ALNUM, r"(?<=[A-Za-z0-9]{14})\.atlasv1\.[A-Za-z0-9_=-]{60,}"),
    _shape("package-upload-token", "_authToken=", r"_authToken=[\"']?([^\s\"'$]{16,300})"),
    _shape("password-manager-token", "A3-", f"{_START}A3-[A-Z0-9]{{6}}-[A-Z0-9-]{{20,40}}{_END}"),
    *(_tokens(t.rule, t.prefixes, f"[{t.letters}]{{{t.least},}}") for t in TOKENS),
    _tokens("vault-token", "hvs.|hvb.", "[A-Za-z0-9_-]{24,}"),
    _tokens("monitoring-token", "glsa_", "[A-Za-z0-9]{32}_[0-9a-f]{8}"),
    _tokens("monitoring-token", "sntrys_", "[A-Za-z0-9_=+/-]{40,}"),
    _tokens("registry-token", "dckr_pat_|dckr_oat_", "[A-Za-z0-9_-]{20,}"),
    _tokens("hosting-token", "dop_v1_|doo_v1_|dor_v1_|sbp_", "[0-9a-f]{40,}"),
    _tokens("hosting-token", "dp.pt.|dp.st.", r"(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}"),
    _tokens("workspace-token", "ATATT3", "[A-Za-z0-9_=-]{60,}"),
    _tokens("workspace-token", "ntn_|lin_api_", "[A-Za-z0-9]{40,}"),
    _tokens("json-web-token", "eyJ", r"[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"),
    _shape(
        "private-key",
        "-----BEGIN ",
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----(?:(?!-----END)[\s\S])*(?:-----END [A-Z0-9 ]{0,60}-----)?",
    ),
    _shape("private-key", "AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1[A-Z0-9]{50,}"),
    _shape("private-key", "PuTTY-User-Key-File-", r"PuTTY-User-Key-File-[0-9]:(?:(?!\s{0,4}Private-MAC)[\s\S]){1,20000}"),
    _shape("bearer-token", "earer ", r"(?<=[Bb])earer ([A-Za-z0-9._~+/=-]{16,})"),
    _shape("basic-password", "asic ", r"(?i:(?<=authorization: b)|(?<=authorization\": \"b))asic ([A-Za-z0-9+/=]{8,})"),
    # Up to the last @, be it in the path: better too much than half a password.
    # What a program fills in (`://${user}:${password}@`) and a port (`host:8080/x@y`) are not passwords, a short lone user (`git@`) not a secret.
    _shape(
        "url-password",
        "://",
        r"://(?!\$?\{)([^\s/@:\"'<>]{0,200}:(?![0-9]{1,5}[/?#]|\$?\{)[^\s@\"'<>]{1,300}(?:@[^\s@\"'<>]{0,200}){0,4}(?=@)"
        r"|[^\s/@:\"'<>]{16,500}(?=@))",
    ),
    _shape(
        "account-key",
        "AccountKey=|SharedAccess",
        r"(?:AccountKey|SharedAccessKey|SharedAccessSignature)=([^\s;\"']{4,})",
    ),
    _shape("url-signature", "sig=|Signature=", r"(?:(?<=[?&;])sig|(?<=[?&])Signature)=([^\s&#\"'<>]{4,})"),
    _shape("url-signature", "X-Amz-|X-Goog-", r"X-(?:Amz|Goog)-(?:Signature|Security-Token|Credential)=([^\s&#\"'<>]{4,})"),
    _shape("url-signature", "token=|access_token=", r"(?<=[?&])(?:access_)?token=([^\s&#\"'<>]{4,})"),
    # Passwords in command lines.
    _shape("command-password", "curl", r"curl\b[^\n]{0,200}?\s(?:-u|--user)[ =]?['\"]?[^\s:'\"]{1,80}:([^\s'\"]{3,200})"),
    _shape("command-password", "sshpass", r"sshpass\s{1,4}-p\s{0,4}['\"]?([^\s'\"]{3,200})"),
    _shape(
        "key-password",
        "password is |passwd is |pwd is ",
        r"(?i:password|passwd|pwd) is ['\"]?((?=[^\s'\"]{0,30}[0-9])[^\s'\"]{5,100})",
    ),
    _shape("command-password", "mysql", r"mysql(?:dump|admin)?\s[^\n]{0,100}?(?<=\s)-p([^\s'\"-][^\s'\"]{2,200})"),
)  # fmt: skip
