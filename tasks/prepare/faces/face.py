"""Prepare one face for the bank: photograph, face mask, parsing map."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np

from assets.bank.face_labels import POLICY_MASK, POLICY_PARSING
from assets.bank.reader import CORRECTED
from assets.pictures.frame import frame_of
from assets.pictures.mask import read_mask
from assets.pictures.orientation import UPRIGHT, turn_points, turn_upright
from assets.pictures.photograph import Picture, read_image
from assets.problems import BadInput, Problem, conversions, unusual
from assets.reading.folders import relative
from assets.records import Frame, RawFace
from natocc.codecs import encode_jpeg, encode_png
from natocc.geometry import Image
from natocc.mask_quality.score import score_mask
from natocc.masks.policy import SIDE_CONVENTION
from natocc.resize.scale import scale_image
from tasks.prepare.entry import EXPECTED_MASK, Prepared, make_entry, read_from, refuses_bad_input
from tasks.prepare.faces.labels import (
    FaceLabels,
    label_face,
    other_aspect,
    resize_binary,
    size_text,
)
from tasks.prepare.faces.polarity import check_parts

_LONG_SIDE = 1024
_EXPECTED = f"an upright 8-bit colour JPEG of {_LONG_SIDE} pixels"


@refuses_bad_input
def prepare_face(face: RawFace, raw: Path, policy: str = "voo") -> Prepared:
    """Read, convert, apply the policy or a correction. A refusal names the faulty file.

    A fault of a corrected mask or of FaceOcc's crop refuses the face, since the policy's mask is then known
    to be wrong. Raises ValueError for an unknown policy.
    """
    where = relative(face.image, raw)
    picture = read_from(read_image, face.image, raw)
    parts, frame, part_problems = _read_parts(face, picture, raw)
    image, data, notes = _standard(picture)
    labels = label_face(face, parts, picture, image, policy, raw)
    if not labels.mask.any():
        raise BadInput("a face mask with pixels", "an empty mask: other parts cover the skin", where)
    metadata = {
        "landmarks": _landmarks(face, picture, frame, max(image.shape[:2])),
        "side": SIDE_CONVENTION,
        **labels.metadata,
        "suspicion": _mask_score(image, parts, labels.mask),
        **face.metadata,
        "converted": list(notes),
    }
    members = {
        "jpg": data,
        "mask.png": encode_png(labels.mask),
        "parsing.png": encode_png(labels.classes),
        **_policy_members(labels),
        "json": json.dumps(metadata).encode(),
    }
    category = "" if labels.by_policy is None else CORRECTED
    entry = make_entry("face", face.id, category, where, face.origin, picture, image.shape[:2])
    problems = (*part_problems, *conversions(where, _EXPECTED, notes), *labels.problems)
    return Prepared(entry=entry, members=members, problems=problems)


def _policy_members(labels: FaceLabels) -> dict[str, bytes]:
    """The labels by policy where they are not those of mask.png and parsing.png."""
    if labels.by_policy is None:
        return {}
    mask, classes = labels.by_policy
    return {POLICY_MASK: encode_png(mask), POLICY_PARSING: encode_png(classes)}


def _read_parts(
    face: RawFace, picture: Picture, raw: Path
) -> tuple[dict[str, Image], Frame, tuple[Problem, ...]]:
    """The part masks by name, upright, the frame in which they are stored, and their conversions.

    An empty file of a part is refused and the face kept, as if the part had no file. Raises BadInput if the
    skin is missing or empty, for masks of different or wrong sizes, and for one that looks inverted.
    """
    parts: dict[str, Image] = {}
    problems: list[Problem] = []
    for name, path in face.parts.items():
        parts[name], notes = read_from(read_mask, path, raw)
        problems += conversions(relative(path, raw), EXPECTED_MASK, unusual(notes))
        if not parts[name].any():
            problems.append(_empty_part(path, raw))
    if "skin" not in parts:
        got = f"{', '.join(sorted(parts))} alone"
        raise BadInput("a mask of the skin among its parts", got, relative(face.image, raw))
    if not parts["skin"].any():
        raise BadInput("a mask with pixels", "an empty mask", relative(face.parts["skin"], raw))
    first = next(iter(parts.values()))
    for name, mask in parts.items():
        where = relative(face.parts[name], raw)
        if mask.shape != first.shape:
            raise BadInput(f"the size of the other parts {size_text(first)}", size_text(mask), where)
    frame = frame_of(first.shape[:2], picture, face.origin.frame, relative(face.image, raw))
    if frame == "stored":
        parts = {name: turn_upright(mask, picture.orientation) for name, mask in parts.items()}
    for name, mask in parts.items():
        if other_aspect(mask, picture):
            expected = f"the aspect of its photograph {size_text(picture.rgb)}"
            raise BadInput(expected, size_text(mask), relative(face.parts[name], raw))
    return parts, frame, (*problems, *check_parts(parts, face.parts, raw))


def _empty_part(path: Path, raw: Path) -> Problem:
    """The refusal of a part's file. The face is kept: some tools write such files for absent parts."""
    expected, got = "a mask with pixels, or no file", "an empty mask; the part counts as absent"
    return Problem(path=relative(path, raw), expected=expected, got=got)


def _landmarks(face: RawFace, picture: Picture, frame: Frame, long_side: int) -> dict[str, list[float]]:
    """The landmarks in pixels of the upright photograph of this long side; ``frame`` is that of the masks."""
    size = picture.rgb.shape[:2]
    turn = picture.orientation if frame == "stored" else UPRIGHT
    points = {name: turn_points(point, size, turn) for name, point in face.landmarks.items()}
    scale = long_side / max(size)
    return {name: [round(value * scale, 2) for value in point] for name, point in points.items()}


def _mask_score(image: Image, parts: dict[str, Image], mask: Image) -> dict[str, float | str]:
    """The mask score, with figures rounded to three digits."""
    size = mask.shape[1], mask.shape[0]
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    small_parts = {name: resize_binary(part, size) for name, part in parts.items()}
    figures = asdict(score_mask(small, small_parts, mask))
    return {name: value if isinstance(value, str) else round(value, 3) for name, value in figures.items()}


def _standard(picture: Picture) -> tuple[Image, bytes, tuple[str, ...]]:
    """The photograph with a long side of 1024, its bytes (those of the file if they fit), and conversions."""
    scale = _LONG_SIDE / max(picture.rgb.shape[:2])
    if scale == 1 and picture.plain_jpeg:
        return picture.rgb, picture.data, picture.notes
    if scale == 1:
        return picture.rgb, encode_jpeg(picture.rgb), picture.notes
    image = scale_image(picture.rgb, scale)
    return image, encode_jpeg(image), (*picture.notes, f"size {size_text(picture.rgb)}")
