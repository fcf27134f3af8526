"""The checkpoints in a file: a checkpoint itself, a model of ncnn, or an archive of them."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assets.weights.files import readable
from models.checkpoints.foreign import foreign_kind
from models.checkpoints.header import is_safetensors
from models.checkpoints.read import read_content
from models.rrdb.from_ncnn import read_rrdbnet
from natocc.files.read import open_file, read_within, what_is
from shards.storage import sha256_bytes, sha256_of

CHECKPOINTS = (".pth", ".pt", ".ckpt", ".safetensors", ".bin")
# Limits of an archive's member: its bytes, and its ratio to the compressed size, since weights hardly
# compress; members up to SMALL may compress as they like.
LARGEST_MEMBER, LARGEST_RATIO, SMALL = 2 << 30, 50, 1 << 20
# Bytes read at a time.
PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsSource:
    """One checkpoint, not yet read."""

    # The path, with the member of an archive, for messages.
    label: str
    # True if it is the file itself, not a member of an archive or a pair.
    alone: bool
    # The base name.
    file: str
    # Of the bytes, and of the .param file that belongs to a .bin, else "".
    sha256: str
    beside: str
    # Returns what ``torch.load`` would, or the tensors by name.
    read: Callable[[], object]


def weights_sources(path: Path) -> tuple[WeightsSource, ...]:
    """The checkpoints of a file: one, or those of an archive in the order of their names.

    Raises FileNotFoundError, OSError, and ValueError for a folder and for a damaged archive.
    """
    label = readable(path)
    if path.is_dir():
        raise ValueError(f"{label}: expected a file of weights, got a folder; name the file in it")
    if not path.exists():
        raise FileNotFoundError(f"{label}: expected a file of weights, found none")
    if found := what_is(path):
        raise ValueError(f"{label}: expected a file of weights, got {found}")
    if path.suffix in (".bin", ".param"):
        weights, param = path.with_suffix(".bin"), path.with_suffix(".param")
        if weights.exists() and param.exists():
            return (_pair(readable(weights), readable(weights.name), _read(param), _read(weights)),)
        if path.suffix == ".param" or not _is_checkpoint(path):
            missing = weights if path.suffix == ".param" else param
            raise FileNotFoundError(
                f"{label}: expected {readable(missing.name)} beside it, as models of ncnn have, found none; "
                "put both files into one folder"
            )
    if _is_archive(path):
        return _members(path, label)
    return (
        WeightsSource(
            label=label,
            alone=True,
            file=readable(path.name),
            sha256=sha256_of(str(path)),
            beside="",
            read=lambda: read_content(path, label),
        ),
    )


def _read(path: Path) -> bytes:
    return read_within(path, LARGEST_MEMBER)


def _is_checkpoint(path: Path) -> bool:
    """Return whether the file is of ``torch.save``, of safetensors, or surely not of ncnn."""
    with open_file(path) as stream:
        head = stream.read(512)
    return head.startswith((b"PK", b"\x80")) or is_safetensors(head) or foreign_kind(head) is not None


def _is_archive(path: Path) -> bool:
    """Return whether the file is a zip that ``torch.save`` did not write."""
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return not any(PurePosixPath(name).name == "data.pkl" for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        # A truncated checkpoint; reading it raises the error.
        return False


def _members(path: Path, label: str) -> tuple[WeightsSource, ...]:
    with _archive(path) as archive:
        names = archive.namelist()
        if kind := foreign_kind(b"PK\x03\x04", names):
            raise ValueError(f"{label}: expected a file of weights, got {kind[0]}; {kind[1]}")
        if not any(name.endswith(CHECKPOINTS) for name in names):
            listed = readable(", ".join(names[:5])) or "nothing"
            raise ValueError(
                f"{label}: expected a file of weights ({', '.join(CHECKPOINTS)}) in it, got {listed}; "
                "use another archive"
            )
        entries = {
            entry.filename: entry for entry in archive.infolist() if entry.filename.endswith(CHECKPOINTS)
        }
        return tuple(_member(path, archive, entries[name]) for name in sorted(entries))


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """The open archive; every error of a damaged one becomes a ValueError."""
    with zipfile.ZipFile(path) as archive:
        try:
            yield archive
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise ValueError(
                f"{readable(path)}: expected a whole archive without a password, got a damaged one "
                f"({error}); fetch the file again, and compare its hash"
            ) from error


def _member(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> WeightsSource:
    """One checkpoint: hashed in pieces, and held in memory only when it is read."""
    label, file = readable(f"{path}!{entry.filename}"), readable(PurePosixPath(entry.filename).name)
    param_name = str(PurePosixPath(entry.filename).with_suffix(".param"))
    is_pair = file.endswith(".bin") and param_name in archive.namelist()
    param = archive.getinfo(param_name) if is_pair else None
    sha256 = _hash(path, archive, entry)
    param_sha256 = _hash(path, archive, param) if param else ""

    def read() -> object:
        data = _content(path, entry, sha256)
        if param is None:
            return read_content(data, label)
        return read_rrdbnet(_content(path, param, param_sha256), data, label)

    return WeightsSource(label=label, alone=False, file=file, sha256=sha256, beside=param_sha256, read=read)


def _hash(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    compressed_too_well = entry.file_size > max(SMALL, LARGEST_RATIO * entry.compress_size)
    if entry.file_size > LARGEST_MEMBER or compressed_too_well:
        size = f"{entry.file_size} bytes, {entry.compress_size} of them stored"
        raise ValueError(
            f"{readable(path)}: expected weights of at most {LARGEST_MEMBER >> 30} GiB in it, which hardly "
            f"compress, got {readable(entry.filename)} of {size}; use another archive"
        )
    digest = hashlib.sha256()
    with archive.open(entry) as stream:
        while piece := stream.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _content(path: Path, entry: zipfile.ZipInfo, sha256: str) -> bytes:
    """The bytes of a member. Raises ValueError if their hash has changed."""
    with _archive(path) as archive:
        data = archive.read(entry)
    if sha256_bytes(data) != sha256:
        raise ValueError(
            f"{readable(path)}: expected {readable(entry.filename)} as it was a moment ago, got another; "
            "something writes the archive: import it when that is done"
        )
    return data


def _pair(label: str, file: str, param: bytes, weights: bytes) -> WeightsSource:
    return WeightsSource(
        label=label,
        alone=False,
        file=file,
        sha256=sha256_bytes(weights),
        beside=sha256_bytes(param),
        read=lambda: read_rrdbnet(param, weights, label),
    )
