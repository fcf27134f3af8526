"""Tar files whose bytes depend only on their content."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

# Bytes of a member's name in POSIX ustar, where it has no folder.
MOST_NAME = 100
# A fixed time (2000-01-01 UTC), since some tools complain about members dated 1970.
MTIME = 946_684_800
MODE = 0o644


@dataclass(frozen=True, slots=True)
class MemberSpan:
    """The position of one member's bytes in its tar file."""

    offset: int
    size: int


class HashedStream:
    """Passes on what is written, and hashes it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.digest, self.size = hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self._stream.write(data)

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        self._stream.flush()

    @property
    def closed(self) -> bool:
        return self._stream.closed


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
        return self._written.digest.hexdigest()

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


def iterate(stream: BinaryIO) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield (key, members by extension) in file order, as WebDataset groups them."""
    current, members = "", dict[str, bytes]()
    # Of a stream that cannot be sought in, tarfile copies small blocks.
    with tarfile.open(fileobj=stream, mode="r:" if stream.seekable() else "r|") as tar:
        for info in tar:
            key, _, extension = info.name.partition(".")
            if key != current:
                if members:
                    yield current, members
                current, members = key, {}
            handle = tar.extractfile(info) if info.isreg() else None
            if handle is None:
                raise ValueError(f"{info.name}: expected a plain file in the tar, got a link or folder")
            members[extension] = handle.read()
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
