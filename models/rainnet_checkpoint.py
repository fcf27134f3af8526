"""RainNet's published weights, read strictly: every weight has its name and its shape."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor

from models.rainnet import RainNet, RainNetShape

# The first convolution: where it is tells the prefix, its shape the configuration.
_FIRST = "model_layer0.weight"
_WRAPPERS = ("state_dict", "netG", "generator", "params")
_OTHER_NETWORKS = ("netD.", "discriminator.")
_NAMED = 6


def decode_rainnet(data: bytes) -> RainNet:
    """The network of a ``net_G_last.pth``, on the CPU, ready to predict.

    ``data`` is the file: a state dict as ``torch.save`` writes it, or a dict that holds one under
    ``state_dict``, ``netG``, ``generator`` or ``params``. ValueError for a file that is damaged, holds
    code, or is another network's.
    """
    try:
        content = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as error:  # damaged files raise whatever their bytes lead to
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise ValueError(
            "RainNet weights: expected tensors by name as torch.save writes them (net_G_last.pth), "
            f"got a file that cannot be read so ({reason[:160]}); fetch it again from its authors"
        ) from error
    return build_rainnet(_state_of(content))


def build_rainnet(state: Mapping[str, Tensor]) -> RainNet:
    """The network with these weights, in float32 on their device, ready to predict.

    Width and channels come from the shapes. One prefix that all names share (``module.``, ``netG.``, ...)
    is taken off; a discriminator's weights beside it are left out. Raises ValueError that names every
    missing, unknown, misshapen and non-finite weight.
    """
    weights = _without_prefix(state)
    with torch.device("meta"):
        network = RainNet(_shape_of(weights[_FIRST]))
    expected = network.state_dict()
    problems = [
        *_list("missing", expected.keys() - weights.keys()),
        *_list("unknown", weights.keys() - expected.keys()),
        *_list("of another shape", _misshapen(expected, weights)),
        *_list("not finite", _broken(weights)),
    ]
    if problems:
        raise ValueError(
            f"RainNet weights: expected the {len(expected)} tensors of net_G_last.pth at width "
            f"{network.shape.width}, got {'; '.join(problems)}; use the file as published"
        )
    network.load_state_dict({name: value.float() for name, value in weights.items()}, assign=True)
    return network.eval()


def _state_of(content: Any) -> Mapping[str, Tensor]:
    for wrapper in _WRAPPERS:
        if isinstance(content, dict) and isinstance(content.get(wrapper), dict):
            content = content[wrapper]
            break
    if not isinstance(content, dict):
        raise ValueError(
            f"RainNet weights: expected tensors by name, got {type(content).__name__}; "
            "use net_G_last.pth as published"
        )
    odd = [str(name) for name, value in content.items() if not isinstance(value, Tensor)]
    if odd:
        raise ValueError(
            f"RainNet weights: expected tensors alone, got {'; '.join(_list('of another kind', odd))}; "
            "use net_G_last.pth as published"
        )
    return content


def _without_prefix(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    firsts = [name for name in state if name == _FIRST or name.endswith(f".{_FIRST}")]
    if len(firsts) != 1:
        found = f"{len(firsts)} of them" if firsts else "; ".join(_list("", state)) or "nothing"
        raise ValueError(
            f"RainNet weights: expected one tensor {_FIRST}, with or without a prefix, got {found}; "
            "use net_G_last.pth as published"
        )
    prefix = firsts[0].removesuffix(_FIRST)
    return {
        name.removeprefix(prefix): value
        for name, value in state.items()
        if not name.startswith(_OTHER_NETWORKS)
    }


def _shape_of(first: Tensor) -> RainNetShape:
    if first.ndim != 4 or first.shape[0] < 1 or first.shape[1] not in (3, 4):
        raise ValueError(
            f"RainNet weights: expected {_FIRST} of shape (width, 3 or 4, 4, 4), got {tuple(first.shape)}; "
            "use net_G_last.pth as published"
        )
    return RainNetShape(width=first.shape[0], channels_in=first.shape[1])


def _misshapen(expected: Mapping[str, Tensor], weights: Mapping[str, Tensor]) -> list[str]:
    return [
        f"{name} {tuple(weights[name].shape)} instead of {tuple(value.shape)}"
        for name, value in expected.items()
        if name in weights and weights[name].shape != value.shape
    ]


def _broken(weights: Mapping[str, Tensor]) -> list[str]:
    return [name for name, value in weights.items() if not value.is_meta and not value.isfinite().all()]


def _list(what: str, names: Iterable[str]) -> list[str]:
    """At most one phrase: the first few names, and how many more."""
    names = sorted(names)
    if not names:
        return []
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return [f"{what}: {', '.join(names[:_NAMED])}{more}" if what else ", ".join(names[:_NAMED]) + more]
