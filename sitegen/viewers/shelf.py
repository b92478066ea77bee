"""The artifacts of one run on their way into the site: what is carried, previewed, and made small."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sitegen.artifacts import Carried, carried_name, carry
from sitegen.model import ArtifactFolder, Run
from sitegen.pages.addresses import file_name
from sitegen.privacy import Privacy
from sitegen.viewers import pictures
from sitegen.viewers.blocks import Block
from sitegen.viewers.view import Subject, view_of

MOST_VIEWS = 1_000
"""Previews of one run; what comes after is linked as the file that it is."""
MOST_THUMBS = 2_000


@dataclass(frozen=True, slots=True)
class Shown:
    """An artifact as the site has it. `view` is the address of its preview, `thumb` that of its small picture.

    Both are paths from the site's root, empty where there is none; `thumb` may be the image itself.
    """

    carried: Carried
    view: str = ""
    thumb: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """An artifact with all that is to be written for it."""

    shown: Shown
    data: bytes
    blocks: tuple[Block, ...] = ()
    thumb_data: bytes = b""


def view_address(run_id: str, path: str) -> str:
    """Where the preview of an artifact is. No carried name ends in `.html`, so no two previews meet."""
    return f"files/{file_name(run_id)}/{carried_name(path)}.html"


def artifact_base(run_id: str) -> str:
    return f"artifacts/{file_name(run_id)}"


def make_shelf(run: Run, privacy: Privacy) -> Iterator[Made]:
    """Every artifact of `run` in order of path, made one at a time: their bytes are not kept."""
    links = _links_of(run.artifacts, run.run_id)
    views = thumbs = 0
    for artifact in run.artifacts.files:
        carried, data = carry(run.artifacts, artifact, artifact_base(run.run_id), privacy)
        blocks: tuple[Block, ...] = ()
        if views < MOST_VIEWS:
            blocks = view_of(Subject(run.artifacts, artifact, data, privacy, links))
        thumb, small = "", b""
        if carried.image and thumbs < MOST_THUMBS:
            thumb, small = _thumb(carried, data)
        views += bool(blocks)
        thumbs += bool(thumb)
        view = view_address(run.run_id, artifact.path) if blocks else ""
        yield Made(Shown(carried, view, thumb), data, blocks, small)


def shelf_again(run: Run, privacy: Privacy, exists: Callable[[str], bool]) -> Iterator[Shown]:
    """As `make_shelf` told it before, when all of it was written: `exists` says of a path whether it is in the site."""
    for artifact in run.artifacts.files:
        carried, data = carry(run.artifacts, artifact, artifact_base(run.run_id), privacy)
        view = view_address(run.run_id, artifact.path)
        thumb = _thumb_address(carried, data) if carried.image else ""
        yield Shown(carried, view if exists(view) else "", thumb if thumb and exists(thumb) else "")


def _links_of(folder: ArtifactFolder, run_id: str) -> Callable[[str], str]:
    known = {artifact.path for artifact in folder.files}

    def link(path: str) -> str:
        return f"{artifact_base(run_id)}/{carried_name(path)}" if path in known else ""

    return link


def _thumb(carried: Carried, data: bytes) -> tuple[str, bytes]:
    address = _thumb_address(carried, data)
    if not address.startswith("thumbs/"):
        return address, b""
    small = pictures.thumbnail(data)
    return (address, small) if small else ("", b"")


def _thumb_address(carried: Carried, data: bytes) -> str:
    """Named after what is in the image, so that equal images have one thumbnail; small ones are their own."""
    if carried.data or len(data) <= pictures.SMALL_BYTES:
        return "" if carried.data else carried.href
    digest = hashlib.sha256(data).hexdigest()
    return f"thumbs/{digest[:2]}/{digest[2:18]}.webp"
