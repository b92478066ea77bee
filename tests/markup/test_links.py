from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.markup.links import commit_url, safe_url

SHA = "9e2c3754e60baef73500593c858a5d7a23bc05ad"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        (" https://example.org ", "https://example.org"),
        ("HTTP://Example.org:8080/X", "http://example.org:8080/X"),
        ("https://[::1]:8080/x", "https://[::1]:8080/x"),
        ("mailto:ada@example.org", "mailto:ada@example.org"),
        ("git@github.com:a/b.git", "https://github.com/a/b"),
        ("github.com:a/b.git", "https://github.com/a/b"),
        ("ssh://git@gitlab.com:22/a/b.git", "https://gitlab.com/a/b"),
        ("git://host.org/a/b.git", "https://host.org/a/b"),
        ("https://user:token@github.com/a/b.git", "https://github.com/a/b.git"),
        ("https://ghp_x@github.com/a/b", "https://github.com/a/b"),
        ("https://a@b@example.org/", "https://example.org/"),
        ("https://example.org/é", "https://example.org/%C3%A9"),
        ("https://example.org/a%20b", "https://example.org/a%20b"),
    ],
)
def test_web_addresses_become_links_without_their_user(text: str, url: str) -> None:
    assert safe_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "train.py",
        "/home/alice/train.py",
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "blob:https://example.org/x",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil\\share",
        "http:/evil.example",
        "http:evil.example",
        "https:///evil.example",
        "https://",
        "https://user:pass@",
        "https://exa mple.org",
        'https://example.org/"onclick=x',
        "https://example.org/<b>",
        "https://example.org\\@evil.example",
        "https://example.org:99999/",
        "https://example.org:x/",
        "https://exa%6dple.org/",
        "https://[::1/",
        "https://example.org/\u202egpj.exe",
        "https://example.org/\ud800",
        "https://example.org/" + "a" * 3000,
        "c:\\Users\\me",
        "C:/Users/me",
        "mailto:",
        "mailto:a@b.c\r\nbcc:x@y.z",
        "s3://bucket/key",
        "git@host.org://x",
    ],
)
def test_everything_else_stays_plain_text(text: str) -> None:
    assert safe_url(text) is None


@given(st.text() | st.text("htps:/@.?#[]ax0%\\\t").map(lambda tail: "https://" + tail))
def test_a_link_is_plain_ascii_of_a_known_scheme(text: str) -> None:
    url = safe_url(text)
    if url is not None:
        assert url.isascii() and url.isprintable()
        assert url.lower().startswith(("http://", "https://", "mailto:"))
        assert not set(url) & set("\"<>\\ '`") - {"'"}
        assert url.startswith("mailto:") or "@" not in urlsplit(url).netloc
        assert safe_url(url) == url


@pytest.mark.parametrize(
    ("repo", "url"),
    [
        ("https://github.com/a/b", f"https://github.com/a/b/commit/{SHA}"),
        ("https://github.com/a/b.git/", f"https://github.com/a/b/commit/{SHA}"),
        ("git@github.com:a/b.git", f"https://github.com/a/b/commit/{SHA}"),
        ("https://x:tok@gitlab.example.org/g/s/b.git", f"https://gitlab.example.org/g/s/b/-/commit/{SHA}"),
        ("git@bitbucket.org:a/b.git", f"https://bitbucket.org/a/b/commits/{SHA}"),
        ("https://codeberg.org/a/b?tab=x#y", f"https://codeberg.org/a/b/commit/{SHA}"),
        ("https://github.com/", None),
        ("mailto:ada@example.org", None),
        ("javascript:alert(1)", None),
        ("/srv/repo", None),
    ],
)
def test_a_commit_has_an_address_on_known_and_plain_hosts(repo: str, url: str | None) -> None:
    assert commit_url(repo, SHA) == url


@pytest.mark.parametrize("commit", ["", "main", "abc", "../../x", SHA + "#x", "a" * 65])
def test_only_a_commit_id_has_an_address(commit: str) -> None:
    assert commit_url("https://github.com/a/b", commit) is None
