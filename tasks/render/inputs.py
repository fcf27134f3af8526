"""The inputs of a shard's samples: faces, and occluders that are decoded once."""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assets.bank.reader import Bank, Entry
from manifests.shard_plan import ShardPlan
from natocc.codecs import decode_plane, decode_rgb
from natocc.face import Face, make_face
from natocc.kinds import KINDS, POOLS
from natocc.occluders.occluder import MEMBERS, Occluder, decode_occluder
from natocc.photometric.jpeg_history import jpeg_quality
from natocc.randomness import Streams

_FACE_MEMBERS = ("jpg", "mask.png", "json")


class OccluderCache:
    """Least-recently-used cache of decoded occluders within a budget of bytes."""

    def __init__(self, budget: int = 192 << 20) -> None:
        self._budget, self._held = budget, 0
        self._items: OrderedDict[tuple[str, str], Occluder] = OrderedDict()
        self._upscalers: dict[tuple[str, str], str | None] = {}

    def get(self, bank: Bank, entry: Entry) -> Occluder:
        """The decoded occluder, the same from the cache or the bank."""
        key = entry.kind, entry.id
        if key not in self._items:
            self._items[key] = load_occluder(bank, entry)
            self._held += self._items[key].nbytes
            while self._held > self._budget and len(self._items) > 1:
                self._held -= self._items.popitem(last=False)[1].nbytes
        self._items.move_to_end(key)
        return self._items[key]

    def upscaler(self, bank: Bank, entry: Entry) -> str | None:
        """The upscaler in the entry's json; other entries of the bank may have another."""
        if not POOLS[entry.kind].upscaled:
            return None
        key = entry.kind, entry.id
        if key not in self._upscalers:
            name = bank.metadata(entry).get("upscaler")
            self._upscalers[key] = None if name is None else str(name)
        return self._upscalers[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardInputs:
    """A shard's plan and the inputs from which its samples draw."""

    plan: ShardPlan
    bank: Bank
    cache: OccluderCache
    # The plan's occluders, in its order.
    pool: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleInputs:
    """The inputs of one sample: entries of the bank, as recorded."""

    plan: ShardPlan
    face: Entry
    repeat: int
    # None if nothing lies on the face, or if no occluder is left to choose.
    occluder: Entry | None = None
    # The upscaler that enlarged the occluder, if any.
    upscaler: str | None = None

    @property
    def key(self) -> str:
        """Unique in the dataset and without dots: set, face, repeat."""
        return f"{self.plan.set}-{self.face.id}-{self.repeat:03d}"

    @property
    def streams(self) -> Streams:
        """The generators of the sample's parameters."""
        return Streams(self.plan.seed, self.plan.stream, f"{self.face.id}-{self.repeat:03d}")


def open_inputs(plan: ShardPlan, bank: Bank, cache: OccluderCache | None = None) -> ShardInputs:
    """The plan with its occluders as entries; a cache may serve several plans of one bank."""
    pool = KINDS[plan.kind].pool
    entries = {} if pool is None else {entry.id: entry for entry in bank.entries(pool.name)}
    return ShardInputs(
        plan=plan,
        bank=bank,
        cache=OccluderCache() if cache is None else cache,
        pool=tuple(entries[name] for name in plan.occluders),
    )


def choose_inputs(shard: ShardInputs, face: Entry, repeat: int) -> SampleInputs:
    """The face with an occluder: uniform over the pool without the face's own photograph.

    For textures, the category is drawn first.
    """
    inputs = SampleInputs(plan=shard.plan, face=face, repeat=repeat)
    able = [entry for entry in shard.pool if entry.photo != face.photo]
    if not able:
        return inputs
    rng = inputs.streams.stage("occluder")
    if KINDS[shard.plan.kind].random_shape:
        categories = sorted({entry.category for entry in able})
        category = categories[int(rng.integers(len(categories)))]
        able = [entry for entry in able if entry.category == category]
    occluder = able[int(rng.integers(len(able)))]
    return SampleInputs(plan=shard.plan, face=face, repeat=repeat, occluder=occluder)


def load_face(bank: Bank, entry: Entry, size: int, *, parsing: bool) -> Face:
    """Decode a face of the bank at the recipe's size, with its landmarks and the quality of its JPEG."""
    members = bank.read(entry, (*_FACE_MEMBERS, "parsing.png") if parsing else _FACE_MEMBERS)
    classes = decode_plane(members["parsing.png"]) if parsing else None
    return make_face(
        decode_rgb(members["jpg"]),
        decode_plane(members["mask.png"]),
        classes,
        long_side=size,
        landmarks=_landmarks(json.loads(members["json"])) if "json" in members else None,
        jpeg_quality=jpeg_quality(members["jpg"]),
    )


def _landmarks(metadata: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """The named points of a face's json. Raises ValueError for other values."""
    stored = metadata.get("landmarks") or {}
    try:
        points = {str(name): (float(x), float(y)) for name, (x, y) in stored.items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"landmarks: expected names with x and y, got {stored}") from error
    if not all(math.isfinite(value) for point in points.values() for value in point):
        raise ValueError(f"landmarks: expected finite x and y, got {stored}")
    return points


def load_occluder(bank: Bank, entry: Entry) -> Occluder:
    """Decode a cut-out or texture of the bank."""
    return decode_occluder(bank.read(entry, MEMBERS))
