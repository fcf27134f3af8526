"""Make one sample: load, draw, compose; then complete, judge, encode."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import cv2

from manifests.rows import Row
from manifests.shard_plan import SamplePlan, ShardPlan
from natocc.codecs import encode_jpeg, encode_png
from natocc.colour.lut import Colours
from natocc.geometry import Image
from natocc.kinds import KINDS
from natocc.occluders.occluder import Occluder
from natocc.render.compose import Composite, Draft, colour_and_blend, complete
from natocc.render.draw import Switches, draw_params
from natocc.render.gates import judge
from natocc.render.lay import Laid, lay
from natocc.render.params import Params
from natocc.render.relabel import LabelPlanes, relabel
from natocc.transfer.transport import Transport, move_by_batches
from natocc.verdicts import KEPT, Verdict, failed, rejected
from tasks.render.describe import describe_sample, make_row
from tasks.render.harmonise import Harmonising, open_harmoniser
from tasks.render.inputs import SampleInputs, ShardInputs, load_face, load_policy_labels
from tasks.render.transport import DeviceTransport, open_transport


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleDraft:
    """A sample before it is harmonised. It has no draft while it waits or if its ``verdict`` is not kept."""

    inputs: SampleInputs
    occluder: Occluder | None = None
    params: Params | None = None
    # Labels other than those of the face that is rendered.
    labels: LabelPlanes | None = None
    waiting: Laid | None = None
    draft: Draft | None = None
    verdict: Verdict = KEPT

    @property
    def unmoved(self) -> Transport | None:
        """The colours that must be moved before the sample goes on, else None."""
        return None if self.waiting is None else self.waiting.transport

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


def attempt(
    shard: ShardInputs,
    planned: SamplePlan,
    harmonise: Harmonising | None = None,
    transport: DeviceTransport | None = None,
) -> SampleResult:
    """Make one sample.

    Only errors of the inputs (undecodable bytes, an empty mask) become the verdict ``failed``. ``harmonise``
    and ``transport`` are those of the plan; None: they are opened. ``harmonise`` is required if the plan's
    harmoniser is a network.
    """
    plan = shard.plan
    transport = transport or open_transport(plan.transfer_device)
    sample = begin(shard, planned, move_later=transport is not None)
    if transport is not None and sample.unmoved is not None:
        sample = go_on(sample, transport.move(sample.unmoved))
    if sample.unharmonised is None:
        return finish(sample)
    return harmonise_and_finish(sample, harmonise or open_harmoniser(plan.harmoniser, plan.network, None))


def begin(shard: ShardInputs, planned: SamplePlan, *, move_later: bool = False) -> SampleDraft:
    """Load, draw, compose. With ``move_later`` a sample with ``unmoved`` colours waits for ``go_on``."""
    plan, inputs = shard.plan, shard.of_sample(planned)
    if inputs.occluder is None and KINDS[plan.kind].pool is not None:
        return SampleDraft(inputs=inputs, verdict=rejected("no_occluder_of_another_photograph"))
    try:
        decoded, occluder = load_face(shard.bank, inputs.face, plan.size, parsing=plan.parsing), None
        if inputs.occluder is not None:
            occluder = shard.cache.get(shard.bank, inputs.occluder)
            inputs = replace(inputs, upscaler=shard.cache.upscaler(shard.bank, inputs.occluder))
        labels = None
        if plan.labels == "policy":
            labels = load_policy_labels(shard.bank, inputs.face, decoded.size, parsing=plan.parsing)
        params = draw_params(decoded, occluder, plan.kind, plan.profile, switches_of(plan), inputs.streams)
        params = replace(params, labels=plan.labels)
        laid = lay(decoded, occluder, params)
    except (ValueError, cv2.error) as error:
        return SampleDraft(inputs=inputs, verdict=failed(error))
    sample = SampleDraft(inputs=inputs, occluder=occluder, params=params, labels=labels, waiting=laid)
    if laid.transport is None:
        return go_on(sample)
    return sample if move_later else go_on(sample, move_by_batches(laid.transport))


def go_on(sample: SampleDraft, moved: Colours | None = None) -> SampleDraft:
    """Compose a sample that waits for the colours that were moved."""
    if sample.waiting is None or sample.params is None:
        return sample
    try:
        draft = colour_and_blend(sample.waiting, sample.params, moved)
    except (ValueError, cv2.error) as error:
        return SampleDraft(inputs=sample.inputs, verdict=failed(error))
    return replace(sample, waiting=None, draft=draft)


def harmonise_and_finish(sample: SampleDraft, harmonise: Harmonising) -> SampleResult:
    """Harmonise one sample if it must be, then ``finish`` it."""
    if sample.unharmonised is None:
        return finish(sample)
    (pixels,) = harmonise([sample.unharmonised])
    return finish(sample, pixels)


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
    verdict = judge(composite, sample.occluder, sample.params, sample.inputs.plan.profile)
    # The gates judge by the mask that pixels follow, so that versions of either labels have the same samples.
    if sample.labels is not None and verdict == KEPT:
        composite = relabel(composite, sample.labels, sample.params)
    return composite, verdict


def switches_of(plan: ShardPlan) -> Switches:
    """The steps that the plan's set and recipe turn on beyond the profile."""
    return Switches(
        transfer_strength=plan.colour_transfer,
        transfer_method=plan.transfer_method,
        contrast_guard=plan.contrast_guard,
        algorithm_1=plan.algorithm_1,
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
