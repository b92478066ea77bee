"""Private facts in paths and addresses: home folders, network shares, cloud drives, e-mail addresses.

Each rule gets an anchor and looks at a bounded piece of text around it (`scanner.py`).
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator

from sitegen.privacy.scanner import Found, Rule

_ADDRESS_CHARACTERS = string.ascii_letters + string.digits + "._%+-"
_MAX_NAME = 64
"""Maximum number of characters before the `@` of an e-mail address (RFC 5321)."""
# Endings of host names that e-mail addresses have: two letters, the common longer ones, those of networks without
# names of their own. Without the list `metrics@epoch.5.final` would be an address.
_ENDINGS = (
    "com|net|org|edu|gov|mil|int|info|biz|name|pro|dev|app|cloud|tech|online|site|systems|digital|agency|academy|school|science"
    "|university|institute|email|world|global|group|team|company|consulting|solutions|software|engineering|health|bank|energy"
    "|museum|coop|aero|jobs|mobi|asia|blog|xyz|internal|corp|local|localdomain|lan|intranet|home|example|invalid|test"
)
_EMAIL = re.compile(
    r"(?:@|%40)(?!(?:[A-Za-z]|[0-9]+)\.(?!(?:com|org|net|cn)\b))"
    rf"(?:[A-Za-z0-9-]{{1,63}}\.){{1,7}}(?:(?i:{_ENDINGS})|[A-Za-z]{{2}})(?![A-Za-z0-9_-])"
)
_CONTAINER = re.compile(r"(?:abfss?|wasbs?)://\Z", re.IGNORECASE)
"""Before the name of a container in Azure's storage, which has an `@` behind it."""
_DATA_FILE = re.compile(
    r"\.(?:csv|tsv|jsonl?|parquet|txt|ya?ml|toml|py|ipynb|png|jpe?g|svg|np[yz]|pkl|pt|h5|html?|md|log|zip|gz|db)\Z",
    re.IGNORECASE,
)
_UNIX_HOME = re.compile(r"/(?:home|users)/[^/\s\"'<>,:;\\]{1,200}", re.IGNORECASE)
_WINDOWS_HOME = re.compile(
    r"[\\/]{1,4}users[\\/]{1,4}(?:[^\\/\"'<>|:*?\r\n]{1,80}(?=[\\/])|[^\\/\s\"'<>|:*?]{1,80})", re.IGNORECASE
)
_DRIVE = re.compile(r"(?<![A-Za-z])[A-Za-z]:[\\/]{0,3}\Z")
_ROOT_HOME = re.compile(r"(?<![\w.~-])/root(?![\w.-])")
"""In lower case only: `/Root` is in the trailer of every PDF."""
_COMMON_FOLDERS = frozenset(
    "data dataset datasets model models checkpoint checkpoints ckpt cache tmp temp logs runs output outputs results"
    " experiments project projects shared public mlruns imagenet".split()
)
_SCRATCH = re.compile(r"/scratch/([^/\s\"'<>,:;\\.]{2,60})(?![^/\s\"'<>,:;])", re.IGNORECASE)
# `\\server\share\...`, also with its backslashes doubled as in JSON; `//server/share` where the server has no dots.
_BACKSLASHES = re.compile(
    r"(?<![\\\w:])\\{2,4}(?!u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2})[A-Za-z0-9][\w.$-]{1,80}(?:\\{1,2}(?:[^\\/\"'<>|:*?\r\n]{1,120}(?=\\)|[^\\/\s\"'<>|:*?,;]{1,120})){1,30}"
)
_WINDOWS = re.compile(r"\\(?=\\[A-Za-z0-9])|\\[Uu][Ss][Ee][Rr][Ss][\\/]")
_SLASHES = re.compile(r"(?:(?<![\w:/.-])|(?<=\bfile:))//[A-Za-z0-9][\w-]{1,80}/(?!/)[^\s\"'<>]{2,400}")
_FILE_NAME = re.compile(r".+\.[A-Za-z0-9]{1,8}")
# Folders that cloud drives name after a company: `OneDrive - Contoso`, `Dropbox (Contoso)`.
_CLOUD_DRIVE = re.compile(
    r"(?<=[\\/])(?:OneDrive|Dropbox|Box|GoogleDrive)((?: - |-|%20-%20| \(|%20\()[^\\/\"'<>|:*?\r\n]{1,80})"
    r"(?=[\\/\"']|$)",
    re.MULTILINE,
)
_WEB = re.compile(r"https?://[^\s\"'<>]*\Z", re.IGNORECASE)
_MAX_WEB = 500
"""Maximum number of characters of a web address before the path of one, which is not a home folder."""


