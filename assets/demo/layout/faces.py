"""Clean faces in the layout of CelebAMask-HQ, really occluded faces in the layout of RealOcc."""

from __future__ import annotations

import json
from collections.abc import Iterator

import cv2
import numpy as np

from assets.demo.catalogue import DEMO_MASKS, DEMO_PARTS, DEMO_ROOT, VISIBLE, DemoFace, load_meshes
from assets.demo.layout.task import LayoutRow, Task, sidecar
from assets.demo.pixels import annotation_mask, decode, jpeg, png, warp

_SIDE = 1024
_FACES, OCCLUDED = "CelebAMask-HQ", "RealOcc"


def lay_out_faces(task: Task) -> Iterator[tuple[str, bytes]]:
    """Files of ``CelebAMask-HQ/``: 1024 x 1024 JPEG, 512 x 512 three-channel part masks, side-car."""
    rows: list[LayoutRow] = []
    for face in task.chosen.faces:
        if face.group != "unoccluded":
            continue
        file = f"CelebA-HQ-img/{face.id}.jpg"
        yield f"{_FACES}/{file}", _crop(task, face)
        for part in DEMO_PARTS:
            name = f"{DEMO_MASKS}/{face.id:05d}_{part}.png"
            if (DEMO_ROOT / name).is_file():
                mask = np.repeat(annotation_mask(name)[..., None], 3, axis=2)
                folder = f"{_FACES}/CelebAMask-HQ-mask-anno/{face.id // 2000}"
                yield f"{folder}/{face.id:05d}_{part}.png", png(mask)
        rows.append(_row(task, file, face))
    if rows:
        yield f"{_FACES}/natocc.csv", sidecar(rows)


def lay_out_occluded(task: Task) -> Iterator[tuple[str, bytes]]:
    """Files of ``RealOcc/``: 1024 x 1024 JPEG, masks of the visible face (0 or 1), list, side-car."""
    rows: list[LayoutRow] = []
    for face in task.chosen.faces:
        if face.group != "occluded":
            continue
        name = f"{face.id:05d}"
        small = annotation_mask(f"{VISIBLE}/{name}.png")
        mask = cv2.resize(small, (_SIDE, _SIDE), interpolation=cv2.INTER_LINEAR) > 127
        yield f"{OCCLUDED}/image/{name}.jpg", _crop(task, face)
        yield f"{OCCLUDED}/mask/{name}.png", png(mask.astype(np.uint8))
        rows.append(_row(task, f"image/{name}.jpg", face))
    if rows:
        names = [row["file"].removeprefix("image/").removesuffix(".jpg") for row in rows]
        yield f"{OCCLUDED}/split/val.txt", "".join(f"{name}\n" for name in names).encode()
        yield f"{OCCLUDED}/natocc.csv", sidecar(rows)


def _crop(task: Task, face: DemoFace) -> bytes:
    photograph = decode(task.cache.read(face.source), str(face.source))
    return jpeg(warp(photograph, face.align, _SIDE))


def _row(task: Task, file: str, face: DemoFace) -> LayoutRow:
    points = {**face.landmarks, "facemesh": load_meshes()[face.id]}
    landmarks = json.dumps(points, separators=(",", ":"))
    return task.row(file, face.source, person=face.person, grade=face.grade, landmarks=landmarks)
