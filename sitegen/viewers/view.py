"""The table of types: which artifacts can be shown, by which module, from how many bytes."""

from __future__ import annotations

import base64
import io
import posixpath
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sitegen.analysis.words import size
from sitegen.model import Artifact, ArtifactFolder
from sitegen.privacy import Privacy, artifact_never
from sitegen.stores.artifacts import open_artifact
from sitegen.viewers import arrays, csv, drawings, figures, maps, notebooks, pictures, sandbox, texts, trees
from sitegen.viewers.blocks import Block, Heading, Media, Picture, Sentence
from sitegen.viewers.copying import is_pointer
from sitegen.viewers.decoding import decode as decode_apart
from sitegen.viewers.encodings import as_text, decode, decode_html
from sitegen.viewers.kinds import (
    BASE64,
    BROKEN,
    EMPTY,
    IMAGES,
    LFS,
    MAX_POINTER,
    TEXTS,
    TYPES,
    extension,
    is_event_log,
    kind_of,
    lfs_size,
)
from sitegen.viewers.metadata import without_metadata
from sitegen.viewers.model_blocks import model_blocks
from sitegen.viewers.models import read_model
from sitegen.viewers.reading import TEXT_CAP, Unreadable, parse_json, parse_yaml
from sitegen.viewers.siblings import Siblings
from sitegen.viewers.tensorboard import tensorboard_view

BINARY_CAP = 50_000_000
"""Maximum number of bytes of a binary file that a preview opens."""
AUDIO = frozenset("mp3 wav flac m4a aac ogg oga opus".split())
VIDEO = frozenset("mp4 webm ogv mov m4v mkv".split())
READ_IN_PLACE = frozenset("parquet npy npz tif tiff".split())
"""Types that are previewed but not copied."""


@dataclass(frozen=True, slots=True)
class Subject:
    """An artifact to be shown. `data` are the bytes that are copied, empty when none are; `kind` is what they are."""

    folder: ArtifactFolder
    artifact: Artifact
    data: bytes
    privacy: Privacy
    siblings: Siblings
    kind: str

    @property
    def path(self) -> str:
        return self.artifact.path

    @property
    def name(self) -> str:
        return posixpath.basename(self.path)

    @property
    def text(self) -> str:
        """The text that is read."""
        return as_text(self.data[: TEXT_CAP + 1])


def view_of(subject: Subject) -> tuple[Block, ...]:
    """The preview of an artifact; empty for what has none: images, which the gallery shows, and unknown types."""
    show = _viewer(subject)
    if show is None:
        return ()
    try:
        return show(subject)
    except Unreadable as problem:
        return _in_place_of(subject, problem)
    except MemoryError:
        return (Sentence("The file takes too much memory to be shown."),)


def _in_place_of(subject: Subject, problem: Unreadable) -> tuple[Block, ...]:
    """The preview of a file whose content does not match its name; text is at least shown as text."""
    description = Sentence(str(problem))
    is_text = subject.data and subject.kind in TEXTS
    return (description, texts.text_view(subject.text)) if is_text else (description,)


def _viewer(subject: Subject) -> Callable[[Subject], tuple[Block, ...]] | None:
    named = extension(subject.path)
    if named in READ_IN_PLACE and not subject.kind:
        # Named as text: what may not be shown whatever its type (input examples, credentials) is still known.
        text_name = posixpath.splitext(subject.path)[0] + ".json"
        if artifact_never(text_name, subject.privacy) or not _is_there(subject):
            return None
        return _pointer if is_pointer(subject.folder, subject.artifact) else _BINARY[named]
    if subject.kind == EMPTY:
        return _empty
    if is_event_log(subject.path) and not subject.kind:
        return _events if _is_there(subject) else None
    if not subject.data:
        return None
    if subject.name == "MLmodel":
        return _model
    if subject.kind in IMAGES:
        return None
    show = _TEXT.get(subject.kind, _code)
    return show if subject.kind == named or subject.kind in (LFS, BROKEN, "plotly") or not named else _misnamed(show)


def _misnamed(show: Callable[[Subject], tuple[Block, ...]]) -> Callable[[Subject], tuple[Block, ...]]:
    """The preview of a file with a wrong extension, with a note."""

    def shown(subject: Subject) -> tuple[Block, ...]:
        what = "an image as base64 text" if subject.kind == BASE64 else TYPES.get(subject.kind, subject.kind.upper())
        said = Sentence(f"The file is named .{extension(subject.path)}, but holds {what}.")
        try:
            return said, *show(subject)
        except Unreadable as problem:
            return said, *_in_place_of(subject, problem)

    return shown


