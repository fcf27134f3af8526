"""The bank: prepared faces, objects, hands and textures as few large tar files plus one table."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from natocc.kinds import check_entry_kind
from natocc.occluders.bank_files import BANK_FORMAT, BANK_INDEX, BANK_TABLE, BankFiles, StoredMember
from shards import storage
from shards.document import read_document
from shards.table import read_table
from shards.tar import iterate

# The category of a face with a corrected mask.
CORRECTED = "corrected"
# The member that holds an entry's metadata.
METADATA = "json"

BANK_SCHEMA = pa.schema(
    [
        ("kind", pa.string()),
        ("id", pa.string()),
        ("dataset", pa.string()),
        ("category", pa.string()),
        ("split", pa.string()),
        ("subset", pa.string()),
        ("person", pa.string()),
        ("photo", pa.string()),
        ("licence", pa.string()),
        ("grade", pa.string()),
        ("source", pa.string()),
        ("height", pa.int32()),
        ("width", pa.int32()),
        ("sha256", pa.string()),
        ("shard", pa.string()),
        (
            "members",
            pa.map_(
                pa.string(),
                pa.struct([("offset", pa.int64()), ("size", pa.int64()), ("sha256", pa.string())]),
            ),
        ),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the bank's table.

    ``id`` is unique within its kind and contains no dot. ``category`` is the COCO category, the DTD class or
    the hand's aspect. For a face with a corrected mask it is ``corrected``. ``photo`` is the sha256 of the
    source photograph. ``sha256`` is a hash over those of the entry's members, so equal content has an equal
    hash in any shard.
    """

    # One of ENTRY_KINDS.
    kind: str
    id: str
    dataset: str
    category: str
    split: str
    subset: str | None = None  # of a face: "WO" (without occlusion) or "O" (occluded); None if unknown
    person: str | None
    photo: str
    licence: str
    grade: str | None
    source: str  # path of the raw image, relative to the raw folder
    height: int
    width: int
    sha256: str
    shard: str
    members: dict[str, StoredMember]

    @property
    def cache_fields(self) -> list[str | None]:
        """All fields that a sample made from the entry depends on, except where it is stored."""
        return [
            self.kind,
            self.id,
            self.sha256,
            self.dataset,
            self.category,
            self.split,
            self.person,
            self.photo,
            self.licence,
            self.source,
        ]


def content_sha256(members: Mapping[str, str]) -> str:
    """One hash for a set of members, over their names and hashes, in order."""
    return storage.sha256_bytes(json.dumps([[name, sha256] for name, sha256 in members.items()]).encode())


class Bank:
    """A bank at a URL: ``entries(kind)`` in id order, ``read(entry)`` for the members' bytes.

    Everything that is read is compared with its hash. It reads the bank that was opened, to the end: all
    methods raise BadBank if a file is damaged or missing, or if the bank was prepared again.
    """

    def __init__(self, url: str) -> None:
        """Raises MissingDocument if there is no bank, BadDocument for an unusable index, BadBank."""
        self.url = str(url)
        self.index: dict[str, Any] = read_document(storage.join(self.url, BANK_INDEX), BANK_FORMAT)
        place = storage.join(self.url)
        if storage.is_local(place):
            self._files = BankFiles(place, self.index)
        else:
            self._files = BankFiles(place, self.index, storage.read_range)
        table = read_table(self.read_file(BANK_TABLE), BANK_SCHEMA)
        by_kind: dict[str, list[Entry]] = defaultdict(list)
        for row in table.to_pylist():
            row["members"] = {name: StoredMember(**member) for name, member in row["members"]}
            by_kind[check_entry_kind(row["kind"])].append(Entry(**row))
        self._entries = {kind: tuple(sorted(rows, key=lambda e: e.id)) for kind, rows in by_kind.items()}

    def entries(self, kind: str) -> tuple[Entry, ...]:
        """All entries of a kind, ordered by id. Raises ValueError for an unknown kind."""
        return self._entries.get(check_entry_kind(kind), ())

    @property
    def duplicates(self) -> tuple[tuple[str, ...], ...]:
        """Groups of ids of faces that are known to be one photograph."""
        known = self.index.get("known_defects", {}).get("duplicates", ())
        return tuple(tuple(group) for group in known)

    def read(self, entry: Entry, names: Collection[str] | None = None) -> dict[str, bytes]:
        """The entry's members by extension. ``names`` selects members; absent ones are omitted."""
        return self._files.read_members(entry, names)

    def read_file(self, name: str) -> bytes:
        """A whole file that the index lists: the table, a shard, COFW's table."""
        return self._files.read_file(name)

    def metadata(self, entry: Entry) -> dict[str, Any]:
        """The entry's json, read without its pictures; empty if the entry has no json.

        Raises ValueError if the bytes are not JSON.
        """
        data = self.read(entry, (METADATA,)).get(METADATA)
        return {} if data is None else _parse_metadata(data)

    def evaluated(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Dataset, key and metadata of each really occluded face. Only evaluation may use these faces."""
        for dataset, key, members in self.evaluated_members():
            yield dataset, key, _parse_metadata(members[METADATA])

    def evaluated_members(self) -> Iterator[tuple[str, str, dict[str, bytes]]]:
        """Dataset, key and members of each really occluded face."""
        for dataset, described in sorted(self.index.get("evaluation", {}).get("datasets", {}).items()):
            # A dataset without a usable face has no shard.
            if described["file"]:
                for key, members in iterate(self.read_file(described["file"])):
                    yield dataset, key, members


def _parse_metadata(data: bytes) -> dict[str, Any]:
    metadata = json.loads(data)
    return metadata if isinstance(metadata, dict) else {}
