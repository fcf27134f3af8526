"""Which of the known networks a file's tensors are, recognised by their names and shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from models.checkpoints.read import StateDict, unwrapped
from models.registry import NETWORKS, WITH_WEIGHTS, imported, network_named, sizes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A network of ours, filled."""

    # A name of models/registry.py.
    network: str
    # Name and size of what makes one network of a kind differ from another.
    sizes: Mapping[str, int]
    module: nn.Module

    def state(self) -> StateDict:
        """Its tensors under the names that loading expects, float32."""
        return dict(self.module.state_dict())

    @property
    def parameters(self) -> int:
        """Of all tensors that are saved."""
        return sum(value.numel() for value in self.module.state_dict().values())


def identify(state: Mapping[str, Tensor], name: str = "checkpoint") -> Known:
    """The network that these tensors make up, loaded strictly; ``name`` begins the messages.

    Raises ValueError where they are those of none, or do not fit the one whose names they have.
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
    """The same where the network is known. ValueError for anything but the tensors of such a network."""
    try:
        row = network_named(network, WITH_WEIGHTS)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    module: nn.Module = imported(row.loader)(state, name)
    return Known(network=network, sizes=sizes_of(row, module), module=module)
