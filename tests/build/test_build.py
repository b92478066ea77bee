"""Whole sites: the same bytes every time, nothing of a stranger's that runs, every page found, none too heavy."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import shutil
import socket
import struct
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import html5lib
import pytest

import sitegen
from sitegen.addresses import run_page
from sitegen.build import Built, build
from sitegen.config import Config
from tests import linkcheck
from tests.fuzz.fields import SECRET
from tests.fuzz.seeds import file_store
from tests.stores.mlruns_builder import OTHER_RUN, RUN, START, dataset_input, experiment, run, write, write_all

ROOT = Path(__file__).parents[2]
SAMPLES = sorted(p.parent.name for p in (ROOT / "sample_runs").glob("*/mlruns"))


def build_site(store: Path, site: Path, **options: object) -> Built:
    return build(Config(store=str(store), output=site, **options))  # type: ignore[arg-type]


def pages(site: Path) -> Iterator[Path]:
    return (p for p in sorted(site.rglob("*.html")))


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def data(script: Path) -> tuple[str, object]:
    """The key and value of a data file, read as a browser would."""
    found = re.fullmatch(r"SG\.put\('([^'\\<>]*)', JSON\.parse\('((?:[^'\\]|\\.)*)'\)\);\n", script.read_text("ascii"))
    assert found, script
    return found[1], json.loads(re.sub(r"\\(['\\])", r"\1", found[2]), parse_constant=pytest.fail)


@pytest.fixture(scope="module", params=SAMPLES)
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a sample store."""
    site = tmp_path_factory.mktemp(request.param) / "site"
    build_site(ROOT / "sample_runs" / request.param / "mlruns", site)
    return site


# Links --------------------------------------------------------------------------------------------------------------


def test_every_link_of_a_sample_site_leads_somewhere(sample: Path) -> None:
    assert linkcheck.problems(sample) == []


def test_every_page_is_found_from_the_first_one_without_scripts(sample: Path) -> None:
    all_pages = {p.relative_to(sample).as_posix() for p in pages(sample)}
    assert all_pages - linkcheck.reachable(sample) <= {
        "404.html",
        "search.html",
        "runs.html",
        "charts/curve.html",
        "charts/table.html",
    }


def test_the_link_checker_sees_what_is_wrong(tmp_path: Path) -> None:
    write(
        tmp_path / "a.html",
        '<p id="x"><p id="x"><a href="B.html"><a href="b.html#no"><a href="/b.html"><img src="//e/x.png">',
    )
    write(tmp_path / "b.html", '<a href="a.html#x"><a href="https://example.org"><a href="compare.html#runs=1">')
    write(tmp_path / "compare.html", "")
    write(tmp_path / "s.css", "a { background: url('gone.png') }")
    assert linkcheck.problems(tmp_path) == [
        "a.html: #x: comes twice",
        "a.html: B.html: leads nowhere",
        "a.html: b.html#no: leads to no anchor",
        "a.html: /b.html: is not relative",
        "a.html: //e/x.png: is not relative",
        "s.css: gone.png: leads nowhere",
    ]


def test_pages_load_nothing_from_elsewhere_and_run_nothing_inline(sample: Path) -> None:
    for page in pages(sample):
        for element in html5lib.parse(page.read_text("utf-8"), namespaceHTMLElements=False).iter():
            assert not [name for name in element.attrib if str(name).startswith("on")], page
            if element.tag == "script":
                assert element.get("src") or element.get("type") == "application/json", page
            if element.tag in ("link", "script", "img", "iframe"):
                assert "://" not in element.get("src", element.get("href", "")), page


def test_every_page_begins_with_its_policy_and_sends_no_referrer(sample: Path) -> None:
    for page in pages(sample):
        head = html5lib.parse(page.read_text("utf-8"), namespaceHTMLElements=False).find("head")
        charset, policy, *others = list(head)
        assert (charset.get("charset"), policy.get("http-equiv")) == ("utf-8", "Content-Security-Policy"), page
        rules = dict(rule.split(" ", 1) for rule in policy.get("content").split("; "))
        for name in ("default-src", "worker-src", "base-uri", "form-action"):
            assert rules[name] == "'none'", page
        assert {"name": "referrer", "content": "no-referrer"} in [one.attrib for one in others if one.tag == "meta"]


