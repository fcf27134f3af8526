"""What a worker is told of one shard, and of the machine and network that make it."""

from __future__ import annotations

from dataclasses import dataclass

from natocc.profiles import Profile
from natocc.transfer.apply import Method


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkUse:
    """A network that takes part in samples, and all that decides what it makes of them."""

    name: str
    weights_sha256: str
    lift: str
    side: int  # of what the network is shown, in pixels
    device: str
    precision: str
    # Of the weights, as their file says.
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardPlan:
    """All that a worker needs to render one shard, apart from the bank.

    ``samples`` are (face id, repeat); ``occluders`` the ids of the pool, in order.
    """

    file: str
    set: str
    # One of natocc/kinds.py.
    kind: str
    split: str
    stream: str
    seed: int
    profile: Profile
    size: int
    clean: bool
    parsing: bool
    colour_transfer: float
    transfer_method: Method
    contrast_guard: bool
    harmoniser: str | None
    network: NetworkUse | None = None
    samples: tuple[tuple[str, int], ...]
    occluders: tuple[str, ...]
    cache_key: str = ""
