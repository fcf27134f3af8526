"""Upload and copy on a storage server: complete under the final name, or not there."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, BinaryIO

from fsspec import AbstractFileSystem
from fsspec.implementations.dirfs import DirFileSystem

from shards.remote.conditional import Held, replace_seen
from shards.remote.filesystem import is_object_store

PARTIAL = ".partial-"
_PIECE = 1 << 22
# Storage whose copy of a file is never seen unfinished.
_COPIES_AT_ONCE = frozenset({"memory"})
# Up to this size, an object goes up in one request; above it, in parts of this size.
_PART = 1 << 24
# What tells one content under a name from another, where a file system reports it.
_IDENTITY = (
    "size",
    "mtime",
    "ino",
    "ETag",
    "etag",
    "LastModified",
    "last_modified",
    "VersionId",
    "generation",
)


def upload(
    filesystem: AbstractFileSystem, path: str, spool: BinaryIO, size: int, held: Held | None = None
) -> None:
    """Publish the ``size`` bytes of a seekable local file under ``path``.

    On an error or an interrupt, what lay there before stays, and an unfinished upload is discarded. Raises
    OSError if another number of bytes arrived.

    ``held`` raises if a lease of the folder is lost, so that nothing is written or removed; None without one.
    """
    spool.seek(0)
    if not is_object_store(filesystem):
        require_rename(filesystem)
        _write_beside(filesystem, path, size, lambda partial: _send(filesystem, partial, spool))
        return
    before = _found(filesystem, path)
    if size > _PART:
        _upload_parts(filesystem, path, spool, size, held or _no_lease)
    elif held is None:
        filesystem.pipe_file(path, spool.read())
    else:
        replace_seen(filesystem, path, spool.read(), before, held)
    _check_size(filesystem, path, size, before, held or _no_lease)


def _no_lease() -> None:
    """Where there is no lease, none is lost."""


def copy_on_server(filesystem: AbstractFileSystem, source: str, target: str, held: Held = _no_lease) -> None:
    """Copy one file on its server. Raises OSError if the source changes, or another size arrives.

    An earlier file of the target's name stays then. NotImplementedError: this storage copies nothing by
    itself. ``held`` raises if a lease of the folder is lost, so that nothing is copied or removed.
    """
    held()
    before = filesystem.info(source)
    size = before["size"]

    def copy(to: str) -> None:
        held()
        filesystem.cp_file(source, to)
        if identity(filesystem.info(source)) != identity(before):
            raise OSError(f"{source}: expected a file at rest, got one that changed while it was copied")

    if not is_object_store(filesystem):
        _write_beside(filesystem, target, size, copy)
        return
    earlier = _found(filesystem, target)
    if earlier is None:
        _copy_new(filesystem, target, size, copy, held)
        return
    # An object can't be put aside: only a copy that is known to be sound replaces the earlier one.
    partial = f"{target.rpartition('/')[0]}/{PARTIAL}{uuid.uuid4().hex}"
    try:
        _copy_new(filesystem, partial, size, copy, held)
        held()
        filesystem.cp_file(partial, target)
    finally:
        # No other run has this name.
        with suppress(Exception):
            filesystem.rm_file(partial)
    _check_size(filesystem, target, size, earlier, held)


def _copy_new(
    filesystem: AbstractFileSystem, target: str, size: int, copy: Callable[[str], None], held: Held
) -> None:
    """Copy to a name that is free. After an error nothing is left there, unless it may be another run's."""
    try:
        copy(target)
        _check_size(filesystem, target, size, None, held)
    except BaseException:
        with suppress(Exception):
            held()
            filesystem.rm_file(target)
        raise


def identity(info: Mapping[str, Any]) -> tuple[object, ...]:
    """Values that differ between two contents of one path, from fsspec's ``info``."""
    return tuple(info.get(name) for name in _IDENTITY)


def try_upload(filesystem: AbstractFileSystem, folder: str) -> None:
    """Begin an upload into ``folder`` and discard it. Raises what the storage raises if that is refused."""
    if not is_object_store(filesystem):
        require_rename(filesystem)
    probe = f"{folder.rstrip('/')}/{PARTIAL}{uuid.uuid4().hex}"
    stream = filesystem.open(probe, "wb", autocommit=not is_object_store(filesystem))
    try:
        stream.close()
    finally:
        _discard(filesystem, stream)
        if filesystem.exists(probe):
            filesystem.rm_file(probe)


