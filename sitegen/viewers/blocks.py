"""What a preview is made of. Texts are as they will be shown; `html` and `svg` are finished, and safe in a page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with values: a shape, a duration, a number of rows."""

    items: tuple[tuple[str, str], ...]
    kind: str = "facts"


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of text or code. `html` holds the lines, marked where the language is known, `numbers` their numbers."""

    html: str
    numbers: str = ""
    note: str = ""
    label: str = "Text"
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Prose:
    """Rendered Markdown."""

    html: str
    kind: str = "prose"


@dataclass(frozen=True, slots=True)
class Tree:
    """A JSON or YAML value, folded."""

    html: str
    note: str = ""
    kind: str = "tree"


@dataclass(frozen=True, slots=True)
class Column:
    """`numeric` columns are aligned to the right and sorted by value."""

    name: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a table; `image` is the address of a picture that it stands for, from the site's root.

    `full` is the whole of a long text, `value` the number that a text such as `1.234,5` means.
    """

    text: str
    image: str = ""
    full: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The first rows of a table; `note` says how much there is. `title` names it where a page has several."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    title: str = ""
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as a data address, which can run nothing."""

    src: str
    alt: str
    note: str = ""
    width: int = 0
    height: int = 0
    kind: str = "picture"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing of our own."""

    svg: str
    note: str = ""
    kind: str = "drawing"


@dataclass(frozen=True, slots=True)
class Frame:
    """A page of a stranger, to be shown in a sandbox that reaches nothing; `source` is its HTML."""

    source: str
    note: str = ""
    kind: str = "frame"


@dataclass(frozen=True, slots=True)
class Media:
    """The file itself, played or shown by the browser: `audio`, `video` or `pdf`."""

    tag: str
    kind: str = "media"


@dataclass(frozen=True, slots=True)
class Heading:
    """A word over the blocks that follow."""

    text: str
    kind: str = "heading"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in place of what cannot be shown, or about it."""

    text: str
    kind: str = "sentence"


Block = Facts | Text | Prose | Tree | Table | Picture | Drawing | Frame | Media | Heading | Sentence
