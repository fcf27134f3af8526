"""Hands in the layout of 11k Hands: 1600 x 1200 on white with masks, here rotated fingers-down."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import cv2
import numpy as np

from assets.demo.catalogue import Hand
from assets.demo.layout.task import LayoutRow, Task, sidecar
from assets.demo.pixels import BinaryMask, DemoPixels, annotation_mask, cut, decode, jpeg, png

WIDTH, HEIGHT, _MARGIN = 1600, 1200, 40
_HANDS, _HAND_MASKS = "11k-hands", "11k-hands_masks"
_COLUMNS = (
    "id",
    "age",
    "gender",
    "skinColor",
    "accessories",
    "nailPolish",
    "aspectOfHand",
    "imageName",
    "irregularities",
)


def lay_out_hands(task: Task) -> Iterator[tuple[str, bytes]]:
    """Files of ``11k-hands/`` and ``11k-hands_masks/``; unknown columns of HandInfo.csv are empty."""
    rows: list[LayoutRow] = []
    known: list[dict[str, str]] = []
    for hand in task.chosen.hands:
        name = f"Hand_{hand.id:07d}"
        source = decode(task.cache.read(hand.source), str(hand.source))
        picture, mask = upright(source, annotation_mask(hand.mask), hand)
        yield f"{_HANDS}/Hands/{name}.jpg", jpeg(picture)
        yield f"{_HAND_MASKS}/{name}.png", png(mask)
        aspect = f"{hand.aspect} {hand.side}" if hand.aspect and hand.side else ""
        known.append({"imageName": f"{name}.jpg", "skinColor": hand.skin_tone, "aspectOfHand": aspect})
        rows.append(task.row(f"Hands/{name}.jpg", hand.source, grade=hand.grade, rot_deg="0"))
    if rows:
        stream = io.StringIO()
        writer = csv.DictWriter(stream, _COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(known)
        yield f"{_HANDS}/HandInfo.csv", stream.getvalue().encode()
        yield f"{_HANDS}/natocc.csv", sidecar(rows)


def upright(source: DemoPixels, mask: BinaryMask, hand: Hand) -> tuple[DemoPixels, BinaryMask]:
    """The hand on white, fingers down: picture (1200, 1600, 3) and mask (1200, 1600), 0 or 255.

    ``mask`` (h, w) covers the scaled crop of the source. One warp rotates the hand, shrinks it if it would
    leave the frame, and centres it.
    """
    height, width = mask.shape
    enlarged = cv2.resize(cut(source, hand.crop), (width, height), interpolation=cv2.INTER_CUBIC)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), hand.rot_deg, 1.0)
    contour = np.argwhere(mask > 127)[:, ::-1] @ turn[:, :2].T + turn[:, 2]
    low, high = contour.min(axis=0), contour.max(axis=0)
    room = np.array([WIDTH - 2 * _MARGIN, HEIGHT - 2 * _MARGIN])
    scale = min(1.0, float((room / (high - low)).min()))
    centre = np.array([WIDTH / 2, HEIGHT / 2])
    matrix = scale * turn
    matrix[:, 2] += centre - scale * (low + high) / 2
    size = (WIDTH, HEIGHT)
    colour = cv2.warpAffine(enlarged, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    soft = cv2.GaussianBlur(mask, (0, 0), hand.scale / 2)
    alpha = cv2.warpAffine(soft, matrix, size, flags=cv2.INTER_LINEAR).astype(np.float32)[..., None] / 255
    picture = alpha * colour + (1 - alpha) * 255
    # The mask leaves out the soft rim, whose colour is mixed with white.
    return picture.round().astype(np.uint8), np.where(alpha[..., 0] > 0.85, np.uint8(255), np.uint8(0))
