"""One sample: choose, load, draw, render, judge, encode."""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2

from assets.bank import Bank, Entry
from manifests.rows import Row
from natocc.choose import judges_wrist, shows_wrist
from natocc.codecs import decode_plane, decode_rgb, encode_jpeg, encode_png
from natocc.draw import Switches, draw_params
from natocc.face import Face, make_face
from natocc.geometry import Image
from natocc.history import jpeg_quality
from natocc.occluder import MEMBERS, Occluder, decode_occluder
from natocc.params import Params
from natocc.randomness import Streams
from natocc.render import Composite, Draft, complete, compose
from natocc.verdicts import KEPT, Verdict, failed, gate_hidden_ratio, gate_wrist, rejected
from tasks.describe import describe, make_row
from tasks.plan import ShardPlan
from tasks.render_harmonise import Harmonising, open_harmoniser
from tasks.select import POOL

# A sample's row, and its members where it was kept.
Made = tuple[Row, dict[str, bytes]]


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
            facts = json.loads(bank.read(entry, ("json",))["json"]) if "json" in entry.members else {}
            said = facts.get("upscaler")
            self._upscalers[entry.id] = None if said is None else str(said)
        return self._upscalers[entry.id]


def occluder_pool(bank: Bank, plan: ShardPlan) -> tuple[Entry, ...]:
    """The plan's occluders as entries, in the plan's order."""
    if plan.kind == "none":
        return ()
    entries = {entry.id: entry for entry in bank.entries(POOL[plan.kind])}
    return tuple(entries[name] for name in plan.occluders)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A sample before it is harmonised. ``verdict`` is other than kept where it ended already."""

    face: Entry
    repeat: int
    chosen: Entry | None = None
    upscaler: str | None = None  # of the object
    occluder: Occluder | None = None
    params: Params | None = None
    draft: Draft | None = None
    verdict: Verdict = KEPT

    @property
    def waiting(self) -> Draft | None:
        """The draft, where it has to be harmonised."""
        asks = self.draft is not None and self.params is not None and self.draft.asks(self.params)
        return self.draft if asks else None


def attempt(
    plan: ShardPlan,
    bank: Bank,
    cache: OccluderCache,
    face: Entry,
    repeat: int,
    pool: tuple[Entry, ...],
    harmonise: Harmonising | None = None,
) -> Made:
    """One sample: its row, and its members where it was kept.

    Only errors of the inputs (undecodable bytes, an empty mask) become the verdict ``failed``.
    ``harmonise`` is needed where the plan's harmoniser is a network.
    """
    begun = begin(plan, bank, cache, face, repeat, pool)
    if begun.waiting is None:
        return end(plan, begun)
    (pixels,) = (harmonise or open_harmoniser(plan.harmoniser, plan.network, None))([begun.waiting])
    return end(plan, begun, pixels)


def begin(
    plan: ShardPlan, bank: Bank, cache: OccluderCache, face: Entry, repeat: int, pool: tuple[Entry, ...]
) -> Begun:
    """Choose, load, draw, compose."""
    streams = Streams(plan.seed, plan.stream, f"{face.id}-{repeat:03d}")
    chosen = choose_occluder(pool, face, plan.kind, streams)
    begun = Begun(face=face, repeat=repeat, chosen=chosen)
    if chosen is None and plan.kind != "none":
        return replace(begun, verdict=rejected("no_occluder_of_another_photograph"))
    try:
        ready = load_face(bank, face, plan.size, parsing=plan.parsing)
        occluder = None if chosen is None else cache.get(bank, chosen)
        if chosen is not None and plan.kind == "object":
            begun = replace(begun, upscaler=cache.upscaler(bank, chosen))
        params = draw_params(ready, occluder, plan.kind, plan.profile, _switches(plan), streams)
        return replace(begun, occluder=occluder, params=params, draft=compose(ready, occluder, params))
    except (ValueError, cv2.error) as error:
        return replace(begun, verdict=failed(error))


def end(plan: ShardPlan, begun: Begun, pixels: Image | Verdict | None = None) -> Made:
    """Complete, judge, encode. ``pixels`` are those that a waiting draft was given, or why there are none."""
    params, composite = begun.params, None
    verdict = pixels if isinstance(pixels, Verdict) else begun.verdict
    if begun.draft is not None and params is not None and not isinstance(pixels, Verdict):
        try:
            composite = complete(begun.draft, params, pixels)
            verdict = gate(composite, plan, begun.occluder, params)
        except (ValueError, cv2.error) as error:
            verdict = failed(error)
    told = (plan, begun.face, begun.repeat, begun.chosen)
    if composite is None or params is None:
        return make_row(*told, None, None, verdict, begun.upscaler), {}
    row = make_row(*told, params, composite, verdict, begun.upscaler)
    if verdict.verdict != "kept":
        return row, {}
    return row, encode(composite, describe(*told, params, composite, begun.upscaler), clean=plan.clean)


def _switches(plan: ShardPlan) -> Switches:
    return Switches(
        transfer_strength=plan.colour_transfer,
        transfer_method=plan.transfer_method,
        contrast_guard=plan.contrast_guard,
        harmonise=plan.harmoniser is not None,
    )


def gate(composite: Composite, plan: ShardPlan, occluder: Occluder | None, params: Params) -> Verdict:
    """Judge the finished sample as it was drawn: the cut through a hand's wrist, then its labels."""
    if plan.kind == "none":
        return KEPT
    if occluder is not None and params.placement is not None and judges_wrist(plan.kind, plan.profile):
        shown = shows_wrist(occluder, params.placement, composite.mask.shape)
        if (verdict := gate_wrist(hidden=not shown)) != KEPT:
            return verdict
    return gate_hidden_ratio(composite.hidden_ratio, plan.profile.hidden_ratio)


def choose_occluder(pool: tuple[Entry, ...], face: Entry, kind: str, streams: Streams) -> Entry | None:
    """Uniform over the pool without the face's own photograph; textures by class first."""
    able = [entry for entry in pool if entry.photo != face.photo]
    if not able:
        return None
    rng = streams.stage("occluder")
    if kind == "randocc":
        classes = sorted({entry.category for entry in able})
        wanted = classes[int(rng.integers(len(classes)))]
        able = [entry for entry in able if entry.category == wanted]
    return able[int(rng.integers(len(able)))]


def load_face(bank: Bank, entry: Entry, size: int, *, parsing: bool) -> Face:
    """Decode a face of the bank at the recipe's size, with its landmarks and the quality of its JPEG."""
    members = bank.read(entry)
    classes = decode_plane(members["parsing.png"]) if parsing else None
    return make_face(
        decode_rgb(members["jpg"]),
        decode_plane(members["mask.png"]),
        classes,
        long_side=size,
        landmarks=_landmarks(json.loads(members["json"])) if "json" in members else None,
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


def encode(composite: Composite, description: Mapping[str, object], *, clean: bool) -> dict[str, bytes]:
    """The sample's members in their fixed order (docs/format.md)."""
    members = {
        "jpg": encode_jpeg(composite.image),
        "mask.png": encode_png(composite.mask),
        "alpha.png": encode_png(composite.alpha),
    }
    if composite.parsing is not None:
        members["parsing.png"] = encode_png(composite.parsing)
    if clean:
        members["clean.jpg"] = encode_jpeg(composite.clean)
        members["clean_mask.png"] = encode_png(composite.clean_mask)
    members["json"] = json.dumps(description).encode()
    return members
