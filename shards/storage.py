"""Files at any fsspec URL. A file is written completely or not at all."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from fsspec import AbstractFileSystem

from natocc.files.clutter import is_clutter
from natocc.files.read import hash_file, open_file, read_within
from shards.local_file import make_folders, replace_whole
from shards.locking.lease import check_leases, leases_around
from shards.remote.conditional import remove_seen
from shards.remote.errors import clear_errors, no_answer
from shards.remote.filesystem import is_object_store, open_filesystem, require_bucket
from shards.remote.upload import identity, upload

_PIECE = 1 << 22
# Bytes of a file that is read as a whole, such as a shard.
_MOST = 16 << 30
# Names of a folder's content that a message lists.
_NAMED = 5


def join(url: str, *parts: str) -> str:
    """``url/part/part`` with single slashes."""
    root = str(url).rstrip("/")
    if root.endswith(":") and "://" in str(url):
        root += "//"
    return "/".join([root, *parts])


def is_local(url: str) -> bool:
    """Whether the URL is a path on this machine."""
    return "file" in open_filesystem(str(url))[0].protocol


@contextmanager
def connect(url: str) -> Iterator[tuple[AbstractFileSystem, str]]:
    """The file system of a URL and the path in it. Its errors are raised in clear words.

    Raises FileNotFoundError if the bucket does not exist, OSError if its server does not answer or expects
    credentials, ValueError for an unknown protocol or one whose package is missing.
    """
    filesystem, path = open_filesystem(str(url))
    if "file" in filesystem.protocol:
        yield filesystem, path
        return
    require_bucket(filesystem, path, str(url))
    with clear_errors(str(url)):
        yield filesystem, path


def local_path(url: str) -> Path | None:
    """The path on this machine; None for a URL elsewhere."""
    return Path(open_filesystem(str(url))[1]) if is_local(url) else None


@contextmanager
def write_whole(url: str, name: Callable[[], str] | None = None) -> Iterator[BinaryIO]:
    """Open ``url`` for writing. The file appears under its name only if the block ends without error.

    With ``name``, ``url`` is a folder, and the file's name in it is what ``name`` returns at the end.

    Locally, a temporary file in the same folder is flushed to disk, then renamed. Elsewhere, a local spool
    file is uploaded at the end; an upload that fails or is interrupted is discarded. Under a lease, a file
    that another run has written since the lease was lost stays. Raises LeaseLost.
    """
    if is_local(url):
        with replace_whole(Path(open_filesystem(str(url))[1]), name) as stream:
            yield stream
        return
    with tempfile.TemporaryFile() as spool:
        yield cast(BinaryIO, spool)
        size = spool.seek(0, 2)
        with connect(url if name is None else join(url, name())) as (filesystem, path):
            upload(filesystem, path, cast(BinaryIO, spool), size, leases_around(str(url)))


def write_bytes(url: str, data: bytes) -> None:
    """Write ``data`` completely or not at all."""
    with write_whole(url) as stream:
        stream.write(data)


def read_bytes(url: str, most: int = _MOST) -> bytes:
    """The file's content. The FileNotFoundError names the URL, UnfitFile what is no regular file.

    ``most``: bytes of a local file that are read; of a larger one, UnfitFile is raised.
    """
    with connect(url) as (filesystem, path):
        if is_local(url):
            return read_within(path, most)
        return cast(bytes, filesystem.cat_file(path))


def read_range(url: str, offset: int, size: int | None) -> bytes:
    """``size`` bytes of a file from ``offset``, or the rest of it; fewer if the file ends earlier."""
    with connect(url) as (filesystem, path):
        end = None if size is None else offset + size
        return cast(bytes, filesystem.cat_file(path, start=offset, end=end))


def size_of(url: str) -> int:
    """Size in bytes."""
    with connect(url) as (filesystem, path):
        return int(filesystem.size(path))


def modified_at(url: str) -> datetime | None:
    """When the file was written last, in UTC; None where the storage does not say."""
    with connect(url) as (filesystem, path), suppress(NotImplementedError):
        return cast(datetime, filesystem.modified(path)).astimezone(UTC)
    return None


def exists(url: str) -> bool:
    """Whether there is a file or a folder. Raises OSError where that can't be found out."""
    with connect(url) as (filesystem, path):
        return _exists(filesystem, path)


