"""Where the files of registered model versions lie: with a logged model, or among the artifacts of a run."""

from __future__ import annotations

from collections.abc import Mapping

from sitegen.build.contents import FileKey
from sitegen.model import Catalog, ModelVersion
from sitegen.stores.modelfile import artifact_path_of

VersionPlaces = Mapping[tuple[int, str], FileKey]
"""Where the files of each version are, by the model's place in the catalog and the version."""


def version_places(catalog: Catalog) -> dict[tuple[int, str], FileKey]:
    """Where the files of each version are, by the model's place in the catalog and the version.

    `catalog` must be as read from the store: a public site hides where files are, and may mask a model's name.
    """
    return {
        (at, version.version): place
        for at, model in enumerate(catalog.registered_models)
        for version in model.versions
        if not model.is_prompt and (place := _place(version))
    }


def _place(version: ModelVersion) -> FileKey | None:
    if version.model_id:
        return version.model_id
    path = artifact_path_of(version.source, version.run_id) if version.run_id else None
    return (version.run_id, path) if version.run_id and path else None


def paths_by_run(places: Mapping[tuple[int, str], FileKey]) -> dict[str, tuple[str, ...]]:
    """The paths of model versions among each run's artifacts."""
    found: dict[str, list[str]] = {}
    for place in sorted({place for place in places.values() if not isinstance(place, str)}):
        found.setdefault(place[0], []).append(place[1])
    return {run_id: tuple(paths) for run_id, paths in found.items()}
