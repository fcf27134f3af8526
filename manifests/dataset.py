"""``dataset.json``: the description of a version, written last."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from shards import storage

DATASET_INDEX, MANIFEST, CARD, LATEST = "dataset.json", "manifest.parquet", "README.md", "latest.json"
_FORMAT = "natocc-dataset/1"
# The outcomes of a sample.
OUTCOMES = ("kept", "rejected", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardRecord:
    """One finished shard. ``cache_key`` is the hash of everything that its bytes depend on."""

    file: str
    set: str
    split: str
    cache_key: str
    samples: int
    counts: dict[str, int]
    bytes: int
    sha256: str
    # Final batch size of the network; smaller than the initial one if memory ran out.
    network_batch: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One version: its inputs, the code that made it, and its content."""

    name: str
    version: str
    recipe: dict[str, Any]
    # Options of the build that replaced fields of the recipe.
    overrides: dict[str, Any]
    # The bank's content hash, files with hashes, upscaler and its settings.
    bank: dict[str, Any]
    code_version: str
    libraries: dict[str, str]
    backends: dict[str, str | None]
    counts: dict[str, int]
    counts_by_set: dict[str, dict[str, int]]
    # Left-out sets and faces, and pairs that are never drawn because both come from one photograph.
    left_out: dict[str, Any]
    shards: tuple[ShardRecord, ...]
    files: dict[str, str]
    licences: tuple[str, ...]
    # Networks that were used, by stage: name, hash of the weights, how they were run.
    networks: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: str = field(default=_FORMAT)

    def encode(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()


def read_dataset(version_url: str) -> Dataset:
    """The version at a URL. Raises FileNotFoundError if there is none, ValueError for another format."""
    url = storage.join(version_url, DATASET_INDEX)
    if not storage.exists(url):
        raise FileNotFoundError(
            f"{version_url}: expected a dataset version ({DATASET_INDEX} in it), found none"
        )
    data = json.loads(storage.read_bytes(url))
    if data.get("format") != _FORMAT:
        raise ValueError(f"{url}: expected format {_FORMAT}, got {data.get('format')!r}")
    data["shards"] = tuple(ShardRecord(**shard) for shard in data["shards"])
    data["licences"] = tuple(data["licences"])
    return Dataset(**data)


def latest_version(dataset_url: str) -> str | None:
    """The name of the version that ``latest.json`` points to; None if it does not exist yet."""
    url = storage.join(dataset_url, LATEST)
    if not storage.exists(url):
        return None
    return str(json.loads(storage.read_bytes(url))["version"])


def resolve_version(url: str, *, alternative: str = "") -> str:
    """The URL of a version, given its own URL or that of a dataset with a ``latest`` pointer.

    Raises FileNotFoundError if there is neither. Its message names ``alternative``, what else the caller
    accepts, and the files that lie there.
    """
    if storage.exists(storage.join(url, DATASET_INDEX)):
        return str(url)
    version = latest_version(url)
    if version is None:
        raise FileNotFoundError(
            f"{url}: expected {alternative}a version ({DATASET_INDEX}) or a dataset ({LATEST}), "
            f"got {storage.describe_content(url)}; give the path that `natocc build` printed"
        )
    return storage.join(url, version)


def point_latest(dataset_url: str, version: str) -> None:
    storage.write_bytes(storage.join(dataset_url, LATEST), json.dumps({"version": version}).encode())
