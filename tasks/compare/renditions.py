"""Renditions: named ways of making the same picture, so that two can be compared side by side.

A rendition is a profile, a profile without some of its steps (``best-shadow``), or ``code``: the released
method's pixels. Faces, occluders, placements and the final augmentation are those of profile ``best`` in
every rendition.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

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
# Steps that are turned on by a set of the recipe, not by the profile.
_STEPS_OF_A_SET = ("transfer", "harmonise")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """A way of making pixels. ``without`` are the steps that are switched off."""

    profile: Profile
    without: frozenset[str] = frozenset()
    released: bool = False


def parse_rendition(text: str) -> Rendition:
    """``best``, ``paper``, ``code`` (or ``released``), or a profile without some steps: ``best-shadow``.

    Raises ValueError for an unknown name or step, and for a step that is already off.
    """
    name, *steps = text.split("-")
    if name in RELEASED and not steps:
        return Rendition(profile=PROFILES["code"], released=True)
    if name in RELEASED:
        raise ValueError(
            f"rendition {text!r}: expected {name} alone, got steps to switch off; it has no switches"
        )
    if name not in PROFILES:
        raise ValueError(f"rendition {text!r}: expected {_known()}, got {name!r}")
    profile = PROFILES[name]
    able = steps_of(profile)
    if unknown := [step for step in steps if step not in able]:
        expected = f"steps that {name} has on ({', '.join(able)})"
        raise ValueError(f"rendition {text!r}: expected {expected}, got {', '.join(unknown)}")
    return Rendition(profile=_switch_off(profile, steps), without=frozenset(steps))


def steps_of(profile: Profile) -> tuple[str, ...]:
    """The steps that can be switched off: a profile's switches that are on, and the steps of a set."""
    switches = (field.name for field in fields(profile) if getattr(profile, field.name) is True)
    # The final affine belongs to the view, which is the same in every rendition.
    return (*(name for name in switches if name != "final_affine"), *_STEPS_OF_A_SET)


def _switch_off(profile: Profile, steps: Iterable[str]) -> Profile:
    off: dict[str, Any] = {step: False for step in steps if step not in _STEPS_OF_A_SET}
    return replace(profile, **off)


def _known() -> str:
    steps = ", ".join(f"best-{step}" for step in steps_of(PROFILES["best"]))
    return f"code (the released method's pixels), best, paper, or one of these without a step ({steps})"


def draw_rendition(
    rendition: Rendition, common: Params, face: Face, occluder: Occluder, plan: ShardPlan, streams: Streams
) -> Params:
    """The rendition's parameters.

    The face's compression, shape, placement, opacity and final augmentation are those of ``common``.
    """
    without = rendition.without
    switches = Switches(
        transfer_method=plan.transfer_method,
        contrast_guard=plan.contrast_guard,
        algorithm_1=plan.algorithm_1,
        transfer_strength=0.0 if "transfer" in without else plan.colour_transfer,
        harmonise=plan.harmoniser is not None and "harmonise" not in without and not rendition.released,
    )
    drawn = draw_params(face, occluder, plan.kind, _profile(rendition, plan), switches, streams)
    # Other profiles use a random blur or JPEG instead of these steps. A rendition without the steps has
    # neither.
    if "sharpness" in without:
        drawn = replace(drawn, blur=None)
    if "history" in without:
        drawn = replace(drawn, jpeg=None)
    if rendition.released and drawn.transfer is not None:
        # As published: whole rectangles at full strength.
        transfer = replace(drawn.transfer, method="sot", strength=1.0, guard=False)
        drawn = replace(drawn, transfer=transfer)
    return replace(
        drawn,
        face_jpeg=common.face_jpeg,
        shape=common.shape,
        placement=common.placement,
        opacity=common.opacity,
        final_affine=common.final_affine,
        final_blur=common.final_blur,
        final_tone=common.final_tone,
        final_flip=common.final_flip,
    )


def _profile(rendition: Rendition, plan: ShardPlan) -> Profile:
    """The rendition's profile. For ``best`` it is the plan's profile, which has the recipe's switches."""
    if rendition.profile.name != plan.profile.name:
        return rendition.profile
    return _switch_off(plan.profile, rendition.without)


def render_rendition(
    rendition: Rendition, face: Face, occluder: Occluder, params: Params, plan: ShardPlan
) -> Composite:
    """The picture of these parameters."""
    if rendition.released:
        return render_released(face, occluder, params)
    return render_harmonised(face, occluder, params, open_harmoniser(plan.harmoniser, plan.network, None))
