"""Where one sample comes from: its inputs with hashes and terms, its parameters, its backends."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from manifests.rows import Row
from tasks.lineage.manifest import open_manifest, unknown

_FACE = ("face_id", "repeat", "face_photo", "face_sha256", "face_licence", "person")
_OCCLUDER = ("occluder_id", "occluder_category", "occluder_photo", "occluder_sha256", "occluder_licence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One sample, kept or not. ``params`` is None for a sample that ended before they were drawn."""

    key: str
    version: str
    shard: str
    verdict: str
    reason: str
    cache_key: str
    face: dict[str, Any]
    # None if nothing lies on the face.
    occluder: dict[str, Any] | None
    params: dict[str, Any] | None
    backends: dict[str, str | None]
    # What all samples of the version were made with.
    code_version: str
    libraries: dict[str, str]
    bank_sha256: str


def trace_sample(url: str, key: str) -> Trace:
    """Trace a sample of a version by its key or its ``cache_key``. Raises ValueError for an unknown one."""
    manifest = open_manifest(url)
    row = next((row for row in manifest.rows if key in (row.key, row.cache_key)), None)
    if row is None:
        raise unknown("the key of a sample", key, (row.key for row in manifest.rows), manifest.url)
    dataset = manifest.dataset
    return Trace(
        key=row.key,
        version=dataset.version,
        shard=row.shard,
        verdict=row.verdict,
        reason=row.reason,
        cache_key=row.cache_key,
        face=_fields(row, _FACE, "face_"),
        occluder=_fields(row, _OCCLUDER, "occluder_") if row.occluder_id is not None else None,
        params=None if row.params is None else json.loads(row.params),
        backends=json.loads(row.backends),
        code_version=dataset.code_version,
        libraries=dataset.libraries,
        bank_sha256=str(dataset.bank["content_sha256"]),
    )


def _fields(row: Row, names: tuple[str, ...], prefix: str) -> dict[str, Any]:
    values = asdict(row)
    return {name.removeprefix(prefix): values[name] for name in names}
