from __future__ import annotations

import pytest

from sitegen.analysis.relations import MAX_FORMS, Forms, tables_of
from sitegen.model import Dataset


@pytest.mark.parametrize(
    ("tag", "paths"),
    [
        ('[{"path": "a.json", "type": "table"}, {"path": "a.json", "type": "table"}]', ("a.json",)),
        ('[{"path": "a.json", "type": "image"}, {"path": 3, "type": "table"}]', ()),
        ("[1]", ()),
        ("{", ()),
        ("null", ()),
        ("[" * 100_000, ()),
    ],
)
def test_tables_are_those_that_mlflows_tag_names(tag: str, paths: tuple[str, ...]) -> None:
    assert tables_of({"mlflow.loggedArtifacts": tag}) == paths
    assert tables_of({}) == ()


def test_forms_of_a_dataset_are_kept_once_and_not_without_end() -> None:
    forms = Forms()
    forms.add([Dataset("train", "d1", "code", "s"), Dataset("train", "d1", "code", "s"), Dataset("test", "d1", "", "")])
    forms.add(Dataset("train", "d2", "code", str(number)) for number in range(100))
    assert {digest: {n: len(f) for n, f in names.items()} for digest, names in forms.by_digest.items()} == {
        "d1": {"train": 1, "test": 1},
        "d2": {"train": MAX_FORMS},
    }
    again = Forms()
    again.add(forms)
    assert again.by_digest == forms.by_digest
