"""Which strings of a store may become links, and where a commit can be seen.

A store's URL is untrusted text: only http, https and mailto become a link, always without what precedes the host
(user, password, token).
"""

from __future__ import annotations

import posixpath
import re
from urllib.parse import SplitResult, quote, unquote, urlsplit

_SCP = re.compile(r"(?:[\w.-]+@)?([A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z0-9-]+|localhost):(?!//)([\w~][^\s:]*)", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?|\[[0-9A-Fa-f:.]+\]", re.ASCII)
_MAIL = re.compile(
    r"mailto:[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?:\?[A-Za-z0-9=&%._+-]*)?", re.IGNORECASE
)
_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}", re.ASCII)
_UNSAFE = re.compile(
    r"[\x00-\x20\x7f-\xa0\\\"<>^`{|}\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ud800-\udfff]"
)
_MAX = 2000


def safe_url(text: str) -> str | None:
    """`text` as a URL that a page may link to, or None when it has to stay plain text.

    http, https and mailto pass, without user and password; `git@host:a/b.git` and `ssh://`/`git://` addresses are
    given as the https page of the repository.
    """
    text = text.strip(" ")
    if not text or len(text) > _MAX or _UNSAFE.search(text):
        return None
    if _MAIL.fullmatch(text):
        return text
    scp = _SCP.fullmatch(text)
    if scp and "//" not in scp[2]:
        return f"https://{scp[1]}/{scp[2].removesuffix('.git')}"
    return _web_url(text)


def commit_url(repo_url: str, commit: str) -> str | None:
    """Where `commit` of the repository at `repo_url` can be seen, or None if the host is not known.

    Follows GitHub's `/commit/`, GitLab's `/-/commit/` and Bitbucket's `/commits/`; other hosts get GitHub's form,
    which Gitea, Forgejo and cgit-like hosts share.
    """
    page = _repository_page(repo_url)
    if page is None or not _COMMIT.fullmatch(commit):
        return None
    return f"{page}{_commit_path(urlsplit(page).hostname or '')}{commit}"


def compare_url(repo_url: str, commit: str) -> str | None:
    """Where `commit` of the repository at `repo_url` can be compared with another, or None if the host is not known.

    `{from}` and `{to}` stand in it for the two commits (an address holds no braces otherwise). Follows GitHub's
    `/compare/`, GitLab's `/-/compare/` and Bitbucket's `/branches/compare/`.
    """
    page = _repository_page(repo_url)
    if page is None or not _COMMIT.fullmatch(commit):
        return None
    host = urlsplit(page).hostname or ""
    if "bitbucket" in host:
        return f"{page}/branches/compare/{{to}}..{{from}}"
    return f"{page}/{'-/' if 'gitlab' in host else ''}compare/{{from}}...{{to}}"


def resolve(page: str, reference: str) -> str:
    """The path of the artifact that `reference` in the artifact `page` refers to; empty unless it is a relative
    address."""
    path = unquote(reference.strip().partition("#")[0].partition("?")[0]).replace("\\", "/")
    if not path or path.startswith("/") or ":" in path.partition("/")[0] or "\0" in path:
        return ""
    found = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
    return "" if found == "." or found.split("/")[0] == ".." else found


def _repository_page(repo_url: str) -> str | None:
    """The web page of the repository at `repo_url`: scheme, host and a path of at least owner and name."""
    base = safe_url(repo_url)
    if base is None or not base.startswith(("http://", "https://")):
        return None
    url = urlsplit(base)
    path = url.path.rstrip("/").removesuffix(".git")
    return f"{url.scheme}://{url.netloc}{path}" if path.count("/") >= 2 else None


def _commit_path(host: str) -> str:
    if "gitlab" in host:
        return "/-/commit/"
    return "/commits/" if "bitbucket" in host else "/commit/"


def _web_url(text: str) -> str | None:
    url = _split(text)
    if url is None:
        return None
    host, port = url.hostname or "", url.port
    if not _HOST.fullmatch(f"[{host}]" if ":" in host else host):
        return None
    host = f"[{host}]" if ":" in host else host
    if url.scheme in ("ssh", "git"):
        return f"https://{host}{_quoted(url.path.removesuffix('.git'))}"
    place = host if port is None else f"{host}:{port}"
    return f"{url.scheme}://{place}{_quoted(url.path)}{_part('?', url.query)}{_part('#', url.fragment)}"


def _split(text: str) -> SplitResult | None:
    """The parts of a `scheme://host...` URL with a supported scheme; None for all else, bad ports included."""
    try:
        url = urlsplit(text)
        url.port  # noqa: B018  raises ValueError when it is not a number below 65536
    except ValueError:
        return None
    if url.scheme not in ("http", "https", "ssh", "git") or not text[len(url.scheme) :].startswith("://"):
        return None
    return url if url.hostname else None


def _part(mark: str, text: str) -> str:
    return mark + _quoted(text) if text else ""


def _quoted(text: str) -> str:
    """`text` with invalid characters percent-encoded; existing %XX stay."""
    return quote(text, safe="/%:@!$&'()*+,;=~?#[]-._")
