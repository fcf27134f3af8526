"""Networks built from their tensors: sizes read from shapes, and everything checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import torch
from torch import Tensor, nn

from models.checkpoints.names import some

Network = TypeVar("Network", bound=nn.Module)

# Every value of these is a float32, or becomes one that is rounded.
_CONVERTED = (torch.float32, torch.float16, torch.bfloat16, torch.float64)
_TYPE, _RANGE = "of a type that is not converted", "beyond the range of float32"
_AS_FLOAT32 = "save the network as float32 (model.float())"
_PUBLISHED = "use the published file of this network, or the whole state_dict"


def shape(state: Mapping[str, Tensor], key: str, dimensions: int, name: str) -> tuple[int, ...]:
    """Return the shape of a tensor that sets the configuration. ValueError names a missing tensor."""
    if key not in state:
        raise ValueError(f"{name}: expected a tensor {key}, which is missing; use the whole published file")
    found = tuple(state[key].shape)
    if len(found) != dimensions or 0 in found:
        raise ValueError(
            f"{name}: expected {key} with {dimensions} dimensions, got shape {found}; "
            "use the file of this network as published"
        )
    return found


def count(state: Mapping[str, Tensor], before: str, after: str) -> int:
    """Count the names of the form ``before`` + number + ``after``, such as ``body.0.weight``."""
    fitting = (key for key in state if key.startswith(before) and key.endswith(after))
    return sum(key[len(before) : len(key) - len(after)].isdecimal() for key in fitting)


def build_strict(make: Callable[[], Network], state: Mapping[str, Tensor], name: str) -> Network:
    """Return the network of ``make`` with the tensors of ``state`` as float32, on their device, in eval mode.

    Counters, such as those of batch norm, stay integers. ``make`` runs on the ``meta`` device, where a
    network takes no memory. Raises one ValueError that lists every kind of mismatch: missing names, unknown
    names, wrong shapes, types that are not float16, bfloat16, float32 or float64, NaN or infinite values,
    and values that float32 cannot hold (infinite, or all zero).
    """
    with torch.device("meta"):
        network = make()
    wanted = network.state_dict()
    problems = [(kind, keys) for kind, keys in _problems(wanted, state) if keys]
    if problems:
        advice = _AS_FLOAT32 if {kind for kind, _ in problems} <= {_TYPE, _RANGE} else _PUBLISHED
        raise ValueError(
            f"{name}: expected exactly the {len(wanted)} tensors of {type(network).__name__}, got "
            f"{'; '.join(f'{kind}: {some(keys)}' for kind, keys in problems)}; {advice}"
        )
    fitting = {key: state[key].to(value.dtype).contiguous() for key, value in wanted.items()}
    network.load_state_dict(fitting, assign=True)
    return network.eval()


def _problems(wanted: Mapping[str, Tensor], state: Mapping[str, Tensor]) -> Iterator[tuple[str, list[str]]]:
    """Each kind of mismatch, and the tensors that have it."""
    shared = {key: state[key] for key in wanted if key in state}
    counters = {key for key, value in wanted.items() if not value.is_floating_point()}
    converted = {key: value for key, value in shared.items() if value.dtype in _CONVERTED}
    yield "missing", [key for key in wanted if key not in state]
    yield "unknown", [key for key in state if key not in wanted]
    yield (
        "of another shape",
        [
            f"{key} (expected {tuple(wanted[key].shape)}, got {tuple(value.shape)})"
            for key, value in shared.items()
            if wanted[key].shape != value.shape
        ],
    )
    yield (
        _TYPE,
        [
            f"{key} ({_dtype(value)})"
            for key, value in shared.items()
            if (value.dtype != wanted[key].dtype if key in counters else key not in converted)
        ],
    )
    yield "NaN or infinite", [key for key, value in converted.items() if not _finite(value)]
    yield (
        _RANGE,
        [key for key, value in converted.items() if _finite(value) and not _fits(value)],
    )


def _finite(value: Tensor) -> bool:
    return value.is_meta or bool(torch.isfinite(value).all())


def _fits(value: Tensor) -> bool:
    """Whether finite values stay finite as float32, and do not all become zero."""
    small = value.float()
    return _finite(small) and (value.is_meta or bool(small.any()) or not bool(value.any()))


def _dtype(value: Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")
