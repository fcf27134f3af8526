"""Make an object's matte from a COCO annotation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from pycocotools import mask as coco_mask

from assets.pictures.frame import frame_of
from assets.pictures.orientation import turn_points, turn_upright
from assets.pictures.photograph import Picture
from assets.problems import BadInput
from assets.reading.outlines import read_outline
from assets.records import RawObject
from natocc.geometry import Box, Image
from natocc.masks.rasterise import draw_polygons
from natocc.masks.rle import decode_runs, encode_runs
from natocc.matting.cutout import clear_border, enlarge_matte, soft_matte, soften_enlarged
from natocc.matting.refine import band_width, refine_matte
from tasks.prepare.upscaling.choose import FACTOR


@dataclass(frozen=True, slots=True)
class Matte:
    """``large`` is the matte, enlarged four times; ``alpha`` is the matte at the crop's size.

    ``metadata`` holds ``matte`` (``refined``, or ``outline`` for the annotation's own), ``matte_change``
    (percent of the annotated area that changed sides) and ``matte_told`` (percent of the pixels beside the
    edge whose colours are on the correct side).
    """

    large: Image
    alpha: Image
    metadata: dict[str, object]


def outline_runs(
    segmentation: list[list[float]] | dict[str, object], size: tuple[int, int]
) -> Sequence[int] | str | bytes:
    """The run lengths of polygons, or of an uncompressed or compressed RLE; ``size`` is (height, width).

    Raises BadInput for anything else, and for an RLE of another size.
    """
    found = read_outline(segmentation, size).segmentation
    if isinstance(found, dict):
        return cast(Sequence[int] | str, found["counts"])
    polygons = [[float(value) for value in points] for points in found]
    return cast(bytes, coco_mask.merge(coco_mask.frPyObjects(polygons, *size))["counts"])


def upright_outline(
    thing: RawObject, picture: Picture, where: str
) -> tuple[list[list[float]] | dict[str, object], tuple[int, int]]:
    """An object's polygons or RLE over the upright photograph, and the photograph's size (height, width).

    Raises BadInput for an annotation of another size than the photograph's, and for one in an unknown frame.
    ``where`` names the annotation in messages.
    """
    stated, upright = thing.image_size, picture.rgb.shape[:2]
    frame = frame_of(stated, picture, thing.origin.frame, where, exact=True)
    size = picture.stored_size if frame == "stored" else upright
    if stated != size:
        raise BadInput(f"the annotated size {stated[1]}x{stated[0]}", f"{size[1]}x{size[0]}", where)
    if frame == "upright":
        return thing.segmentation, upright
    found, turn = read_outline(thing.segmentation, stated).segmentation, picture.orientation
    if not isinstance(found, dict):
        return [turn_points([float(value) for value in points], upright, turn) for points in found], upright
    mask = turn_upright(decode_runs(cast(Sequence[int] | str, found["counts"]), stated), turn)
    return {"size": list(upright), "counts": encode_runs(mask)}, upright


def polygons_within(
    segmentation: list[list[float]] | dict[str, object], box: Box, size: tuple[int, int]
) -> list[list[float]]:
    """The polygons in the pixels of ``box`` resized to ``size``; empty for an RLE."""
    if isinstance(segmentation, dict):
        return []
    scale = size[1] / box.width, size[0] / box.height
    corner = box.x0, box.y0
    return [
        [round((float(value) - corner[axis % 2]) * scale[axis % 2], 2) for axis, value in enumerate(points)]
        for points in segmentation
    ]


def make_matte(crop: Image, mask: Image, polygons: list[list[float]]) -> Matte:
    """The matte of an object in ``crop`` (uint8 HxWx3), from its ``mask`` (0 or 255) and its polygons.

    The colours on both sides of the annotated edge refine it. If the colours can't separate the sides, the
    polygons are drawn at the large size, or for an RLE the mask is smoothed.
    """
    mask = np.ascontiguousarray(mask)
    refined = refine_matte(crop, mask, band_width(mask))
    metadata: dict[str, object] = {
        "matte": "refined" if refined.sound else "outline",
        "matte_change": round(100 * refined.change, 1),
        "matte_told": round(100 * refined.confidence, 1),
    }
    if refined.sound:
        alpha = clear_border(refined.alpha)
        return Matte(enlarge_matte(alpha, FACTOR), alpha, metadata)
    return Matte(enlarge_annotation(mask, polygons), clear_border(mask), metadata)


def enlarge_annotation(mask: Image, polygons: list[list[float]]) -> Image:
    """The matte of the annotation itself, enlarged four times."""
    mask = clear_border(mask)
    if not polygons:
        return soft_matte(mask, FACTOR)
    large = draw_polygons(polygons, (mask.shape[0], mask.shape[1]), FACTOR)
    return soften_enlarged(clear_border(large, FACTOR), FACTOR)
