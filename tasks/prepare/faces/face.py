"""One face into the bank: photograph, face mask, parsing map."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np

from assets.bank.reader import CORRECTED
from assets.pictures.images import Picture, read_image, read_mask
from assets.problems import BadInput, Problem, conversions, unusual
from assets.reading.folders import relative
from assets.records import RawFace, RawOccludedFace
from natocc.codecs import encode_jpeg, encode_png
from natocc.geometry import Image
from natocc.mask_quality.score import measure_suspicion
from natocc.masks.policy import SIDE
from natocc.resize.scale import scale_image
from tasks.prepare.entry import EXPECTED_MASK, Prepared, make_entry, refuse
from tasks.prepare.faces.labels import (
    conversions_of_whole,
    label_face,
    other_aspect,
    resize_binary,
    size_text,
)

LONG_SIDE = 1024
_EXPECTED = f"an upright 8-bit colour JPEG of {LONG_SIDE} pixels"


def prepare_face(face: RawFace, raw: Path, policy: str = "voo") -> Prepared:
    """Read, convert, apply the policy or a correction; refusals name the file at fault.

    A fault of a corrected mask or of FaceOcc's crop refuses the face: the policy's mask is not what was
    asked for. Raises ValueError for an unknown policy.
    """
    where = relative(face.image, raw)
    try:
        picture = read_image(face.image)
    except BadInput as error:
        return refuse(where, error.expected, error.got)
    parts: dict[str, Image] = {}
    problems: list[Problem] = []
    for name, path in face.parts.items():
        try:
            parts[name], notes = read_mask(path)
        except BadInput as error:
            return refuse(relative(path, raw), error.expected, error.got)
        problems += conversions(relative(path, raw), EXPECTED_MASK, unusual(notes))
    if "skin" not in parts:
        expected, got = "a mask of the skin among its parts", f"{', '.join(sorted(parts))} alone"
        return refuse(where, expected, got)
    if not parts["skin"].any():
        return refuse(relative(face.parts["skin"], raw), "a mask with pixels", "an empty mask")
    if bad := _size_problem(face, parts, picture, raw):
        return Prepared(entry=None, members={}, problems=(bad,))
    image, data, notes = _standard(picture)
    problems += conversions(where, _EXPECTED, notes)
    try:
        labels = label_face(face, parts, picture, image, policy, raw)
    except BadInput as error:
        return Prepared(entry=None, members={}, problems=(error.problem(where),))
    problems += labels.problems
    if not labels.mask.any():
        return refuse(where, "a face mask with pixels", "an empty mask: other parts cover the skin")
    scale = max(image.shape[:2]) / max(picture.rgb.shape[:2])
    facts = {
        "landmarks": {
            name: [round(x * scale, 2), round(y * scale, 2)] for name, (x, y) in face.landmarks.items()
        },
        "side": SIDE,
        **labels.facts,
        "suspicion": _suspicion(image, parts, labels.mask),
        **face.facts,
        "converted": list(notes),
    }
    members = {
        "jpg": data,
        "mask.png": encode_png(labels.mask),
        "parsing.png": encode_png(labels.classes),
        "json": json.dumps(facts).encode(),
    }
    category = "" if labels.facts["mask"] == "policy" else CORRECTED
    entry = make_entry("face", face.id, category, where, face.origin, picture, image.shape[:2])
    return Prepared(entry=entry, members=members, problems=tuple(problems))


def _suspicion(image: Image, parts: dict[str, Image], mask: Image) -> dict[str, float | str]:
    """How likely the mask is wrong, in figures of three digits."""
    size = mask.shape[1], mask.shape[0]
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    there = {name: resize_binary(part, size) for name, part in parts.items()}
    found = asdict(measure_suspicion(small, there, mask))
    return {name: value if isinstance(value, str) else round(value, 3) for name, value in found.items()}


def prepare_occluded_face(face: RawOccludedFace, raw: Path) -> Prepared:
    """A really occluded face for evaluation: ``jpg`` as it is, ``mask.png`` of 0 and 1 at its size."""
    where = relative(face.image, raw)
    try:
        picture = read_image(face.image)
    except BadInput as error:
        return refuse(where, error.expected, error.got)
    try:
        mask, mask_notes = read_mask(face.mask)
    except BadInput as error:
        return refuse(relative(face.mask, raw), error.expected, error.got)
    if mask.shape != picture.rgb.shape[:2]:
        expected = f"a mask of its photograph's size {size_text(picture.rgb)}"
        return refuse(relative(face.mask, raw), expected, size_text(mask))
    if not mask.any():
        return refuse(relative(face.mask, raw), "a mask with pixels", "an empty mask")
    entry = make_entry("face", face.id, "occluded", where, face.origin, picture, mask.shape[:2])
    facts = {"id": face.id, "source": where, "photo": entry.photo, "licence": entry.licence}
    facts |= {"person": entry.person} if entry.person else {}
    data = picture.data if picture.plain_jpeg else encode_jpeg(picture.rgb)
    members = {
        "jpg": data,
        "mask.png": encode_png((mask > 0).astype(np.uint8)),
        "json": json.dumps(facts).encode(),
    }
    noted = conversions_of_whole(face.mask, mask_notes, raw)
    return Prepared(
        entry=entry,
        members=members,
        problems=conversions(where, "an upright 8-bit colour JPEG", picture.notes) + noted,
    )


def _size_problem(face: RawFace, parts: dict[str, Image], picture: Picture, raw: Path) -> Problem | None:
    """Part masks must have one size, and the aspect of their photograph to one per cent."""
    first = next(iter(parts.values())).shape
    for name, mask in parts.items():
        where = relative(face.parts[name], raw)
        if mask.shape != first:
            size = size_text(next(iter(parts.values())))
            return Problem(path=where, expected=f"the size of the other parts {size}", got=size_text(mask))
        if other_aspect(mask, picture):
            expected = f"the aspect of its photograph {size_text(picture.rgb)}"
            return Problem(path=where, expected=expected, got=size_text(mask))
    return None


def _standard(picture: Picture) -> tuple[Image, bytes, tuple[str, ...]]:
    """The photograph with a long side of 1024: its own bytes where they already are that."""
    scale = LONG_SIDE / max(picture.rgb.shape[:2])
    if scale == 1 and picture.plain_jpeg:
        return picture.rgb, picture.data, picture.notes
    if scale == 1:
        return picture.rgb, encode_jpeg(picture.rgb), picture.notes
    image = scale_image(picture.rgb, scale)
    return image, encode_jpeg(image), (*picture.notes, f"size {size_text(picture.rgb)}")
