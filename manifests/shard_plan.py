"""The plan of one shard as passed to a worker, with its name and the network that harmonises it."""

from __future__ import annotations

from dataclasses import dataclass

from natocc.labels import LabelSource
from natocc.profiles import Profile
from natocc.transfer.apply import Method


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkUse:
    """A network that harmonises samples, with everything that its results depend on."""

    # Of its weights.
    name: str
    weights_sha256: str
    lift: str
    side: int  # of its input, in pixels
    device: str
    precision: str
    # Of the weights, as their file says.
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePlan:
    """One sample: ids of its face and occluder, and the hash of everything that its bytes depend on."""

    face: str
    repeat: int
    # None if nothing lies on the face, or if the pool has no occluder of another photograph.
    occluder: str | None
    cache_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardPlan:
    """Everything that a worker needs to render one shard, except the bank.

    ``cache_key`` is the hash of everything that the shard's bytes depend on: the samples' keys, in order.
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
    labels: LabelSource
    colour_transfer: float
    transfer_method: Method
    contrast_guard: bool
    algorithm_1: bool
    harmoniser: str | None
    network: NetworkUse | None = None
    # Where torch moves the colours of method sot; None: NumPy moves them.
    transfer_device: str | None = None
    samples: tuple[SamplePlan, ...] = ()
    cache_key: str = ""


# Between method and device in the name of a backend.
_BY_TORCH = "-torch-"


def transfer_backend(method: str, device: str | None) -> str:
    """The colour transfer's name in records: its method, and the device if torch ran it (sot-torch-cuda)."""
    return method if device is None else f"{method}{_BY_TORCH}{device}"


def device_of_transfer(backend: str | None) -> str | None:
    """The device of torch in a recorded backend; None if there is none or NumPy ran it."""
    return (backend or "").partition(_BY_TORCH)[2] or None


def named_split(split: str) -> str:
    """The split that stands in the names of a split's shards: ``test``, or ``train`` for every other."""
    return "test" if split == "test" else "train"


def shard_prefix(split: str, set_name: str) -> str:
    """The names of a set's shards up to their number. Readers that go by names find the split in front."""
    return f"{named_split(split)}-{set_name}-"
