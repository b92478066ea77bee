"""The limits of hosts, and how near a site comes to them."""

from __future__ import annotations

import pytest

from sitegen.output.hosts import HOSTS, NAMES, NEAR, Host, Sizes, near_limits, sizes_of


@pytest.mark.parametrize(
    ("host", "sizes", "what"),
    [
        ("github", Sizes(total=1_000_000_001), "1 GB in all, at most 1 GB"),
        ("gitlab", Sizes(files=190_000, folders=10_001), "200,001 files and folders, at most 200,000"),
        ("cloudflare", Sizes(files=20_001), "20,001 files, at most 20,000"),
        ("cloudflare", Sizes(largest=30_000_000, largest_path="a.csv"), "a.csv has 30 MB, at most 26.2 MB"),
        ("netlify", Sizes(most_in_folder=54_001, fullest_folder="runs"), "runs holds 54,001 files, at most 54,000"),
    ],
)
def test_what_is_beyond_a_limit_is_named(host: str, sizes: Sizes, what: str) -> None:
    assert list(sizes.beyond(HOSTS[host])) == [what]


def test_a_limit_itself_is_allowed_and_near_from_four_fifths_on() -> None:
    assert list(Sizes(files=20_000).beyond(HOSTS["cloudflare"])) == []
    assert list(Sizes(files=16_000).beyond(HOSTS["cloudflare"], NEAR)) == []
    assert list(Sizes(files=16_001).beyond(HOSTS["cloudflare"], NEAR)) == ["16,001 files, at most 20,000"]
    assert list(Sizes(total=10**12, files=10**9, largest=10**12).beyond(Host())) == []


def test_sizes_of_a_site_count_its_folders() -> None:
    sizes = sizes_of([("index.html", 5), ("a/b/one.html", 7), ("a/b/two.html", 2)])
    assert sizes == Sizes(14, 3, 2, 7, "a/b/one.html", 2, "a/b")
    assert sizes_of([]) == Sizes()


def test_what_is_near_or_beyond_a_limit_is_said_of_the_host_or_of_all() -> None:
    sizes = Sizes(files=19_000, total=1_050_000_000)
    assert near_limits(sizes, "cloudflare") == ["near the limits of Cloudflare Pages (19,000 files, at most 20,000)"]
    assert near_limits(sizes, "netlify") == []
    assert [line.split(" (")[0] for line in near_limits(sizes, "")] == [
        "beyond the limits of GitHub Pages",
        "near the limits of GitLab Pages",
        "near the limits of Cloudflare Pages",
    ]
    assert set(NAMES) == set(HOSTS)
