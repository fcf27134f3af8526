"""Checks that a face's part masks agree with each other and with the face mask made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import BoolArray, Float64Array, Image
from natocc.mask_quality.view import View, reduce_part

_FEATURES = ("nose", "l_eye", "r_eye", "l_brow", "r_brow", "mouth", "u_lip", "l_lip")
# Features in their order from top to bottom; each column is checked by itself.
_COLUMNS = (
    ("l_brow", "l_eye", "nose", "u_lip", "l_lip"),
    ("r_brow", "r_eye", "nose", "u_lip", "l_lip"),
    ("nose", "mouth"),
)
_PAIRS = (("l_eye", "r_eye"), ("l_brow", "r_brow"))
# Up to this share of a feature may lie beyond the skin without being a fault.
_SLACK = 0.15

_CRACK = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The annotated features: ``planes`` reduced to the view, ``areas`` and ``centres`` (x, y) there.

    ``shown`` is the share of each feature that lies in the view. ``names`` are the names of all parts.
    Features smaller than a pixel of the view have no area and no centre.
    """

    names: frozenset[str]
    planes: Mapping[str, Image]
    areas: Mapping[str, float]
    centres: Mapping[str, Float64Array]
    shown: Mapping[str, float]


def find_parts(parts: Mapping[str, Image], view: View) -> Parts:
    """Reduce the features that have pixels."""
    planes: dict[str, Image] = {}
    areas: dict[str, float] = {}
    centres: dict[str, Float64Array] = {}
    shown: dict[str, float] = {}
    for name in _FEATURES:
        total = cv2.countNonZero(parts[name]) if name in parts else 0
        if total:
            planes[name] = reduce_part(parts[name], view)
            shown[name] = min(1.0, cv2.countNonZero(parts[name][view.box.slices]) / total)
            moments = cv2.moments(planes[name], binaryImage=True)
            if moments["m00"] > 0:
                areas[name] = moments["m00"]
                centres[name] = np.array([moments["m10"], moments["m01"]]) / moments["m00"]
    return Parts(names=frozenset(parts), planes=planes, areas=areas, centres=centres, shown=shown)


def features_outside(found: Parts, view: View) -> float:
    """Largest share of a feature outside both the face mask's convex hull and the other parts, [0, 1]."""
    allowed = (hull(view.mask, 2) | view.other).astype(np.uint8)
    worst = 0.0
    for name, plane in found.planes.items():
        inside = cv2.countNonZero(plane & allowed) / found.areas[name] if name in found.areas else 0.0
        worst = max(worst, (1 - found.shown[name] * inside - _SLACK) / (1 - _SLACK))
    return worst


def features_swapped(found: Parts) -> float:
    """1 where features are not in a face's order (brow, eye, nose, lips; left, right), otherwise 0.

    Up is the direction from nose and mouth to the eyes, so a tilted head is in order.
    """
    up = _up(found.centres)
    right = np.array([-up[1], up[0]])
    for column in _COLUMNS:
        centres = [found.centres[name] for name in column if name in found.centres]
        if any(float((below - above) @ up) > 0 for above, below in pairwise(centres)):
            return 1.0
    sides = [
        float((found.centres[b] - found.centres[a]) @ right) > 0
        for a, b in _PAIRS
        if a in found.centres and b in found.centres
    ]
    return float(len(set(sides)) > 1)


def feature_missing(found: Parts, view: View) -> float:
    """1 where the mask covers the place of a mouth or eye that was not annotated, otherwise 0.

    Annotators leave out hidden features. 0 if the other features do not determine the place.
    """
    centres = found.centres
    if "nose" not in centres:
        return 0.0
    eyes = [centres[name] for name in ("l_eye", "r_eye") if name in centres]
    mouth = [centres[name] for name in ("mouth", "u_lip", "l_lip") if name in centres]
    wanted = []
    if len(eyes) == 2 and not mouth:
        middle = (eyes[0] + eyes[1]) / 2
        wanted.append(middle + 1.9 * (centres["nose"] - middle))
    if len(eyes) == 1 and mouth:
        axis = mouth[0] - centres["nose"]
        axis = axis / (np.linalg.norm(axis) + 1e-9)
        across = eyes[0] - centres["nose"]
        wanted.append(centres["nose"] + 2 * (across @ axis) * axis - across)
    return float(any(_covered(point, view) for point in wanted))


