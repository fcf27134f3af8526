"""A score of how likely a face's mask is wrong, without a network.

The paper corrected about 4,000 of CelebAMask-HQ's masks by hand (section 3.1). The score orders the faces
for such work. docs/mask-correction.md describes the faults that each figure finds and those it misses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from natocc.geometry import BoolArray, Image
from natocc.mask_quality.contour_checks import edgeless_contour, inner_edges
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
from natocc.mask_quality.view import View, reduce_face


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskScore:
    """``score`` and its figures, all in [0, 1], 0 for no fault; ``because`` is the main reason.

    ``score`` rises with each figure. It is not a probability.
    """

    score: float
    # Share of the mask without this face's skin colour, and the largest piece of that area.
    foreign: float
    blob: float
    # Share of the plain skin that lies on steep edges.
    edges: float
    # Shares of the contour without an edge in the picture: skin on both sides; another surface on both sides.
    skin_beyond: float
    other_across: float
    # Features outside the mask, features in the wrong order, and places of features that the mask covers
    # without an annotation.
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
    """A figure raises the score from ``start`` on. From ``full`` on it removes ``most`` of the trust."""

    start: float
    full: float
    most: float
    because: str


# From the most to the least specific reason.
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
_LEAST_DOUBT = 0.05


def score_mask(rgb: Image, parts: Mapping[str, Image], mask: Image) -> MaskScore:
    """The score of one face's mask. ``rgb`` uint8 HxWx3; ``parts`` and ``mask`` uint8 HxW, 0 or 255.

    ``parts`` are named as in ``natocc.masks.policy``. Absent parts are not a fault. If neither eyes, brows
    nor mouth are annotated, their usual places in an upright face are excluded, so fewer faults are found. An
    empty mask has the score 1.

    Raises ValueError where the sizes differ.
    """
    for name, plane in {"mask": mask, **parts}.items():
        if plane.shape != rgb.shape[:2]:
            raise ValueError(f"{name}: expected the picture's size {rgb.shape[:2]}, got {plane.shape}")
    if not mask.any():
        return _unusable("the mask is empty")
    view = reduce_face(rgb, parts, mask)
    if not view.mask.any():
        return _unusable("the mask is a thread")
    figures = _measure(parts, view)
    return combine_figures({name: round(value, 4) for name, value in figures.items()})


def _unusable(because: str) -> MaskScore:
    return MaskScore(score=1.0, because=because, **dict.fromkeys(_WEIGHTS, 0.0))


def _measure(parts: Mapping[str, Image], view: View) -> dict[str, float]:
    """All figures, [0, 1] each."""
    found = find_parts(parts, view)
    distance = skin_distance(view)
    foreign, blob = foreign_blobs(view, distance)
    contour = edgeless_contour(view, is_skin(distance), _where_skin_counts(found, view))
    return {
        "foreign": foreign,
        "blob": blob,
        "edges": inner_edges(view),
        "skin_beyond": contour.through_skin,
        "other_across": contour.through_other,
        "outside": features_outside(found, view),
        "swapped": features_swapped(found),
        "missing": feature_missing(found, view),
        "glasses": lenses_as_face(parts, view),
        "pieces": broken_pieces(view),
        "unequal": unequal_pairs(found),
    }


def combine_figures(figures: Mapping[str, float]) -> MaskScore:
    """Combine the figures into one score. Each removes a share of the trust that the others leave.

    Score = 1 − Π (1 − most · ramp(figure)); the ramp rises from 0 at ``start`` to 1 at ``full``. A larger
    figure never lowers the score, and many small figures add up. The reason is the most specific figure among
    those at least half as strong as the strongest.
    """
    doubts = {
        name: weight.most * min(1.0, max(0.0, (figures[name] - weight.start) / (weight.full - weight.start)))
        for name, weight in _WEIGHTS.items()
    }
    score = 1 - float(np.prod([1 - doubt for doubt in doubts.values()]))
    strongest = max(doubts.values())
    because = _NOTHING
    if strongest > _LEAST_DOUBT:
        because = next(_WEIGHTS[name].because for name, doubt in doubts.items() if doubt >= strongest / 2)
    return MaskScore(score=round(score, 4), because=because, **dict(figures))


def _where_skin_counts(found: Parts, view: View) -> BoolArray:
    """Mark the pixels at which skin outside the mask is a fault.

    These are all pixels in the mask's convex hull. Outside the hull, pixels at the height of eyes to mouth
    count only if ears are annotated, and pixels below the mouth only if a neck is.
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
