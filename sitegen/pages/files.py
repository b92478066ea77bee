"""The page of an artifact: its preview, and the way back to its run; and the list of all files of a run with many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sitegen.addresses import Href, experiment_page, file_list_address, run_page
from sitegen.analysis.words import plural, size
from sitegen.model import Experiment, Run
from sitegen.viewers.blocks import Block, Frame, Plotly
from sitegen.viewers.copies import CopiedArtifact
from sitegen.viewers.copying import CopiedFile
from sitegen.viewers.sandbox import FRAME_POLICY

OPEN_FILES = 40
"""Files of a folder that is open from the start."""
PAGE_FILES = 400
"""Files that a run's page lists; with more it lists the first of each folder and links to all of them."""
PAGE_FOLDERS = 60


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file in a list."""

    folder: str
    """The folder that it is in, with a slash at its end, for screen readers."""
    name: str
    """Its name."""
    href: Href
    """Where the file itself is; empty if the site does not have it."""
    view: Href
    """Where its preview is; empty if it has none."""
    type: str
    """What kind of file it is, in words."""
    why: str
    """Why it is not in the site; empty if it is."""
    size: str
    """Its size: `3.4 MB`."""


@dataclass(frozen=True, slots=True)
class FolderLines:
    """A folder with its files."""

    name: str
    """The folder's path; empty at the top."""
    hint: str
    """How many files it has and their size."""
    files: tuple[FileLine, ...]
    """The files, in order."""
    open: bool
    """Whether it is shown open."""
    more: str = ""
    """How many files are not listed; empty if all are."""


@dataclass(frozen=True)
class FilePage:
    """An artifact's page; `policy` is its own where it holds a frame."""

    path: str
    title: str
    run: str
    """The name of its run."""
    run_href: Href
    """Where the run's page is."""
    experiment: str
    """The name of the run's experiment."""
    experiment_href: Href
    """Where the experiment's page is."""
    folder: str
    """The folder that it is in, with a slash at its end; empty at the top."""
    type: str
    """What kind of file it is, in words."""
    size: str
    """Its size: `3.4 MB`."""
    href: Href
    """Where the file itself is; empty if the site does not have it."""
    why: str
    """Why the site does not have it, in a sentence; else empty."""
    file_label: str
    """The text of the link to the file."""
    blocks: tuple[Block, ...]
    """The preview, from top to bottom."""
    policy: str
    """A content security policy of its own, where the preview holds a frame; else empty."""
    template: str = "file.html"
    kind: str = "file"


@dataclass(frozen=True)
class FileListPage:
    """Every file of a run that has too many for its own page."""

    path: str
    title: str
    run: str
    """The name of the run."""
    run_href: Href
    """Where the run's page is."""
    experiment: str
    """The name of the run's experiment."""
    experiment_href: Href
    """Where the experiment's page is."""
    hint: str
    """How many files there are and their size."""
    folders: tuple[FolderLines, ...]
    """The files, by folder."""
    template: str = "file_list.html"
    kind: str = "files"


def file_page_of(run: Run, experiment: Experiment, shown: CopiedArtifact, blocks: tuple[Block, ...]) -> FilePage:
    """The page of one artifact with its preview."""
    folder, slash, name = shown.file.path.rpartition("/")
    return FilePage(
        path=shown.view,
        title=name,
        run=run.name,
        run_href=run_page(run.run_id),
        experiment=experiment.name,
        experiment_href=experiment_page(experiment.experiment_id),
        folder=folder + slash,
        type=shown.file.type,
        size=size(shown.file.size),
        href=Href(shown.file.href),
        why=_why(shown.file),
        file_label=_label(shown.file),
        blocks=blocks,
        policy=FRAME_POLICY if any(isinstance(block, Frame | Plotly) for block in blocks) else "",
    )


def _label(file: CopiedFile) -> str:
    if file.kind == "plotly":
        return "Download its figures as JSON"
    is_changed = file.hidden or not all(one.is_allowed for one in file.secrets)
    return "Download with these hidden" if is_changed else "Download"


def _why(file: CopiedFile) -> str:
    """Why the file itself is not in the site, in a sentence."""
    if file.kind == "plotly":
        return "Without plotly.js, which the file brings along and this site has once."
    return "" if file.href else "The file itself is not in this site."


def file_list_page(run: Run, experiment: Experiment, copies: Sequence[CopiedArtifact]) -> FileListPage | None:
    """The list of all files of a run; None if its page lists them."""
    if len(copies) <= PAGE_FILES:
        return None
    return FileListPage(
        path=file_list_address(run.run_id),
        title=f"Artifacts of {run.name}",
        run=run.name,
        run_href=run_page(run.run_id),
        experiment=experiment.name,
        experiment_href=experiment_page(experiment.experiment_id),
        hint=files_hint([one.file for one in copies]),
        folders=folders_of(copies, len(copies)),
    )


def files_hint(copied: Sequence[CopiedFile]) -> str:
    return f"{plural(len(copied), 'file')}, {size(sum(c.size for c in copied))}" if copied else ""


def folders_of(copies: Sequence[CopiedArtifact], most: int = PAGE_FILES) -> tuple[FolderLines, ...]:
    """The files by folder, the root first; of more than `most` about as many, the first of each folder."""
    folders: dict[str, list[CopiedArtifact]] = {}
    for one in copies:
        folders.setdefault(one.file.path.rpartition("/")[0], []).append(one)
    all_fit = len(copies) <= most
    cut = len(copies) if all_fit else max(2, most // len(folders))
    few = len(copies) <= OPEN_FILES
    shown = sorted(folders.items())[: None if all_fit else PAGE_FOLDERS]
    # What `log_image` wrote is in the gallery, and has names for machines.
    return tuple(_folder(name, found, cut, not name or (few and name != "images")) for name, found in shown)


def _folder(name: str, found: Sequence[CopiedArtifact], most: int, is_open: bool) -> FolderLines:
    left = len(found) - most
    return FolderLines(
        name,
        files_hint([one.file for one in found]),
        tuple(_line(one) for one in found[:most]),
        is_open,
        f"and {plural(left, 'file')} more" if left > 0 else "",
    )


def _line(one: CopiedArtifact) -> FileLine:
    c = one.file
    folder, slash, name = c.path.rpartition("/")
    return FileLine(
        folder + slash,
        name,
        Href(c.href),
        Href(one.view),
        c.type,
        "" if one.view and not c.href else c.why,
        size(c.size),
    )
