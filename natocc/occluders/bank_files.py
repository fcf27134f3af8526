"""The files of a prepared bank: its index, its table of entries, and the bytes of an entry's members.

A bank is a folder, or any URL that fsspec opens. Everything that is read is compared with its hash: the
index has its own, the index has those of all files, and the table has those of all members.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from natocc.document import BadDocument, DocumentFormat, missing_document, parse_document
from natocc.files.read import open_file, read_within
from natocc.kinds import ENTRY_KINDS, check_entry_kind
from natocc.occluders.filesystem import filesystem_of

if TYPE_CHECKING:
    import pyarrow as pa

# Rows of a table, and bytes of an index or a table.
_MOST_ROWS, _MOST_BYTES = 20_000_000, 4 << 30
BANK_INDEX, BANK_TABLE = "bank.json", "entries.parquet"
_PREPARE = "`natocc prepare --raw DIR --bank {folder}`"
REPAIR_BANK = f"copy the bank again, or repair it with {_PREPARE}"
BANK_FORMAT = DocumentFormat(
    name="natocc-bank",
    schema=2,
    hashed_since=2,
    what="a bank",
    make=f"make one with {_PREPARE}",
    repair=REPAIR_BANK,
    upgrade=f"bring it up to date with {_PREPARE} and the options that it records",
)


class BadBank(RuntimeError):
    """A file of the bank differs from what the index states. The message names it, and what to do."""


@dataclass(frozen=True, slots=True)
class StoredMember:
    """The position of a member's bytes in its shard, and their hash."""

    offset: int
    size: int
    sha256: str


class HasMembers(Protocol):
    """An entry of the bank's table."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def shard(self) -> str: ...
    @property
    def members(self) -> Mapping[str, StoredMember]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """An entry and its location: ``members`` are found in ``shard``, by extension."""

    # One of ENTRY_KINDS.
    kind: str
    id: str
    split: str
    shard: str
    members: dict[str, StoredMember]


# ``(url, offset, size)``: so many bytes of a file, all if the size is None; fewer if the file ends earlier.
ReadBytes = Callable[[str, int, int | None], bytes]


def _read_bytes(url: str, offset: int, size: int | None) -> bytes:
    """``size`` bytes of a file, or the rest of it; fewer if the file ends earlier."""
    if "://" not in url:
        path = Path(url).expanduser()
        if size is None:
            return read_within(path, _MOST_BYTES)
        with open_file(path) as stream:
            stream.seek(offset)
            return stream.read(size)
    filesystem, name = filesystem_of(url)
    end = None if size is None else offset + size
    return cast(bytes, filesystem.cat_file(name, start=offset, end=end))


@dataclass(frozen=True, slots=True)
class BankFiles:
    """The files of a bank, as its index states them. All methods raise BadBank."""

    # Without a slash at the end.
    url: str
    index: dict[str, Any]
    read: ReadBytes = _read_bytes

    def read_file(self, name: str) -> bytes:
        """A whole file that the index lists."""
        expected = self.index["files"][name]
        return self._checked(name, self._read(name, "the file"), expected, "the file")

    def read_members(self, entry: HasMembers, names: Collection[str] | None = None) -> dict[str, bytes]:
        """The entry's members by extension. ``names`` selects members; absent ones are omitted."""
        read = {}
        for name, member in entry.members.items():
            if names is None or name in names:
                what = f"{name} of {entry.kind} {entry.id}"
                data = self._read(entry.shard, what, member.offset, member.size)
                read[name] = self._checked(entry.shard, data, member.sha256, what)
        return read

    def _read(self, name: str, what: str, offset: int = 0, size: int | None = None) -> bytes:
        try:
            data = self.read(f"{self.url}/{name}", offset, size)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise self._bad(name, f"expected {what}, found no such file") from error
        except OSError as error:
            if error.strerror is None:
                # The message of shards/storage.py says where and what to do.
                raise BadBank(str(error)) from error
            got = f"which can't be read ({error.strerror}); fix this and run the same command again"
            raise BadBank(f"{self.url}/{name}: expected {what}, {got}") from error
        if size is not None and len(data) != size:
            raise self._bad(
                name, f"expected {what}, {size} bytes from {offset}, got {len(data)}: it was cut short"
            )
        return data

    def _checked(self, name: str, data: bytes, expected: str, what: str) -> bytes:
        found = hashlib.sha256(data).hexdigest()
        if found != expected:
            raise self._bad(name, f"expected {what} with sha256 {expected[:12]}…, got {found[:12]}…")
        return data

    def _bad(self, name: str, problem: str) -> BadBank:
        return BadBank(f"{self.url}/{name}: {problem}; {self._advice().replace('{folder}', self.url)}")

    def _advice(self) -> str:
        """What to do about a file that differs: the bank may no longer be the one that was opened."""
        again = "run the same command again"
        index, url = self.index, f"{self.url}/{BANK_INDEX}"
        try:
            index = parse_document(self.read(url, 0, None), url, BANK_FORMAT)
        except (FileNotFoundError, NotADirectoryError):
            return f"the bank was removed or is being prepared again: when it is complete, {again}"
        except (BadDocument, OSError):
            pass
        if index["sha256"] != self.index["sha256"]:
            return f"the bank was prepared again since it was opened: {again}"
        return f"it is damaged: {REPAIR_BANK}; `natocc verify {{folder}}` lists all damage"