def fact(start: int, end: int, kind: str, shown: str = "•••") -> Found:
    """A private fact that was found."""
    return Found(start, end, kind, shown, False)


def email(text: str, at: int, end: int) -> Found | None:
    """The e-mail address around an `@`; `git@github.com:a/b.git` is not one, and `recall@5.mean` is a metric."""
    match = _EMAIL.match(text, at)
    if not match:
        return None
    before = text[max(0, at - _MAX_NAME - 1) : at]
    name = before[len(before.rstrip(_ADDRESS_CHARACTERS)) :]
    start = at - len(name)
    if not name or len(name) > _MAX_NAME or name in ("git", "hg", "svn"):
        return None
    if text.startswith("://", start - 3) and _CONTAINER.search(text, max(0, start - 8), start):
        return None
    return fact(start, match.end(), "emails")


def home(text: str, at: int, end: int) -> Found | None:
    """A home folder, whose place is `~`; a web address keeps its path."""
    match = _UNIX_HOME.match(text, at) if text[at] == "/" else None
    drive = _DRIVE.search(text, max(0, at - 6), at) if text[at + 1 : at + 5].lower() != "home" else None
    if drive or match is None:
        match = _WINDOWS_HOME.match(text, at) or match
    if match is None or _in_web_address(text, at) or _DATA_FILE.search(match[0]):
        return None
    return fact(drive.start() if drive else at, match.end(), "paths", "~")


def root_home(text: str, at: int, end: int) -> Found | None:
    """The home folder of root."""
    match = _ROOT_HOME.match(text, at)
    return fact(*match.span(), "paths", "~") if match and not _in_web_address(text, at) else None


def scratch(text: str, at: int, end: int) -> Found | None:
    """The folder below `/scratch`, which clusters name after the user."""
    match = _SCRATCH.match(text, at)
    if not match or match[1].lower() in _COMMON_FOLDERS or _in_web_address(text, at):
        return None
    return fact(*match.span(1), "paths")


def _in_web_address(text: str, at: int) -> bool:
    return bool(_WEB.search(text, max(0, at - _MAX_WEB), at))


def share(pattern: re.Pattern[str]) -> Callable[[str, int, int], Found | None]:
    """A rule for network paths: server, share and folders go, a file's name stays."""

    def find(text: str, at: int, end: int) -> Found | None:
        match = pattern.match(text, at)
        if not match:
            return None
        last = re.split(r"[\\/]", match[0])[-1]
        stays = _FILE_NAME.fullmatch(last) and "@" not in last
        return fact(*match.span(), "paths", f"…{text[at]}{last}" if stays else "•••")

    return find


def cloud_drive(text: str, at: int, end: int) -> Found | None:
    """The company's name in the folder of a cloud drive."""
    match = _CLOUD_DRIVE.match(text, at)
    return fact(*match.span(1), "company names", "") if match else None


_backslash_share, _slash_share = share(_BACKSLASHES), share(_SLASHES)


def windows_paths(text: str) -> Iterator[Found]:
    """Paths with backslashes, whatever else these might escape."""
    end = 0
    for mark in _WINDOWS.finditer(text):
        find = _backslash_share if mark[0] == "\\" else home
        if mark.start() >= end and (one := find(text, *mark.span())):
            end = one.end
            yield one


PLACE_RULES = (
    Rule(("\\users\\", "\\users/", "/users\\"), home),
    Rule(("\\\\",), _backslash_share),
    Rule(("@", "%40"), email),
    Rule(("/home/", "/users/"), home),
    Rule(("/root",), root_home),
    Rule(("/scratch/",), scratch),
    Rule(("//",), _slash_share),
    Rule(("onedrive", "dropbox", "box", "googledrive"), cloud_drive),
)
