"""COCO: one ``annotations.json`` for all images, with run lengths."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from pycocotools import mask as coco_mask

from assets.review.index import COCO_FILE, FACE_LABEL, HOLE_LABEL, REVIEW_VERDICTS, ReviewFace
from natocc.geometry import Image
from natocc.masks.scaling import enlarge_mask
from shards import storage


class CocoWriter:
    """Compressed run lengths of the image's size: exact, and readable by any tool that shows COCO masks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._images: list[dict[str, object]] = []
        self._annotations: list[dict[str, object]] = []

    def add(self, face: ReviewFace, mask: Image) -> Image:
        large = enlarge_mask(mask, face.image_size)
        runs = coco_mask.encode(np.asfortranarray((large > 0).astype(np.uint8)))
        height, width = face.image_size
        self._images.append(
            {"id": face.order, "file_name": Path(face.image).name, "height": height, "width": width}
        )
        self._annotations.append(
            {
                "id": face.order,
                "image_id": face.order,
                "category_id": 1,
                "segmentation": {"size": [height, width], "counts": runs["counts"].decode("ascii")},
                "area": int(coco_mask.area(runs)),
                "bbox": coco_mask.toBbox(runs).tolist(),
                "iscrowd": 0,
                "attributes": dict.fromkeys(REVIEW_VERDICTS, False),
            }
        )
        return mask

    def close(self) -> None:
        """Write the file."""
        file = {
            "info": {"description": "faces to review", "contributor": "", "date_created": ""},
            "licenses": [],
            "images": self._images,
            "annotations": self._annotations,
            "categories": [
                {"id": number, "name": name} for number, name in enumerate((FACE_LABEL, HOLE_LABEL), 1)
            ],
        }
        storage.write_bytes(str(self._folder / COCO_FILE), json.dumps(file).encode())