def open_bank_files(bank: str) -> BankFiles:
    """The files of a bank, with its index.

    Raises MissingDocument (a FileNotFoundError) if there is no bank, BadDocument for an unusable index,
    ModuleNotFoundError for a URL without fsspec or the package of its protocol.
    """
    url = f"{_folder(bank)}/{BANK_INDEX}"
    try:
        with _extras_named(bank):
            data = _read_bytes(url, 0, None)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise missing_document(url, BANK_FORMAT) from error
    return BankFiles(_folder(bank), parse_document(data, url, BANK_FORMAT))


def read_entries(files: BankFiles) -> list[StoredEntry]:
    """All entries, ordered by kind and id.

    Raises BadBank for a damaged table, ModuleNotFoundError without pyarrow, ValueError for an entry of an
    unknown kind.
    """
    with _extras_named(files.url):
        table = arrow_table(files.read_file(BANK_TABLE))
    entries = []
    for row in table.select(["kind", "id", "split", "shard", "members"]).to_pylist():
        members = {name: StoredMember(**member) for name, member in row.pop("members")}
        entries.append(StoredEntry(**row, members=members))
        check_entry_kind(row["kind"])
    return sorted(entries, key=lambda entry: (ENTRY_KINDS.index(entry.kind), entry.id))


@contextmanager
def _extras_named(bank: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise ModuleNotFoundError(
            f"{bank}: expected the packages that read a bank, got none ({error}); "
            "run pip install 'natocc[bank]', for a bucket 'natocc[bank,storage]'"
        ) from error


def _folder(bank: str) -> str:
    return str(bank).rstrip("/")


def arrow_table(data: bytes, columns: Sequence[str] | None = None) -> pa.Table:
    """The Parquet file's table, or those of ``columns`` that it has.

    Raises pyarrow.ArrowInvalid (a ValueError) for other bytes, ValueError for more rows than any table has.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Arrow's threads release buffers at any time. If they release a Python buffer while the interpreter ends,
    # the process is aborted. The bytes are therefore copied into Arrow's memory.
    stream = pa.BufferOutputStream()
    stream.write(data)
    file = pq.ParquetFile(pa.BufferReader(stream.getvalue()), pre_buffer=False)
    # A few kilobytes of runs can stand for any number of rows.
    if file.metadata.num_rows > _MOST_ROWS:
        raise ValueError(f"a table: expected at most {_MOST_ROWS:,} rows, got {file.metadata.num_rows:,}")
    known = set(file.schema_arrow.names)
    names = None if columns is None else [name for name in columns if name in known]
    return file.read(names, use_threads=False)
