"""What a checkpoint holds: its dicts, unfolded, and the places at which a network's tensors begin."""

from __future__ import annotations

import numbers
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.checkpoints.names import joined

# Dicts and lists within each other that are looked into.
_DEPTH = 8


@dataclass(frozen=True, slots=True, eq=False)
class CheckpointEntry:
    """A value that is no dict, by name in its dict."""

    # The dotted path of the dict; empty for the file's own.
    folder: str
    name: str
    value: object

    @property
    def key(self) -> str:
        return joined(self.folder, self.name)


@dataclass(frozen=True, slots=True)
class StatePlace:
    """Where the tensors of one network begin: a dict, and the prefix of their names in it."""

    folder: str
    # With its dot, or empty.
    prefix: str

    @property
    def key(self) -> str:
        return joined(self.folder, self.prefix.rstrip("."))

    def has(self, entry: CheckpointEntry) -> bool:
        return entry.folder == self.folder and entry.name.startswith(self.prefix)


def entries_of(content: object, name: str) -> list[CheckpointEntry]:
    """The values of a checkpoint's dicts, in their order. Raises ValueError for what is no dict."""
    if not isinstance(content, Mapping):
        raise ValueError(
            f"{name}: expected tensors by name, got a {type(content).__name__}; save its state_dict "
            "alone where it was made: torch.save(model.state_dict(), 'weights.pth')"
        )
    return list(_entries(content, "", (id(content),)))


def _entries(
    content: Mapping[object, object], folder: str, around: tuple[int, ...]
) -> Iterator[CheckpointEntry]:
    for key, value in content.items():
        if not isinstance(value, Mapping):
            yield CheckpointEntry(folder, str(key), value)
        elif len(around) < _DEPTH and id(value) not in around:
            # A dict may contain itself.
            yield from _entries(value, joined(folder, str(key)), (*around, id(value)))


def tensor_keys(entries: Sequence[CheckpointEntry]) -> list[str]:
    """The keys of all tensors, for messages."""
    kinds = ", ".join(sorted({type(entry.value).__name__ for entry in entries})) or "nothing"
    return [entry.key for entry in entries if isinstance(entry.value, Tensor)] or [f"no tensors ({kinds})"]


def places_in(entries: Sequence[CheckpointEntry], markers: Sequence[str]) -> list[StatePlace]:
    """The places at which a tensor has one of the names in ``markers``, after a prefix or without one."""
    found: dict[StatePlace, None] = {}
    for entry in entries:
        for marker in markers:
            prefix = entry.name.removesuffix(marker)
            if isinstance(entry.value, Tensor) and entry.name.endswith(marker) and prefix[-1:] in ("", "."):
                found[StatePlace(entry.folder, prefix)] = None
    return list(found)


def is_plain(value: object) -> bool:
    """Whether a value is a number, a text, a time or a list of these: it has no part in a network."""
    if isinstance(value, list | tuple | set):
        return all(is_plain(item) for item in value)
    return value is None or isinstance(value, numbers.Number | np.generic | str | bytes | torch.Size)


def has_tensors(value: object, depth: int = _DEPTH) -> bool:
    """Whether a value is a tensor, or a list with tensors in it."""
    if isinstance(value, Tensor):
        return True
    inner = value.values() if isinstance(value, Mapping) else value
    lists = isinstance(value, Mapping | list | tuple) and depth > 0
    return lists and any(has_tensors(item, depth - 1) for item in inner)  # type: ignore[attr-defined]


def problem_of(value: object) -> str | None:
    """What is wrong with a value as a network's tensor, apart from its numbers; None if nothing is.

    A tensor on the ``meta`` device has no values and is accepted: networks are planned with such.
    """
    if not isinstance(value, Tensor):
        return f"a {type(value).__name__}"
    if value.layout != torch.strided:
        return f"a sparse tensor, {_short(value.layout)}"
    if value.is_quantized:
        return f"quantised values, {_short(value.dtype)}"
    if value.is_meta:
        return None
    stored = value.untyped_storage().nbytes() // max(1, value.element_size())
    if value.numel() > stored:
        return f"{value.numel()} values of which {stored} are stored"
    return None


def _short(kind: object) -> str:
    return str(kind).removeprefix("torch.")
