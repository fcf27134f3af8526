"""How likely a face's mask is wrong, told without a network: what to look at first.

The paper corrected about 4,000 of CelebAMask-HQ's masks by hand (section 3.1). These figures order
the faces for such work; docs/mask-correction.md says what each of them sees and what it cannot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from natocc.geometry import Image
from natocc.mask_quality.outline_checks import inner_edges, unsupported_outline
from natocc.mask_quality.part_checks import (
    Parts,
    broken_pieces,
    feature_missing,
    features_outside,
    features_swapped,
    find_parts,
    hull,
    lenses_as_face,
    unequal_pairs,
)
from natocc.mask_quality.skin_colour import foreign_blobs, is_skin, skin_distance
from natocc.mask_quality.view import Bits, View, look


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """``score`` and its parts, all in [0, 1], 0 where nothing is odd; ``because`` is the leading reason.

    ``score`` rises with each of the others and is not a probability.
    """

    score: float
    # Share of the mask whose colour is not this face's skin, and the largest piece of it.
    foreign: float
    blob: float
    # Share of the plain skin that lies on steep edges.
    edges: float
    # Shares of the outline without an edge in the picture: skin goes on beyond it; something else does.
    skin_beyond: float
    other_across: float
    # Features beyond the skin, in the wrong order, missing where the mask covers their place.
    outside: float
    swapped: float
    missing: float
    # Share of the glasses that counts as face.
    glasses: float
    # Holes and loose pieces, as a share of the mask.
    pieces: float
    # Eyes and brows of unequal size.
    unequal: float
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weight:
    """A figure counts from ``start``, fully from ``full``, and then takes ``most`` of the trust away."""

    start: float
    full: float
    most: float
    because: str


# From the reason that says most to the one that says least.
_WEIGHTS: Mapping[str, _Weight] = {
    "swapped": _Weight(start=0.0, full=1.0, most=0.95, because="features out of order"),
    "outside": _Weight(start=0.0, full=0.3, most=0.95, because="a feature beyond the mask"),
    "missing": _Weight(start=0.0, full=1.0, most=0.6, because="mouth or eye not annotated"),
    "glasses": _Weight(start=0.05, full=0.5, most=0.7, because="glass counts as face"),
    "pieces": _Weight(start=0.001, full=0.02, most=0.8, because="holes or loose pieces"),
    "unequal": _Weight(start=0.15, full=0.4, most=0.5, because="unequal eyes or brows"),
    "other_across": _Weight(start=0.02, full=0.1, most=0.7, because="the mask reaches too far"),
    "skin_beyond": _Weight(start=0.01, full=0.12, most=0.6, because="skin beyond the mask"),
    "blob": _Weight(start=0.05, full=0.4, most=0.7, because="a patch foreign to this skin"),
    "edges": _Weight(start=0.0, full=0.06, most=0.7, because="outlines within the skin"),
    "foreign": _Weight(start=0.1, full=0.6, most=0.4, because="colours foreign to this skin"),
}
FIGURES = tuple(_WEIGHTS)
_NOTHING = "nothing stands out"
_WORTH_SAYING = 0.05


def measure_suspicion(rgb: Image, parts: Mapping[str, Image], mask: Image) -> Suspicion:
    """Figures of one face. ``rgb`` uint8 HxWx3; ``parts`` and ``mask`` uint8 HxW, 0 or 255.

    ``parts`` are named as in ``natocc.masks.policy``; those that are absent are not missed. Where no eyes,
    brows and mouth are annotated at all, their usual places in an upright face are left out, so less is
    seen. An empty mask has the score 1.

    Raises ValueError where the sizes differ.
    """
    for name, plane in {"mask": mask, **parts}.items():
        if plane.shape != rgb.shape[:2]:
            raise ValueError(f"{name}: expected the picture's size {rgb.shape[:2]}, got {plane.shape}")
    if not mask.any():
        nothing = dict.fromkeys(_WEIGHTS, 0.0)
        return Suspicion(score=1.0, because="the mask is empty", **nothing)
    view = look(rgb, parts, mask)
    if not view.mask.any():
        nothing = dict.fromkeys(_WEIGHTS, 0.0)
        return Suspicion(score=1.0, because="the mask is a thread", **nothing)
    found = find_parts(parts, view)
    distance = skin_distance(view)
    foreign, blob = foreign_blobs(view, distance)
    outline = unsupported_outline(view, is_skin(distance), _where_skin_counts(found, view))
    figures = {
        "foreign": foreign,
        "blob": blob,
        "edges": inner_edges(view),
        "skin_beyond": outline.through_skin,
        "other_across": outline.through_other,
        "outside": features_outside(found, view),
        "swapped": features_swapped(found),
        "missing": feature_missing(found, view),
        "glasses": lenses_as_face(parts, view),
        "pieces": broken_pieces(view),
        "unequal": unequal_pairs(found),
    }
    return combine({name: round(value, 4) for name, value in figures.items()})


def combine(figures: Mapping[str, float]) -> Suspicion:
    """One score: each figure takes away a share of the trust that the others left.

    Score = 1 − Π (1 − most · ramp(figure)); the ramp rises from 0 at ``start`` to 1 at ``full``. So a
    larger figure never lowers it, and many small reasons add up without one of them being large. The
    reason is the most telling of those that are at least half as strong as the strongest.
    """
    doubts = {
        name: weight.most * min(1.0, max(0.0, (figures[name] - weight.start) / (weight.full - weight.start)))
        for name, weight in _WEIGHTS.items()
    }
    score = 1 - float(np.prod([1 - doubt for doubt in doubts.values()]))
    strongest = max(doubts.values())
    because = _NOTHING
    if strongest > _WORTH_SAYING:
        because = next(_WEIGHTS[name].because for name, doubt in doubts.items() if doubt >= strongest / 2)
    return Suspicion(score=round(score, 4), because=because, **dict(figures))


def _where_skin_counts(found: Parts, view: View) -> Bits:
    """Where skin beyond the outline is a fault.

    Everywhere in the mask's hull; outside it, not beside eyes to mouth where ears were not
    annotated, nor below the mouth where the neck was not.
    """
    height, width = view.mask.shape
    rows = np.arange(height)[:, None]
    line = {name: centre[1] for name, centre in found.centres.items()}
    brows = [line[name] for name in ("l_brow", "r_brow", "l_eye", "r_eye") if name in line]
    mouth = [line[name] for name in ("mouth", "u_lip", "l_lip") if name in line]
    top, low = min(brows, default=0.3 * height), max(mouth, default=0.6 * height)
    allowed = np.ones((height, width), bool)
    if "neck" not in found.names:
        allowed &= rows < low
    if not {"l_ear", "r_ear"} & found.names:
        allowed &= (rows < top) | (rows >= low)
    return hull(view.mask, 0) | allowed
