"""Images of runs: series over steps, the same image of several runs, and the index that scripts find them by."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sitegen.addresses import Href, run_page
from sitegen.analysis.runs_table import RunRow, natural
from sitegen.analysis.words import plural
from sitegen.pages.figures import colours_of
from sitegen.viewers.copies import CopiedArtifact
from sitegen.viewers.copying import CopiedFile
from sitegen.viewers.known import known

MAX_IMAGES = 300
"""Images of a run in its page and in the index; the list of artifacts has all of them."""
SERIES_FROM_STEPS, SERIES_FROM_LOOSE = 2, 3
"""The least number of images that form a series over steps: if paths differ in a step alone, or in other numbers
too."""
ACROSS_RUNS = 12
ACROSS_NAMES = 8
"""Runs, and images of each, that an experiment's page shows side by side."""
MAX_INDEXED = 200

_LOGGED = re.compile(
    r"images/(?P<key>.+?)[+%]step[+%](?P<step>\d+)[+%]timestamp[+%](?P<time>\d+)[+%][^/]*\.(?:png|webp)"
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
# A number is a step where a word says so: `_step0`, `epoch-3`, `e12`, `predEpoch7`; that of a class or sample is none.
_STEP = re.compile(
    r"(?:(?<![A-Za-z0-9])(?:(?:global[_-]?)?steps?|epochs?|iter(?:ation)?s?|ckpt|checkpoint|round|ep?|it)|"
    r"(?<=[a-z])(?:Step|Epoch|Iter(?:ation)?))[ _=-]*(\d+)(?![A-Za-z\d]|\.\d)",
    re.IGNORECASE,
)


class Place(NamedTuple):
    """What an image shows and when: `name` is the same for all steps of a series."""

    name: str
    step: int | None


@dataclass(frozen=True, slots=True)
class ImageView:
    """An image in a gallery."""

    href: Href
    """Where the original is."""
    src: Href
    """The small image that the page shows; may be a `data:` address."""
    label: str
    """The caption below it."""
    width: int
    """The width of the original in pixels; 0 if it is not known."""
    height: int
    """The height of the original in pixels; 0 if it is not known."""
    step: str = ""
    """Its step; empty outside of a series."""
    path: str = ""
    """Its path among the artifacts, where the label does not say it."""


@dataclass(frozen=True, slots=True)
class ImageSeries:
    """The images of one name over steps, in their order."""

    name: str
    """What the images show."""
    hint: str
    """How many steps there are."""
    images: tuple[ImageView, ...]
    """The images, in the order of their steps."""


@dataclass(frozen=True, slots=True)
class Gallery:
    """All images of a run: single ones, and series."""

    single: tuple[ImageView, ...]
    """Images that are not in a series."""
    series: tuple[ImageSeries, ...]
    """Images of one name over steps."""
    hint: str
    """How many images there are; empty for none."""


NO_GALLERY = Gallery((), (), "")


@dataclass(frozen=True, slots=True)
class AcrossCell:
    """An image of one run, beside that of others."""

    run: str
    """The run's name."""
    run_id: str
    """Its id, by which scripts find the mark that has its colour."""
    colour: int
    """The number of the run's colour on the page."""
    run_href: Href
    """Where the run's page is."""
    value: str
    """What the run is judged by, with its value; empty if it has no rank."""
    image: ImageView
    """The image."""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The same image of several runs."""

    name: str
    """What the image shows."""
    hint: str
    """How many runs have it."""
    cells: tuple[AcrossCell, ...]
    """The image of each run, in the order of the runs."""


# One run ------------------------------------------------------------------------------------------------------------


def gallery_of(copies: Sequence[CopiedArtifact]) -> Gallery:
    """The images of a run in natural order, those of autologging first."""
    images = [one for one in copies if one.file.image and not is_twin(one.file.path)]
    if not images:
        return NO_GALLERY
    shown = sorted(images, key=lambda one: _order(one.file.path))[:MAX_IMAGES]
    places = places_of([one.file.path for one in shown])
    groups: dict[str, list[CopiedArtifact]] = {}
    for one in shown:
        groups.setdefault(places[one.file.path].name, []).append(one)
    series = tuple(_series(name, found, places) for name, found in groups.items() if len(found) >= 2)
    single = tuple(image_view(found[0]) for found in groups.values() if len(found) == 1)
    first = f"the first {MAX_IMAGES} of " if len(images) > MAX_IMAGES else ""
    return Gallery(single, series, first + plural(len(images), "image"))


def _series(name: str, found: Sequence[CopiedArtifact], places: Mapping[str, Place]) -> ImageSeries:
    ordered = sorted(found, key=lambda one: (places[one.file.path].step or 0, natural(one.file.path)))
    views = tuple(_step_view(one, name, places[one.file.path].step) for one in ordered)
    return ImageSeries(name, plural(len(views), "step"), views)


def _step_view(one: CopiedArtifact, name: str, step: int | None) -> ImageView:
    view = image_view(one)
    return ImageView(
        view.href,
        view.src,
        f"{name}, step {step}",
        view.width,
        view.height,
        str(step if step is not None else ""),
        view.path,
    )


def image_view(one: CopiedArtifact) -> ImageView:
    """An image as a gallery shows it."""
    c: CopiedFile = one.file
    meaning = known(c.path)
    label = meaning.title if meaning else label_of(c.path)
    return ImageView(
        Href(c.href), Href(c.data or one.thumb or c.href), label, c.width, c.height, path=c.path if meaning else ""
    )


def is_twin(path: str) -> bool:
    """`log_image` writes a small WebP beside each PNG; one of them is enough."""
    return path.endswith(("+compressed.webp", "%compressed.webp"))


def label_of(path: str) -> str:
    """The caption of an image: its path, or key and step of one that `log_image` wrote."""
    found = _LOGGED.fullmatch(path)
    return f"{_key(found['key'])} · step {int(found['step'])}" if found else path


def _key(text: str) -> str:
    return text.replace("~", "/").replace("#", "/")


def _order(path: str) -> tuple[int, object, int, str]:
    meaning = known(path)
    found = _LOGGED.fullmatch(path)
    if found:
        return 90, natural(found["key"]), int(found["step"]), found["time"]
    return (meaning.order if meaning else 80), natural(path), 0, ""


def places_of(paths: Sequence[str]) -> dict[str, Place]:
    """What each image shows: the key and step of `log_image`, or the step that a series of paths differs in."""
    found = {path: Place(_key(m["key"]), int(m["step"])) for path in paths if (m := _LOGGED.fullmatch(path))}
    rest = [path for path in paths if path not in found]
    # Of `fold1/e1.png ... fold2/e9.png` the series differ in the epoch alone. Of `snr_12.8dB_step0.png ...` each image
    # has a number of its own besides; they are one series where no step comes twice.
    found |= _series_of(rest, SERIES_FROM_STEPS, lambda text: text)
    rest = [path for path in rest if path not in found]
    found |= _series_of(rest, SERIES_FROM_LOOSE, lambda text: _NUMBER.sub("…", text))
    return {path: found.get(path) or Place(path, None) for path in paths}


def _series_of(paths: Sequence[str], least: int, rest_of: Callable[[str], str]) -> dict[str, Place]:
    """The places of `paths` in series of at least `least` steps; `rest_of` is what images of a series share."""
    templates: dict[str, list[tuple[int, str]]] = {}
    for path in paths:
        for step in _STEP.finditer(path):
            template = f"{rest_of(path[: step.start(1)])}…{rest_of(path[step.end(1) :])}"
            templates.setdefault(template, []).append((int(step[1][:18]), path))
    found: dict[str, Place] = {}
    # The template that joins most paths wins.
    for template, steps in sorted(templates.items(), key=lambda item: (-len(item[1]), item[0])):
        free = [(step, path) for step, path in steps if path not in found]
        if len(free) >= least and len({step for step, _ in free}) == len(free):
            found |= {path: Place(template, step) for step, path in free}
    return found


# Several runs -------------------------------------------------------------------------------------------------------


def index_record(run_id: str, copies: Sequence[CopiedArtifact]) -> list[object] | None:
    """The images of a run, for scripts: `[run id, [[name, step|null, image, small image, width, height], ...]]`."""
    shown = [one for one in copies if one.file.image and not one.file.data and not is_twin(one.file.path)]
    ordered = sorted(shown, key=lambda one: _order(one.file.path))[:MAX_INDEXED]
    places = places_of([one.file.path for one in ordered])
    lines = [
        [*places[c.path], c.href, "" if one.thumb in ("", c.href) else one.thumb, c.width, c.height]
        for one in ordered
        for c in (one.file,)
    ]
    return [run_id, lines] if lines else None


def pictured_rows(rows: Sequence[RunRow], ranked: Sequence[RunRow]) -> list[RunRow]:
    """The runs whose images an experiment's page shows: the best ones, or the newest where none is best."""
    return [row for row in ranked or rows if row.artifact_count][:ACROSS_RUNS]


def across_of(
    copies_by_run: Mapping[str, Sequence[CopiedArtifact]], rows: Sequence[RunRow], values: Mapping[str, str], best: str
) -> tuple[SideBySide, ...]:
    """The same images of `rows`, by name; for a series, the last step. Images of only one run are left out.

    `best` is the id of the best run; empty where none is.
    """
    colours = colours_of([row.run_id for row in rows], best, is_chosen=False)
    by_name: dict[str, dict[str, CopiedArtifact]] = {}
    for row in rows:
        shown = [s for s in copies_by_run.get(row.run_id, ()) if s.file.image and not is_twin(s.file.path)]
        places = places_of([s.file.path for s in shown])
        for one in sorted(shown, key=lambda s: places[s.file.path].step or 0):
            by_name.setdefault(places[one.file.path].name, {})[row.run_id] = one
    shared = [(name, found) for name, found in by_name.items() if len(found) > 1]
    shared.sort(key=lambda item: (-len(item[1]), _order(item[0])))
    return tuple(_across(name, found, rows, values, colours) for name, found in shared[:ACROSS_NAMES])


def _across(
    name: str,
    found: Mapping[str, CopiedArtifact],
    rows: Sequence[RunRow],
    values: Mapping[str, str],
    colours: Mapping[str, int],
) -> SideBySide:
    cells = tuple(
        AcrossCell(
            row.name,
            row.run_id,
            colours[row.run_id],
            run_page(row.run_id),
            values.get(row.run_id, ""),
            image_view(found[row.run_id]),
        )
        for row in rows
        if row.run_id in found
    )
    meaning = known(name)
    return SideBySide(meaning.title if meaning else name, plural(len(cells), "run"), cells)
