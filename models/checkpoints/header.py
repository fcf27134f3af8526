"""The header of a safetensors file, read without torch, and what is wrong with a damaged file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

_LENGTH = 8
# Bytes of the largest header that the format allows.
_MOST = 100_000_000
_TYPES = frozenset(
    {"BOOL", "U8", "I8", "U16", "I16", "U32", "I32", "U64", "I64", "F16", "BF16", "F32", "F64", "C64"}
    | {"F4", "F6_E2M3", "F6_E3M2", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E5M2FNUZ", "F8_E4M3FNUZ"}
)


def is_safetensors(head: bytes) -> bool:
    """Return True if the first bytes of a file, at least nine, are those of safetensors."""
    # A text may have a brace there too, but not the zeros of a length.
    return head[_LENGTH : _LENGTH + 1] == b"{" and 0 in head[:_LENGTH]


def header_fault(source: str | Path | bytes) -> str:
    """What is wrong with a file that does not open as safetensors, for messages. Raises OSError."""
    start, size = _start(source)
    if not is_safetensors(start):
        return "a file of another kind" if size else "an empty file"
    length = int.from_bytes(start[:_LENGTH], "little")
    if length > min(_MOST, size - _LENGTH):
        return f"one of {size} bytes with a header of {length}: it was cut off or changed"
    try:
        header = json.loads(start[_LENGTH : _LENGTH + length])
        metadata = header.pop("__metadata__", {})
        return _tensors_fault(header, size - _LENGTH - length) or _texts_fault(metadata)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return "one whose header is not in the form of safetensors"


def _start(source: str | Path | bytes) -> tuple[bytes, int]:
    """The bytes up to the end of the header, and the size of the file."""
    if isinstance(source, bytes):
        return source, len(source)
    with Path(source).open("rb") as stream:
        length = stream.read(_LENGTH)
        rest = stream.read(min(int.from_bytes(length, "little"), _MOST))
        return length + rest, os.fstat(stream.fileno()).st_size


def _tensors_fault(tensors: dict[str, Any], stored: int) -> str | None:
    for name, tensor in tensors.items():
        if tensor["dtype"] not in _TYPES:
            return f"one with the tensor {_short(name)} of type {_short(tensor['dtype'])}, which is not known"
    end = max((int(tensor["data_offsets"][1]) for tensor in tensors.values()), default=0)
    if end != stored:
        return f"one of {stored} bytes after its header, which speaks of {end}: it was cut off or changed"
    return None


def _texts_fault(metadata: dict[str, Any]) -> str:
    wrong = next((key for key, value in metadata.items() if not isinstance(value, str)), None)
    if wrong is not None:
        return f"one whose header has something else than text under {_short(wrong)}"
    return "one whose header and content do not agree"


def _short(text: object) -> str:
    # Texts of a header may contain line breaks.
    return " ".join(str(text).split())[:80]
