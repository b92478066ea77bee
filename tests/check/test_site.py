"""`check_site`: a site as built is good, and one that was broken on purpose is found out, whatever was broken."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.build import build
from sitegen.check import Checked, check_site
from sitegen.config import Config
from sitegen.errors import UsageError
from sitegen.output import MANIFEST
from sitegen.privacy import Privacy
from sitegen.privacy.profile import fingerprint
from tests.stores.mlruns_builder import RUN, experiment, run, write

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "gh" + "p_" + "Ab1" * 12
PAGE = f"runs/{RUN}.html"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    artifacts = {"report.html": "<h1>hi</h1><script>1</script>", "notes.md": "# Notes\n", "conf.json": '{"lr": 1}'}
    run(
        experiment(folder / "mlruns", "1", name="sweep"),
        RUN,
        metrics={"loss": "1700000000000 0.5 1\n"},
        artifacts=artifacts,
    )
    build(Config(store=str(folder / "mlruns"), output=folder / "site", site_url="https://e.org/runs"))
    return folder / "site"


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "site")
    return tmp_path / "site"


def found(site: Path, **options: object) -> list[tuple[str, str, str]]:
    checked = check_site(site, **options)  # type: ignore[arg-type]
    return [(one.rule, one.path, one.what) for one in checked.problems]


def change(site: Path, path: str, old: str, new: str) -> None:
    """Change a file of the site as a build would have written it: the manifest has the new size and hash."""
    text = (site / path).read_text("utf-8")
    assert old in text, path
    write_listed(site, path, text.replace(old, new, 1))


def write_listed(site: Path, path: str, content: str | bytes) -> None:
    data = write(site / path, content).read_bytes()
    manifest = json.loads((site / MANIFEST).read_text("utf-8"))
    entries = {entry[0]: entry for entry in manifest["files"]}
    entries[path] = [path, len(data), hashlib.sha256(data).hexdigest()]
    manifest["files"] = sorted(entries.values())
    (site / MANIFEST).write_text(json.dumps(manifest, separators=(",", ":")) + "\n")


def test_a_site_as_it_was_built_is_good(built: Path) -> None:
    checked = check_site(built, strict_html=True)
    assert (checked.problems, dict(checked.counts), checked.is_good) == ([], {}, True)
    files = [path for path in built.rglob("*") if path.is_file()]
    assert checked.files == len(files) - 1 and checked.unlisted == 0
    assert checked.pages == sum(path.suffix == ".html" for path in files)
    assert checked.size == sum(path.stat().st_size for path in files)
    assert set(checked.hosts) == {"github", "gitlab", "cloudflare", "netlify"} and not any(checked.hosts.values())


def test_a_folder_that_is_no_site_is_a_mistake_of_usage(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UsageError, match=r"is not a site that sitegen built: it has no data/manifest.json"):
            check_site(place)


# The manifest -------------------------------------------------------------------------------------------------------


def test_a_missing_a_changed_and_a_cut_file_are_found(site: Path) -> None:
    (site / "compare.html").unlink()
    page = site / "search.html"
    page.write_text(page.read_text("utf-8").replace("Search", "Hcraes"), "utf-8")
    script = next((site / "assets").rglob("page.js"))
    script.write_bytes(script.read_bytes()[:10])
    what = {path: what for rule, path, what in found(site) if rule == "manifest"}
    assert what["compare.html"] == "is missing"
    assert what["search.html"] == "has another content: it was changed after the build"
    assert what[script.relative_to(site).as_posix()].startswith("has 10 bytes in place of ")
    assert len(what) == 3


def test_a_link_among_the_files_is_found_and_not_followed(site: Path, tmp_path: Path) -> None:
    write(tmp_path / "outside.txt", f"{TOKEN}\n")
    (site / "data" / "more.txt").symlink_to(tmp_path / "outside.txt")
    (site / "data" / "loop").symlink_to(site)
    os.mkfifo(site / "data" / "pipe")
    assert found(site) == [
        ("manifest", "data/loop", "is a link"),
        ("manifest", "data/more.txt", "is a link"),
        ("manifest", "data/pipe", "is no regular file"),
    ]


def test_a_users_own_files_are_no_problem(site: Path) -> None:
    write(site / "CNAME", "runs.example.org\n")
    write(site / "google123.html", "google-site-verification: google123.html")
    write(site / ".git" / "config", f"password = {TOKEN}")
    checked = check_site(site)
    assert (checked.problems, checked.unlisted) == ([], 2)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-3],
        lambda text: text.replace("[", "(", 1),
        lambda text: text.replace(",", ",,", 5),
        lambda text: text.replace('"404.html",', '"zzz.html",'),
        lambda text: text.replace('"404.html",', '{"a":1},'),
        lambda text: '{"generator":"sitegen","files":[' + "[" * 200_000,
    ],
)
def test_a_damaged_manifest_is_said_and_ends_nothing(site: Path, damage: Callable[[str], str]) -> None:
    (site / MANIFEST).write_text(damage((site / MANIFEST).read_text("utf-8")), "utf-8")
    assert "manifest" in {rule for rule, _, _ in found(site)}


# Links --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "what"),
    [
        ('<a href="nowhere.html">x</a>', "nowhere.html leads to no file"),
        ('<a href="../Index.html">x</a>', "../Index.html leads to no file"),
        ('<a href="../../outside.html">x</a>', "../../outside.html leads to no file"),
        ('<a href="#nowhere">x</a>', f"{PAGE}#nowhere leads to no place in that page"),
        ('<a href="../index.html#nowhere">x</a>', "index.html#nowhere leads to no place in that page"),
        ('<a href="/index.html">x</a>', "/index.html is not relative"),
        ('<a href="file:///etc/passwd">x</a>', "file:///etc/passwd is not an address inside the site"),
        ('<img src="https://e.org/x.png" alt="">', "https://e.org/x.png is not an address inside the site"),
        ('<img srcset="../gone.png 2x" alt="">', "../gone.png leads to no file"),
        ('<a href="http://[x">x</a>', "http://[x is not an address"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(site: Path, link: str, what: str) -> None:
    change(site, PAGE, "</body>", f"{link}</body>")
    assert found(site) == [("link", PAGE, what)]


def test_a_page_that_draws_what_its_fragment_names_is_not_searched_for_it(site: Path) -> None:
    write_listed(site, "runs.html", (site / "search.html").read_text("utf-8"))
    change(site, PAGE, "</body>", '<a href="../runs.html#abc">x</a></body>')
    assert found(site) == []


def test_links_that_are_meant_so_are_good(site: Path) -> None:
    links = "compare.html#runs=a,b|#content|../index.html#content|https://example.org|mailto:a@b.org".split("|")
    links[0] = f"../{links[0]}"
    change(site, PAGE, "</body>", "".join(f'<a href="{link}">x</a>' for link in links) + "</body>")
    assert found(site) == []


def test_a_style_sheet_that_names_a_missing_file_is_found(site: Path) -> None:
    sheet = next((site / "assets").rglob("site.css")).relative_to(site).as_posix()
    change(site, sheet, "{", "{background:url(gone.png);")
    assert found(site) == [("link", sheet, "gone.png leads to no file")]


# What a browser would run -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("x.html", "<p>x", "has the extension .html, which a browser may run"),
        ("sw.js", "1", "has the extension .js, which a browser may run"),
        ("x.SVG", "<svg/>", "has the extension .svg, which a browser may run"),
        ("bare", "x", "has no extension"),
        ("x.png", "<html><script>1</script>", "is named .png and holds html"),
        ("x.jpg", b"\x89PNG\r\n\x1a\n123", "is named .jpg and holds png"),
    ],
)
def test_bytes_of_an_artifact_that_a_browser_might_run_are_found(
    site: Path, name: str, content: str | bytes, what: str
) -> None:
    write(site / "artifacts" / RUN / name, content)
    assert found(site) == [("executable", f"artifacts/{RUN}/{name}", what)]


# Secrets ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [PAGE, "data/site.js", f"artifacts/{RUN}/notes.md", "CNAME"])
def test_a_secret_in_any_text_of_the_site_is_found_and_not_printed(site: Path, path: str) -> None:
    text = (site / path).read_text("utf-8") if (site / path).exists() else ""
    write(site / path, f"{text}\n<!-- {TOKEN} -->")
    secrets = [one for one in found(site) if one[0] == "secret"]
    assert secrets == [
        ("secret", path, f"holds what looks like a secret: github-token, {fingerprint('github-token', TOKEN)}")
    ]


def test_a_secret_behind_escapes_is_found(site: Path) -> None:
    write(site / "data" / "more.js", f"SG.put('x', JSON.parse('[\"\\\\u0067{TOKEN[1:]}\"]'));\n")
    change(site, PAGE, "</body>", f"&#103;{TOKEN[1:]}</body>")
    assert [(rule, path) for rule, path, _ in found(site)] == [("secret", "data/more.js"), ("secret", PAGE)]


def test_a_secret_beyond_the_first_piece_of_a_file_is_found(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.check.content.PIECE", 1_000)
    monkeypatch.setattr("sitegen.check.content.OVERLAP", 100)
    write(site / "cut.txt", "x " * 490 + TOKEN + " y" * 2_000)
    write(site / "twice.txt", f"{TOKEN}" + " y" * 2_000 + f" {TOKEN}")
    assert [(rule, path) for rule, path, _ in found(site)] == [("secret", "cut.txt"), ("secret", "twice.txt")]


def test_an_allowed_value_is_counted(site: Path) -> None:
    write(site / "more.txt", TOKEN)
    checked = check_site(site, Privacy(allow=frozenset((fingerprint("github-token", TOKEN),))))
    assert (checked.is_good, checked.allowed) == (True, 1)


# Pages --------------------------------------------------------------------------------------------------------------


POLICY = "<meta http-equiv="


@pytest.mark.parametrize(
    ("old", "new", "rule", "what"),
    [
        (POLICY, "<meta name=", "policy", "has no content security policy"),
        ("<head>", "<head><link rel=\"icon\" href=\"data:,\">", "policy", "has the content security policy not first in its head"),
        ("default-src &#39;none&#39;", "default-src *", "policy", "has a policy without default-src 'none'"),
        ("</body>", "<script>alert(1)</script></body>", "policy", "holds a script in the page itself"),
        ("</body>", '<p onclick="x()"></p></body>', "policy", "<p> has the handler onclick"),
        ("</body>", '<a href="java\tscript:x">x</a></body>', "policy", "<a> has an address that is a script"),
        ("<!doctype html>", "<!-- x -->", "html", "does not begin with <!doctype html>"),
        ("</body>", "<div></body>", "html", "</body> stands inside <div>"),
        ("</body>", "</b></body>", "html", "</b> stands inside <body>"),
        ("</body>", "</br></body>", "html", "</br> closes an element that has no end"),
        ("</body>\n</html>", "", "html", "<body> is not closed"),
        ("</body>", '<p id="content"></p></body>', "html", "the id content occurs 2 times"),
        ("</body>", '<p class="a" class="b"></p></body>', "html", "<p> has an attribute twice"),
    ],
)  # fmt: skip
def test_a_page_that_is_not_as_it_should_be_is_found(site: Path, old: str, new: str, rule: str, what: str) -> None:
    text = (site / PAGE).read_text("utf-8")
    old = old if old in text else old.replace("&#39;", "'")
    change(site, PAGE, old, new)
    assert (rule, PAGE, what) in found(site)
    assert {path for _, path, _ in found(site)} == {PAGE}


def test_end_tags_that_html_lets_one_omit_may_be_omitted(site: Path) -> None:
    change(site, PAGE, "</body>", "<ul><li>a<li>b</ul><table><tr><td>1<td>2<tr><td>3</table><p>x<br></body>")
    assert found(site) == []


def test_every_parse_error_is_found_on_request(site: Path) -> None:
    change(site, PAGE, "</body>", "<p><div></div></p></body>")
    assert found(site) == []
    assert [(rule, path) for rule, path, _ in found(site, strict_html=True)] == [("html", PAGE)]
    assert "unexpected-end-tag (p)" in found(site, strict_html=True)[0][2]


# All of them --------------------------------------------------------------------------------------------------------


def test_problems_are_in_the_order_of_paths_and_cut(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.check.problems.MAX_LISTED", 2)
    for name in "cab":
        write(site / "artifacts" / f"{name}.js", "1")
    checked = check_site(site)
    assert [one.path for one in checked.problems] == ["artifacts/a.js", "artifacts/b.js"]
    assert checked.counts == {"executable": 3}
    assert isinstance(checked, Checked) and not checked.is_good
