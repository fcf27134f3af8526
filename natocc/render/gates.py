"""The gates of a finished sample: the cut through a wrist, then the hidden share of the face."""

from __future__ import annotations

from natocc.kinds import kind_named
from natocc.occluders.occluder import Occluder
from natocc.placement.search import judges_wrist, shows_wrist
from natocc.profiles import Profile
from natocc.render.compose import Composite
from natocc.render.params import Params
from natocc.verdicts import KEPT, Verdict, gate_hidden_ratio, gate_wrist


def judge(composite: Composite, occluder: Occluder | None, params: Params, profile: Profile) -> Verdict:
    """Keep or reject a sample at full size. A sample with nothing over the face is kept.

    The wrist is judged where the hand was drawn, before a final affine change of the whole picture.
    """
    if kind_named(params.kind).pool is None:
        return KEPT
    if occluder is not None and params.placement is not None and judges_wrist(params.kind, profile):
        shown = shows_wrist(occluder, params.placement, composite.mask.shape)
        if (verdict := gate_wrist(hidden=not shown)) != KEPT:
            return verdict
    return gate_hidden_ratio(composite.hidden_ratio, profile.hidden_ratio)
