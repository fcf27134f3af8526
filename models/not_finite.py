"""Training that has diverged: losses or weights that are NaN or infinite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from torch import Tensor


class Diverged(ValueError):
    """A loss or a weight is not finite."""


def first_not_finite(states: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the name of the first state with a non-finite tensor at any depth, or None.

    >>> import torch
    >>> first_not_finite({"a": {"w": torch.zeros(2)}, "b": {"state": [{"m": torch.tensor(float("nan"))}]}})
    'b'
    """
    for name, state in states.items():
        if not all(bool(tensor.isfinite().all()) for tensor in _tensors(state)):
            return name
    return None


def _tensors(content: object) -> Iterable[Tensor]:
    if isinstance(content, Tensor):
        yield content
    elif isinstance(content, Mapping):
        for value in content.values():
            yield from _tensors(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from _tensors(value)