# What is not a file that can be shown --------------------------------------------------------------------------------


def _empty(subject: Subject) -> tuple[Block, ...]:
    return (Sentence("The file is empty."),)


def _broken_image(subject: Subject) -> tuple[Block, ...]:
    return (Sentence("The file is not an image that can be read."),)


def _lfs(subject: Subject) -> tuple[Block, ...]:
    whole = lfs_size(subject.data)
    of = f" of {size(whole)}" if whole else ""
    said = (
        f"A Git LFS pointer stands here in place of the file{of}; `git lfs pull` in the store's repository fetches it."
    )
    return Sentence(said), texts.text_view(subject.text)


def _pointer(subject: Subject) -> tuple[Block, ...]:
    with _opened(subject) as file:
        return _lfs(replace(subject, data=file.read(MAX_POINTER)))


def _base64(subject: Subject) -> tuple[Block, ...]:
    """An image that was logged as its base64 text."""
    text = subject.text.partition(",")[2] if subject.text.startswith("data:") else subject.text
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise Unreadable("The file is not an image that can be read.") from error
    cleaned = without_metadata(data, kind_of("", data)) if subject.privacy.public else data
    return (pictures.picture_view(cleaned or b"", subject.name),)


# Text ---------------------------------------------------------------------------------------------------------------


def _code(subject: Subject) -> tuple[Block, ...]:
    kind = extension(subject.path) or subject.name.lower()
    kind = kind if kind in texts.LANGUAGES else subject.kind
    return (texts.text_view(subject.text, texts.LANGUAGES.get(kind, "")),)


def _markdown(subject: Subject) -> tuple[Block, ...]:
    return texts.markdown_view(subject.text, subject.siblings, subject.path) or (Sentence("The file is empty."),)


def _csv(subject: Subject) -> tuple[Block, ...]:
    return _table(subject)


def _tsv(subject: Subject) -> tuple[Block, ...]:
    return _table(subject, tabs=True)


def _table(subject: Subject, tabs: bool = False) -> tuple[Block, ...]:
    text, encoding = decode(subject.data[: TEXT_CAP + 1])
    cut = len(subject.data) > TEXT_CAP
    # A table that goes on behind what is read ends in the middle of a row.
    shown = csv.csv_view(text[: text.rfind("\n") + 1] if cut else text, tabs, encoding, not cut)
    note = (Sentence(f"Read as far as the first {size(TEXT_CAP)} of {size(len(subject.data))}."),) if cut else ()
    return (*note, *shown)


def _json(subject: Subject) -> tuple[Block, ...]:
    if figures.looks_like_figure(subject.text[:200]):
        found = figures.figures_in_json(as_text(subject.data))
        if found:
            return tuple(figures.plotly_view(found))
    if len(subject.data) > TEXT_CAP:
        description = Sentence(f"With {size(len(subject.data))} it is too large for a tree; this is its text.")
        return description, texts.text_view(subject.text)
    value = parse_json(subject.text)
    if csv.is_split_table(value):
        return (csv.split_table(value, subject.siblings.image),)
    if csv.is_records(value):
        return (csv.records_table(value),)
    if maps.is_geojson(value):
        return maps.map_view(value)
    if subject.name.startswith("feature_importance") and csv.is_importance(value):
        return (csv.importance_table(value),)
    figure = figures.figure_of(value)
    if figure:
        return tuple(figures.plotly_view([figure]))
    if drawings.is_vega(value):
        return (*drawings.vega_view(value), Heading("Specification"), trees.tree_view(value))
    return (trees.tree_view(value),)


def _geojson(subject: Subject) -> tuple[Block, ...]:
    value = parse_json(subject.text)
    if not maps.is_geojson(value):
        raise Unreadable("The file is not GeoJSON.")
    return maps.map_view(value)


def _yaml(subject: Subject) -> tuple[Block, ...]:
    value = parse_yaml(subject.text)
    source = texts.text_view(subject.text, "yaml")
    return (trees.tree_view(value), Heading("As written"), source) if isinstance(value, dict | list) else (source,)


def _notebook(subject: Subject) -> tuple[Block, ...]:
    # Pictures in a notebook make it large; its words are few.
    return notebooks.notebook_view(parse_json(as_text(subject.data), most=len(subject.data)))


