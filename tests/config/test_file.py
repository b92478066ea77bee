"""`sitegen.toml`: what it may hold, and what is said of a mistake in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.config import Config, ExperimentOptions, load_config, with_flags
from sitegen.config.options import PrivacyTable
from sitegen.config.rows import Row, kinds, rows_of
from sitegen.errors import UsageError

WHOLE = """
store = "mlruns"
output = "public"
title = "Wine"
theme = "paper"
objective = "max accuracy"
site_url = "https://example.org/wine"
profile = "internal"
deleted = true
strict = true
artifacts = ["../mlartifacts"]
jobs = 2
[experiments."forest"]
objective = "min mae"
"""
FLAGS_ONLY = {"force_adopt", "artifact_map", "trust_theme"}


def config(folder: Path, text: str) -> Config:
    (folder / "sitegen.toml").write_text(text)
    return load_config(folder / "sitegen.toml")


def mistake(folder: Path, text: str) -> str:
    with pytest.raises(UsageError) as caught:
        config(folder, text)
    assert caught.value.exit_code == 2
    return str(caught.value).replace(str(folder), "")


def test_every_key_is_taken_and_paths_are_meant_from_the_file(tmp_path: Path) -> None:
    assert config(tmp_path, WHOLE) == Config(
        store=str(tmp_path / "mlruns"),
        output=tmp_path / "public",
        title="Wine",
        theme="paper",
        objective="max accuracy",
        experiments={"forest": ExperimentOptions(objective="min mae")},
        site_url="https://example.org/wine",
        profile="internal",
        deleted=True,
        strict=True,
        artifacts=(tmp_path / "../mlartifacts",),
        jobs=2,
    )


EXAMPLES = {str: "'https://x'", bool: "true", int: "1", dict: "{}"}


@pytest.mark.parametrize("row", [row for row in rows_of(Config) if row.key], ids=lambda row: row.key)
def test_every_key_of_the_table_is_taken_and_a_value_of_another_kind_is_not(tmp_path: Path, row: Row) -> None:
    allowed = kinds(row.type)
    value = f"'{row.choices[0]}'" if row.choices else EXAMPLES[next(kind for kind in EXAMPLES if kind in allowed)]
    found = getattr(config(tmp_path, f"{row.key} = {value}".replace("theme = 'https://x'", "theme = 'x'")), row.name)
    assert found == row.default or found
    assert f'"{row.key}" must be ' in mistake(tmp_path, f"{row.key} = 1.5")


def test_what_is_only_a_flag_is_not_a_key(tmp_path: Path) -> None:
    assert {row.name for row in rows_of(Config) if not row.key} >= FLAGS_ONLY
    for name in FLAGS_ONLY:
        assert f'unknown key "{name}"' in mistake(tmp_path, f"{name} = true")


def test_one_string_is_a_list_of_one(tmp_path: Path) -> None:
    assert config(tmp_path, "artifacts = 'a'").artifacts == (tmp_path / "a",)
    assert config(tmp_path, "[experiments.a]\ngroups = 'params.m'").experiments["a"].groups == ("params.m",)


def test_artifacts_may_be_a_list_or_a_table_with_a_map(tmp_path: Path) -> None:
    both = config(tmp_path, '[artifacts]\nroots = ["a"]\nmap = {"s3://old/x=1" = "./local", "C:\\\\runs" = "/runs"}')
    assert both.artifacts == (tmp_path / "a",)
    assert both.artifact_map == {"s3://old/x=1": tmp_path / "local", "C:\\runs": Path("/runs")}
    listed = config(tmp_path, 'artifacts = ["a"]')
    assert (listed.artifacts, listed.artifact_map) == ((tmp_path / "a",), {})


def test_an_address_of_a_store_is_left_as_it_is(tmp_path: Path) -> None:
    assert config(tmp_path, 'store = "file:///p/mlruns"').store == "file:///p/mlruns"


def test_several_stores_are_a_list(tmp_path: Path) -> None:
    found = config(tmp_path, 'store = ["mlruns", "https://mlflow.example.org"]')
    assert found.stores == (str(tmp_path / "mlruns"), "https://mlflow.example.org")
    assert mistake(tmp_path, "store = 1") == 'In /sitegen.toml, "store" must be a string or a list of strings.'
    assert mistake(tmp_path, "store = [1]") == 'In /sitegen.toml, "store" must be a list of strings.'


def test_one_store_is_a_list_of_one_and_none_is_none() -> None:
    assert (Config(store="mlruns").stores, Config().stores) == (("mlruns",), ())


def test_a_theme_with_a_slash_is_a_folder_beside_the_file(tmp_path: Path) -> None:
    assert config(tmp_path, 'theme = "./ours"').theme == str(tmp_path / "ours")
    assert config(tmp_path, 'theme = "paper"').theme == "paper"


def test_without_a_file_all_is_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_config() == Config()


def test_the_file_in_the_working_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitegen.toml").write_text('title = "Wine"')
    monkeypatch.chdir(tmp_path)
    assert load_config().title == "Wine"


def test_flags_win_over_the_file_and_absent_flags_do_not() -> None:
    joined = with_flags(Config(title="file", strict=True), title="flag", strict=None, output=None, unknown=1)
    assert (joined.title, joined.strict, joined.output) == ("flag", True, Path("site"))


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("title = ", "/sitegen.toml is not valid TOML"),
        ("titel = 'x'", '/sitegen.toml has an unknown key "titel"; did you mean title?'),
        ("zzz = 1", "it may hold store, output, title, theme"),
        ("title = 3", '"title" must be a string.'),
        ("strict = 'yes'", '"strict" must be true or false.'),
        ("jobs = true", '"jobs" must be a whole number.'),
        ("jobs = -1", "jobs must be 0 (automatic) or a number of processes, not -1."),
        ("artifacts = 3", '"artifacts" must be a string or a list of strings.'),
        ("[artifacts]\nmaps = {}", '[artifacts] has an unknown key "maps"; did you mean map?'),
        ("[artifacts]\nroots = 3", '"roots" of [artifacts] must be a string or a list of strings.'),
        ("[artifacts]\nmap = {a = 1}", '"map" of [artifacts] must hold folders'),
        ("[artifacts]\nmap = {'s3://a' = 's3://b'}", "must map the start of a URI to a folder"),
        ("[artifacts]\nmap = {'' = 'b'}", "must map the start of a URI to a folder"),
        ("artifacts = [1]", '"artifacts" must be a list of strings.'),
        ("experiments = 1", '"experiments" must be a table.'),
        (
            "[experiments.a]\nobjektive = 'x'",
            '[experiments."a"] has an unknown key "objektive"; did you mean objective?',
        ),
        ("[experiments.a]\nzzz = 'x'", "it may hold objective, baseline, groups, group_by."),
        ("[experiments]\na = 'min x'", '[experiments."a"] must be a table'),
        (
            "[experiments.a]\nobjective = 1",
            '"objective" of [experiments."a"] must be a string, a list of strings or a table.',
        ),
        ("[experiments.a]\nobjective = [1]", '"objective" of [experiments."a"] must be a list of strings.'),
        ("[experiments.a]\nbaseline = 3", '"baseline" of [experiments."a"] must be a string.'),
        ("[experiments.a]\ngroups = []", '"groups" of [experiments."a"] must not be an empty list.'),
        ("[experiments.a]\ngroup_by = 'lr'", '"group_by" of [experiments."a"] must be one of seeds, parents, none.'),
        ("[experiments.a]\ngroups = ['params.a']\ngroup_by = 'seeds'", 'has both "groups" and "group_by"'),
        ("profile = 'secret'", '"profile" must be one of public, internal.'),
        ("site_url = 'example.org'", 'The site URL must begin with https:// or http://; "example.org" does not.'),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, text: str, description: str) -> None:
    assert description in mistake(tmp_path, text)


def test_a_file_that_is_not_utf8_is_not_toml(tmp_path: Path) -> None:
    (tmp_path / "sitegen.toml").write_bytes(b'title = "\xff"')
    with pytest.raises(UsageError, match="is not valid TOML"):
        load_config(tmp_path / "sitegen.toml")


def test_a_file_that_was_named_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        load_config(tmp_path / "other.toml")


def test_an_experiment_is_found_by_id_then_by_name_then_by_the_common_objective() -> None:
    options = {"1": ExperimentOptions(objective="min b"), "forest": ExperimentOptions(objective="min c")}
    found = Config(objective="max a", experiments=options)
    assert [found.objective_of(*e) for e in (("1", "forest"), ("2", "forest"), ("3", "x"))] == [
        "min b",
        "min c",
        "max a",
    ]
    assert Config().objective_of("1", "forest") is None


def test_an_objective_may_be_a_list_or_a_table(tmp_path: Path) -> None:
    assert config(tmp_path, 'objective = ["max acc", "min ms"]').objective == ("max acc", "min ms")
    text = (
        '[experiments.a]\nobjective = {metric = "acc", constraints = ["ms < 5"]}\nbaseline = "b"\ngroups = ["params.m"]'
    )
    assert config(tmp_path, text).experiments["a"] == ExperimentOptions(
        {"metric": "acc", "constraints": ["ms < 5"]}, baseline="b", groups=("params.m",)
    )
    assert config(tmp_path, "[experiments.a]\ngroup_by = 'none'").options_of("9", "a").group_by == "none"


@pytest.mark.parametrize(
    "place", ["mlruns", "mlruns/1", "store", "store/1/run", "export", "mlartifacts/1/run/artifacts"]
)
def test_a_config_file_inside_a_store_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    folder = tmp_path / place
    folder.mkdir(parents=True)
    if place.startswith("store"):
        (tmp_path / "store" / "1").mkdir(exist_ok=True)
        (tmp_path / "store" / "1" / "meta.yaml").write_text("artifact_location: x\nname: a\n")
    if place == "export":
        (folder / "sitegen-export.json").write_text("{}")
    (folder / "sitegen.toml").write_text('profile = "internal"')
    with pytest.raises(UsageError, match="is inside the store"):
        load_config(folder / "sitegen.toml")
    monkeypatch.chdir(folder)
    with pytest.raises(UsageError, match=r"sitegen.toml is inside the store .*; move it out of there\."):
        load_config()


def test_a_config_file_beside_a_store_is_read(tmp_path: Path) -> None:
    (tmp_path / "mlruns" / "1").mkdir(parents=True)
    (tmp_path / "meta.yaml").write_text("package:\n  name: a recipe of conda\n")
    assert config(tmp_path, 'profile = "internal"').profile == "internal"


@pytest.mark.parametrize("theme", ["../ours", "/tmp/ours", "./mlruns/1/run/artifacts/theme"])
def test_a_theme_of_the_file_is_below_its_folder_and_in_no_store(tmp_path: Path, theme: str) -> None:
    assert mistake(tmp_path, f'theme = "{theme}"').endswith("must be below its folder, and in no store.")


def test_the_privacy_table_is_taken(tmp_path: Path) -> None:
    text = '[privacy]\nallow = ["0123abcd"]\npatterns = {ticket = "A-[0-9]+"}\nhide_keys = "billing.*"\nshow_keys = ["pin"]'
    assert config(tmp_path, text).privacy == PrivacyTable(
        ("0123abcd",), {"ticket": "A-[0-9]+"}, ("billing.*",), ("pin",)
    )
    assert config(tmp_path, "").privacy == PrivacyTable()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('allow = ["secret"]', '"secret" of "allow" is not a fingerprint'),
        ("patterns = {a = 1}", '"patterns" must hold strings by names'),
        ('patterns = {"A b" = "x"}', '"patterns" must hold strings by names'),
        ('show_key = ["x"]', '[privacy] has an unknown key "show_key"; did you mean show_keys?'),
        ("hide_keys = 1", '"hide_keys" of [privacy] must be a string or a list of strings.'),
    ],
)
def test_a_mistake_in_the_privacy_table_is_said(tmp_path: Path, text: str, problem: str) -> None:
    assert problem in mistake(tmp_path, f"[privacy]\n{text}")
