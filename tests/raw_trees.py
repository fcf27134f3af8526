"""Small raw trees in the downloads' own formats, with pixels of installed photographs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import skimage.data
from PIL import Image as Pillow

from natocc.geometry import Image

FACES, IMAGES, MASKS = "CelebAMask-HQ", "CelebA-HQ-img", "CelebAMask-HQ-mask-anno"


def portrait(height: int = 160, width: int = 160) -> Image:
    """The astronaut's head and shoulders, the crop's aspect as asked, RGB."""
    picture = skimage.data.astronaut()[:320, 60:380]
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)


def disc(height: int, width: int, share: float = 0.6) -> Image:
    """A centred ellipse of 255, ``share`` of each side."""
    plane = np.zeros((height, width), np.uint8)
    axes = round(width * share / 2), round(height * share / 2)
    cv2.ellipse(plane, (width // 2, height // 2), axes, 0, 0, 360, 255, -1)
    return plane


def encoded(image: Image, form: str = "JPEG", **options: Any) -> bytes:
    stream = io.BytesIO()
    Pillow.fromarray(image).save(stream, form, **({"quality": 95} | options if form == "JPEG" else options))
    return stream.getvalue()


def write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def mask_bytes(plane: Image) -> bytes:
    """As CelebAMask-HQ stores a part: three equal channels of 0 and 255."""
    return encoded(np.repeat(plane[..., None], 3, axis=2), "PNG")


def part_path(raw: Path, stem: str, part: str) -> Path:
    number = int(stem) if stem.isascii() and stem.isdigit() else 0
    name = f"{number:05d}" if stem.isascii() and stem.isdigit() else stem
    return raw / FACES / MASKS / str(number // 2000) / f"{name}_{part}.png"


def add_face(
    raw: Path,
    stem: str,
    image: Image | bytes | None = None,
    parts: Mapping[str, Image | bytes] | None = None,
    *,
    suffix: str = ".jpg",
) -> Path:
    """A photograph with its part masks (by default a disc of skin on the portrait)."""
    image = portrait() if image is None else image
    data = image if isinstance(image, bytes) else encoded(image)
    for part, plane in ({"skin": disc(80, 80)} if parts is None else parts).items():
        write(part_path(raw, stem, part), plane if isinstance(plane, bytes) else mask_bytes(plane))
    return write(raw / FACES / IMAGES / f"{stem}{suffix}", data)


def add_hand(
    raw: Path, number: int, image: Image | bytes | None = None, mask: Image | bytes | None = None
) -> Path:
    """A skin-coloured bar with a knob at its upper end, on white, 200x150, and its mask."""
    plane = np.zeros((150, 200), np.uint8)
    plane[40:150, 90:110] = 255
    cv2.circle(plane, (100, 40), 25, 255, -1)
    if image is None:
        skin = cv2.resize(np.ascontiguousarray(np.minimum(portrait()[60:75, 75:95], 200)), (200, 150))
        image = np.where(plane[..., None] > 0, skin, 255).astype(np.uint8)
    mask = plane if mask is None else mask
    name = f"Hand_{number:07d}"
    write(raw / "11k-hands_masks" / f"{name}.png", mask if isinstance(mask, bytes) else encoded(mask, "PNG"))
    return write(
        raw / "11k-hands/Hands" / f"{name}.jpg", image if isinstance(image, bytes) else encoded(image)
    )


def add_hand_info(raw: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    columns = [
        "id",
        "age",
        "gender",
        "skinColor",
        "accessories",
        "nailPolish",
        "aspectOfHand",
        "imageName",
        "irregularities",
    ]
    return write(raw / "11k-hands/HandInfo.csv", table(rows, columns))


def add_texture(raw: Path, kind: str, name: str, image: Image | bytes | None = None) -> Path:
    gravel = cv2.cvtColor(skimage.data.gravel()[:90, :120], cv2.COLOR_GRAY2RGB).astype(np.uint8)
    image = gravel if image is None else image
    return write(raw / "dtd/images" / kind / name, image if isinstance(image, bytes) else encoded(image))


def coffee() -> Image:
    """The cup on its table, 300x200."""
    return cv2.resize(skimage.data.coffee(), (300, 200), interpolation=cv2.INTER_AREA).astype(np.uint8)


def square(x: float, y: float, width: float, height: float) -> list[list[float]]:
    return [[x, y, x + width, y, x + width, y + height, x, y + height]]


def annotation(number: int, image: int = 1, category: int = 47, **fields: Any) -> dict[str, Any]:
    """A box of 100x80 in the coffee; keyword arguments replace or add fields, None removes them."""
    whole = {
        "id": number,
        "image_id": image,
        "category_id": category,
        "bbox": [60.0, 50.0, 100.0, 80.0],
        "area": 8000.0,
        "iscrowd": 0,
        "segmentation": square(60, 50, 100, 80),
    } | fields
    return {name: value for name, value in whole.items() if value is not None}


def add_objects(raw: Path, annotations: Sequence[object], split: str = "sample", **lists: Any) -> Path:
    """An annotation file; image 1 is there, image 2 is listed and missing."""
    write(raw / "COCO" / split / "000000000001.jpg", encoded(coffee()))
    images = [
        {"id": number, "file_name": f"{number:012d}.jpg", "height": 200, "width": 300} for number in (1, 2)
    ]
    categories = [{"id": 47, "name": "cup", "supercategory": "kitchen"}]
    data = {"images": images, "categories": categories, "annotations": list(annotations)} | lists
    return write(raw / f"COCO/annotations/instances_{split}.json", json.dumps(data).encode())


def add_occluded(
    raw: Path, stem: str, image: Image | bytes | None = None, mask: Image | bytes | None = None
) -> Path:
    """A photograph with its mask of 0 and 1, as RealOcc has them."""
    mask = disc(160, 160) // 255 if mask is None else mask
    write(raw / f"RealOcc/mask/{stem}.png", mask if isinstance(mask, bytes) else encoded(mask, "PNG"))
    image = portrait(170, 170)[5:165, 5:165] if image is None else image
    return write(raw / f"RealOcc/image/{stem}.jpg", image if isinstance(image, bytes) else encoded(image))


def table(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def add_sidecar(folder: Path, *rows: Mapping[str, object]) -> Path:
    """``natocc.csv`` with the columns that the rows name."""
    return write(
        folder / "natocc.csv", table(rows, list(dict.fromkeys(name for row in rows for name in row)))
    )


def sixteen_bit_png(image: Image) -> bytes:
    """A PNG of 16 bits a channel: 0-255 becomes 0-65535."""
    deep = image.astype(np.uint16) * 257
    if deep.ndim == 3:
        deep = np.ascontiguousarray(deep[..., ::-1])
    return cv2.imencode(".png", deep)[1].tobytes()


def whole_tree(raw: Path) -> None:
    """One of everything: two faces, a cup, a hand, a texture, a really occluded face."""
    add_face(raw, "0")
    add_face(raw, "1", portrait()[:, ::-1].copy(), {"skin": disc(80, 80), "hair": disc(80, 80, 0.2)})
    add_objects(raw, [annotation(7)])
    add_hand(raw, 2)
    add_hand_info(
        raw, [{"imageName": "Hand_0000002.jpg", "aspectOfHand": "dorsal left", "skinColor": "fair"}]
    )
    add_texture(raw, "pitted", "pitted_0001.jpg")
    add_occluded(raw, "00041")
    write(raw / "RealOcc/split/val.txt", b"00041\n")
