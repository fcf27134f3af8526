"""Identify the network of a weight file by the names and shapes of its tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from models.checkpoints.read import StateDict, unwrapped
from models.registry import NETWORKS, WITH_WEIGHTS, imported, network_named, sizes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An identified network with its weights."""

    # A name in models/registry.py.
    network: str
    # Configuration values that distinguish networks of one architecture.
    sizes: Mapping[str, int]
    module: nn.Module

    def state(self) -> StateDict:
        """The float32 tensors under the names that loading expects."""
        return dict(self.module.state_dict())

    @property
    def parameters(self) -> int:
        """Number of values in all saved tensors."""
        return sum(value.numel() for value in self.module.state_dict().values())


def identify(state: Mapping[str, Tensor], name: str = "checkpoint") -> Known:
    """Return the network of these tensors, loaded strictly; error messages start with ``name``.

    Raises ValueError for an unknown network, and for tensors that do not fit the identified network.
    """
    for network in WITH_WEIGHTS:
        try:
            unwrapped(state, NETWORKS[network].markers, name)
        except ValueError:
            continue
        return load(network, state, name)
    some = ", ".join(" ".join(key.split())[:60] for key in list(state)[:3])
    more = f" and {len(state) - 3} more" if len(state) > 3 else ""
    raise ValueError(
        f"{name}: expected the tensors of one of {', '.join(WITH_WEIGHTS)}, got {some}{more}; "
        "use a file of one of these networks"
    )


def load(network: str, state: Mapping[str, Tensor], name: str = "checkpoint") -> Known:
    """Load the tensors of a known network. Raises ValueError unless they match it exactly."""
    try:
        row = network_named(network, WITH_WEIGHTS)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    module: nn.Module = imported(row.loader)(state, name)
    return Known(network=network, sizes=sizes_of(row, module), module=module)
