"""Private facts about machines and accounts: host names, IP addresses, workspaces and account numbers of clouds.

They are known by what they are, not by the key before them: `1.2.3.4` may be a version, `threading.local` is code.
"""

from __future__ import annotations

import re
import string

from sitegen.privacy.places import fact
from sitegen.privacy.scanner import Found, Rule

_HOST_CHARACTERS = string.ascii_letters + string.digits + "-."
_MAX_HOST = 253
_LAN_ENDINGS = (".internal", ".corp", ".lan", ".local", ".intranet", ".localdomain", ".home.arpa")
_PLAIN_ENDINGS = (".internal", ".local")
"""Endings that names in programs have too, such as `threading.local`."""
_HOST_LABELS = frozenset(("corp", "intranet", "lan", "svc", "compute", "ec2", "cluster"))
_AFTER_HOST = re.compile(r"(?![\w(-]|\.\w)")
_PORT = re.compile(r":[0-9]{2,5}\b|/")
_BEFORE_HOST = re.compile(
    r"(?:://|@|(?i:host|server|node|addr|address|endpoint)(?:name)?[\"']?\s{0,2}[=:]\s{0,2}[\"']?)\Z"
)

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"
_IP = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}(?![\w-]|\.[0-9])")
_PRIVATE_NETWORKS = (
    *("10.", "192.168.", "169.254."),
    *(f"172.{second}." for second in range(16, 32)),
    *(f"100.{second}." for second in range(64, 128)),
)
_VERSION = re.compile(r"(?i:(?:\b|_)v(?:er(?:sion)?)?|release|build)[\"']?\s{0,2}[:=]?\s{0,2}[\"']?\Z|[=<>~!]=\s?\Z")
_ADDRESS_KEY = re.compile(
    r"(?:addr(?:ess)?|host(?:name)?|peer)[\"']?\s{0,2}[=:]\s{0,2}[\"']?(?P<ip>[0-9.]{7,15})", re.IGNORECASE
)
_AWS_HOST = re.compile(r"ip(?:-[0-9]{1,3}){4}(?:\.[a-z0-9-]{1,63}){0,6}", re.IGNORECASE)
_LINK_LOCAL = re.compile(r"fe80:(?::?[0-9a-f]{1,4}){1,7}(?:%\w{1,20})?", re.IGNORECASE)

_WORKSPACE_ENDINGS = (
    ".azuredatabricks.net", ".cloud.databricks.com", ".gcp.databricks.com", ".cloud.databricks.us",
    ".databricks.azure.us", ".databricks.azure.cn", ".api.azureml.ms", ".sagemaker.aws",
)  # fmt: skip
_REST_OF_ADDRESS = re.compile(r"[^\s\"'<>]{0,2000}")
_ARN = re.compile(r"arn:aws[a-z-]{0,10}:[a-z0-9-]{1,40}:[a-z0-9-]{0,30}:([0-9]{12})(?![0-9])")
_SUBSCRIPTION = re.compile(
    r"subscriptions/([0-9a-f]{8}-[0-9a-f-]{27}(?:/resource[Gg]roups/[^/\s\"'<>]{1,90})?"
    r"(?:/(?:providers/Microsoft\.MachineLearningServices/)?workspaces/[^/\s\"'<>]{1,90})?)",
    re.IGNORECASE,
)
_SAGEMAKER_BUCKET = re.compile(r"sagemaker-(?:studio-)?(?:[a-z]{2}-[a-z]{2,10}-[0-9]-)?([0-9]{12})(?![0-9])")


def lan_host(text: str, at: int, end: int) -> Found | None:
    """A host name that only a private network knows, such as `gpu1.corp.internal`."""
    if not _AFTER_HOST.match(text, end):
        return None
    before = text[max(0, at - _MAX_HOST) : at]
    host = before[len(before.rstrip(_HOST_CHARACTERS)) :].lstrip("-.")
    start = at - len(host)
    is_inside = text[start - 1 : start] in ("_", "/", "\\") and text[start - 2 : start] != "//"
    if not host or is_inside:
        return None
    if text[at:end].lower() in _PLAIN_ENDINGS and not _is_host(text, start, end, host):
        return None
    return fact(start, end, "host names")


def _is_host(text: str, start: int, end: int, host: str) -> bool:
    """Whether a name that might be one of a program is a host's."""
    labels = host.lower().split(".")
    return (
        not _HOST_LABELS.isdisjoint(labels)
        or any(character in "0123456789-" for character in host)
        or bool(_PORT.match(text, end) or _BEFORE_HOST.search(text, max(0, start - 20), start))
    )


def private_ip(text: str, at: int, end: int) -> Found | None:
    """An address of a private network (RFC 1918, link-local, shared), unless it is a version."""
    if at and (text[at - 1].isalnum() or text[at - 1] in "._-+"):
        return None
    match = _IP.match(text, at)
    if not match or _VERSION.search(text, max(0, at - 16), at):
        return None
    return fact(*match.span(), "IP addresses")


def named_ip(text: str, at: int, end: int) -> Found | None:
    """Any address in a place where only a machine's can be: after `://`, `@`, or a key such as `master_addr`."""
    match = _ADDRESS_KEY.match(text, at)
    if match is None and text[end - 1] not in "/@":
        return None
    found = _IP.match(text, match.start("ip") if match else end)
    if not found or found[0].startswith(("127.", "0.")):
        return None
    return fact(*found.span(), "IP addresses")


def aws_host(text: str, at: int, end: int) -> Found | None:
    """A host that is named after its address, such as `ip-10-0-0-5.ec2.internal`."""
    match = _AWS_HOST.match(text, at) if not text[at - 1 : at].isalnum() else None
    return fact(*match.span(), "host names") if match else None


def link_local(text: str, at: int, end: int) -> Found | None:
    """A link-local IPv6 address, which holds the number of the network card."""
    match = _LINK_LOCAL.match(text, at) if not text[at - 1 : at].isalnum() else None
    return fact(*match.span(), "IP addresses") if match else None


def workspace(text: str, at: int, end: int) -> Found | None:
    """The address of a workspace, which names a customer of a cloud."""
    before = text[max(0, at - _MAX_HOST) : at]
    host = before[len(before.rstrip(_HOST_CHARACTERS)) :]
    if not host or not _AFTER_HOST.match(text, end):
        return None
    start = at - len(host)
    scheme = re.search(r"https?://\Z", text[max(0, start - 8) : start])
    rest = _REST_OF_ADDRESS.match(text, end) if scheme else None
    return fact(start - len(scheme[0]) if scheme else start, rest.end() if rest else end, "workspace facts")


def account(text: str, at: int, end: int) -> Found | None:
    """The number or name of a customer inside a name that a cloud gives: an ARN, a resource id, a default bucket."""
    for pattern in (_ARN, _SUBSCRIPTION, _SAGEMAKER_BUCKET):
        if match := pattern.match(text, at):
            return fact(*match.span(1), "workspace facts")
    return None


HOST_RULES = (
    Rule(_LAN_ENDINGS, lan_host),
    Rule(_PRIVATE_NETWORKS, private_ip),
    Rule(("://", "@"), named_ip),
    Rule(("addr", "host", "peer"), named_ip),
    Rule(tuple(f"ip-{digit}" for digit in "123456789"), aws_host),
    Rule(("fe80:",), link_local),
    Rule(_WORKSPACE_ENDINGS, workspace),
    Rule(("arn:aws", "subscriptions/", "sagemaker-"), account),
)  # fmt: skip
