"""Copies of the artifacts of one run: which files the site gets, with their previews and thumbnails."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sitegen.analysis.scores.values import NO_SCORES, Scores
from sitegen.model import Run
from sitegen.privacy import NO_NAMES, Names, Privacy
from sitegen.viewers import pictures
from sitegen.viewers.blocks import Block
from sitegen.viewers.cleaning import clean_blocks, hidden_note
from sitegen.viewers.copying import CopiedFile, copy_file
from sitegen.viewers.kinds import IMAGES
from sitegen.viewers.score_blocks import score_blocks
from sitegen.viewers.score_files import scores_in_file
from sitegen.viewers.siblings import MAX_VIEWS, Siblings, artifact_base, view_address
from sitegen.viewers.view import Subject, view_of

MAX_THUMBS = 2_000


@dataclass(frozen=True, slots=True)
class CopiedArtifact:
    """An artifact as the site has it. `view` is the address of its preview, `thumb` that of its thumbnail.

    Both are paths from the site's root, empty if there is none; `thumb` may be the image itself. `scores` are the
    confusion matrix and the report that the file holds, None if it is another file.
    """

    file: CopiedFile
    view: str = ""
    thumb: str = ""
    scores: Scores | None = None


class CopiedFiles:
    """The copied artifacts of a run, for links in its note: by path, also below `artifacts/`."""

    def __init__(self, copies: Sequence[CopiedArtifact]) -> None:
        self._copies = copies
        self._by_path: dict[str, CopiedArtifact] = {}

    def image(self, path: str) -> str:
        """The address, from the site's root, of an image; empty if it is not an image, or not in the site."""
        one = self._find(path)
        return one.file.href if one and one.file.kind in IMAGES else ""

    def page(self, path: str) -> str:
        """The address of the preview of an artifact, else of its copy; empty if there is neither."""
        one = self._find(path)
        return one.view or one.file.href if one else ""

    def _find(self, path: str) -> CopiedArtifact | None:
        if not self._by_path:
            self._by_path = {one.file.path: one for one in self._copies}
        return self._by_path.get(path) or self._by_path.get(path.removeprefix("artifacts/"))


@dataclass(frozen=True, slots=True)
class ArtifactOutput:
    """An artifact with everything to write for it: its bytes, the blocks of its preview, its thumbnail."""

    artifact: CopiedArtifact
    data: bytes
    blocks: tuple[Block, ...] = ()
    thumb_data: bytes = b""


def copy_artifacts(
    run: Run, privacy: Privacy, names: Names = NO_NAMES, has_previews: bool = True
) -> Iterator[ArtifactOutput]:
    """Every artifact of `run` in order of path, one at a time: their bytes are not kept.

    `has_previews` is false for no previews and thumbnails.
    `names` are those that the run's fields held before it was cleaned; they are hidden in its texts.
    """
    siblings = Siblings(run.artifacts, run.run_id, privacy, names)
    views = thumbs = 0
    for artifact in run.artifacts.files:
        file, data = copy_file(run.artifacts, artifact, artifact_base(run.run_id), privacy, names)
        blocks: tuple[Block, ...] = ()
        if has_previews and views < MAX_VIEWS:
            blocks = view_of(Subject(run.artifacts, artifact, data, privacy, siblings, file.kind))
        if blocks and not data:
            # Read where it is, so that nothing in it has been hidden yet.
            blocks, file = clean_blocks(blocks, file, privacy, names)
        found = scores_in_file(artifact.path, data) if blocks and data else NO_SCORES
        blocks = (*hidden_note(file), *score_blocks(found), *blocks) if blocks else blocks
        thumb, small = "", b""
        if has_previews and file.image and thumbs < MAX_THUMBS:
            thumb, small = _thumb(file, data)
        views += bool(blocks)
        thumbs += bool(thumb)
        view = view_address(run.run_id, artifact.path) if blocks else ""
        yield ArtifactOutput(CopiedArtifact(file, view, thumb, found or None), data, blocks, small)


def _thumb(file: CopiedFile, data: bytes) -> tuple[str, bytes]:
    address = _thumb_address(file, data)
    if not address.startswith("thumbs/"):
        return address, b""
    small = pictures.thumbnail(data)
    return (address, small) if small else ("", b"")


def _thumb_address(file: CopiedFile, data: bytes) -> str:
    """Named after a hash of the image, so that equal images share a thumbnail; small images are their own."""
    if file.data or len(data) <= pictures.SMALL_BYTES:
        return "" if file.data else file.href
    digest = hashlib.sha256(data).hexdigest()
    return f"thumbs/{digest[:2]}/{digest[2:18]}.webp"
