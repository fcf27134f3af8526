"""What a sample is made from: the pool of a plan, the occluder that is chosen, face and occluder decoded."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Mapping

from assets.bank.reader import Bank, Entry
from manifests.shard_plan import ShardPlan
from natocc.codecs import decode_plane, decode_rgb
from natocc.face import Face, make_face
from natocc.kinds import KINDS
from natocc.occluders.occluder import MEMBERS, Occluder, decode_occluder
from natocc.photometric.jpeg_history import jpeg_quality
from natocc.randomness import Streams


class OccluderCache:
    """Decoded occluders, the longest unused dropped first, within a byte budget."""

    def __init__(self, budget: int = 192 << 20) -> None:
        self._budget, self._held = budget, 0
        self._items: OrderedDict[tuple[str, str], Occluder] = OrderedDict()
        self._upscalers: dict[str, str | None] = {}

    def get(self, bank: Bank, entry: Entry) -> Occluder:
        """The decoded occluder; equal whether it was held or not."""
        key = entry.kind, entry.id
        if key not in self._items:
            self._items[key] = load_occluder(bank, entry)
            self._held += self._items[key].nbytes
            while self._held > self._budget and len(self._items) > 1:
                self._held -= self._items.popitem(last=False)[1].nbytes
        self._items.move_to_end(key)
        return self._items[key]

    def upscaler(self, bank: Bank, entry: Entry) -> str | None:
        """What enlarged an object, by its own json: not each has been through the bank's upscaler."""
        if entry.id not in self._upscalers:
            recorded = bank.metadata(entry).get("upscaler")
            self._upscalers[entry.id] = None if recorded is None else str(recorded)
        return self._upscalers[entry.id]


def occluder_pool(bank: Bank, plan: ShardPlan) -> tuple[Entry, ...]:
    """The plan's occluders as entries, in the plan's order."""
    pool = KINDS[plan.kind].pool
    if pool is None:
        return ()
    entries = {entry.id: entry for entry in bank.entries(pool.name)}
    return tuple(entries[name] for name in plan.occluders)


def choose_occluder(pool: tuple[Entry, ...], face: Entry, kind: str, streams: Streams) -> Entry | None:
    """Uniform over the pool without the face's own photograph; textures by class first."""
    able = [entry for entry in pool if entry.photo != face.photo]
    if not able:
        return None
    rng = streams.stage("occluder")
    if KINDS[kind].random_shape:
        classes = sorted({entry.category for entry in able})
        wanted = classes[int(rng.integers(len(classes)))]
        able = [entry for entry in able if entry.category == wanted]
    return able[int(rng.integers(len(able)))]


def load_face(bank: Bank, entry: Entry, size: int, *, parsing: bool) -> Face:
    """Decode a face of the bank at the recipe's size, with its landmarks and the quality of its JPEG."""
    members = bank.read(entry, ("jpg", "mask.png", "parsing.png") if parsing else ("jpg", "mask.png"))
    classes = decode_plane(members["parsing.png"]) if parsing else None
    return make_face(
        decode_rgb(members["jpg"]),
        decode_plane(members["mask.png"]),
        classes,
        long_side=size,
        landmarks=_landmarks(bank.metadata(entry)),
        jpeg_quality=jpeg_quality(members["jpg"]),
    )


def _landmarks(facts: Mapping[str, object]) -> dict[str, tuple[float, float]]:
    """Named points of a face's json; raises ValueError for what are no points."""
    said = facts.get("landmarks") or {}
    try:
        points = {str(name): (float(x), float(y)) for name, (x, y) in said.items()}  # type: ignore[attr-defined]
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"landmarks: expected names with x and y, got {said}") from error
    if not all(math.isfinite(value) for point in points.values() for value in point):
        raise ValueError(f"landmarks: expected finite x and y, got {said}")
    return points


def load_occluder(bank: Bank, entry: Entry) -> Occluder:
    """Decode a cut-out or texture of the bank."""
    return decode_occluder(bank.read(entry, MEMBERS))
