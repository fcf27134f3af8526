"""Really occluded faces of a bank, as arrays of one size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from assets.bank.reader import Bank
from assets.wording import count_of
from natocc.geometry import Image
from shards import storage
from shards.tar import iterate


@dataclass(frozen=True, slots=True, kw_only=True)
class RealShard:
    """The shard of one dataset of really occluded faces in a bank, with its recorded number of faces.

    ``file`` is its name in the bank; "" if no face of the dataset could be used.
    """

    file: str
    faces: int


def real_shards(bank: Bank) -> dict[str, RealShard]:
    """Return a bank's shards of really occluded faces by dataset name, in name order."""
    datasets = bank.index.get("evaluation", {}).get("datasets", {})
    return {
        name: RealShard(file=one["file"] or "", faces=int(one["faces"]))
        for name, one in sorted(datasets.items())
    }


def read_real(bank: Bank, shard: RealShard, numbers: range, *, size: int) -> Iterator[tuple[Image, Image]]:
    """Yield the faces of these numbers in file order: picture, RGB uint8 (size, size, 3), and mask, uint8
    (size, size), 1 = visible face.

    Pictures that are not square are stretched. Raises BadBank for a damaged shard, and ValueError for one
    with fewer faces, or that names a face with members that are missing or cannot be decoded.
    """
    if not numbers:
        return
    url, left = storage.join(bank.url, shard.file), len(numbers)
    for number, (key, members) in enumerate(iterate(bank.read_file(shard.file))):
        if number in numbers:
            left -= 1
            yield _decode(members, f"{url}: {key}", size)
    if left:
        counted = count_of(shard.faces, "faces")
        raise ValueError(f"{url}: expected {counted}, as the bank counts, got fewer; prepare the bank again")


def _decode(members: dict[str, bytes], where: str, size: int) -> tuple[Image, Image]:
    mask = _decode_member(members, "mask.png", where, cv2.IMREAD_GRAYSCALE)
    image = _decode_member(members, "jpg", where, _reading(min(mask.shape), size))
    target = (size, size)
    resized = cv2.resize(image, target, interpolation=cv2.INTER_AREA)
    # Each output pixel gets the majority class of its input pixels.
    share = cv2.resize((mask == 1).astype(np.float32), target, interpolation=cv2.INTER_AREA)
    rgb = cv2.cvtColor(resized, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
    return rgb, (share > 0.5).astype(np.uint8)


def _decode_member(members: dict[str, bytes], member: str, where: str, flags: int) -> Image:
    if member not in members:
        raise ValueError(f"{where}.{member}: expected this member in the shard, found none")
    pixels = cv2.imdecode(np.frombuffer(members[member], np.uint8), flags)
    if pixels is None:
        raise ValueError(
            f"{where}.{member}: expected a picture, got {len(members[member])} bytes that are none"
        )
    return pixels.astype(np.uint8, copy=False)


def _reading(short_side: int, size: int) -> int:
    """Choose the coarsest JPEG decoding with at least ``size`` pixels, which is faster than a full one."""
    for factor, flag in ((8, cv2.IMREAD_REDUCED_COLOR_8), (4, cv2.IMREAD_REDUCED_COLOR_4)):
        if short_side // factor >= size:
            return int(flag)
    return int(cv2.IMREAD_COLOR)
