"""The inputs of a shard's samples: faces, and occluders that are decoded once."""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assets.bank.face_labels import POLICY_MASK, POLICY_PARSING, is_corrected
from assets.bank.reader import Bank, Entry
from manifests.shard_plan import SamplePlan, ShardPlan
from natocc.codecs import decode_plane, decode_rgb
from natocc.face import Face, make_face, resize_face_mask, resize_parsing
from natocc.kinds import KINDS, POOLS
from natocc.occluders.occluder import MEMBERS, Occluder, decode_occluder
from natocc.photometric.jpeg_history import jpeg_quality
from natocc.randomness import Streams
from natocc.render.relabel import LabelPlanes

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
    # The bank's faces, and its occluders of the plan's kind, by id.
    faces: Mapping[str, Entry]
    occluders: Mapping[str, Entry]

    def of_sample(self, sample: SamplePlan) -> SampleInputs:
        """The entries that the plan chose for a sample."""
        return SampleInputs(
            plan=self.plan,
            face=self.faces[sample.face],
            repeat=sample.repeat,
            cache_key=sample.cache_key,
            occluder=None if sample.occluder is None else self.occluders[sample.occluder],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleInputs:
    """The inputs of one sample: entries of the bank, as recorded."""

    plan: ShardPlan
    face: Entry
    repeat: int
    cache_key: str
    # None if nothing lies on the face, or if no occluder is left to choose.
    occluder: Entry | None = None
    # The upscaler that enlarged the occluder, if any.
    upscaler: str | None = None

    @property
    def key(self) -> str:
        """Unique in the dataset and without dots: set, face, repeat."""
        return f"{self.plan.set}-{sample_name(self.face, self.repeat)}"

    @property
    def streams(self) -> Streams:
        """The generators of the sample's parameters."""
        return Streams(self.plan.seed, self.plan.stream, sample_name(self.face, self.repeat))


def sample_name(face: Entry, repeat: int) -> str:
    """A sample's name within its set, from which its random streams are seeded."""
    return f"{face.id}-{repeat:03d}"


def open_inputs(plan: ShardPlan, bank: Bank, cache: OccluderCache | None = None) -> ShardInputs:
    """The plan with the bank's entries; a cache may serve several plans of one bank."""
    pool = KINDS[plan.kind].pool
    return ShardInputs(
        plan=plan,
        bank=bank,
        cache=OccluderCache() if cache is None else cache,
        faces={entry.id: entry for entry in bank.entries("face")},
        occluders={} if pool is None else {entry.id: entry for entry in bank.entries(pool.name)},
    )


def load_face(bank: Bank, entry: Entry, size: int, *, parsing: bool) -> Face:
    """Decode a face of the bank at the recipe's size, with its landmarks and the quality of its JPEG.

    Its labels are the corrected ones where there are any.
    """
    members = bank.read(entry, (*_FACE_MEMBERS, "parsing.png") if parsing else _FACE_MEMBERS)
    classes = decode_plane(members["parsing.png"]) if parsing else None
    return make_face(
        decode_rgb(members["jpg"]),
        decode_plane(members["mask.png"]),
        classes,
        long_side=size,
        landmarks=_landmarks(json.loads(members["json"])) if "json" in members else None,
        jpeg_quality=jpeg_quality(members["jpg"]),
        mask_name="mask.png, corrected" if is_corrected(entry) else "mask.png, by policy",
    )


def load_policy_labels(bank: Bank, entry: Entry, size: tuple[int, int], *, parsing: bool) -> LabelPlanes:
    """The labels by policy of a face that was decoded at a size (height, width).

    Raises ValueError if the bank doesn't have them or if their mask is empty.
    """
    own = is_corrected(entry)
    mask, classes = (POLICY_MASK, POLICY_PARSING) if own else ("mask.png", "parsing.png")
    members = bank.read(entry, (mask, classes, "json") if parsing else (mask, "json"))
    origin = json.loads(members.get("json", b"{}")).get("mask")
    if mask not in members or (parsing and classes not in members) or (not own and origin != "policy"):
        raise ValueError(
            f"face {entry.id}: expected labels by policy, got mask.png alone, whose origin is {origin}"
        )
    plane = decode_plane(members[mask])
    shape = size[1], size[0]
    return LabelPlanes(
        mask=resize_face_mask(plane, shape, f"{mask}, by policy"),
        parsing=resize_parsing(decode_plane(members[classes]), shape) if parsing else None,
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
