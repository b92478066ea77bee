from __future__ import annotations

import json
import re
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.search import FIELD_WEIGHT, NOTE_WEIGHT, IndexBuilder, words

ID = "6f7e654ce96dd466463bc6dd553c0eb0"


def put(content: str) -> tuple[str, dict]:  # type: ignore[type-arg]
    """Key and value of a data script."""
    match = re.fullmatch(r"SG\.put\('(.*?)', JSON\.parse\('(.*)'\)\);\n", content)
    assert match
    return match[1], json.loads(re.sub(r"\\(.)", r"\1", match[2]))


def read(index: IndexBuilder) -> tuple[dict, list, dict[str, dict[int, int]]]:  # type: ignore[type-arg]
    """Meta, docs and, for every word, the weight in each doc, as the browser reads them."""
    files = {path: put(content) for path, content in index.files()}
    assert all(path == f"{key}.js" for path, (key, _) in files.items())
    meta = files["search/meta.js"][1]
    docs = [doc for n in range(len(files)) for doc in files.get(f"search/docs-{n}.js", ("", {"docs": []}))[1]["docs"]]
    found = {}
    for shard in meta["shards"]:
        lines = files[f"search/{shard}.js"][1]["words"].split("\n")
        assert lines == sorted(lines, key=lambda line: line.split("\t")[0])
        for line in lines:
            word, postings = line.split("\t")
            assert f"{ord(word[0]):x}" == shard
            found[word] = decode(postings)
    assert len(files) == 1 + len(meta["shards"]) + -(-meta["docs"] // 1000)
    return meta, docs, found


def decode(postings: str) -> dict[int, int]:
    number, weights = 0, {}
    for posting in postings.split(" "):
        delta, _, weight = posting.partition("*")
        number += int(delta, 36)
        weights[number] = int(weight or 1)
    return weights


def test_a_word_leads_to_its_docs_with_the_largest_weight() -> None:
    index = IndexBuilder()
    index.add("experiment", "experiments/0.html", "Vision", "3 runs", [])
    index.add(
        "run", "runs/a.html", "calm-owl", "Vision", [("adamw", FIELD_WEIGHT), ("calm note on vision", NOTE_WEIGHT)]
    )
    meta, docs, found = read(index)
    assert meta == {"docs": 2, "shards": sorted(meta["shards"], key=lambda shard: int(shard, 16))}
    assert docs[1] == ["run", "runs/a.html", "calm-owl", "Vision"]
    assert found["vision"] == {0: 9, 1: 1}
    assert found["calm"] == {1: 9} and found["calm-owl"] == {1: 9} and found["adamw"] == {1: 3}
    assert found["note"] == {1: 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", set()),
        ("Learning Rate", {"learning", "rate"}),
        ("val_loss", {"val_loss", "val", "loss"}),
        ("optimizer/lr.max", {"optimizer", "lr.max", "lr", "max"}),
        ("maxNewTokens", {"maxnewtokens", "max", "new", "tokens"}),
        ("HTTPServer", {"httpserver", "http", "server"}),
        ("resnet50", {"resnet50"}),
        ("Café ÜBER Straße", {"café", "über", "strasse"}),
        ("日本語", {"日本語"}),
        ("0.001", {"0.001"}),
        ("0.015193803680048586", set()),
        ("1700016361773", set()),
        ("123456", {"123456"}),
        ("v1700016361773", {"v1700016361773"}),
        ("2024-01-15", {"2024-01-15", "2024", "01", "15"}),
        (ID, {ID[:8]}),
        ("-- ... __", set()),
        ("x" * 100, {"x" * 40}),
        ("<b>&amp;\ud800\t'", {"b", "amp"}),
    ],
)
def test_a_text_is_cut_into_words_and_their_parts(text: str, expected: set[str]) -> None:
    assert words(text) == expected


@given(st.text())
def test_a_word_is_short_and_folded_and_can_stand_in_a_line(text: str) -> None:
    for word in words(text):
        assert 0 < len(word) <= 40
        assert not set(word) & set("\t\n *")
        assert word == word.casefold()[:40]


@given(
    st.lists(
        st.lists(st.sampled_from(["alpha", "beta_gamma", "Delta", "épée", "12", "__proto__"]), max_size=4), max_size=80
    )
)
def test_every_doc_is_found_by_every_word_of_it(texts: list[list[str]]) -> None:
    index = IndexBuilder()
    for number, text in enumerate(texts):
        index.add("run", f"runs/{number}.html", "", "", [(" ".join(text), 3)])
    found = read(index)[2]
    for word, postings in found.items():
        assert postings == {number: 3 for number, text in enumerate(texts) if word in words(" ".join(text))}
    assert set(found) == words(" ".join(word for text in texts for word in text))


def test_docs_are_split_by_the_thousand() -> None:
    index = IndexBuilder()
    for number in range(2001):
        index.add("run", f"runs/{number}.html", f"run{number}", "", [])
    meta, docs, found = read(index)
    assert meta["docs"] == len(docs) == 2001
    assert found["run1999"] == {1999: 9}
    assert [path for path, _ in index.files()][:4] == [
        "search/docs-0.js",
        "search/docs-1.js",
        "search/docs-2.js",
        "search/72.js",
    ]


def test_an_empty_site_has_an_empty_index() -> None:
    assert [path for path, _ in IndexBuilder().files()] == ["search/meta.js"]


def test_ten_thousand_runs_are_indexed_within_seconds_and_little_memory() -> None:
    index = IndexBuilder()
    start = time.process_time()
    for number in range(10_000):
        params = [(f"param_{i} value{number * i % 997}", FIELD_WEIGHT) for i in range(20)]
        index.add("run", f"runs/{number:032x}.html", f"calm-owl-{number}", "Vision", [(f"{number:032x}", 3), *params])
    files = list(index.files())
    assert time.process_time() - start < 10, "about 1.5 s on a quiet machine"
    assert sum(len(content) for _, content in files) < 6_000_000


def test_postings_take_little_memory() -> None:
    tracemalloc.start()
    index = IndexBuilder()
    for number in range(1000):
        index.add("run", "u", "", "", [(f"a{i} b{number % 50}", 3) for i in range(30)])
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()
