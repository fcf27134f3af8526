"""Read single files from package archives, identified by sha256. Nothing is unpacked to disk."""

from __future__ import annotations

import gzip
import io
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO

from shards.storage import sha256_bytes

# Photographs are smaller. The limit protects against archives made to fill the memory.
MAX_MEMBER_BYTES = 64 << 20


def pick(archive: Path, wanted: Mapping[str, str]) -> dict[str, bytes]:
    """The wanted files' bytes by sha256; files that the archive lacks are absent.

    ``wanted`` maps sha256 to the path inside the archive. Members with the base name of a wanted file are
    compared by hash, so a version in which the file was moved works too. Raises zipfile.BadZipFile,
    tarfile.TarError, EOFError or OSError for a broken archive.
    """
    names = {PurePosixPath(path.partition("!")[0]).name for path in wanted.values()}
    entries = {path.partition("!")[2] for path in wanted.values()} - {""}
    found: dict[str, bytes] = {}
    for data in _members(archive, names):
        for candidate in [data, *_entries(data, entries)]:
            digest = sha256_bytes(candidate)
            if digest in wanted:
                found[digest] = candidate
        if len(found) == len(wanted):
            break
    return found


def _members(archive: Path, names: set[str]) -> Iterator[bytes]:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as opened:
            for entry in opened.infolist():
                if PurePosixPath(entry.filename).name in names and entry.file_size <= MAX_MEMBER_BYTES:
                    yield opened.read(entry)
    elif archive.suffix == ".deb":
        command = ["dpkg-deb", "--fsys-tarfile", str(archive)]
        # dpkg-deb complains when the reader stops early. A broken archive shows as a broken tar stream.
        with subprocess.Popen(  # noqa: S603
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        ) as process:
            if process.stdout is None:
                raise OSError(f"{archive.name}: expected a pipe from dpkg-deb, got none")
            yield from _tar_members(process.stdout, names)
            process.kill()
    else:
        with gzip.open(archive) as stream:
            yield from _tar_members(stream, names)


def _tar_members(stream: IO[bytes] | gzip.GzipFile, names: set[str]) -> Iterator[bytes]:
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for info in tar:
            if info.isfile() and PurePosixPath(info.name).name in names and info.size <= MAX_MEMBER_BYTES:
                handle = tar.extractfile(info)
                if handle is not None:
                    yield handle.read()


def _entries(data: bytes, entries: set[str]) -> Iterator[bytes]:
    if not entries or not zipfile.is_zipfile(io.BytesIO(data)):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        for entry in opened.infolist():
            if entry.filename in entries and entry.file_size <= MAX_MEMBER_BYTES:
                yield opened.read(entry)
