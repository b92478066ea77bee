"""Which params, tags and fields hold a private fact: who ran it, on which machine, in which workspace.

A key alone is not enough (`hostname_feature`, `user: ok`): for all but MLflow's own tags the value has to look like
such a fact. What is private wherever it stands is in `places.py` and `hosts.py`.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urlsplit

from sitegen.privacy.keys import words_of

FRAME = re.compile(r'(File \\?")([^"\n]{0,400}[\\/])(?=[^"\n\\/]{1,200}\\?")')
"""The folders in a line of a Python traceback, which is text or, in JSON that was cut, has its quotes escaped."""
PAIR = re.compile(r'"([A-Za-z0-9_.-]{2,80})"\s{0,4}:\s{0,4}"((?:[^"\\]|\\.){1,4000})')
"""A key and its text in JSON that may have been cut anywhere."""
RELATIVE = re.compile(r"(?!\.\.)[^\s\\/:~]+(?:[\\/](?!\.\.)[^\s\\/:~]+)*")
"""A relative path that does not leave the folder that the program was started in."""
ABSOLUTE = re.compile(
    r"[\\/~]|[A-Za-z]:[\\/]|(?!(?:runs|models|mlflow-artifacts):/)[A-Za-z][A-Za-z0-9+.-]*:|mlflow-artifacts://"
)

_STORAGES = {
    **dict.fromkeys(("s3", "s3a"), "Amazon S3"),
    "gs": "Google Cloud Storage",
    **dict.fromkeys(("wasb", "wasbs", "abfs", "abfss"), "Azure storage"),
    "dbfs": "DBFS of Databricks",
    "hdfs": "HDFS",
}
_KEYS = {
    "mlflow.user": "user names",
    "mlflow.source.git.diff": "code differences",
    "mlflow.artifactLocation": "paths",
    "mlflow.trace.spansLocation": "paths",
    "mlflow.trace.archiveLocation": "paths",
    "mlflow.project.env": "paths",
    "mlflow.trace.user": "user names",
    # Of a session of Cloudera AI.
    "engineID": "workspace facts",
}
_PREFIXES = {
    "mlflow.databricks.": "workspace facts",
    "spark.databricks.": "workspace facts",
    "mlflow.docker.": "container facts",
    # What mlflow-export-import writes of where a run came from, the user and the tracking address among it.
    "mlflow_exim.": "workspace facts",
    "mlflow_export_import.": "workspace facts",
    # Tags of SageMaker Studio: `sagemaker:user-profile-arn`, `sagemaker:domain-arn`.
    "sagemaker:": "workspace facts",
    # Variables of Cloudera's sessions: `CDSW_PROJECT_URL`, `CDSW_DOMAIN`, `CDSW_ENGINE_ID`.
    "CDSW_": "workspace facts",
}
# OpenTelemetry's words, as spans have them.
_TELEMETRY = {
    **dict.fromkeys(("user.id", "user.full_name", "enduser.id", "process.owner"), "user names"),
    **dict.fromkeys(("process.executable.path", "process.command_line", "code.filepath", "code.file.path"), "paths"),
    **dict.fromkeys(
        "client.address server.address source.address net.peer.name net.peer.ip net.sock.peer.addr net.sock.host.addr"
        " network.peer.address network.local.address http.client_ip".split(),
        "host names",
    ),
}
# The last words of a key.
_LAST_WORDS = {
    **dict.fromkeys(
        "hostname|nodename|nodelist|fqdn|host|host name|node name|node list|node|machine name|computer name|ip address"
        "|host ip|master addr|master address|server address|scheduler address|coordinator address".split("|"),
        "host names",
    ),
    **dict.fromkeys("username|user|user name|user id|login name|created by user".split("|"), "user names"),
    **dict.fromkeys(
        "tracking uri|tracking url|registry uri|workspace url|workspace host|workspace name|workspace id"
        "|databricks host|resource group|resource group name|subscription id|tenant id|aws account id"
        "|account id".split("|"),
        "workspace facts",
    ),
}
_MAX_LAST_WORDS = 3
_NAME = re.compile(r"[A-Za-z0-9][\w.@\\/:\[\],-]{2,200}")
_NUMBER = re.compile(
    r"[0-9.,:+-]+|true|false|none|null|nan|auto|default|unknown|yes|off|local|localhost", re.IGNORECASE
)
_VERSION_WORDS = frozenset(("version", "versions", "release", "build", "driver", "firmware"))
_FOUR_NUMBERS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6}){3}")
_LOCAL_NAMES = ("local", "lan", "internal", "intranet", "corp", "home", "localhost", "private")
ORDINARY = frozenset(
    "root admin administrator user users ubuntu debian centos ec2-user azureuser opc runner jovyan vscode codespace"
    " gitpod kaggle colab databricks sagemaker sagemaker-user docker mlflow airflow jenkins circleci nobody unknown"
    " default anonymous guest shared public app worker node host localhost local none null true false test service"
    " system batch spark hadoop coder bot github gitlab-runner data models code work home project projects workspace"
    " mlruns train valid validation baseline large small loss metric info mail contact team office support".split()
)
"""Names of accounts and folders that tell nothing of a person."""


@lru_cache(maxsize=20_000)
def private_key(key: str) -> str | None:
    """Which kind of private fact the value of `key` is if it looks like one (`is_private_value`), or None."""
    certain = certainly_private(key)
    if certain:
        return certain
    words = words_of(key)
    ends = (" ".join(words[-count:]) for count in range(min(_MAX_LAST_WORDS, len(words)), 0, -1))
    return _TELEMETRY.get(key) or next((_LAST_WORDS[end] for end in ends if end in _LAST_WORDS), None)


def certainly_private(key: str) -> str | None:
    """Which kind of private fact `key`, a tag of MLflow or of another tool, holds whatever its value; or None."""
    for prefix, kind in _PREFIXES.items():
        if key.startswith(prefix):
            return kind
    return _KEYS.get(key)


def private_pair(key: str, value: str) -> str | None:
    """Which kind of private fact a param, tag or attribute is, or None."""
    kind = private_key(key) if value else None
    if kind is None or certainly_private(key) or key in _TELEMETRY and kind == "paths":
        return kind
    return kind if is_private_value(kind, value) else None


def is_private_value(kind: str, value: str) -> bool:
    """Whether the value of a key that may hold a private fact looks like one: not a number, a word of every machine."""
    value = value.strip().strip('"')
    if kind == "workspace facts":
        return len(value) > 2 and not _NUMBER.fullmatch(value) and not (":" in value and _is_own_machine(value))
    has_name = _NAME.fullmatch(value) and value.lower() not in ORDINARY
    return bool(has_name) and (is_address(value) if _NUMBER.fullmatch(value) else True)


def is_version(key: str, value: str) -> bool:
    """Whether a value with four numbers is a version, by its key."""
    return "." in value and not _VERSION_WORDS.isdisjoint(words_of(key)) and bool(_FOUR_NUMBERS.fullmatch(value))


def _is_own_machine(url: str) -> bool:
    """Whether an address leads to the machine that it was logged on, or to a file."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("file", "sqlite") or parts.hostname in ("localhost", "127.0.0.1", "0.0.0.0", None)
    except ValueError:
        return False


def is_open_repository(url: str) -> bool:
    """Whether `url` is a web address on a host that looks public, without a user in it."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or "." not in host:
        return False
    return host.rsplit(".", 1)[-1] not in _LOCAL_NAMES and not is_address(host)


def storage_of(uri: str) -> str:
    """The kind of storage that an address of artifacts leads to, which reveals nothing of its owner; '' for others."""
    return _STORAGES.get(uri.partition(":")[0].lower(), "")


def is_address(host: str) -> bool:
    """Whether a string is an IP address, except the machine's own."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return False
    return not found.is_loopback and not found.is_unspecified
