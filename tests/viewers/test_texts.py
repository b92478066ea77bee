"""Text, code and Markdown: escaped, cut with a note, without what a terminal would act on."""

from __future__ import annotations

from sitegen.viewers.blocks import Prose
from sitegen.viewers.texts import (
    COLOURED_CHARACTERS,
    MAX_COLOURED_LINE,
    SHOWN_CHARACTERS,
    SHOWN_LINES,
    markdown_view,
    marked,
    plain,
    text_view,
)


def test_lines_are_escaped_and_numbered_from_one() -> None:
    view = text_view("<b>\nx & y\n")
    assert (view.html, view.numbers, view.note) == ("&lt;b&gt;\nx &amp; y", "1\n2", "")


def test_one_line_and_text_without_numbers_have_none() -> None:
    assert text_view("one\n").numbers == ""
    assert text_view("one\ntwo", numbered=False).numbers == ""
    assert text_view("").html == ""


def test_all_lines_are_shown_up_to_the_limit_and_the_rest_is_counted() -> None:
    whole = text_view("x\n" * SHOWN_LINES)
    assert (whole.html.count("x"), whole.note) == (SHOWN_LINES, "")
    cut = text_view("x\n" * (SHOWN_LINES + 1))
    assert (cut.html.count("x"), cut.note) == (SHOWN_LINES, "The first 2,000 of 2,001 lines.")
    assert cut.numbers.endswith("\n2000")


def test_a_line_without_end_is_cut_by_its_characters() -> None:
    assert text_view("x" * SHOWN_CHARACTERS).note == ""
    cut = text_view("x" * SHOWN_CHARACTERS + "yz")
    assert len(cut.html) == SHOWN_CHARACTERS
    assert cut.note.startswith("The first ") and " of " in cut.note


def test_terminal_codes_go_and_control_characters_are_marked() -> None:
    assert plain("\x1b[31mred\x1b[0m\x00\tok\r\n") == "red�\tok\n"
    assert plain("\x1b]8;;https://x\x07link\x1b]8;;\x07") == "link"


def test_of_a_progress_bar_the_last_state_is_shown() -> None:
    assert plain(" 10%\r 50%\r100%\r\nend") == "100%\nend"


def test_words_are_marked_only_where_that_is_quick() -> None:
    assert '<span class="k">return</span>' in marked("return 1", "python")
    assert "<span" not in marked("return 1", "")
    assert "<span" in marked("return " + "1" * (MAX_COLOURED_LINE - 7), "python")
    assert "<span" not in marked("return " + "1" * (MAX_COLOURED_LINE - 6), "python")
    assert "<span" not in marked("a = 1\n" * (COLOURED_CHARACTERS // 6 + 1), "python")


def test_marked_code_is_escaped_too() -> None:
    assert "<script>" not in marked('x = "<script>"', "python")


def test_markdown_is_rendered_without_scripts_and_nothing_gives_no_block() -> None:
    (block,) = markdown_view("**bold** <script>alert(1)</script>")
    assert isinstance(block, Prose)
    assert "<strong>bold</strong>" in block.html and "<script" not in block.html
    assert markdown_view("  \n") == ()
