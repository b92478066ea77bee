"""The end of a build: what `--strict` refuses, and what the closing summary counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.build import Built, build
from sitegen.cli.printing import closing_summary
from sitegen.config import Config
from sitegen.config.options import PrivacyTable
from sitegen.errors import StrictError, UsageError
from sitegen.privacy.profile import fingerprint
from tests.stores.mlruns_builder import OTHER_RUN, RUN, experiment, run, write


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = experiment(tmp_path / "mlruns", "1", name="sweep")
    run(folder, RUN, params={"lr": "0.1"}, metrics={"loss": "1700000000000 0.5 1\n"})
    run(folder, OTHER_RUN, params={"lr": "0.2"}, metrics={"loss": "1700000000000 0.4 1\n"})
    return tmp_path / "mlruns"


def built(store: Path, **options: object) -> Built:
    return build(Config(store=str(store), output=store.parent / "site", **options))  # type: ignore[arg-type]


def test_what_was_made_is_counted(store: Path) -> None:
    made = built(store)
    site = store.parent / "site"
    files = [path for path in site.rglob("*") if path.is_file() and path.name != "manifest.json"]
    assert (made.runs, made.experiments, made.files) == (2, 1, len(files))
    assert made.pages == sum(path.suffix == ".html" for path in files)
    assert made.size == sum(path.stat().st_size for path in files)
    assert (made.deleted, made.unmatched, made.problems, made.secrets) == (0, 0, [], [])


def test_what_was_left_out_is_counted(store: Path) -> None:
    assert built(store, filter="params.lr < 0.15").unmatched == 1


def test_strict_refuses_secrets_and_leaves_the_site_as_it_was(store: Path) -> None:
    built(store)
    before = (store.parent / "site" / "index.html").read_bytes()
    run(store / "1", "c" * 32, params={"api_key": "sk-abcdefghijklmnopqrstuvwxyz012345"})
    with pytest.raises(StrictError, match=r"1 secret .*params.api_key: key-api-key, [0-9a-f]{8}\)") as caught:
        built(store, strict=True)
    assert "abcdefgh" not in str(caught.value)
    assert (store.parent / "site" / "index.html").read_bytes() == before
    assert len(built(store).secrets) == 1


def test_strict_refuses_records_that_could_not_be_read(store: Path) -> None:
    (store / "1" / RUN / "metrics" / "loss").write_text("not a number\n")
    with pytest.raises(StrictError, match="1 record"):
        built(store, strict=True)
    assert len(built(store).problems) == 1


LEAK = "password: hunter2-and-more\n"
MARK = fingerprint("key-password", "hunter2-and-more")


def test_strict_refuses_a_secret_in_an_artifact_and_says_its_fingerprint(store: Path) -> None:
    write(store / "1" / RUN / "artifacts" / "config.yaml", LEAK)
    with pytest.raises(StrictError, match=rf"1 secret .*config.yaml, line 1: key-password, {MARK}\)"):
        built(store, strict=True)
    made = built(store)
    assert [one.fingerprint for one in made.secrets] == [MARK]
    (copy,) = (store.parent / "site" / "artifacts").rglob("config.yaml*")
    assert copy.read_text() == "password: •••(key-password)\n" and not made.not_copied


def test_an_allowed_value_is_shown_counted_and_no_reason_to_stop(store: Path) -> None:
    write(store / "1" / RUN / "artifacts" / "config.yaml", LEAK)
    made = built(store, strict=True, privacy=PrivacyTable(allow=(MARK, "0" * 8)))
    assert (made.secrets, made.allowed, made.unused, dict(made.not_copied)) == ([], 1, ("0" * 8,), {})
    (copy,) = (store.parent / "site" / "artifacts").rglob("config.yaml*")
    assert copy.read_text() == LEAK
    assert "Allowed in the settings, but not in the store any more: 00000000." in closing_summary(made)
    assert "Shown as the settings allow: 1 value that would" in closing_summary(made)


def test_hidden_keys_and_own_patterns_hold_for_every_file_of_the_site(store: Path) -> None:
    params = {"billing.code": "canary-code", "note": "see ACME-54321"}
    run(store / "1", "c" * 32, params=params, metrics={"billing.eur": "1700000000000 98765 1\n"})
    privacy = PrivacyTable(patterns={"ticket": "ACME-[0-9]{5}"}, hide_keys=("billing.*",))
    made = built(store, profile="internal", privacy=privacy)
    assert (made.hidden_keys, [one.rule for one in made.secrets]) == (2, ["ticket"])
    site = b"".join(path.read_bytes() for path in (store.parent / "site").rglob("*") if path.is_file())
    assert [word for word in (b"canary-code", b"billing.", b"98765", b"ACME-54321") if word in site] == []
    assert "Left out by hide_keys of the settings: 2 params, metrics and tags." in closing_summary(made)


def test_a_pattern_that_cannot_be_used_stops_the_build_before_it_begins(store: Path) -> None:
    with pytest.raises(UsageError, match=r'The pattern "bad" of \[privacy\] is not a pattern of RE2'):
        built(store, privacy=PrivacyTable(patterns={"bad": "(a"}))
    assert not (store.parent / "site").exists()


def test_artifacts_that_are_withheld_are_named_with_the_reason(store: Path) -> None:
    artifacts = store / "1" / RUN / "artifacts"
    write(artifacts / "many.txt", "".join(f"password: hunter2-{number}-more\n" for number in range(30)))
    write(artifacts / "model.pkl", "x")
    made = built(store)
    assert made.not_copied == {"holds many secrets": 1, "not published": 1}
    (line,) = made.withheld
    assert line.startswith(f"run {RUN}: many.txt: holds many secrets (line 1: key-password")
    assert f"\n  - {line}\n" in closing_summary(made) + "\n"
    assert built(store, jobs=2).withheld == [line]


def test_a_filter_that_names_a_secret_is_on_no_page(store: Path) -> None:
    run(store / "1", "c" * 32, params={"password": "hunter2-and-more"}, metrics={"loss": "1700000000000 0.3 1\n"})
    for profile in ("public", "internal"):
        built(store, profile=profile, filter="params.password = 'hunter2-and-more'")
        page = (store.parent / "site" / "index.html").read_text("utf-8")
        assert "only the runs that a filter chose" in page and "hunter2" not in page
