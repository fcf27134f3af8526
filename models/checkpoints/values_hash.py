"""A hash over what a checkpoint holds, equal before it is written and after it is read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Protocol

import torch
from torch import Tensor


class _Digest(Protocol):
    def update(self, data: bytes | memoryview, /) -> None: ...


def values_sha256(content: object) -> str:
    """sha256 over tensors, numbers, texts, and lists and dicts of them, with their types and order.

    Raises TypeError for a value of another kind, which no checkpoint of natocc holds.
    """
    digest = hashlib.sha256()
    _add(digest, content)
    return digest.hexdigest()


def _add(digest: _Digest, value: object) -> None:
    match value:
        case Tensor():
            digest.update(f"tensor {value.dtype} {tuple(value.shape)};".encode())
            flat = value.detach().cpu().contiguous().reshape(-1)
            digest.update(flat.view(torch.uint8).numpy().data)
        case Mapping():
            digest.update(f"dict {len(value)};".encode())
            for key, inner in value.items():
                _add(digest, key)
                _add(digest, inner)
        case list() | tuple():
            digest.update(f"list {len(value)};".encode())
            for inner in value:
                _add(digest, inner)
        case None | bool() | int() | float() | str():
            written = repr(value).encode()
            digest.update(f"{type(value).__name__} {len(written)};".encode() + written)
        case _:
            raise TypeError(
                f"a checkpoint: expected tensors, numbers and texts, got a {type(value).__name__}"
            )
