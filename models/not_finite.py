"""A training whose numbers are no numbers any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from torch import Tensor


class Diverged(ValueError):
    """Losses or weights are not finite any more."""


def first_not_finite(parts: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The name of the first part with a tensor that is not finite, at any depth; None where all are.

    >>> import torch
    >>> first_not_finite({"a": {"w": torch.zeros(2)}, "b": {"state": [{"m": torch.tensor(float("nan"))}]}})
    'b'
    """
    for name, part in parts.items():
        if not all(bool(tensor.isfinite().all()) for tensor in _tensors(part)):
            return name
    return None


def _tensors(found: object) -> Iterable[Tensor]:
    if isinstance(found, Tensor):
        yield found
    elif isinstance(found, Mapping):
        for one in found.values():
            yield from _tensors(one)
    elif isinstance(found, list | tuple):
        for one in found:
            yield from _tensors(one)
