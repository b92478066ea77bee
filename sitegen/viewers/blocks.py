"""The parts of a preview. Strings are as they will be shown; `html` and `svg` are finished, and safe in a page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with values: a shape, a duration, a number of rows."""

    items: tuple[tuple[str, str], ...]
    """Label and value of each."""
    kind: str = "facts"
    """Always `facts`."""


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of text or code."""

    html: str
    """The lines as finished HTML, marked where the language is known."""
    numbers: str = ""
    """The numbers of the lines, one below the other; empty for text that is not code."""
    note: str = ""
    """How much is not shown, in a sentence; else empty."""
    label: str = "Text"
    """What the text is: `Python`."""
    kind: str = "text"
    """Always `text`."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Rendered Markdown."""

    html: str
    """The text as finished HTML, sanitised."""
    kind: str = "prose"
    """Always `prose`."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A JSON or YAML value, folded."""

    html: str
    """The lists as finished HTML."""
    note: str = ""
    """How much is not shown, in a sentence; else empty."""
    kind: str = "tree"
    """Always `tree`."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    """Its heading."""
    numeric: bool = False
    """Whether it holds numbers, which are aligned to the right and sorted by value."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a table."""

    text: str
    """What it shows."""
    image: str = ""
    """Where the picture is that it stands for; empty for none."""
    full: str = ""
    """The whole of a long text; empty if `text` is whole."""
    value: str = ""
    """The number that a string such as `1.234,5` means; empty if the text says it."""


@dataclass(frozen=True, slots=True)
class Table:
    """The first rows of a table."""

    columns: tuple[Column, ...]
    """Its columns."""
    rows: tuple[tuple[Cell, ...], ...]
    """Its rows, a cell for each column."""
    note: str = ""
    """How much is not shown, in a sentence; else empty."""
    title: str = ""
    """Its name, where the page has several; else empty."""
    kind: str = "table"
    """Always `table`."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as a `data:` address, which cannot run anything."""

    src: str
    """The image as a `data:` address."""
    alt: str
    """What it shows, for screen readers."""
    note: str = ""
    """The caption below it; may be empty."""
    width: int = 0
    """Its width in pixels; 0 if it is not known."""
    height: int = 0
    """Its height in pixels; 0 if it is not known."""
    kind: str = "picture"
    """Always `picture`."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing made by sitegen."""

    svg: str
    """The finished drawing."""
    note: str = ""
    """The caption below it; may be empty."""
    kind: str = "drawing"
    """Always `drawing`."""


@dataclass(frozen=True, slots=True)
class Drawings:
    """Small drawings made by sitegen, beside each other."""

    items: tuple[tuple[str, str], ...]
    """The title of each, and the finished drawing."""
    kind: str = "drawings"
    """Always `drawings`."""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page of the site that an HTML artifact links to."""

    name: str
    """The name of the artifact that it shows."""
    href: str
    """Its address, from the site's root."""


@dataclass(frozen=True, slots=True)
class Frame:
    """An HTML artifact, shown in a sandbox without network access, and without scripts until the reader runs them."""

    source: str
    """Its HTML, whole."""
    scripts: bool = False
    """Whether it has scripts, which the reader may run."""
    starts: bool = False
    """Whether its scripts run without being asked for."""
    links: tuple[PageLink, ...] = ()
    """Other artifacts that it links to."""
    kind: str = "frame"
    """Always `frame`."""


@dataclass(frozen=True, slots=True)
class Plotly:
    """A figure that plotly.js draws in a sandbox."""

    figure: str
    """Its traces and layout, as JSON without `<`, `>` and `&`."""
    title: str
    """Its title."""
    height: int
    """Pixels of its frame."""
    kind: str = "plotly"
    """Always `plotly`."""


@dataclass(frozen=True, slots=True)
class Media:
    """The file itself, played or shown by the browser."""

    tag: str
    """What shows it: `audio`, `video` or `pdf`."""
    kind: str = "media"
    """Always `media`."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading above the blocks that follow."""

    text: str
    """The word."""
    kind: str = "heading"
    """Always `heading`."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence about content that cannot be shown."""

    text: str
    """The sentence."""
    kind: str = "sentence"
    """Always `sentence`."""


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """How often a true class was predicted as another."""

    count: str
    """The count, or the share that was logged in its place."""
    share: str
    """What part of its row it is; empty for an empty row, and where shares were logged."""
    heat: int
    """The ground of the cell, 0 to 8: the larger its share of the row, the higher."""


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A true class."""

    label: str
    """The class."""
    cells: tuple[MatrixCell, ...]
    """A cell for each predicted class."""
    total: str
    """How many samples are of this class; empty where shares were logged."""


@dataclass(frozen=True, slots=True)
class MatrixTable:
    """A confusion matrix."""

    title: str
    """What it is, and of which data: `Confusion matrix, val`."""
    labels: tuple[str, ...]
    """The predicted classes."""
    rows: tuple[MatrixRow, ...]
    """The true classes, in the same order."""
    rates: tuple[tuple[str, str], ...]
    """Names and values of rates that follow from it: precision, recall and others; of several classes the accuracy."""
    kind: str = "matrix"
    """Always `matrix`."""


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A class, an average, a threshold or a k with its scores."""

    label: str
    """What it is."""
    cells: tuple[str, ...]
    """A value for each column; empty where there is none."""
    titles: tuple[str, ...]
    """The same in all digits; empty where the value is whole as it is."""


@dataclass(frozen=True, slots=True)
class ScoreGrid:
    """Scores by class, by threshold or by k."""

    title: str
    """What it is, and of which data: `Scores by class, test`."""
    head: str
    """What its rows are: `Class`, `k`."""
    columns: tuple[str, ...]
    """The scores."""
    rows: tuple[ScoreRow, ...]
    """The classes, or the levels, in their order."""
    averages: tuple[ScoreRow, ...]
    """Averages over the classes; none for levels."""
    accuracy: str
    """The accuracy over all classes; empty if it is not known."""
    note: str = ""
    """How many rows are not shown, in a sentence; else empty."""
    kind: str = "scores"
    """Always `scores`."""


ScoreBlock = MatrixTable | ScoreGrid
Block = (
    Facts
    | Text
    | Prose
    | Tree
    | Table
    | Picture
    | Drawing
    | Drawings
    | Frame
    | Plotly
    | Media
    | Heading
    | Sentence
    | MatrixTable
    | ScoreGrid
)
