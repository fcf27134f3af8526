"""Tar files whose bytes depend only on their content."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO

# Bytes of a member's name in POSIX ustar, where it has no folder.
MOST_NAME = 100
# A fixed time (2000-01-01 UTC), since some tools complain about members dated 1970.
MTIME = 946_684_800
MODE = 0o644
# Bytes that are held for the thread that hashes them.
_HELD = 1 << 20


@dataclass(frozen=True, slots=True)
class MemberSpan:
    """The position of one member's bytes in its tar file."""

    offset: int
    size: int


class HashedStream:
    """Passes on what is written. A thread hashes it, while the bytes go to the disk."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest, self.size = hashlib.sha256(), 0
        self._pieces: list[bytes] = []
        self._held = 0
        self._thread = ThreadPoolExecutor(1)
        self._hashing: Future[None] | None = None

    def write(self, data: bytes) -> int:
        self._pieces.append(data)
        self._held += len(data)
        self.size += len(data)
        if self._held >= _HELD:
            self._hash()
        return self._stream.write(data)

    @property
    def sha256(self) -> str:
        """Of the bytes written so far."""
        self._hash()
        self._wait()
        return self._digest.hexdigest()

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        self._stream.flush()

    @property
    def closed(self) -> bool:
        return self._stream.closed

    def _hash(self) -> None:
        """Let the thread hash what is held, once it has hashed what it has."""
        self._wait()
        self._hashing = self._thread.submit(_update, self._digest, self._pieces)
        self._pieces, self._held = [], 0

    def _wait(self) -> None:
        if self._hashing is not None:
            self._hashing.result()


def _update(digest: hashlib._Hash, pieces: Sequence[bytes]) -> None:
    for piece in pieces:
        digest.update(piece)


class TarWriter:
    """Writes members in call order with fixed owner, mode and time (POSIX ustar).

    ``size`` and ``sha256`` are those of the bytes written so far, whatever became of them on a disk.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._written = HashedStream(stream)

    @property
    def size(self) -> int:
        return self._written.size

    @property
    def sha256(self) -> str:
        return self._written.sha256

    def add(self, name: str, data: bytes) -> MemberSpan:
        """Append one member; returns the position of its bytes."""
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = len(data), MTIME, MODE
        # As TarFile.addfile does, which copies in small pieces.
        self._written.write(info.tobuf(tarfile.USTAR_FORMAT))
        offset = self._written.size
        self._written.write(data)
        self._written.write(bytes(-len(data) % tarfile.BLOCKSIZE))
        return MemberSpan(offset, len(data))

    def close(self) -> None:
        """Write the end of the tar."""
        end = self._written.size + 2 * tarfile.BLOCKSIZE
        self._written.write(bytes(2 * tarfile.BLOCKSIZE + -end % tarfile.RECORDSIZE))


def add_sample(writer: TarWriter, key: str, members: Mapping[str, bytes]) -> dict[str, MemberSpan]:
    """Append one WebDataset sample: every member as ``key.extension``, in the mapping's order.

    Raises ValueError for a key with a dot or a slash, where a reader would split it.
    """
    if not key or "." in key or "/" in key:
        raise ValueError(f"sample key: expected no dot and no slash, got {key!r}")
    return {ext: writer.add(f"{key}.{ext}", data) for ext, data in members.items()}


def iterate(data: bytes) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield (key, members by extension) in file order, as WebDataset groups them."""
    current, members = "", dict[str, bytes]()
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar:
        for info in tar:
            key, _, extension = info.name.partition(".")
            if key != current:
                if members:
                    yield current, members
                current, members = key, {}
            if not info.isreg() or info.issparse():
                raise ValueError(f"{info.name}: expected a plain file in the tar, got a link or folder")
            # Copied once; tarfile's own files copy in small blocks.
            member = data[info.offset_data : info.offset_data + info.size]
            if len(member) < info.size:
                raise tarfile.ReadError("unexpected end of data")
            members[extension] = member
    if members:
        yield current, members


def pack(samples: Iterable[tuple[str, Mapping[str, bytes]]]) -> bytes:
    """The tar of these samples as bytes (for small sets and tests)."""
    stream = io.BytesIO()
    writer = TarWriter(stream)
    for key, members in samples:
        add_sample(writer, key, members)
    writer.close()
    return stream.getvalue()
