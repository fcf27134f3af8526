"""Shapes of an annotation, painted into a face mask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assets.problems import BadInput, Problem, ReportProblem
from assets.review.index import FACE_LABEL, HOLE_LABEL, ReviewFace
from assets.wording import count_of
from natocc.geometry import BoolArray, Float64Array, Image
from natocc.masks.rasterise import fill_polygon
from natocc.masks.scaling import reduce_mask

# How far outside the picture a corner may lie, as a share of its long side, to allow for imprecise clicks.
OUTSIDE = 0.05
# What tools and people call what is not face.
_LABELS = {FACE_LABEL: FACE_LABEL} | dict.fromkeys(
    (HOLE_LABEL, "background", "occluder", "occlusion"), HOLE_LABEL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnShape:
    """A shape of an answer: ``pixels`` uint8 HxW of the mask's size, non-zero inside.

    ``z`` is its height above others, if the tool states it. ``place`` names it in the answer.
    """

    label: str
    pixels: Image
    place: str
    z: float = 0.0


def new_mask(face: ReviewFace) -> Image:
    return np.zeros(face.mask_size, np.uint8)


def paint_shapes(shapes: Sequence[DrawnShape], face: ReviewFace, report: ReportProblem) -> Image:
    """The mask that shapes make.

    Shapes are painted by ``z`` and otherwise in their order: a face adds its pixels, a hole removes them. A
    hole that stands before its faces, where it removes nothing, is removed from them at the end, except for
    faces that lie wholly within it. Different ``z`` decide alone. A moved hole and a shape without effect are
    Problems (noted).
    """
    by_height = len({shape.z for shape in shapes}) > 1
    ordered = sorted(shapes, key=lambda shape: shape.z)
    mask = new_mask(face) > 0
    early: list[tuple[DrawnShape, BoolArray]] = []
    effects: list[tuple[DrawnShape, BoolArray]] = []
    for shape in ordered:
        pixels = shape.pixels > 0
        changed = pixels & (mask != (shape.label == FACE_LABEL))
        if shape.label == HOLE_LABEL and not changed.any() and not by_height:
            early.append((shape, pixels))
            continue
        if shape.label == FACE_LABEL:
            early = [(hole, rest & ~pixels if _within(pixels, hole) else rest) for hole, rest in early]
        mask[pixels] = shape.label == FACE_LABEL
        effects.append((shape, changed))
    for hole, rest in early:
        taken = rest & mask
        mask &= ~rest
        if taken.any():
            got = f"a {HOLE_LABEL} before it; taken away from the {FACE_LABEL}"
            expected = f"a {HOLE_LABEL} after the {FACE_LABEL} that it lies on"
            report(Problem(path=hole.place, expected=expected, got=got, action="noted"))
        else:
            effects.append((hole, taken))
    for shape, got in _without_effect(effects, mask):
        expected = "a shape that changes the mask"
        report(Problem(path=shape.place, expected=expected, got=got, action="noted"))
    return np.where(mask, 255, 0).astype(np.uint8)


def _without_effect(
    effects: list[tuple[DrawnShape, BoolArray]], mask: BoolArray
) -> Iterator[tuple[DrawnShape, str]]:
    """The shapes that changed no pixel, and the holes that later faces cover again."""
    for shape, changed in effects:
        if not changed.any():
            yield shape, f"a {shape.label} that changes no pixel"
        elif shape.label == HOLE_LABEL and mask[changed].all():
            yield shape, f"a {HOLE_LABEL} that a later {FACE_LABEL} covers"


def _within(pixels: BoolArray, hole: DrawnShape) -> bool:
    return not (pixels & (hole.pixels == 0)).any()


def label_of(name: str) -> str:
    """``face`` or ``hole`` from a label in any case. Raises BadInput for a label of another meaning."""
    label = _LABELS.get(name.strip().casefold())
    if label is None:
        raise BadInput(f"the label {FACE_LABEL} or {HOLE_LABEL}", repr(name))
    return label


def polygon_shape(corners: Float64Array, face: ReviewFace) -> Image:
    """A polygon in pixels of the image (Nx2, x and y), drawn at the mask's size."""
    height, width = face.image_size
    scale = np.array([face.mask_size[1] / width, face.mask_size[0] / height])
    return fill_polygon(corners * scale, face.mask_size)


def report_left_out(count: int, where: str, report: ReportProblem) -> None:
    """A Problem (converted) for points of a shape that are not used."""
    if count:
        got = f"{count_of(count, 'points')} far outside or without a position; left out"
        report(Problem(path=where, expected="points on the image", got=got, action="converted"))


def bitmap_shape(bitmap: Image, face: ReviewFace) -> Image:
    """A bitmap of the image's size, scaled to the mask's size. Raises BadInput for another size."""
    check_size(bitmap.shape, face)
    return reduce_mask(bitmap, face.mask_size)


def check_size(size: tuple[int, ...], face: ReviewFace) -> None:
    """Raise BadInput for a size (height, width) other than the image's."""
    if size != face.image_size:
        height, width = face.image_size
        raise BadInput(f"the image's size {width}x{height}", f"{size[1]}x{size[0]}")
