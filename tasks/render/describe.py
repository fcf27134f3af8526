"""The records of a sample: its json member and its row of the manifest."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache

from assets.bank.reader import Entry
from manifests.rows import Row
from manifests.sample import ENTRY_FIELDS, SAMPLE_SCHEMA
from manifests.shard_plan import transfer_backend
from natocc.render.compose import Composite
from natocc.render.params import Params
from natocc.verdicts import Verdict
from tasks.render.inputs import SampleInputs


def describe_sample(inputs: SampleInputs, params: Params, composite: Composite) -> dict[str, object]:
    """The json member, with the types of ``SAMPLE_FIELDS`` (docs/format.md).

    ``params`` and the bank are enough to render the sample again.
    """
    plan, face, occluder = inputs.plan, inputs.face, inputs.occluder
    return {
        "schema": SAMPLE_SCHEMA,
        "key": inputs.key,
        "cache_key": inputs.cache_key,
        "kind": plan.kind,
        "set": plan.set,
        "seed": plan.seed,
        "stream": plan.stream,
        "profile": plan.profile.name,
        "opacity": params.opacity,
        "hidden_ratio": round(composite.hidden_ratio, 6),
        "reach_px": composite.reach_px,
        "size": [composite.mask.shape[0], composite.mask.shape[1]],
        "face": {**_metadata(face), "person": face.person or "", "repeat": inputs.repeat},
        "occluder": {**_metadata(occluder), "category": occluder.category if occluder else ""},
        "params": _text_of(params),
        "measured": json.dumps(dict(composite.measured)),
        "backends": {stage: name or "" for stage, name in _backends(inputs, params).items()},
        "network": json.dumps(asdict(plan.network)) if plan.network and params.harmonise else "",
        "licences": sorted({entry.licence for entry in (face, occluder) if entry is not None}),
    }


def make_row(
    inputs: SampleInputs, verdict: Verdict, params: Params | None = None, composite: Composite | None = None
) -> Row:
    """The manifest's row. ``params`` and ``composite`` are None if there is no finished picture."""
    plan, face, occluder = inputs.plan, inputs.face, inputs.occluder
    placement = params.placement if params else None
    return Row(
        key=inputs.key,
        set=plan.set,
        kind=plan.kind,
        split=plan.split,
        shard=plan.file,
        verdict=verdict.verdict,
        reason=verdict.reason,
        face_id=face.id,
        repeat=inputs.repeat,
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
        params=_text_of(params) if params else None,
        backends=json.dumps(_backends(inputs, params)),
        cache_key=inputs.cache_key,
    )


def _backends(inputs: SampleInputs, params: Params | None) -> dict[str, str | None]:
    """The backend of each stage on this sample; None if the stage did not run."""
    transfer, device = params.transfer if params else None, inputs.plan.transfer_device
    harmonised = params is not None and params.harmonise
    return {
        "upscaler": inputs.upscaler,
        "colour_transfer": transfer_backend(transfer.method, device) if transfer else None,
        "harmoniser": inputs.plan.harmoniser if harmonised else None,
    }


def _metadata(entry: Entry | None) -> dict[str, str]:
    """The fields of an entry; empty where a kind has no occluder."""
    return {name: getattr(entry, name) if entry else "" for name in ENTRY_FIELDS}


@lru_cache(maxsize=1)
def _text_of(params: Params) -> str:
    """The parameters as JSON; the row and the json member of a sample share it."""
    return json.dumps(asdict(params))
