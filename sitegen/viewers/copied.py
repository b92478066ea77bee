"""The artifacts of one run on their way into the site: what is carried, previewed, and made small."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sitegen.addresses import file_name
from sitegen.model import ArtifactFolder, Run
from sitegen.privacy import Privacy
from sitegen.viewers import pictures
from sitegen.viewers.blocks import Block
from sitegen.viewers.copying import Copied, carried_name, copy
from sitegen.viewers.view import Subject, view_of

MAX_VIEWS = 1_000
"""Previews of one run; what comes after is linked as the file that it is."""
MAX_THUMBS = 2_000


@dataclass(frozen=True, slots=True)
class CopiedArtifact:
    """An artifact as the site has it. `view` is the address of its preview, `thumb` that of its small picture.

    Both are paths from the site's root, empty where there is none; `thumb` may be the image itself.
    """

    copied: Copied
    view: str = ""
    thumb: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """An artifact with all that is to be written for it."""

    shown: CopiedArtifact
    data: bytes
    blocks: tuple[Block, ...] = ()
    thumb_data: bytes = b""


def view_address(run_id: str, path: str) -> str:
    """Where the preview of an artifact is. No carried name ends in `.html`, so no two previews meet."""
    return f"files/{file_name(run_id)}/{carried_name(path)}.html"


def artifact_base(run_id: str) -> str:
    return f"artifacts/{file_name(run_id)}"


def copy_artifacts(run: Run, privacy: Privacy) -> Iterator[Made]:
    """Every artifact of `run` in order of path, made one at a time: their bytes are not kept."""
    links = _links_of(run.artifacts, run.run_id)
    views = thumbs = 0
    for artifact in run.artifacts.files:
        copied, data = copy(run.artifacts, artifact, artifact_base(run.run_id), privacy)
        blocks: tuple[Block, ...] = ()
        if views < MAX_VIEWS:
            blocks = view_of(Subject(run.artifacts, artifact, data, privacy, links))
        thumb, small = "", b""
        if copied.image and thumbs < MAX_THUMBS:
            thumb, small = _thumb(copied, data)
        views += bool(blocks)
        thumbs += bool(thumb)
        view = view_address(run.run_id, artifact.path) if blocks else ""
        yield Made(CopiedArtifact(copied, view, thumb), data, blocks, small)


def copied_again(run: Run, privacy: Privacy, exists: Callable[[str], bool]) -> Iterator[CopiedArtifact]:
    """As `make_shelf` told it before, when all of it was written: `exists` says of a path whether it is in the site."""
    for artifact in run.artifacts.files:
        copied, data = copy(run.artifacts, artifact, artifact_base(run.run_id), privacy)
        view = view_address(run.run_id, artifact.path)
        thumb = _thumb_address(copied, data) if copied.image else ""
        yield CopiedArtifact(copied, view if exists(view) else "", thumb if thumb and exists(thumb) else "")


def _links_of(folder: ArtifactFolder, run_id: str) -> Callable[[str], str]:
    known = {artifact.path for artifact in folder.files}

    def link(path: str) -> str:
        return f"{artifact_base(run_id)}/{carried_name(path)}" if path in known else ""

    return link


def _thumb(copied: Copied, data: bytes) -> tuple[str, bytes]:
    address = _thumb_address(copied, data)
    if not address.startswith("thumbs/"):
        return address, b""
    small = pictures.thumbnail(data)
    return (address, small) if small else ("", b"")


def _thumb_address(copied: Copied, data: bytes) -> str:
    """Named after what is in the image, so that equal images have one thumbnail; small ones are their own."""
    if copied.data or len(data) <= pictures.SMALL_BYTES:
        return "" if copied.data else copied.href
    digest = hashlib.sha256(data).hexdigest()
    return f"thumbs/{digest[:2]}/{digest[2:18]}.webp"
