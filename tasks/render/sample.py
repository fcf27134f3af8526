"""Make one sample: load, draw, compose; then complete, judge, encode."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import cv2

from manifests.rows import Row
from manifests.shard_plan import SamplePlan, ShardPlan
from natocc.codecs import encode_jpeg, encode_png
from natocc.geometry import Image
from natocc.kinds import KINDS
from natocc.occluders.occluder import Occluder
from natocc.render.compose import Composite, Draft, complete, compose
from natocc.render.draw import Switches, draw_params
from natocc.render.gates import judge
from natocc.render.params import Params
from natocc.verdicts import KEPT, Verdict, failed, rejected
from tasks.render.describe import describe_sample, make_row
from tasks.render.harmonise import Harmonising, open_harmoniser
from tasks.render.inputs import SampleInputs, ShardInputs, load_face


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleDraft:
    """A sample before it is harmonised. It has no draft if its ``verdict`` is not kept."""

    inputs: SampleInputs
    occluder: Occluder | None = None
    params: Params | None = None
    draft: Draft | None = None
    verdict: Verdict = KEPT

    @property
    def unharmonised(self) -> Draft | None:
        """The draft if it must be harmonised, else None."""
        if self.draft is None or self.params is None or not self.draft.needs_harmonising(self.params):
            return None
        return self.draft


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleResult:
    """A sample's row, and its members if it is kept."""

    row: Row
    members: Mapping[str, bytes] = field(default_factory=dict)


def attempt(shard: ShardInputs, planned: SamplePlan, harmonise: Harmonising | None = None) -> SampleResult:
    """Make one sample.

    Only errors of the inputs (undecodable bytes, an empty mask) become the verdict ``failed``. ``harmonise``
    is required if the plan's harmoniser is a network.
    """
    sample = begin(shard, planned)
    if sample.unharmonised is None:
        return finish(sample)
    plan = shard.plan
    (pixels,) = (harmonise or open_harmoniser(plan.harmoniser, plan.network, None))([sample.unharmonised])
    return finish(sample, pixels)


def begin(shard: ShardInputs, planned: SamplePlan) -> SampleDraft:
    """Load, draw, compose."""
    plan, inputs = shard.plan, shard.of_sample(planned)
    if inputs.occluder is None and KINDS[plan.kind].pool is not None:
        return SampleDraft(inputs=inputs, verdict=rejected("no_occluder_of_another_photograph"))
    try:
        decoded, occluder = load_face(shard.bank, inputs.face, plan.size, parsing=plan.parsing), None
        if inputs.occluder is not None:
            occluder = shard.cache.get(shard.bank, inputs.occluder)
            inputs = replace(inputs, upscaler=shard.cache.upscaler(shard.bank, inputs.occluder))
        params = draw_params(decoded, occluder, plan.kind, plan.profile, switches_of(plan), inputs.streams)
        draft = compose(decoded, occluder, params)
    except (ValueError, cv2.error) as error:
        return SampleDraft(inputs=inputs, verdict=failed(error))
    return SampleDraft(inputs=inputs, occluder=occluder, params=params, draft=draft)


def finish(sample: SampleDraft, harmonised: Image | Verdict | None = None) -> SampleResult:
    """Complete, judge, encode.

    ``harmonised``: the new pixels of the draft's box, or the verdict of a failure; None without
    harmonisation.
    """
    composite, verdict = _complete(sample, harmonised)
    if composite is None or sample.params is None:
        return SampleResult(row=make_row(sample.inputs, verdict))
    row = make_row(sample.inputs, verdict, sample.params, composite)
    if verdict.verdict != "kept":
        return SampleResult(row=row)
    description = describe_sample(sample.inputs, sample.params, composite)
    return SampleResult(row=row, members=encode(composite, description, clean=sample.inputs.plan.clean))


def _complete(sample: SampleDraft, harmonised: Image | Verdict | None) -> tuple[Composite | None, Verdict]:
    """The finished picture or None, and the verdict."""
    if isinstance(harmonised, Verdict):
        return None, harmonised
    if sample.draft is None or sample.params is None:
        return None, sample.verdict
    try:
        composite = complete(sample.draft, sample.params, harmonised)
    except (ValueError, cv2.error) as error:
        return None, failed(error)
    return composite, judge(composite, sample.occluder, sample.params, sample.inputs.plan.profile)


def switches_of(plan: ShardPlan) -> Switches:
    """The steps that the plan's set and recipe turn on beyond the profile."""
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