def test_a_build_asks_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def refused(*arguments: object, **named: object) -> None:
        asked.append(arguments)
        raise OSError("no network")

    monkeypatch.setattr(socket, "getaddrinfo", refused)
    monkeypatch.setattr(socket.socket, "connect", refused)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):  # without them a bucket would not even be tried
        monkeypatch.setenv(name, "none")
    address = "http://192.0.2.1/a"
    tags = {"mlflow.note.content": f"![x]({address}.png)", "mlflow.source.git.repoURL": f"{address}.git"}
    folder = experiment(tmp_path / "mlruns", "1", tags=tags)
    chart = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "data": {"url": address}, "mark": "bar"}
    page = f"<img src={address}><script src={address}></script><link rel=stylesheet href={address}>"
    run(folder, tags=tags, artifacts={"a.html": page, "a.md": tags["mlflow.note.content"], "c.json": json.dumps(chart)})
    for number, place in enumerate(("s3://bucket/a", address, "mlflow-artifacts://h/1")):
        run_id = f"{number:032x}"
        run(folder, run_id, artifact_uri=f"{place}/{run_id}/artifacts", tags=tags)
    build_site(tmp_path / "mlruns", tmp_path / "site")
    assert len(list(pages(tmp_path / "site"))) > 5 and asked == []


def test_the_script_for_other_peoples_pages_has_an_address_that_stays(sample: Path) -> None:
    assert "sitegen:height" in (sample / "charts" / "embed.js").read_text("utf-8")


# The same bytes -----------------------------------------------------------------------------------------------------


def build_process(store: str, site: Path, cwd: Path, jobs: int, **environment: str) -> None:
    command = [sys.executable, "-m", "sitegen", "build", store, "-o", str(site), "--jobs", str(jobs)]
    env = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    subprocess.run(command, cwd=cwd, env=env, check=True, capture_output=True, timeout=300)


def test_workers_zone_locale_hash_seed_and_folder_change_no_byte(tmp_path: Path) -> None:
    store = ROOT / "sample_runs" / "mlflow3" / "mlruns"
    build_process(str(store), tmp_path / "a", tmp_path, 1, TZ="UTC", PYTHONHASHSEED="0", LC_ALL="C")
    other = {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "7", "LC_ALL": "tr_TR.UTF-8"}
    build_process("mlruns", tmp_path / "elsewhere" / "b", store.parent, 2, **other)
    one, two = tree(tmp_path / "a"), tree(tmp_path / "elsewhere" / "b")
    assert sorted(one) == sorted(two)
    assert [path for path in one if one[path] != two[path]] == []


def test_nor_do_they_where_secrets_are_masked_and_links_are_not_followed(tmp_path: Path) -> None:
    """What a defence hides, names and counts is the same too."""
    store = file_store(tmp_path / "one" / "p" / "mlruns")
    folder = run(
        store / "1",
        "f" * 32,
        params={"api_key": "hunter2hunter2", "mail": "ada@example.org", "odd": "\x1b[31m"},
        tags={"mlflow.user": "ada", "mlflow.source.name": "/home/ada/train.py"},
        artifacts={"log.txt": f"token={SECRET}\n/home/ada/data\n", "b.txt": "x" * 99, "ada.txt": "by ada"},
    )
    for name in ("out", "b.txt"):
        (folder / "params" / name).symlink_to(tmp_path)
    (folder / "artifacts" / "out.txt").symlink_to("/etc/passwd")
    (store / "9").symlink_to(tmp_path)
    shutil.copytree(store, tmp_path / "two" / "p" / "mlruns", symlinks=True)
    build_process("mlruns", tmp_path / "a", tmp_path / "one" / "p", 1, TZ="UTC", PYTHONHASHSEED="1", LC_ALL="C")
    build_process("mlruns", tmp_path / "b", tmp_path / "two" / "p", 2, TZ="Asia/Kathmandu", PYTHONHASHSEED="2")
    one, two = tree(tmp_path / "a"), tree(tmp_path / "b")
    assert [path for path in sorted({*one, *two}) if one.get(path) != two.get(path)] == []
    assert b"hunter2" not in b"".join(one.values())


# The store ----------------------------------------------------------------------------------------------------------


def snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file and folder with its mode, time of change and bytes."""
    found = {}
    for path in [folder, *folder.rglob("*")]:
        stat = path.stat()
        found[str(path)] = (stat.st_mode, stat.st_mtime_ns, path.read_bytes() if path.is_file() else b"")
    return found


def test_a_build_leaves_a_read_only_store_as_it_was(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    folder = experiment(store, "1")
    run(folder, params={"lr": "0.1"}, metrics={"loss": "1700000000000 0.5 1\n"}, artifacts={"a.txt": "text"})
    for path in [store, *store.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = snapshot(store)
    try:
        built = build_site(store, tmp_path / "site")
        assert (built.runs, built.problems) == (1, [])
        assert snapshot(store) == before
    finally:
        for path in [store, *store.rglob("*")]:
            path.chmod(0o755)


def test_deleted_runs_and_experiments_are_shown_only_when_asked_for(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    folder = experiment(store, "1", name="kept")
    run(folder, run_name="kept run")
    run(folder, OTHER_RUN, run_name="dropped run", lifecycle_stage="deleted")
    run(
        experiment(store, ".trash/2", name="dropped experiment", lifecycle_stage="deleted"),
        "c" * 32,
        run_name="gone run",
    )
    without = build_site(store, tmp_path / "without")
    everything = b"".join(tree(tmp_path / "without").values())
    assert (without.runs, without.deleted) == (1, 3)
    assert not [
        word for word in (b"dropped run", b"dropped exp", b"gone run", OTHER_RUN.encode()) if word in everything
    ]
    build_site(store, tmp_path / "with", deleted=True)
    assert "Deleted" in (tmp_path / "with" / run_page(OTHER_RUN)).read_text()
    assert (tmp_path / "with" / run_page("c" * 32)).is_file()


def test_nested_runs_are_on_the_page_of_their_parent(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "mlruns", "1")
    run(folder, run_name="parent")
    for n, lr in enumerate(("0.1", "0.2")):
        tags = {"mlflow.parentRunId": RUN}
        run(
            folder,
            f"{n:032x}",
            start_time=START + n,
            run_name=f"child {n}",
            params={"lr": lr},
            metrics={"loss": f"1 0.{n} 0\n"},
            tags=tags,
        )
    build_site(tmp_path / "mlruns", tmp_path / "site")
    page = (tmp_path / "site" / run_page(RUN)).read_text()
    assert "Nested runs" in page
    assert re.findall(r">(child \d)</a>", page) == ["child 0", "child 1"]
    assert linkcheck.problems(tmp_path / "site") == []


# Strangers ----------------------------------------------------------------------------------------------------------

CANARY = """canary"><img src=x onerror=canary()>'</script><!--<script>canary()</script>{{ 7*7 }}"""


def hostile_tags(name: str, text: str) -> dict[str, str]:
    keys = "runName note.content source.name source.git.commit source.git.branch source.git.repoURL user source.type"
    models = json.dumps([{"artifact_path": text}])
    return {name: text, "mlflow.log-model.history": models} | {f"mlflow.{key}": text for key in keys.split()}


def hostile_store(store: Path, text: str) -> Path:
    """A store that says `text` in every field that MLflow lets a person fill in."""
    name = text.replace("/", "∕")
    tags = {name: text, "mlflow.note.content": text, "mlflow.experimentKind": text}
    folder = experiment(store, "1", name=text, tags=tags)
    first = run(
        folder,
        run_name=text,
        user_id=text,
        source_name=text,
        params={name: text, "choice": text, "n": "1"},
        metrics={
            name: "1700000000000 0.5 1\n1700000000001 0.25 2\n",
            "loss": "1700000000000 0.5 1\n1700000000001 0.25 2\n",
        },
        tags=hostile_tags(name, text),
        artifacts={f"{name}.txt": text, f"{name}.html": text, "images/" + name + ".svg": f"<svg>{text}</svg>"},
    )
    dataset_input(first, "data", "123", text)
    for n in range(5):
        child_tags = {"mlflow.parentRunId": RUN}
        params = {name: f"{text}{n}", "n": str(n)}
        run(
            folder, f"{n:032x}", run_name=f"{text}{n}", params=params, metrics={"loss": f"1 0.{n} 0\n"}, tags=child_tags
        )
    model = store / "models" / "m"
    meta = f"name: m\ndescription: {json.dumps(text)}\ncreation_timestamp: {START}\nlast_updated_timestamp: {START}\n"
    write(model / "meta.yaml", meta)
    write_all(model / "tags", {"t": text})
    return store