def _html(subject: Subject) -> tuple[Block, ...]:
    """Figures of known libraries, and the rest of the page; any other page in its frame."""
    text = decode_html(subject.data)
    found = figures.figures_in_html(text)
    if found:
        has_words = figures.text_beside(text)
        rest = (Heading("The page around"), *_frame(subject, figures.without_scripts(text))) if has_words else ()
        return *figures.plotly_view(found), *rest
    chart = figures.vega_in_html(text)
    return drawings.vega_view(chart) if chart else _frame(subject, text)


def _frame(subject: Subject, text: str) -> tuple[Block, ...]:
    return sandbox.frame_view(text, subject.path, subject.siblings, not subject.privacy.public)


def _plotly(subject: Subject) -> tuple[Block, ...]:
    return tuple(figures.plotly_view(figures.figures_in_json(as_text(subject.data))))


def _svg(subject: Subject) -> tuple[Block, ...]:
    return drawings.svg_view(subject.data, subject.name), Heading("Source"), *_code(subject)


def _audio(subject: Subject) -> tuple[Block, ...]:
    return (Media("audio"),)


def _video(subject: Subject) -> tuple[Block, ...]:
    return (Media("video"),)


def _pdf(subject: Subject) -> tuple[Block, ...]:
    if not subject.data.startswith(b"%PDF-"):
        raise Unreadable("The file is not a PDF document.")
    return (Media("pdf"),)


# Models -------------------------------------------------------------------------------------------------------------


def _model(subject: Subject) -> tuple[Block, ...]:
    model = read_model(subject.folder, posixpath.dirname(subject.path), subject.privacy, subject.siblings.names)
    if model.problem:
        raise Unreadable(model.problem)
    source = texts.text_view(subject.text, "yaml")
    return (*model_blocks(model), Heading("MLmodel"), source)


# Files that are opened where they are ---------------------------------------------------------------------------------


def _parquet(subject: Subject) -> tuple[Block, ...]:
    with _opened(subject) as file:
        data = file.getvalue() if isinstance(file, io.BytesIO) else b""
    request = {"what": "parquet", "root": str(subject.folder.root), "path": subject.path}
    facts, types, first = csv.parquet_view(decode_apart(request, data, "a Parquet table"))
    rows = (Heading("First rows"), first) if first else (Sentence("Its first part is too large to be unpacked here."),)
    return facts, *rows, Heading("Schema"), types


def _npy(subject: Subject) -> tuple[Block, ...]:
    with _opened(subject) as file:
        return arrays.npy_view(file)


def _npz(subject: Subject) -> tuple[Block, ...]:
    with _opened(subject) as file:
        return arrays.npz_view(file)


def _events(subject: Subject) -> tuple[Block, ...]:
    with _opened(subject) as file:
        return tensorboard_view(file)


def _tiff(subject: Subject) -> tuple[Block, ...]:
    if subject.artifact.size > BINARY_CAP:
        raise Unreadable("The image is too large to be shown.")
    with _opened(subject) as file:
        shown: Picture = pictures.picture_view(file.read(BINARY_CAP), subject.name)
    return (shown,)


def _is_there(subject: Subject) -> bool:
    """Whether the file can be opened: artifacts on a server only if they are copied or previewed."""
    try:
        open_artifact(subject.folder, subject.path).close()
    except OSError:
        return False
    return True


def _opened(subject: Subject) -> Any:
    try:
        return open_artifact(subject.folder, subject.path)
    except OSError as error:
        raise Unreadable("The file could not be read.") from error


_TEXT: dict[str, Callable[[Subject], tuple[Block, ...]]] = {
    "md": _markdown, "csv": _csv, "tsv": _tsv, "json": _json, "geojson": _geojson, "yaml": _yaml, "yml": _yaml,
    "ipynb": _notebook, "html": _html, "htm": _html, "pdf": _pdf,
    "svg": _svg, "plotly": _plotly, LFS: _lfs, BASE64: _base64, BROKEN: _broken_image,
    **dict.fromkeys(AUDIO, _audio), **dict.fromkeys(VIDEO, _video),
}  # fmt: skip
_BINARY: dict[str, Callable[[Subject], tuple[Block, ...]]] = {
    "parquet": _parquet, "npy": _npy, "npz": _npz, "tif": _tiff, "tiff": _tiff,
}  # fmt: skip
