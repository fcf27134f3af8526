"""Files at any fsspec URL. A file is written completely or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import fsspec
from fsspec.implementations.local import LocalFileSystem

# Names of a folder's content that a message lists.
_NAMED = 5


def join(url: str, *parts: str) -> str:
    """``url/part/part`` with single slashes."""
    return "/".join([str(url).rstrip("/"), *parts])


def _resolve(url: str) -> tuple[fsspec.AbstractFileSystem, str]:
    # Without a protocol it is a local path; "::" in it does not chain URLs.
    if "://" not in str(url):
        return LocalFileSystem(), os.path.abspath(os.path.expanduser(str(url)))  # noqa: PTH100, PTH111
    try:
        filesystem, path = fsspec.core.url_to_fs(str(url))
    except ImportError as error:
        raise ValueError(
            f"{url}: expected its library, got {error} (s3: pip install -c constraints.txt -e '.[storage]')"
        ) from error
    return filesystem, path


def is_local(url: str) -> bool:
    """Whether the URL is a path on this machine."""
    return "file" in _resolve(url)[0].protocol


@contextmanager
def write_whole(url: str) -> Iterator[BinaryIO]:
    """Open ``url`` for writing. The file appears under its name only if the block ends without error.

    Locally, a temporary file in the same folder is flushed to disk, then renamed. Elsewhere, a local spool
    file is uploaded at the end (object stores publish an upload as a whole).
    """
    filesystem, path = _resolve(url)
    if is_local(url):
        folder = Path(path).parent
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".partial-")
        try:
            with os.fdopen(handle, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except OSError as error:
            Path(name).unlink(missing_ok=True)
            # The error for a full disk does not name the file.
            raise error if error.filename else OSError(error.errno, error.strerror, str(url)) from error
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return
    with tempfile.TemporaryFile() as spool:
        yield cast(BinaryIO, spool)
        spool.seek(0)
        with filesystem.open(path, "wb") as remote:
            while chunk := spool.read(1 << 22):
                remote.write(chunk)


def write_bytes(url: str, data: bytes) -> None:
    """Write ``data`` completely or not at all."""
    with write_whole(url) as stream:
        stream.write(data)


def read_bytes(url: str) -> bytes:
    """The file's content. The FileNotFoundError names the URL."""
    filesystem, path = _resolve(url)
    return cast(bytes, filesystem.cat_file(path))


def size_of(url: str) -> int:
    """Size in bytes."""
    filesystem, path = _resolve(url)
    return int(filesystem.size(path))


def exists(url: str) -> bool:
    filesystem, path = _resolve(url)
    return bool(filesystem.exists(path))


def list_names(url: str) -> list[str]:
    """Sorted names in a folder; empty if it does not exist."""
    filesystem, path = _resolve(url)
    if not filesystem.exists(path):
        return []
    return sorted(Path(name).name for name in filesystem.ls(path, detail=False, refresh=True))


def describe_content(url: str) -> str:
    """What lies at a URL, for messages: nothing, a file, or a folder with the first of its names."""
    filesystem, path = _resolve(url)
    if not filesystem.exists(path):
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
    filesystem, path = _resolve(url)
    digest = hashlib.sha256()
    with filesystem.open(path, "rb") as stream:
        while chunk := stream.read(1 << 22):
            digest.update(chunk)
    return digest.hexdigest()


def make_folder(url: str) -> None:
    """Create the folder and its parents. Raises OSError if that fails."""
    filesystem, path = _resolve(url)
    filesystem.makedirs(path, exist_ok=True)


def copy(source: str, target: str) -> None:
    """Copy one file, completely or not at all."""
    filesystem, path = _resolve(source)
    with filesystem.open(path, "rb") as stream, write_whole(target) as out:
        while chunk := stream.read(1 << 22):
            out.write(chunk)


def remove(url: str) -> None:
    """Delete a file or a folder with its content. A missing path is ignored."""
    filesystem, path = _resolve(url)
    if filesystem.exists(path):
        filesystem.rm(path, recursive=True)


def move_folder(source: str, target: str, *, last: str) -> None:
    """Give a finished folder of files its final name.

    Locally this is one rename. Elsewhere each file is copied, and ``last`` at the end, since its presence
    completes the folder. Then the originals are deleted.
    """
    filesystem, path = _resolve(source)
    destination = _resolve(target)[1]
    if is_local(source):
        Path(path).replace(destination)
        return
    names = sorted(list_names(source), key=lambda name: (name == last, name))
    for name in names:
        filesystem.copy(f"{path}/{name}", f"{destination}/{name}")
    for name in names:
        filesystem.rm_file(f"{path}/{name}")
