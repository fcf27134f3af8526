"""The indexes: ``dataset.json`` describes a version and is written last, ``latest.json`` names a version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import TypeAdapter

from manifests.outcomes.confirmed_code import ConfirmedCode
from manifests.outcomes.row_groups import RowGroups
from manifests.rows import BadRows, Row, decode_rows
from natocc.document import RELEASE, BadDocument, DocumentFormat, encode_document, parse_document
from shards import storage
from shards.document import as_record, read_document, write_document
from shards.lock import lock

DATASET_INDEX, MANIFEST, CARD, LATEST = "dataset.json", "manifest.parquet", "README.md", "latest.json"
# In a dataset's folder, held while latest.json and the history are written.
POINTER_LOCK = ".lock-latest"
_PATIENCE = 60.0  # seconds
_ADVICE = (
    "what was published is whole; end that run or let it go on, then run the same command again, which "
    "records the version and points to it"
)
# Every version whose dataset.json is damaged is repaired by the build that made it.
_REPAIR = "run the `natocc build` that made it again, which repairs it"
DATASET_FORMAT = DocumentFormat(
    name="natocc-dataset",
    schema=2,
    hashed_since=2,
    readable=(1,),
    what="a dataset version",
    make="give the path that `natocc build` printed",
    repair=_REPAIR,
    upgrade=_REPAIR,
)
_LATEST = DocumentFormat(
    name="natocc-latest",
    schema=1,
    hashed_since=1,
    readable=(0,),  # without a format
    what="a dataset",
    make="give the path that `natocc build` printed",
    repair="give the path of a version (a folder in {folder}), or run the same `natocc build` again, which "
    "writes it again",
    upgrade=_REPAIR,
)
_RECORD = DocumentFormat(
    name="natocc-shard",
    schema=1,
    hashed_since=1,
    what="a finished shard",
    make="run the same `natocc build` again",
    repair="run the same `natocc build` again, which renders the shard again",
    upgrade="run the same `natocc build` again, which renders the shard again",
)


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
    rows_sha256: str = ""  # of the shard's rows as Parquet; "" in versions of format 1
    confirmed: tuple[ConfirmedCode, ...] = ()


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
    # The rendering code of each set, and changes of it for which samples were kept; empty before.
    code_by_set: dict[str, str] = field(default_factory=dict)
    confirmed: tuple[ConfirmedCode, ...] = ()
    format: str = DATASET_FORMAT.tag
    # The release of natocc that wrote it; "" in format 1.
    written_by: str = RELEASE
    # The version that this one replaces: retried or upgraded. Absent from the file if None.
    instead_of: str | None = None

    def warnings(self) -> list[str]:
        """A line for each set with more rejects than ``max_rejected`` of the recipe."""
        limit = self.recipe.get("max_rejected")
        lines = []
        for name, counts in self.counts_by_set.items():
            total, rejected = sum(counts.values()), counts["rejected"]
            if limit is not None and rejected > limit * total:
                lines.append(
                    f"set {name}: expected at most {limit:.4g} of its samples rejected (max_rejected), "
                    f"got {rejected} of {total}"
                )
        return lines

    def encode(self) -> bytes:
        fields = asdict(self)
        for name in ("format", "written_by"):
            del fields[name]
        if self.instead_of is None:
            del fields["instead_of"]
        return encode_document(DATASET_FORMAT, fields)


_DATASETS, _RECORDS = TypeAdapter(Dataset), TypeAdapter(ShardRecord)


def read_dataset(version_url: str) -> Dataset:
    """The version at a URL. Raises BadDocument if there is none, or if its index is damaged or newer."""
    url = storage.join(version_url, DATASET_INDEX)
    return as_record(_DATASETS, {"written_by": ""} | read_document(url, DATASET_FORMAT), url, DATASET_FORMAT)


def write_shard_record(url: str, record: ShardRecord) -> None:
    """Write the record of a finished shard."""
    write_document(url, _RECORD, {"shard": asdict(record)})


def read_shard_record(url: str) -> ShardRecord:
    """The record of a finished shard. Raises BadDocument if there is none, or if it is damaged or newer."""
    fields = read_document(url, _RECORD)
    return as_record(_RECORDS, fields.get("shard", {}), url, _RECORD)


def parse_dataset(data: bytes, where: str) -> Dataset:
    """The dataset from the bytes of its index, which lie at ``where``. Raises BadDocument."""
    return as_record(
        _DATASETS, {"written_by": ""} | parse_document(data, where, DATASET_FORMAT), where, DATASET_FORMAT
    )


def read_manifest(version_url: str, dataset: Dataset) -> list[Row]:
    """The manifest of the version that ``dataset`` describes, with its hash compared.

    Raises BadRows if it is missing, differs from the index, or is of a later schema.
    """
    return decode_rows(read_manifest_bytes(version_url, dataset), storage.join(version_url, MANIFEST))


def read_manifest_bytes(version_url: str, dataset: Dataset) -> bytes:
    """The file of the manifest, with its hash compared. Raises BadRows if it is missing or differs."""
    url = storage.join(version_url, MANIFEST)
    with _manifest_at(url):
        data = storage.read_bytes(url)
    _check_manifest(url, dataset, storage.sha256_bytes(data))
    return data


def open_rows(version_url: str, dataset: Dataset) -> RowGroups:
    """The manifest, with its hash compared, to be read in parts. Raises BadRows as ``read_manifest``."""
    url = storage.join(version_url, MANIFEST)
    with _manifest_at(url):
        _check_manifest(url, dataset, storage.sha256_of(url))
        return RowGroups(url)


@contextmanager
def _manifest_at(url: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise BadRows(f"{url}: expected the manifest of the version, found none; {_REPAIR}") from error


def _check_manifest(url: str, dataset: Dataset, sha256: str) -> None:
    if dataset.files.get(MANIFEST, sha256) != sha256:
        raise BadRows(f"{url}: expected the manifest that {DATASET_INDEX} lists, got other bytes; {_REPAIR}")


def latest_version(dataset_url: str) -> str | None:
    """The name of the version that ``latest.json`` points to; None if it does not exist yet.

    Raises BadDocument if it is damaged or newer.
    """
    url = storage.join(dataset_url, LATEST)
    if not storage.exists(url):
        return None
    name = read_document(url, _LATEST).get("version")
    if not isinstance(name, str) or not name or "/" in name or name.startswith("."):
        raise BadDocument(
            f"{url}: expected the name of a version, got {name!r}; "
            + _LATEST.repair.replace("{folder}", str(dataset_url))
        )
    return name


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


def lock_pointer(dataset_url: str, *, wait: bool = False) -> AbstractContextManager[None]:
    """Hold the lock of ``latest.json`` and the records beside it: wait a minute for it, or without end.

    Others hold it for a moment, unless they are suspended. Raises InUse.
    """
    most = None if wait else _PATIENCE
    return lock(dataset_url, wait=True, name=POINTER_LOCK, at_most=most, advice=_ADVICE)


def point_latest(dataset_url: str, version: str) -> None:
    """Let ``latest.json`` name this version. Of two builds that end at once, one waits for the other."""
    with lock_pointer(dataset_url):
        write_pointer(dataset_url, version)


def write_pointer(dataset_url: str, version: str) -> None:
    """Write ``latest.json``. For holders of its lock."""
    write_document(storage.join(dataset_url, LATEST), _LATEST, {"version": version})
