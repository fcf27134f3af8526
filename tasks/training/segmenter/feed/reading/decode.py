"""The arrays of one sample, at the size of the training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import simplejpeg

from natocc.codecs import decode_plane, decode_rgb
from natocc.geometry import Image
from natocc.resize.square import stretch_to_square
from tasks.training.segmenter.feed.reading.target import LearntTarget, reduce_label

_JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelledPicture:
    """``image``: RGB uint8 (S, S, 3); ``label``: uint8 (S, S), 255 where none counts."""

    image: Image
    label: Image


def decode_members(
    members: Mapping[str, bytes], names: tuple[str, str], size: int, target: LearntTarget, where: str
) -> LabelledPicture:
    """Decode a picture and its label, stretched to ``size``.

    ``members``: bytes by name; ``names``: those of picture and label; ``where`` begins messages. Raises
    ValueError for a missing member, for bytes that do not decode, and for values the target lacks.
    """
    picture, label = names
    for name in names:
        if name not in members:
            raise ValueError(
                f"{where}.{name}: expected this member in the shard, found none; {_advice(name)}"
            )
    try:
        image = decode_small(members[picture], size)
    except ValueError as error:
        raise ValueError(f"{where}.{picture}: {error}") from error
    try:
        plane = decode_plane(members[label])
    except ValueError as error:
        raise ValueError(f"{where}.{label}: {error}") from error
    return LabelledPicture(image=image, label=reduce_label(plane, size, target, f"{where}.{label}"))


def decode_small(data: bytes, size: int) -> Image:
    """RGB uint8 (size, size, 3). A JPEG is decoded at the least of its eighths that is not smaller."""
    if data.startswith(_JPEG):
        image = cast(
            Image, simplejpeg.decode_jpeg(data, "RGB", min_height=size, min_width=size, min_factor=1)
        )
    else:
        image = decode_rgb(data)
    if image.shape[:2] == (size, size):
        return image
    return stretch_to_square(image, size)


def _advice(name: str) -> str:
    if name == "parsing.png":
        return "train on --target mask, or build a recipe with parsing: true"
    if name.startswith("clean"):
        return "build a recipe with these members, or train on a folder"
    return "build the version again"