def lenses_as_face(parts: Mapping[str, Image], view: View) -> float:
    """Share of the glasses, frames filled, that the mask calls face, [0, 1]."""
    if "eye_g" not in parts:
        return 0.0
    frames = reduce_part(parts["eye_g"], view)
    contours, _ = cv2.findContours(frames, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(frames, contours, -1, 1, cv2.FILLED)
    return _count(view.mask & (frames > 0)) / max(1, _count(frames))


def broken_pieces(view: View) -> float:
    """Share of the mask's area in holes and loose pieces that no other part explains, [0, 1]."""
    # Neighbouring parts, reduced one by one, leave cracks of a pixel between them.
    whole = cv2.morphologyEx((view.mask | view.other).astype(np.uint8), cv2.MORPH_CLOSE, _CRACK)
    count, labels, _, _ = cv2.connectedComponentsWithStats(whole, connectivity=8)
    face = np.bincount(labels[view.mask], minlength=count)
    loose = int(face.sum() - face.max())
    filled = view.mask.astype(np.uint8)
    contours, _ = cv2.findContours(filled, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(filled, contours, -1, 1, cv2.FILLED)
    return min(1.0, (loose + _count((filled > 0) & (whole == 0))) / max(1, _count(view.mask)))


def unequal_pairs(found: Parts) -> float:
    """Difference in size of eyes and brows beyond that of a turned head, [0, 1].

    A turned head narrows the eye and the brow of one side alike, so half of the difference between the two
    ratios (in octaves) counts. If only one pair is annotated, its ratio counts. Three octaves are 1.
    """
    ratios = [
        float(np.log2(found.areas[a] / found.areas[b]))
        for a, b in _PAIRS
        if a in found.areas and b in found.areas
    ]
    if not ratios:
        return 0.0
    odd = abs(ratios[0] - ratios[1]) / 2 if len(ratios) == 2 else abs(ratios[0])
    return min(1.0, odd / 3)


def _up(centres: Mapping[str, Float64Array]) -> Float64Array:
    """Unit vector (x, y) to the forehead; the picture's up direction if the features do not show it."""
    high = [centres[name] for name in ("l_eye", "r_eye") if name in centres]
    low = [centres[name] for name in ("nose", "mouth", "u_lip", "l_lip") if name in centres]
    if len(high) < 2 or not low:
        return np.array([0.0, -1.0])
    across = high[1] - high[0]
    up = np.array([across[1], -across[0]])
    up = up if up[1] < 0 else -up
    # A flat axis is a sign of swapped files, not of a head on its side.
    return up / np.linalg.norm(up) if abs(up[1]) > abs(up[0]) else np.array([0.0, -1.0])


def hull(mask: BoolArray, margin: int) -> BoolArray:
    """The mask's convex hull, widened by ``margin`` pixels."""
    plane = mask.astype(np.uint8)
    contours, _ = cv2.findContours(plane, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    cv2.fillConvexPoly(plane, cv2.convexHull(np.concatenate(contours)), 1)
    return cv2.dilate(plane, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8)) > 0


def _count(plane: NDArray[Any]) -> int:
    return int(np.count_nonzero(plane))


def _covered(point: Float64Array, view: View) -> bool:
    """Return whether the mask covers a point of the view."""
    column, row = np.rint(point).astype(int).tolist()
    height, width = view.mask.shape
    return bool(0 <= row < height and 0 <= column < width and view.mask[row, column])
