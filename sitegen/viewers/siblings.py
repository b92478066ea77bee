"""The other artifacts of a run that pages and notes refer to: where they are in the site, and their content."""

from __future__ import annotations

from sitegen.addresses import file_name
from sitegen.model import Artifact, ArtifactFolder
from sitegen.privacy import NO_NAMES, Names, Privacy, artifact_never
from sitegen.stores.artifacts import open_artifact
from sitegen.viewers.copying import CopiedFile, copied_name, copy_file
from sitegen.viewers.kinds import IMAGES, extension

MAX_VIEWS = 1_000
"""Maximum number of previews of one run; further files are linked directly."""
MAX_FONT = 500_000
MAX_KEPT = 16_000_000
"""Maximum number of bytes of cached files that many pages of a folder refer to."""
FONTS = frozenset("woff woff2 ttf otf".split())


def view_address(run_id: str, path: str) -> str:
    """The address of the preview of an artifact. No copied name ends in `.html`, so addresses are distinct."""
    return f"files/{file_name(run_id)}/{copied_name(path)}.html"


def artifact_base(run_id: str) -> str:
    """The folder of the copies of a run's artifacts."""
    return f"artifacts/{file_name(run_id)}"


class Siblings:
    """The artifacts of one run by path; those that may not be published are left out."""

    def __init__(self, folder: ArtifactFolder, run_id: str, privacy: Privacy, names: Names = NO_NAMES) -> None:
        self.folder, self.run_id, self.privacy, self.names = folder, run_id, privacy, names
        self._sizes = {artifact.path: artifact.size for artifact in folder.files}
        self._copies: dict[str, tuple[CopiedFile, bytes | None]] = {}
        self._left = MAX_KEPT

    def image(self, path: str) -> str:
        """The address, from the site's root, of an image; empty if it is not an image, or not in the site."""
        file = self._copy(path)[0] if path in self._sizes else None
        return file.href if file and file.kind in IMAGES else ""

    def page(self, path: str) -> str:
        """The address of what a link to an artifact leads to: its preview, else its copy; empty if there is none."""
        if path not in self._sizes:
            return ""
        file, _ = self._copy(path)
        has_view = bool(file.href) and file.kind not in IMAGES and len(self._sizes) <= MAX_VIEWS
        return view_address(self.run_id, path) if has_view else file.href

    def bytes_of(self, path: str) -> bytes:
        """The content of an artifact that may be published; empty if nothing may, or it does not exist."""
        if path not in self._sizes:
            return b""
        if extension(path) in FONTS:
            return self._font(path)
        file, data = self._copy(path)
        base = artifact_base(self.run_id)
        if data is not None:
            return data
        return copy_file(self.folder, Artifact(path, file.size), base, self.privacy, self.names)[1]

    def kind_of(self, path: str) -> str:
        """What the artifact is by its content."""
        return self._copy(path)[0].kind if path in self._sizes else ""

    def _copy(self, path: str) -> tuple[CopiedFile, bytes | None]:
        """The copy of an artifact, and its bytes while there is room for them."""
        if path not in self._copies:
            artifact = Artifact(path, self._sizes[path])
            file, data = copy_file(self.folder, artifact, artifact_base(self.run_id), self.privacy, self.names)
            self._left -= len(data)
            self._copies[path] = file, data if self._left >= 0 else None
        return self._copies[path]

    def _font(self, path: str) -> bytes:
        if artifact_never(path, self.privacy) or self._sizes[path] > MAX_FONT:
            return b""
        try:
            with open_artifact(self.folder, path) as file:
                return file.read(MAX_FONT)
        except OSError:
            return b""
