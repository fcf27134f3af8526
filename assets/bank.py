"""The bank: prepared faces, objects, hands and textures as few large tar files plus one table."""

from __future__ import annotations

import io
import json
import re
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from shards import storage
from shards.tar import Span, TarWriter, add_sample

Kind = Literal["face", "object", "hand", "texture"]
KINDS: tuple[Kind, ...] = ("face", "object", "hand", "texture")
INDEX, TABLE = "bank.json", "entries.parquet"
# The category of a face whose mask is a corrected one.
CORRECTED = "corrected"
_SHARD = re.compile(rf"({'|'.join(KINDS)})-\d{{6}}\.tar")

SCHEMA = pa.schema(
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
        ("members", pa.map_(pa.string(), pa.struct([("offset", pa.int64()), ("size", pa.int64())]))),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the bank's table.

    ``id`` is unique within its kind and holds no dot. ``category`` is the COCO category, the DTD
    class or the hand's aspect; of a face with a corrected mask, ``corrected``. ``photo`` is the
    sha256 of the source photograph. ``sha256`` is that of the entry's members, so equal content has
    an equal hash wherever it lies.
    """

    kind: Kind
    id: str
    dataset: str
    category: str
    split: str
    subset: str | None = None  # of a face: "WO" (nothing over it) or "O"; None where nobody says
    person: str | None
    photo: str
    licence: str
    grade: str | None
    source: str  # path of the raw image, relative to the raw folder
    height: int
    width: int
    sha256: str
    shard: str
    members: dict[str, Span]

    @property
    def facts(self) -> list[str | None]:
        """All that a sample made from the entry depends on, wherever the entry is stored."""
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


def content_sha256(members: dict[str, bytes]) -> str:
    """One hash for a set of members: names and contents, in order."""
    return storage.sha256_bytes(
        json.dumps([[name, storage.sha256_bytes(data)] for name, data in members.items()]).encode()
    )


class Bank:
    """A bank at a URL: ``entries(kind)`` in id order, ``read(entry)`` for the members' bytes."""

    def __init__(self, url: str) -> None:
        if not storage.exists(storage.join(url, INDEX)):
            raise FileNotFoundError(
                f"{url}: expected a bank ({INDEX} in it), found none; make one with "
                "`natocc prepare --raw DIR --bank URL`"
            )
        self.url = str(url)
        self.index: dict[str, object] = json.loads(storage.read_bytes(storage.join(url, INDEX)))
        table = pq.read_table(io.BytesIO(storage.read_bytes(storage.join(url, TABLE))), schema=SCHEMA)
        by_kind: dict[Kind, list[Entry]] = defaultdict(list)
        for row in table.to_pylist():
            row["members"] = {name: Span(**span) for name, span in row["members"]}
            by_kind[row["kind"]].append(Entry(**row))
        self._entries = {kind: tuple(sorted(rows, key=lambda e: e.id)) for kind, rows in by_kind.items()}

    def entries(self, kind: Kind) -> tuple[Entry, ...]:
        """All entries of a kind, ordered by id."""
        return self._entries.get(kind, ())

    def read(self, entry: Entry) -> dict[str, bytes]:
        """The entry's members, by extension."""
        url = storage.join(self.url, entry.shard)
        return {name: storage.read_span(url, span.offset, span.size) for name, span in entry.members.items()}


class BankWriter:
    """Writes a bank shard by shard; the table and the index come last, so a torn bank is no bank.

    A shard holds entries of one kind, ``per_shard`` of them or about ``shard_bytes``, whichever comes
    first; that much is held in memory. Raises OSError where the folder can't be made or written.
    """

    def __init__(self, url: str, *, per_shard: int = 1000, shard_bytes: int = 64 << 20) -> None:
        self.url, self._per_shard, self._shard_bytes = str(url), per_shard, shard_bytes
        self._entries: list[Entry] = []
        self._pending: list[tuple[Entry, dict[str, bytes]]] = []
        self._size = 0
        self._shards: dict[str, str] = {}
        storage.make_folder(self.url)
        storage.remove(storage.join(self.url, INDEX))
        # The table is put down empty: a folder that can't be written is found before hours of work.
        storage.write_bytes(storage.join(self.url, TABLE), b"")

    def add(self, entry: Entry, members: dict[str, bytes]) -> None:
        """Queue one entry (its ``shard``, ``members`` and ``sha256`` are filled in here)."""
        size = sum(len(data) for data in members.values())
        full = len(self._pending) >= self._per_shard or self._size + size > self._shard_bytes
        if self._pending and (full or self._pending[0][0].kind != entry.kind):
            self._flush()
        self._pending.append((entry, members))
        self._size += size

    def _flush(self) -> None:
        if not self._pending:
            return
        kind = self._pending[0][0].kind
        number = sum(name.startswith(f"{kind}-") for name in self._shards)
        name = f"{kind}-{number:06d}.tar"
        url = storage.join(self.url, name)
        with storage.write_whole(url) as stream:
            writer = TarWriter(stream)
            for entry, members in self._pending:
                spans = add_sample(writer, entry.id, members)
                digest = content_sha256(members)
                self._entries.append(replace(entry, shard=name, members=spans, sha256=digest))
            writer.close()
        self._shards[name] = storage.sha256_of(url)
        self._pending, self._size = [], 0

    def close(self, *, files: dict[str, str] | None = None, **facts: object) -> None:
        """Write the table, then the index with ``facts``, counts and the hash of every file.

        ``files`` are hashes of files that were written beside the bank's own. Shards that an earlier,
        larger bank left here are removed.
        """
        self._flush()
        for name in storage.list_names(self.url):
            if _SHARD.fullmatch(name) and name not in self._shards:
                storage.remove(storage.join(self.url, name))
        rows = [
            asdict(e) | {"members": [(n, asdict(s)) for n, s in e.members.items()]} for e in self._entries
        ]
        stream = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), stream)
        storage.write_bytes(storage.join(self.url, TABLE), stream.getvalue())
        counts = {kind: sum(e.kind == kind for e in self._entries) for kind in KINDS}
        content = [entry.facts for entry in sorted(self._entries, key=lambda e: (e.kind, e.id))]
        index = {
            "format": "natocc-bank/1",
            "counts": counts,
            "content_sha256": storage.sha256_bytes(json.dumps(content).encode()),
            "files": self._shards | {TABLE: storage.sha256_bytes(stream.getvalue())} | (files or {}),
            **facts,
        }
        storage.write_bytes(
            storage.join(self.url, INDEX), json.dumps(index, indent=1, sort_keys=True).encode()
        )
