"""Third-party checkpoints: read without running what is in them."""

from __future__ import annotations

import errno
import io
import pickletools
import re
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor
from torch.serialization import get_unsafe_globals_in_checkpoint, safe_globals

from models.checkpoints.contents import CheckpointEntry, entries_of
from models.checkpoints.foreign import foreign_kind
from models.checkpoints.harmless import HARMLESS
from models.checkpoints.header import is_safetensors
from models.checkpoints.names import StateDict, some
from models.checkpoints.safetensors_io import decode_tensors
from models.checkpoints.select import opened
from models.checkpoints.zip_sums import damaged_member

# A file's path or its bytes.
CheckpointSource = str | Path | bytes

# Bytes by which compressed members may grow.
_LARGEST_GAIN = 1 << 20
_SAVE_ALONE = "save its state_dict alone where it was made: torch.save(model.state_dict(), 'weights.pth')"
# How files of torch.save began before it wrote zip archives.
_OLD_FORMAT = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_COPY_AGAIN = "copy or fetch the file again, and compare its hash"


def named(source: CheckpointSource, name: str | None = None) -> str:
    """Return the start of error messages: ``name``, or the path, or ``checkpoint``."""
    return name or ("checkpoint" if isinstance(source, bytes) else str(source))


def read_state(source: CheckpointSource, name: str | None = None) -> StateDict:
    """Return the tensors by name of a file that holds one network alone, on the CPU.

    Raises FileNotFoundError, and ValueError for a file that is truncated, holds code, or has other content.
    """
    return opened(read_content(source, name), named(source, name))


def read_content(source: CheckpointSource, name: str | None = None) -> object:
    """Return the content of a ``torch.save`` or safetensors file as saved, on the CPU.

    It holds tensors, numbers, texts, and lists and dicts of them. Raises FileNotFoundError, and ValueError
    for a file that is truncated, differs from its check sums, holds code, or is of another kind.
    """
    name, begins = named(source, name), source[:512] if isinstance(source, bytes) else _begin(Path(source))
    if is_safetensors(begins):
        return decode_tensors(source, name)
    try:
        with warnings.catch_warnings(), safe_globals(HARMLESS):
            # Of pickle protocols, TorchScript, quantised tensors: all are read or rejected below.
            warnings.simplefilter("ignore")
            _refuse_compressed(source)
            _refuse_damaged(source)
            # Opened here, since torch chooses the format by a path's suffix.
            with _opened(source) as file:
                content: object = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged pickle can raise any exception
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            # Not of the file: a seek before the start of a file that was cut off is EINVAL.
            raise
        found, advice = _other(source, begins, error)
        raise ValueError(f"{name}: expected a checkpoint of tensors alone, got {found}; {advice}") from error
    if any(isinstance(entry.value, Tensor) and entry.value.is_meta for entry in _entries(content, name)):
        raise ValueError(
            f"{name}: expected tensors with values, got some without (device meta); {_SAVE_ALONE}"
        )
    return content


def _entries(content: object, name: str) -> list[CheckpointEntry]:
    return entries_of(content, name) if isinstance(content, Mapping) else []


class _Damaged(Exception):
    """A member of the archive differs from its check sum."""


class _Compressed(Exception):
    """The checkpoint is a compressed archive; ``torch.save`` never compresses."""


def _opened(source: CheckpointSource) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb")


def _begin(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(512)


def _refuse_compressed(source: CheckpointSource) -> None:
    """Reject compressed archives: a checkpoint takes as much memory as disk space."""
    with _opened(source) as file:
        if not zipfile.is_zipfile(file):
            return
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    gained = sum(entry.file_size for entry in entries) - sum(entry.compress_size for entry in entries)
    if gained > _LARGEST_GAIN:
        raise _Compressed


def _refuse_damaged(source: CheckpointSource) -> None:
    """Reject a zip archive that differs from its check sums, which ``torch.load`` does not compare."""
    with _opened(source) as file:
        if zipfile.is_zipfile(file) and (member := damaged_member(file)):
            raise _Damaged(member)


def _other(source: CheckpointSource, begins: bytes, error: Exception) -> tuple[str, str]:
    """Describe a file that is not a checkpoint, and what to do."""
    if isinstance(error, _Compressed):
        return "one whose tensors are compressed", "save it again by torch.save, which does not compress"
    if isinstance(error, _Damaged):
        return f"one whose {error} differs from its check sum", _COPY_AGAIN
    if kind := foreign_kind(begins, _members(source)):
        return kind
    if classes := _classes(source, error):
        return f"one that holds {some(classes)}", _SAVE_ALONE
    if not begins.startswith(_OLD_FORMAT) and _is_pickle(source):
        return "a pickle that torch.save did not write", _SAVE_ALONE
    return "one that is damaged", _COPY_AGAIN


def _members(source: CheckpointSource) -> list[str]:
    """The names in a zip archive; none of any other file."""
    try:
        with _opened(source) as file, zipfile.ZipFile(file) as archive:
            return archive.namelist()
    except Exception:
        # Only the description of a broken file depends on it.
        return []


def _classes(source: CheckpointSource, error: Exception) -> list[str]:
    """The classes and functions that a pickle asks for, besides those that hold tensors and numbers."""
    asked = [one or other for one, other in re.findall(r"GLOBAL (\S+)|<class '([^']+)'>", str(error))]
    try:
        with _opened(source) as file, safe_globals(HARMLESS):
            return sorted(get_unsafe_globals_in_checkpoint(file)) or asked
    except Exception:
        # Only the description of a broken file depends on it.
        return asked


def _is_pickle(source: CheckpointSource) -> bool:
    """Whether a file is a pickle from its first byte on. Nothing in it runs."""
    try:
        with _opened(source) as file:
            return len(list(pickletools.genops(file))) > 1
    except Exception:
        # Only the description of a broken file depends on it.
        return False