def require_rename(filesystem: AbstractFileSystem) -> None:
    """Raise OSError for storage that gives a file its name by a copy: the copy can be seen unfinished."""
    inner = _innermost(filesystem)
    if not _renames(filesystem) and _COPIES_AT_ONCE.isdisjoint(_protocols(inner)):
        raise OSError(
            f"expected storage that renames a file in one step, got {type(inner).__name__}, which copies it; "
            "write to a local folder, s3, gs, az or hf, and copy what is finished from there"
        )


def _renames(filesystem: AbstractFileSystem) -> bool:
    """Whether the storage has a rename of its own. fsspec's copies, and takes wildcards in names."""
    return type(_innermost(filesystem)).mv is not AbstractFileSystem.mv


def _innermost(filesystem: AbstractFileSystem) -> AbstractFileSystem:
    """The storage below those that pass everything on, such as dir://."""
    while isinstance(filesystem, DirFileSystem):
        filesystem = filesystem.fs
    return filesystem


def _protocols(filesystem: AbstractFileSystem) -> tuple[str, ...]:
    return (filesystem.protocol,) if isinstance(filesystem.protocol, str) else tuple(filesystem.protocol)


def _upload_parts(filesystem: AbstractFileSystem, path: str, spool: BinaryIO, size: int, held: Held) -> None:
    """Upload in parts. They become an object by ``commit`` alone; closing a file of fsspec would commit."""
    held()
    stream = filesystem.open(path, "wb", block_size=_PART, autocommit=False)
    try:
        while piece := spool.read(_PIECE):
            stream.write(piece)
        if stream.tell() != size:
            raise OSError(f"{path}: expected {size} bytes to upload, got {stream.tell()}")
        stream.close()
        held()
        stream.commit()
    except BaseException:
        _discard(filesystem, stream)
        raise
    _forget(filesystem, stream)


def _discard(filesystem: AbstractFileSystem, stream: Any) -> None:
    # A file that counts as closed is not completed by its destructor.
    with suppress(AttributeError):
        stream.closed = True
    _forget(filesystem, stream)
    # What is not discarded here lies invisible among the server's unfinished uploads.
    with suppress(Exception):
        stream.discard()


def _forget(filesystem: AbstractFileSystem, stream: Any) -> None:
    """Drop the file from the open transaction, to which fsspec adds files without ``autocommit``."""
    with suppress(ValueError):
        filesystem.transaction.files.remove(stream)


def _write_beside(
    filesystem: AbstractFileSystem, path: str, size: int, write: Callable[[str], object]
) -> None:
    """Write under a temporary name in the same folder, then rename."""
    folder, _, _ = path.rpartition("/")
    filesystem.makedirs(folder, exist_ok=True)
    partial, before = f"{folder}/{PARTIAL}{uuid.uuid4().hex}", _found(filesystem, path)
    try:
        write(partial)
        _check_size(filesystem, partial, size, None)
        if _renames(filesystem):
            filesystem.mv(partial, path)
        else:
            filesystem.cp_file(partial, path)
    finally:
        with suppress(Exception):
            filesystem.rm_file(partial)
    _check_size(filesystem, path, size, before)


def _send(filesystem: AbstractFileSystem, path: str, spool: BinaryIO) -> None:
    with filesystem.open(path, "wb") as stream:
        while piece := spool.read(_PIECE):
            stream.write(piece)


def _found(filesystem: AbstractFileSystem, path: str) -> Mapping[str, Any] | None:
    filesystem.invalidate_cache()
    try:
        found: Mapping[str, Any] = filesystem.info(path)
    except FileNotFoundError:
        return None
    return found


def _check_size(
    filesystem: AbstractFileSystem,
    path: str,
    size: int,
    before: Mapping[str, Any] | None,
    held: Held = _no_lease,
) -> None:
    """Raise OSError if the file has another size; remove it then, unless it is the one from before."""
    found = _found(filesystem, path)
    if found is not None and found["size"] in (size, None):
        return
    if found is not None and (before is None or identity(found) != identity(before)):
        held()
        filesystem.rm_file(path)
    got = "nothing" if found is None else f"{found['size']} bytes"
    raise OSError(f"{path}: expected {size} bytes after the upload, got {got}; run the same command again")
