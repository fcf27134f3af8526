"""What is written down about a sample: its json member and its manifest row."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache

from assets.bank.reader import Entry
from manifests.rows import Row
from manifests.shard_plan import ShardPlan
from natocc.render.compose import Composite
from natocc.render.params import Params
from natocc.verdicts import Verdict


def sample_key(plan: ShardPlan, face: Entry, repeat: int) -> str:
    """Unique in the dataset and without dots: set, face, repeat."""
    return f"{plan.set}-{face.id}-{repeat:03d}"


def backends(plan: ShardPlan, params: Params | None, upscaler: str | None) -> dict[str, str | None]:
    """What ran on this sample, by stage; None where the stage did not run. ``upscaler``: the object's own."""
    transfer = params.transfer if params else None
    harmonised = params is not None and params.harmonise
    return {
        "upscaler": upscaler,
        "colour_transfer": transfer.method if transfer else None,
        "harmoniser": plan.harmoniser if harmonised else None,
    }


@lru_cache(maxsize=1)
def drawn_values(params: Params) -> dict[str, object]:
    """The parameters as plain values; the row and the json member of a sample share them."""
    return asdict(params)


def describe(
    plan: ShardPlan,
    face: Entry,
    repeat: int,
    occluder: Entry | None,
    params: Params,
    composite: Composite,
    upscaler: str | None,
) -> dict[str, object]:
    """The json member (docs/format.md). ``params`` and the bank are enough to render it again."""
    return {
        "key": sample_key(plan, face, repeat),
        "kind": plan.kind,
        "set": plan.set,
        "seed": plan.seed,
        "stream": plan.stream,
        "profile": plan.profile.name,
        "opacity": params.opacity,
        "hidden_ratio": round(composite.hidden_ratio, 6),
        "reach_px": composite.reach_px,
        "size": [composite.mask.shape[0], composite.mask.shape[1]],
        "face": {**_facts(face), "person": face.person, "repeat": repeat},
        "occluder": None if occluder is None else {**_facts(occluder), "category": occluder.category},
        "params": drawn_values(params),
        "measured": dict(composite.measured),
        "backends": backends(plan, params, upscaler),
        "network": asdict(plan.network) if plan.network and params.harmonise else None,
        "licences": sorted({entry.licence for entry in (face, occluder) if entry is not None}),
    }


def _facts(entry: Entry) -> dict[str, object]:
    names = ("id", "dataset", "source", "photo", "sha256", "split", "licence")
    return {name: getattr(entry, name) for name in names}


def make_row(
    plan: ShardPlan,
    face: Entry,
    repeat: int,
    occluder: Entry | None,
    params: Params | None,
    composite: Composite | None,
    verdict: Verdict,
    upscaler: str | None,
) -> Row:
    """The manifest row; drawn values are None where the sample failed before they were drawn."""
    placement = params.placement if params else None
    return Row(
        key=sample_key(plan, face, repeat),
        set=plan.set,
        kind=plan.kind,
        split=plan.split,
        shard=plan.file,
        verdict=verdict.verdict,
        reason=verdict.reason,
        face_id=face.id,
        repeat=repeat,
        face_photo=face.photo,
        face_sha256=face.sha256,
        face_licence=face.licence,
        person=face.person,
        occluder_id=occluder.id if occluder else None,
        occluder_category=occluder.category if occluder else None,
        occluder_photo=occluder.photo if occluder else None,
        occluder_sha256=occluder.sha256 if occluder else None,
        occluder_licence=occluder.licence if occluder else None,
        seed=plan.seed,
        stream=plan.stream,
        profile=plan.profile.name,
        opacity=params.opacity if params else None,
        hidden_ratio=round(composite.hidden_ratio, 6) if composite else None,
        reach_px=composite.reach_px if composite else None,
        placement_tries=placement.tries if placement else None,
        params=json.dumps(drawn_values(params)) if params else None,
        backends=json.dumps(backends(plan, params, upscaler)),
    )
