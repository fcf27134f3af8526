"""Objects in the layout of COCO: photographs and one annotation file."""

from __future__ import annotations

import json
from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask

from assets.demo.catalogue import Thing
from assets.demo.coco_names import categories
from assets.demo.layout.task import LayoutRow, Task, sidecar
from assets.demo.pixels import BinaryMask, DemoPixels, annotation_mask, decode, decode_alpha, jpeg
from assets.demo.segmentation import segment
from natocc.resize.scale import limit_long_side

OBJECTS = "COCO"
_MARGIN = 16
LONGEST_SIDE = 640  # as in COCO


def lay_out_objects(task: Task) -> Iterator[tuple[str, bytes]]:
    """Files of ``COCO/``: ``sample/*.jpg``, ``annotations/instances_sample.json``, side-car."""
    rows: list[LayoutRow] = []
    images: list[dict[str, object]] = []
    annotations: list[dict[str, object]] = []
    named = categories(task.whole)
    ids = {row["name"]: row["id"] for row in named}
    licences = sorted({thing.source.licence for thing in task.whole.objects})
    for thing in task.chosen.objects:
        picture, mask = picture_and_mask(task.cache.read(thing.source), thing)
        name = f"{thing.id:012d}.jpg"
        yield f"{OBJECTS}/sample/{name}", jpeg(picture)
        height, width = mask.shape
        licence = licences.index(thing.source.licence) + 1
        images.append(
            {"id": thing.id, "file_name": name, "height": height, "width": width, "license": licence}
        )
        packed = coco_mask.encode(np.asfortranarray(mask > 127, np.uint8))
        annotations.append(
            {
                "id": thing.id,
                "image_id": thing.id,
                "category_id": ids[thing.coco_category or thing.kind],
                "bbox": [float(value) for value in coco_mask.toBbox(packed)],
                "area": float(coco_mask.area(packed)),
                "iscrowd": 0,
                "segmentation": segment(mask),
            }
        )
        rows.append(task.row(f"sample/{name}", thing.source, grade=thing.grade))
    if rows:
        content = {
            "info": {"description": "natocc sample: objects in photographs of public packages"},
            "licenses": [{"id": place, "name": name, "url": ""} for place, name in enumerate(licences, 1)],
            "categories": named,
            "images": images,
            "annotations": annotations,
        }
        yield f"{OBJECTS}/annotations/instances_sample.json", json.dumps(content, indent=1).encode()
        yield f"{OBJECTS}/natocc.csv", sidecar(rows)


def picture_and_mask(data: bytes, thing: Thing) -> tuple[DemoPixels, BinaryMask]:
    """The photograph (H, W, 3) and the object's mask of the same size (H, W), 0 or 255."""
    what = str(thing.source)
    if thing.mask is None or thing.crop is None:
        return flatten(decode_alpha(data, what))
    picture = decode(data, what)
    mask = np.zeros(picture.shape[:2], np.uint8)
    x0, y0, x1, y1 = thing.crop
    mask[y0:y1, x0:x1] = annotation_mask(thing.mask)
    return picture, mask


def flatten(rgba: DemoPixels) -> tuple[DemoPixels, BinaryMask]:
    """An object with alpha (H, W, 4) on a plain background of its own edge colour, with its mask.

    This background leaves no foreign fringe at soft edges. The result is the object's box with a margin; its
    long side is at most 640 px.
    """
    alpha = rgba[..., 3]
    x, y, width, height = cv2.boundingRect((alpha > 0).astype(np.uint8))
    shown = np.pad(rgba[y : y + height, x : x + width], ((_MARGIN, _MARGIN), (_MARGIN, _MARGIN), (0, 0)))
    weight: npt.NDArray[np.float32] = shown[..., 3:].astype(np.float32) / np.float32(255)
    solid = (shown[..., 3] > 127).astype(np.uint8)
    rim = (solid - cv2.erode(solid, np.ones((5, 5), np.uint8))) > 0
    ground = shown[..., :3][rim].mean(axis=0)
    picture: npt.NDArray[np.float32] = np.asarray(weight * shown[..., :3] + (1 - weight) * ground, np.float32)
    inside = limit_long_side(weight[..., 0], LONGEST_SIDE) > 0.5
    mask = np.where(inside, np.uint8(255), np.uint8(0))
    return limit_long_side(picture, LONGEST_SIDE).round().astype(np.uint8), mask
