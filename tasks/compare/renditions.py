"""Looks: ways of making the same picture, by name, so that two of them can be laid side by side.

A look is a profile, a profile without some of its steps (``best-shadow``), or ``code``: the released
method's pixels. Faces, occluders, placements and the final augmentation are those of profile ``best``
in every look.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from manifests.shard_plan import ShardPlan
from natocc.face import Face
from natocc.occluders.occluder import Occluder
from natocc.profiles import PROFILES, Profile
from natocc.randomness import Streams
from natocc.render.compose import Composite
from natocc.render.draw import Switches, draw_params
from natocc.render.params import Params
from natocc.render.released_code import render_released
from tasks.render.harmonise import open_harmoniser, render_harmonised

RELEASED = ("code", "released")
# Steps that a set of the recipe turns on, not the profile.
_OF_A_SET = ("transfer", "harmonise")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How pixels are made. ``without`` are the steps that are switched off."""

    profile: Profile
    without: frozenset[str] = frozenset()
    released: bool = False


def parse_look(text: str) -> Look:
    """``best``, ``paper``, ``code`` (or ``released``), or a profile with steps taken away: ``best-shadow``.

    Raises ValueError for a name or step that does not exist, and for a step that is off already.
    """
    name, *steps = text.split("-")
    if name in RELEASED and not steps:
        return Look(profile=PROFILES["code"], released=True)
    if name in RELEASED:
        raise ValueError(f"look {text!r}: expected {name} alone, got steps to switch off; it has no switches")
    if name not in PROFILES:
        raise ValueError(f"look {text!r}: expected {_known()}, got {name!r}")
    profile = PROFILES[name]
    able = steps_of(profile)
    unknown = [step for step in steps if step not in able]
    if unknown:
        raise ValueError(
            f"look {text!r}: expected steps that {name} has on ({', '.join(able)}), got {', '.join(unknown)}"
        )
    off = {step: False for step in steps if step not in _OF_A_SET}
    return Look(profile=replace(profile, **off), without=frozenset(steps))  # type: ignore[arg-type]


def steps_of(profile: Profile) -> tuple[str, ...]:
    """The steps that can be taken away from a profile: its switches that are on, and those of a set."""
    # The final affine is a part of the view, which is the same in every look.
    switches = (one.name for one in fields(profile) if getattr(profile, one.name) is True)
    return (*(name for name in switches if name != "final_affine"), *_OF_A_SET)


def _known() -> str:
    steps = ", ".join(f"best-{step}" for step in steps_of(PROFILES["best"]))
    return f"code (the released method's pixels), best, paper, or one of these without a step ({steps})"


def draw_look(
    look: Look, common: Params, face: Face, occluder: Occluder, plan: ShardPlan, streams: Streams
) -> Params:
    """The look's own parameters at the shape, placement, opacity and final augmentation of ``common``."""
    switches = Switches(
        transfer_method=plan.transfer_method,
        contrast_guard=plan.contrast_guard,
        transfer_strength=0.0 if "transfer" in look.without else plan.colour_transfer,
        harmonise=plan.harmoniser is not None and "harmonise" not in look.without and not look.released,
    )
    drawn = draw_params(face, occluder, plan.kind, _profile(look, plan), switches, streams)
    # Without the step, not with the random one that stands in its place in the other profiles.
    if "sharpness" in look.without:
        drawn = replace(drawn, blur=None)
    if "history" in look.without:
        drawn = replace(drawn, jpeg=None)
    if look.released and drawn.transfer is not None:
        # As published: whole rectangles at full strength.
        transfer = replace(drawn.transfer, method="sot", strength=1.0, guard=False)
        drawn = replace(drawn, transfer=transfer)
    return replace(
        drawn,
        shape=common.shape,
        placement=common.placement,
        opacity=common.opacity,
        final_affine=common.final_affine,
        final_blur=common.final_blur,
        final_tone=common.final_tone,
        final_flip=common.final_flip,
    )


def _profile(look: Look, plan: ShardPlan) -> Profile:
    """The look's profile; of ``best`` the recipe's, with what the recipe itself turns on or off."""
    if look.profile.name != plan.profile.name:
        return look.profile
    off = {step: False for step in look.without if step not in _OF_A_SET}
    return replace(plan.profile, **off)  # type: ignore[arg-type]


def render_look(look: Look, face: Face, occluder: Occluder, params: Params, plan: ShardPlan) -> Composite:
    """The picture."""
    if look.released:
        return render_released(face, occluder, params)
    return render_harmonised(face, occluder, params, open_harmoniser(plan.harmoniser, plan.network, None))
