"""One sample: choose, load, draw, render, judge, encode."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2

from assets.bank.reader import Bank, Entry
from manifests.rows import Row
from manifests.shard_plan import ShardPlan
from natocc.codecs import encode_jpeg, encode_png
from natocc.geometry import Image
from natocc.kinds import KINDS, POOLS
from natocc.occluders.occluder import Occluder
from natocc.randomness import Streams
from natocc.render.compose import Composite, Draft, complete, compose
from natocc.render.draw import Switches, draw_params
from natocc.render.gates import judge
from natocc.render.params import Params
from natocc.verdicts import KEPT, Verdict, failed, rejected
from tasks.render.describe import describe, make_row
from tasks.render.harmonise import Harmonising, open_harmoniser
from tasks.render.inputs import OccluderCache, choose_occluder, load_face

# A sample's row, and its members where it was kept.
Made = tuple[Row, dict[str, bytes]]


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
    if chosen is None and KINDS[plan.kind].pool is not None:
        return replace(begun, verdict=rejected("no_occluder_of_another_photograph"))
    try:
        ready = load_face(bank, face, plan.size, parsing=plan.parsing)
        occluder = None if chosen is None else cache.get(bank, chosen)
        if chosen is not None and POOLS[chosen.kind].upscaled:
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
            verdict = judge(composite, begun.occluder, params, plan.profile)
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
