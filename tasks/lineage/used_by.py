"""All samples that were made from an input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from manifests.rows import Row
from tasks.lineage.manifest import open_manifest, unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """The samples of one input. ``roles`` say as what it was found: face, person, photograph or occluder."""

    name: str
    version: str
    roles: tuple[str, ...]
    rows: tuple[Row, ...]


def used_by(url: str, name: str) -> Use:
    """Samples of a version by an id of a face or an occluder, a person, or a photograph's or entry's sha256.

    Raises ValueError for a name that nothing in the version has.
    """
    manifest = open_manifest(url)
    roles: set[str] = set()
    rows: list[Row] = []
    for row in manifest.rows:
        found = {role for role, value in _names(row) if value == name}
        roles |= found
        rows += [row] if found else []
    if not rows:
        known = {value for row in manifest.rows for _, value in _names(row)}
        raise unknown("an id, a person or a sha256 of an input", name, known, manifest.url)
    return Use(name=name, version=manifest.dataset.version, roles=tuple(sorted(roles)), rows=tuple(rows))


def _names(row: Row) -> Iterator[tuple[str, str]]:
    """The names of a sample's inputs, each with its role."""
    pairs = (
        ("face", row.face_id),
        ("face", row.face_sha256),
        ("person", row.person),
        ("photograph", row.face_photo),
        ("photograph", row.occluder_photo),
        ("occluder", row.occluder_id),
        ("occluder", row.occluder_sha256),
    )
    return ((role, value) for role, value in pairs if value)