def elements(page: Path) -> Counter[tuple[str, tuple[str, ...]]]:
    parsed = html5lib.parse(page.read_text("utf-8"), namespaceHTMLElements=False)
    return Counter((str(e.tag), tuple(sorted(map(str, e.attrib)))) for e in parsed.iter())


def test_text_of_a_store_makes_no_element_attribute_or_script(tmp_path: Path) -> None:
    hostile, tame = tmp_path / "hostile", tmp_path / "tame"
    build_site(hostile_store(tmp_path / "h" / "mlruns", CANARY), hostile, profile="internal")
    build_site(hostile_store(tmp_path / "t" / "mlruns", "canary" + "x" * (len(CANARY) - 6)), tame, profile="internal")
    assert linkcheck.problems(hostile) == []
    seen = 0
    for page in pages(hostile):
        text = page.read_text("utf-8")
        seen += text.count("canary")
        found = elements(page)
        assert not [e for e in found if e[0] == "script" and "src" not in e[1] and "type" not in e[1]], page
        assert not [e for e in found if [a for a in e[1] if a.startswith("on") or "canary" in a]], page
        words = re.sub(r' (d|x|y|viewBox|data-[xy])="[^"]*"', "", text)  # without the numbers of drawings
        assert "49" not in re.findall(r"canary\(\)[^{]*(49)", words), page
        twin = tame / page.relative_to(hostile)
        if twin.is_file():
            assert found == elements(twin), page.relative_to(hostile)
    assert seen > 100, "the canary is shown, as text"


def test_data_files_of_hostile_stores_read_back(tmp_path: Path) -> None:
    build_site(hostile_store(tmp_path / "mlruns", CANARY), tmp_path / "site")
    scripts = sorted((tmp_path / "site" / "data").rglob("*.js"))
    found = dict(data(script) for script in scripts)
    assert {"site", "experiments/1", "kinds"} <= set(found)
    assert CANARY in json.dumps(found["experiments/1"], ensure_ascii=False).replace('\\"', '"')
    assert not [s for s in scripts if re.search(r"[<>&\u2028\u2029]", s.read_text("ascii"))]


EXECUTABLE = (
    "html",
    "htm",
    "xhtml",
    "xht",
    "shtml",
    "svg",
    "xml",
    "xsl",
    "js",
    "mjs",
    "css",
    "wasm",
    "mht",
    "swf",
    "php",
    "hta",
)


