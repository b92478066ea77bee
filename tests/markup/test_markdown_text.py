"""Text of a store in Markdown means nothing but itself."""

from __future__ import annotations

import html

from hypothesis import given
from hypothesis import strategies as st

from sitegen.analysis.labels import one_line
from sitegen.markup.markdown_text import markdown_text


def test_what_means_something_is_an_entity() -> None:
    said = markdown_text("a|b `c` @team <img> [x](http://e) **d** ::error:: #1 \n- e")
    assert not set("|`@<>[]()*:") & set(html.unescape(said) and said.replace("&#", "").replace(";", ""))
    assert markdown_text("val_loss") == "val_loss" and markdown_text("cnn-more-dropout 0.54") == "cnn-more-dropout 0.54"


@given(st.text())
def test_a_reader_sees_the_text_itself(text: str) -> None:
    assert html.unescape(markdown_text(text)) == html.unescape(one_line(text)) or "&" in text
    assert "\n" not in markdown_text(text)
