"""FaceOcc's release as it is laid out: RGBA crops of 256 pixels, aligned by scale and translation."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import skimage.data
from matplotlib import cbook
from PIL import Image as Pillow

from natocc.geometry import Image
from tests.raw_trees import encoded, write

SIDE = 256
# Eyes, tip of the nose and corners of the mouth of a mean face, y upwards; and how large it becomes.
MEAN_FACE = np.array(
    [
        (-0.3115, 0.2904, 0.1338),
        (0.3098, 0.2897, 0.1318),
        (0.0033, -0.0462, 0.5524),
        (-0.2522, -0.3813, 0.2241),
        (0.2485, -0.3813, 0.2224),
    ]
)
UNIT = 116


def astronaut() -> Image:
    """512x512 RGB, head and shoulders."""
    return np.ascontiguousarray(skimage.data.astronaut())


def hopper() -> Image:
    """512x512 RGB, another person in a uniform."""
    with cbook.get_sample_data("grace_hopper.jpg") as stream:
        picture = np.array(Pillow.open(stream).convert("RGB"))
    return cv2.resize(picture[:512, :512], (512, 512), interpolation=cv2.INTER_AREA).astype(np.uint8)


def large(picture: Image) -> Image:
    """As CelebA-HQ stores it: 1024x1024."""
    return cv2.resize(picture, (1024, 1024), interpolation=cv2.INTER_CUBIC).astype(np.uint8)


def close_up() -> tuple[Image, list[tuple[float, float]]]:
    """The astronaut's head at 512x512, as CelebA-HQ frames one, with her five points."""
    left, side = 110, 230
    head = cv2.resize(astronaut()[:side, left : left + side], (512, 512), interpolation=cv2.INTER_CUBIC)
    points = [(203, 100.5), (247.7, 102.5), (224.7, 126.7), (205, 142), (243, 143.5)]
    return head.astype(np.uint8), [((x - left) * 512 / side, y * 512 / side) for x, y in points]


def place_of(points: list[tuple[float, float]], height: int = 512) -> tuple[float, float, float]:
    """Scale and position by the release's rule: the mean face fitted, its turn left out, centred."""
    upwards = np.array([(x, height - 1 - y) for x, y in points])
    fitted = np.linalg.lstsq(np.hstack([MEAN_FACE, np.ones((5, 1))]), upwards, rcond=None)[0]
    scale = 2 * UNIT / (np.linalg.norm(fitted[:3, 0]) + np.linalg.norm(fitted[:3, 1]))
    x, y = SIDE / 2 - fitted[3, 0] * scale, SIDE / 2 - (height - fitted[3, 1]) * scale
    return float(scale), float(x), float(y)


def align(photo: Image, scale: float, x: float, y: float) -> Image:
    """The crop of a 512x512 photograph: beyond its border the mirror image, blurred."""
    matrix = np.array([[scale, 0, x], [0, scale, y]])
    crop = cv2.warpAffine(photo, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT_101)
    left, top = max(int(x), 0), max(int(y), 0)
    right = min(int(scale * (photo.shape[1] - 1) + x), SIDE - 1)
    bottom = min(int(scale * (photo.shape[0] - 1) + y), SIDE - 1)
    whole = cv2.blur(crop, (10, 10))
    whole[top:bottom, left:right] = crop[top:bottom, left:right]
    return whole


def align_plane(plane: Image, scale: float, x: float, y: float) -> Image:
    """A mask of the photograph in the crop's frame, edges soft."""
    matrix = np.array([[scale, 0, x], [0, scale, y]])
    return cv2.warpAffine(plane, matrix, (SIDE, SIDE)).astype(np.uint8)


def rgba(crop: Image, alpha: Image) -> bytes:
    return encoded(np.dstack([crop, alpha]), "PNG")


def blob(size: int = SIDE, share: float = 0.3) -> Image:
    """A disc of 255 in the middle."""
    plane = np.zeros((size, size), np.uint8)
    cv2.circle(plane, (size // 2, size // 2), round(size * share / 2), 255, -1, cv2.LINE_AA)
    return plane


def add_cutout(raw: Path, name: str, data: bytes | None = None) -> Path:
    """``name`` relative to the FaceOcc folder, e.g. ``CelebAHQ/7.png``."""
    crop = align(astronaut(), 0.6, -40, -10)
    return write(raw / "FaceOcc" / name, rgba(crop, blob()) if data is None else data)
