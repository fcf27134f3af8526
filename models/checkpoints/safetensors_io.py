"""A network's tensors in a safetensors file with metadata in its header; the file holds no code."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, load_file, save
from torch import Tensor

from models.checkpoints.header import header_fault

# Metadata key of the hash of all tensors.
TENSORS = "tensors_sha256"
_LENGTH, _STEP = 8, 8


def encode_network(state: Mapping[str, Tensor], facts: Mapping[str, str]) -> bytes:
    """Encode tensors of any dtype as safetensors; the header holds ``facts`` and ``tensors_sha256``.

    Equal tensors and facts give equal bytes. ``facts`` must contain ``network``, the kind of the network.
    Raises ValueError if it is missing or if a fact is not text.
    """
    wrong = sorted(
        str(key) for key, value in facts.items() if not (isinstance(key, str) and isinstance(value, str))
    )
    if wrong or not facts.get("network"):
        raise ValueError(
            f"facts: expected texts by name and network among them, got {', '.join(wrong) or sorted(facts)}"
        )
    tensors = _apart(state)
    data = save(tensors, {**facts, TENSORS: tensors_sha256(tensors)})
    # The library does not fix the order of the facts.
    end = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    header = json.loads(data[_LENGTH:end])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _STEP)
    return b"".join([len(text).to_bytes(_LENGTH, "little"), text, memoryview(data)[end:]])


def _apart(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors on the CPU with separate memory; only tensors that need it are copied."""
    tensors: dict[str, Tensor] = {}
    seen: set[int] = set()
    for key, value in state.items():
        plain = value.detach().cpu().contiguous()
        storage = plain.untyped_storage()
        if storage.data_ptr() in seen or storage.nbytes() != plain.numel() * plain.element_size():
            plain = plain.clone()
        seen.add(plain.untyped_storage().data_ptr())
        tensors[key] = plain
    return tensors


def decode_tensors(source: str | Path | bytes, name: str) -> dict[str, Tensor]:
    """Return the tensors of a safetensors file (path or bytes) on the CPU; messages start with ``name``.

    Raises FileNotFoundError, and ValueError if header and content disagree or if the recorded hash does
    not match the tensors.
    """
    try:
        tensors = _load(source)
        recorded = _recorded(source)
    except (SafetensorError, KeyError, RuntimeError, ValueError) as error:
        raise ValueError(
            f"{name}: expected a whole file of safetensors, got {header_fault(source)}; "
            "copy or fetch the file again, and compare its hash"
        ) from error
    if recorded is not None and recorded != (counted := tensors_sha256(tensors)):
        raise ValueError(
            f"{name}: expected tensors of the hash in its header, {' '.join(recorded.split())[:8]}, got "
            f"those of {counted[:8]}; the file was changed or damaged: import or fetch it again, or copy it "
            "again from where it was made"
        )
    return tensors


def _load(source: str | Path | bytes) -> dict[str, Tensor]:
    if isinstance(source, bytes):
        return load(source)
    # The library accepts only printable paths.
    return load_file(source) if str(source).isprintable() else load(Path(source).read_bytes())


def _recorded(source: str | Path | bytes) -> str | None:
    """Return the hash of all tensors recorded in a valid file's header, or None."""
    with io.BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(_LENGTH), "little")))
    recorded = header.get("__metadata__", {}).get(TENSORS)
    return recorded if isinstance(recorded, str) else None


def tensors_sha256(state: Mapping[str, Tensor]) -> str:
    """One hash over names, dtypes, shapes and values, in the order of the names."""
    digest = hashlib.sha256()
    for key, value in sorted(state.items()):
        head = json.dumps([key, str(value.dtype).removeprefix("torch."), list(value.shape)])
        digest.update(head.encode() + b"\n")
        digest.update(value.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()