def test_no_byte_of_a_stranger_has_a_name_that_is_executed(tmp_path: Path) -> None:
    odd = [
        ".htaccess",
        "_headers",
        "CNAME",
        "a.html.",
        "a.html ",
        "a.txt.html",
        "con.txt",
        "b.html/index.html",
        "x.toml",
    ]
    names = [*odd, *(f"a.{e}" for e in EXECUTABLE), *(f"A.{e.upper()}" for e in EXECUTABLE)]
    artifacts = {name: f"<script>stranger</script> {name}" for name in names}
    run(experiment(tmp_path / "mlruns", "1"), artifacts=artifacts)
    build_site(tmp_path / "mlruns", tmp_path / "site")
    copied = {path: text for path, text in tree(tmp_path / "site").items() if b"<script>stranger" in text}
    assert len(copied) >= 20
    assert {path.rpartition(".")[2] for path in copied} == {"txt"}
    assert not [path for path in copied if not path.startswith("artifacts/") or re.search(r"/[._]|[^a-z0-9./-]", path)]


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes((width + 1) * min(height, 4)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_an_image_that_unpacks_to_gigabytes_is_linked_not_shown(tmp_path: Path) -> None:
    folder = run(experiment(tmp_path / "mlruns", "1"))
    write(folder / "artifacts" / "bomb.png", png_header(30_000, 30_000))
    write(folder / "artifacts" / "large.png", png_header(8_000, 8_000))
    write(folder / "artifacts" / "small.png", png_header(3, 3))
    write(folder / "artifacts" / "broken.png", b"\x89PNG\r\n\x1a\n nothing")
    build_site(tmp_path / "mlruns", tmp_path / "site")
    page = (tmp_path / "site" / run_page(RUN)).read_text()
    assert re.findall(r'<img src="[^"]*/([a-z]+)\.png"', page) == ["small"]
    assert re.search(r'<a[^>]* href="[^"]*/bomb\.png"', page)


@pytest.mark.skipif(os.name == "nt", reason="no FIFOs")
def test_pipes_and_links_out_of_the_store_are_left_behind(tmp_path: Path) -> None:
    secret = write(tmp_path / "outside" / "passwd.txt", "root:x:0:0")
    folder = run(experiment(tmp_path / "mlruns", "1"), artifacts={"good.txt": "good"}) / "artifacts"
    os.mkfifo(folder / "pipe.txt")
    (folder / "link.txt").symlink_to(secret)
    (folder / "folder").symlink_to(secret.parent)
    (folder / "loop").symlink_to(folder)
    build_site(tmp_path / "mlruns", tmp_path / "site")
    copied = [p.name for p in (tmp_path / "site" / "artifacts").rglob("*") if p.is_file()]
    assert copied == ["good.txt"]
    assert not [path for path, text in tree(tmp_path / "site").items() if b"root:x:0:0" in text]
    assert not [p for p in (tmp_path / "site").rglob("*") if p.is_symlink()]


# Weight -------------------------------------------------------------------------------------------------------------


def curve(random_: random.Random, steps: int) -> str:
    return "".join(f"{START + s * 1000} {1 / (s + 1) + random_.random() / 10!r} {s}\n" for s in range(steps))


def big_store(store: Path, runs: int) -> Path:
    """Runs with 12 params and 10 metrics each, two of them with 200 steps."""
    random_ = random.Random(7)
    folder = experiment(store, "1", name="sweep")
    for n in range(runs):
        params = {f"param_{k}": str(random_.choice([0.1, 0.01, 0.001, 32, 64]) * (k + 1)) for k in range(12)}
        metrics = {f"metric_{k}": f"{START} {random_.random()!r} 0\n" for k in range(8)}
        curves = {"train_loss": curve(random_, 200), "val_loss": curve(random_, 200)}
        run(folder, f"{n:032x}", run_name=f"run {n}", start_time=START + n, params=params, metrics=metrics | curves)
    return store


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("big")
    build_site(big_store(folder / "mlruns", 300), folder / "site")
    return folder / "site"


def test_a_run_page_is_under_40_kilobytes(big: Path) -> None:
    sizes = [p.stat().st_size for p in (big / "runs").iterdir()]
    assert len(sizes) == 300
    assert max(sizes) < 40_000


def weight(site: Path, page: Path) -> int:
    """Bytes that cross the wire before the page is ready: itself, its styles and scripts, and the data they ask for."""
    links = linkcheck.read(page).links
    first = [page.parent / address for tag, _, address in links if tag in ("script", "link")]
    first += [site / "data" / "site.js"]
    first += [site / "data" / "experiments" / f"{page.stem}.js"] if page.parent.name == "experiments" else []
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in {page, *map(Path.resolve, first)} if file.is_file())


def test_no_page_is_heavier_than_150_kilobytes_on_the_wire(big: Path) -> None:
    weights = {p.relative_to(big).as_posix(): weight(big, p) for p in pages(big) if p.parent.name != "runs"}
    assert len(weights) > 10
    assert {page: w for page, w in weights.items() if w >= 150_000} == {}


def test_every_run_of_a_large_experiment_is_found_without_scripts(big: Path) -> None:
    assert {run_page(f"{n:032x}") for n in range(300)} <= linkcheck.reachable(big)
    assert linkcheck.problems(big) == []


# Traces -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["public", "internal"])
def test_no_site_holds_a_trace_unless_it_is_asked_for(tmp_path: Path, profile: str) -> None:
    secret = "whatsomebodyasked"
    folder = experiment(tmp_path / "mlruns")
    own = run(folder, params={"lr": "0.1"}).parent / "traces" / ("tr-" + "e" * 32)
    write(own / "trace_info.yaml", f"state: OK\nrequest_preview: {secret}\n")
    write_all(own / "tags", {secret: secret})
    write(own / "artifacts" / "traces.json", json.dumps({"spans": [{"name": secret, "attributes": {secret: secret}}]}))
    assert secret in repr(list(sitegen.load(tmp_path / "mlruns").traces("1")))
    build_site(tmp_path / "mlruns", tmp_path / "site", profile=profile)
    assert [path for path, data in tree(tmp_path / "site").items() if secret in path or secret.encode() in data] == []