def _exists(filesystem: AbstractFileSystem, path: str) -> bool:
    if "file" in filesystem.protocol:
        return bool(filesystem.exists(path))
    try:
        # fsspec's own takes every error for a missing file.
        filesystem.info(path)
    except FileNotFoundError as error:
        if no_answer(error):
            raise
        return False
    return True


def is_folder(url: str) -> bool:
    with connect(url) as (filesystem, path):
        return bool(filesystem.isdir(path))


def list_names(url: str, *, data_alone: bool = False) -> list[str]:
    """Sorted names in a folder; empty if it does not exist. ``data_alone``: without clutter."""
    with connect(url) as (filesystem, path):
        listed = filesystem.ls(path, detail=False, refresh=True) if _exists(filesystem, path) else []
        # A folder of an object store may hold an object "folder/", by which consoles show it.
        names = sorted(Path(name).name for name in listed if name != f"{path.rstrip('/')}/")
        return [name for name in names if not (data_alone and is_clutter(name))]


def describe_content(url: str) -> str:
    """What lies at a URL, for messages: nothing, a file, or a folder with the first of its names."""
    with connect(url) as (filesystem, path):
        if not _exists(filesystem, path):
            return "no such folder"
        if not filesystem.isdir(path):
            return "a file"
    names = list_names(url)
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"a folder with {', '.join(names[:_NAMED])}{more}" if names else "an empty folder"


def sha256_bytes(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sha256_of(url: str) -> str:
    """sha256 of the file's content, read in pieces."""
    if is_local(url):
        with connect(url) as (_, path):
            return hash_file(path)
    digest = hashlib.sha256()
    for piece in _read_pieces(url):
        digest.update(piece)
    return digest.hexdigest()


def _read_pieces(url: str) -> Iterator[bytes]:
    """The content of a regular file; a pipe on this machine would never end, and is UnfitFile."""
    with connect(url) as (filesystem, path):
        opened = open_file(path) if "file" in filesystem.protocol else filesystem.open(path, "rb")
        with opened as stream:
            while piece := stream.read(_PIECE):
                yield piece


def make_folder(url: str) -> None:
    """Create the folder and its parents. Raises OSError if that fails.

    Object stores have no folders, so there it only checks that the bucket exists.
    """
    with connect(url) as (filesystem, path):
        if "file" in filesystem.protocol:
            make_folders(Path(path))
        elif not is_object_store(filesystem):
            filesystem.makedirs(path, exist_ok=True)


def copy(source: str, target: str) -> None:
    """Copy one file, completely or not at all. Raises OSError if the source changes or is not a file."""
    with write_whole(target) as out:
        before = _info(source)
        count = sum(out.write(piece) for piece in _read_pieces(source))
        if count != before["size"] or identity(_info(source)) != identity(before):
            raise OSError(
                f"{source}: expected a file of {before['size']} bytes at rest, got one that changed while it "
                "was copied; run the same command again"
            )


def _info(url: str) -> Mapping[str, Any]:
    with connect(url) as (filesystem, path):
        return cast(Mapping[str, Any], filesystem.info(path))


def remove(url: str) -> None:
    """Delete a file or a folder with its content. A missing path is ignored.

    Raises LeaseLost if another run may write there by now.
    """
    check_leases(str(url))
    held = leases_around(str(url))
    with connect(url) as (filesystem, path):
        if not _exists(filesystem, path):
            return
        if not is_object_store(filesystem):
            filesystem.rm(path, recursive=True)
            return
        # Removing many objects at once reports no refusals, and takes wildcards in names.
        for name, found in filesystem.find(path, detail=True).items():
            if held is None:
                filesystem.rm_file(name)
            else:
                remove_seen(filesystem, name, found, held)
