"""Writing a bank: shards of entries, then the table, then the index, which completes the bank."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import pyarrow as pa
import pyarrow.parquet as pq

from assets.bank.reader import BANK_SCHEMA, Entry, content_sha256
from natocc.document import encode_document
from natocc.kinds import ENTRY_KINDS
from natocc.occluders.bank_files import BANK_FORMAT, BANK_INDEX, BANK_TABLE, StoredMember
from shards import storage
from shards.tar import TarWriter, add_sample

# The index of the bank that is being written again; it holds the options that this bank was made with.
FORMER_INDEX = ".former-bank.json"
# Digits of a shard's hash in its name.
_HASH_DIGITS = 8
_PLACE = rf"[0-9a-f]{{6,16}}(-[0-9a-f]{{{_HASH_DIGITS}}})?"
_SHARD = re.compile(rf"(({'|'.join(ENTRY_KINDS)})(_[a-z]+)?|realocc|realocc_wild|cofw)-{_PLACE}\.tar")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One written tar file. ``entries`` hold the positions of their members in it."""

    name: str
    sha256: str
    size: int  # bytes
    entries: tuple[Entry, ...]


def is_shard(name: str) -> bool:
    """Whether a file of this name is a bank's shard, as this and earlier releases name them."""
    return _SHARD.fullmatch(name) is not None


def open_bank(url: str) -> None:
    """Prepare the folder for writing shards. A bank that is there stays as it is, and can be read.

    Without one, an empty table marks the content as incomplete. Raises OSError if the folder can't be made or
    the table written, so that this error appears before hours of work.
    """
    storage.make_folder(url)
    if not storage.exists(storage.join(url, BANK_INDEX)):
        storage.write_bytes(storage.join(url, BANK_TABLE), b"")


def retire_bank(url: str) -> None:
    """Remove the index, which marks the folder's content as incomplete.

    A copy of the index stays as FORMER_INDEX until the bank is closed. Raises OSError if that fails.
    """
    index = storage.join(url, BANK_INDEX)
    if storage.exists(index):
        storage.copy(index, storage.join(url, FORMER_INDEX))
        storage.remove(index)


def name_shard(name: str, sha256: str) -> str:
    """The name of a shard's file, with the first digits of its hash.

    Another content thus never takes the place of a file that a bank lists.
    """
    return f"{name}-{sha256[:_HASH_DIGITS]}.tar"


def write_shard(
    url: str, name: str | Callable[[str], str], items: Iterable[tuple[Entry, Mapping[str, bytes]]]
) -> Shard:
    """Write one tar file as the items arrive, and fill in their ``shard``, ``members`` and ``sha256``.

    ``name`` is the file's name, or gives it for the sha256 of the file.
    """

    def named() -> str:
        return name if isinstance(name, str) else name(writer.sha256)

    entries = []
    with storage.write_whole(url, named) as stream:
        writer = TarWriter(stream)
        for entry, members in items:
            hashes = {member: storage.sha256_bytes(data) for member, data in members.items()}
            stored = {
                member: StoredMember(span.offset, span.size, hashes[member])
                for member, span in add_sample(writer, entry.id, members).items()
            }
            entries.append(replace(entry, members=stored, sha256=content_sha256(hashes)))
        writer.close()
    stored_entries = tuple(replace(entry, shard=named()) for entry in entries)
    return Shard(name=named(), sha256=writer.sha256, size=writer.size, entries=stored_entries)


def close_bank(
    url: str,
    entries: Sequence[Entry],
    files: Mapping[str, str],
    beside: Mapping[str, bytes],
    index_fields: Mapping[str, object],
) -> bool:
    """Write the table, the files ``beside`` it, then the index with ``index_fields``, counts and all hashes.

    ``files`` are the hashes of files that are already written. An existing bank can be read until all is
    there but the table; its shards are removed at the end. Returns whether anything differs from the existing
    bank. If nothing differs, nothing is written.
    """
    rows = [asdict(e) | {"members": [(n, asdict(s)) for n, s in e.members.items()]} for e in entries]
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=BANK_SCHEMA), stream)
    written = {BANK_TABLE: stream.getvalue(), **beside}
    entry_fields = [entry.cache_fields for entry in sorted(entries, key=lambda e: (e.kind, e.id))]
    index = {
        "counts": {kind: sum(e.kind == kind for e in entries) for kind in ENTRY_KINDS},
        "content_sha256": storage.sha256_bytes(json.dumps(entry_fields).encode()),
        "files": dict(files) | {name: storage.sha256_bytes(data) for name, data in written.items()},
        **index_fields,
    }
    written[BANK_INDEX] = encode_document(BANK_FORMAT, index)
    changed = not all(_holds(storage.join(url, name), content) for name, content in written.items())
    if changed:
        retire_bank(url)
        for name, content in written.items():
            storage.write_bytes(storage.join(url, name), content)
    for name in storage.list_names(url):
        if name == FORMER_INDEX or (is_shard(name) and name not in files):
            storage.remove(storage.join(url, name))
    return changed


def _holds(url: str, data: bytes) -> bool:
    return storage.exists(url) and storage.read_bytes(url) == data


class BankWriter:
    """Writes a bank entry by entry, for banks that are not made from raw downloads.

    A shard holds entries of one kind: ``per_shard`` entries or about ``shard_bytes``, whichever is reached
    first. Shards are numbered, and take the place of those of a bank that was there, which can't be read from
    then on. The entries of an unfinished shard are held in memory. Raises OSError if the folder can't be made
    or written.
    """

    def __init__(self, url: str, *, per_shard: int = 1000, shard_bytes: int = 64 << 20) -> None:
        self.url, self._per_shard, self._shard_bytes = str(url), per_shard, shard_bytes
        self._shards: list[Shard] = []
        self._pending: list[tuple[Entry, dict[str, bytes]]] = []
        self._size = 0
        retire_bank(self.url)
        open_bank(self.url)

    def add(self, entry: Entry, members: dict[str, bytes]) -> None:
        """Queue one entry. Writing its shard fills in its ``shard``, ``members`` and ``sha256``."""
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
        number = sum(shard.name.startswith(f"{kind}-") for shard in self._shards)
        self._shards.append(write_shard(self.url, f"{kind}-{number:06d}.tar", self._pending))
        self._pending, self._size = [], 0

    def close(self, **index_fields: object) -> None:
        """Write the table, then the index with ``index_fields``."""
        self._flush()
        entries = [entry for shard in self._shards for entry in shard.entries]
        close_bank(self.url, entries, {shard.name: shard.sha256 for shard in self._shards}, {}, index_fields)
