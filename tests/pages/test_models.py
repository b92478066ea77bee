"""The list of models: registered ones and prompts first, logged ones by pages."""

from __future__ import annotations

from sitegen.pages.models import LOGGED_A_PAGE, models_pages
from tests.analysis.builders import row
from tests.pages.library_builder import TIME, library, logged_model, registered_model, version

PROMPT = {"mlflow.prompt.is_prompt": "true"}


def test_a_store_without_models_has_no_list() -> None:
    assert models_pages(library(row("a"))) == []


def test_a_line_says_versions_aliases_stages_and_the_newest_run() -> None:
    versions = [version(str(at), stage="Staging") for at in range(9, 1, -1)]
    wine = registered_model(
        version("10", run_id="a"),
        *versions,
        aliases={"b": "10", "a": "9"},
        last_update_time=TIME,
        description="x" * 200,
    )
    (page,) = models_pages(library(row("a", name="fit"), registered=[wine]))
    (line,) = page.registered
    assert (line.versions, line.aliases, line.run.text, line.updated) == ("9", "@a v9, @b v10", "fit", "2023-11-14")
    assert line.stages == ", ".join(f"Staging v{at}" for at in range(9, 3, -1)) and len(line.description) <= 120
    (bare,) = models_pages(library(registered=[registered_model()]))[0].registered
    assert (bare.versions, bare.aliases, bare.stages, bare.updated, bare.run.text) == ("0", "", "", "", "")


def test_prompts_stand_apart_and_lead_to_pages_of_their_own() -> None:
    (page,) = models_pages(library(registered=[registered_model(), registered_model(name="ask", tags=PROMPT)]))
    assert [line.model.href for line in page.registered] == ["models/wine.html"]
    assert [line.model.href for line in page.prompts] == ["prompts/ask.html"]
    assert [(entry.label, entry.count) for entry in page.nav] == [
        ("Registered models", 1), ("Prompts", 1), ("Logged models", 0)
    ]  # fmt: skip


def test_logged_models_are_cut_into_pages_and_only_the_first_has_the_others() -> None:
    logged = [logged_model(f"m-{at:04}") for at in range(LOGGED_A_PAGE + 1)]
    (one,) = models_pages(library(logged=logged[:-1]))
    assert (one.pages, one.logged_hint, one.has_types) == ((), "newest first", False)
    typed = [*logged[:-1], logged_model("m-9999", model_type="agent")]
    first, second = models_pages(library(logged=typed, registered=[registered_model()]))
    assert (len(first.logged), len(second.logged), len(first.registered), len(second.registered)) == (500, 1, 1, 0)
    assert (second.path, second.logged_hint) == ("models-2.html", "501–501 of 501, newest first")
    assert second.pages == (("models.html", "1–500", False), ("models-2.html", "501–501", True))
    assert (first.has_types, second.has_types) == (False, True)
