"""One face into the bank: photograph, face mask, parsing map."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from assets.bank import CORRECTED
from assets.corrected import read_corrected
from assets.images import Picture, Unreadable, read_image, read_mask
from assets.problems import Problem
from assets.records import RawFace, RawOccludedFace
from natocc.codecs import encode_jpeg, encode_png
from natocc.corrected_parsing import corrected_parsing
from natocc.geometry import Image
from natocc.policy import SIDE, face_mask, parsing_map
from shards.storage import sha256_bytes
from tasks.prepared import EXPECTED_MASK, Prepared, conversions, make_entry, refuse, relative, unusual

LONG_SIDE = 1024
_EXPECTED = f"an upright 8-bit colour JPEG of {LONG_SIDE} pixels"
# Masks that are read whole, as RealOcc's, may hold 0 and 1: nothing to report.
_USUAL_OF_WHOLE = ("values 0 and 1",)


def prepare_face(face: RawFace, raw: Path) -> Prepared:
    """Read, convert, apply the policy or take the corrected mask; refusals name the file at fault.

    A fault of a corrected mask refuses the face: the policy's mask is not what was asked for.
    """
    where = relative(face.image, raw)
    try:
        picture = read_image(face.image)
    except Unreadable as error:
        return refuse(where, error.expected, error.got)
    parts: dict[str, Image] = {}
    problems: list[Problem] = []
    for name, path in face.parts.items():
        try:
            parts[name], notes = read_mask(path)
        except Unreadable as error:
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
    size = _half(image)
    mask = _resize_binary(face_mask(parts), size)
    if face.corrected:
        try:
            corrected, mask_notes = _read_corrected(face.corrected, picture, size, raw)
        except Unreadable as error:
            return refuse(relative(face.corrected[-1], raw), error.expected, error.got)
        problems += _conversions_of_whole(face.corrected[0], mask_notes, raw)
        mask_facts = _facts_of(face.corrected[0], corrected, mask)
        mask = corrected
        classes = corrected_parsing({name: _resize_classes(one, size) for name, one in parts.items()}, mask)
    else:
        mask_facts = {"mask": "policy"}
        classes = _resize_classes(parsing_map(parts), size)
    if not mask.any():
        return refuse(where, "a face mask with pixels", "an empty mask: other parts cover the skin")
    scale = max(image.shape[:2]) / max(picture.rgb.shape[:2])
    facts = {
        "landmarks": {
            name: [round(x * scale, 2), round(y * scale, 2)] for name, (x, y) in face.landmarks.items()
        },
        "side": SIDE,
        **mask_facts,
        **face.facts,
        "converted": list(notes),
    }
    members = {
        "jpg": data,
        "mask.png": encode_png(mask),
        "parsing.png": encode_png(classes),
        "json": json.dumps(facts).encode(),
    }
    category = CORRECTED if face.corrected else ""
    entry = make_entry("face", face.id, category, where, face.origin, picture, image.shape[:2])
    return Prepared(entry=entry, members=members, problems=tuple(problems))


def prepare_occluded_face(face: RawOccludedFace, raw: Path) -> Prepared:
    """A really occluded face for evaluation: ``jpg`` as it is, ``mask.png`` of 0 and 1 at its size."""
    where = relative(face.image, raw)
    try:
        picture = read_image(face.image)
    except Unreadable as error:
        return refuse(where, error.expected, error.got)
    try:
        mask, mask_notes = read_mask(face.mask)
    except Unreadable as error:
        return refuse(relative(face.mask, raw), error.expected, error.got)
    if mask.shape != picture.rgb.shape[:2]:
        expected = f"a mask of its photograph's size {_size_text(picture.rgb)}"
        return refuse(relative(face.mask, raw), expected, _size_text(mask))
    if not mask.any():
        return refuse(relative(face.mask, raw), "a mask with pixels", "an empty mask")
    entry = make_entry("face", face.id, "occluded", where, face.origin, picture, mask.shape[:2])
    facts = {"id": face.id, "source": where, "photo": entry.photo, "licence": entry.licence}
    data = picture.data if picture.plain_jpeg else encode_jpeg(picture.rgb)
    members = {
        "jpg": data,
        "mask.png": encode_png((mask > 0).astype(np.uint8)),
        "json": json.dumps(facts).encode(),
    }
    noted = _conversions_of_whole(face.mask, mask_notes, raw)
    return Prepared(
        entry=entry,
        members=members,
        problems=conversions(where, "an upright 8-bit colour JPEG", picture.notes) + noted,
    )


def _conversions_of_whole(mask: Path, notes: tuple[str, ...], raw: Path) -> tuple[Problem, ...]:
    said = tuple(note for note in unusual(notes) if note not in _USUAL_OF_WHOLE)
    return conversions(relative(mask, raw), EXPECTED_MASK, said)


def _read_corrected(
    paths: tuple[Path, ...], picture: Picture, size: tuple[int, int], raw: Path
) -> tuple[Image, tuple[str, ...]]:
    """The corrected mask at the size at which masks are kept. Raises Unreadable."""
    if len(paths) > 1:
        raise Unreadable("one corrected mask a face", f"a second one beside {relative(paths[0], raw)}")
    mask, notes = read_corrected(paths[0])
    if _other_aspect(mask, picture):
        raise Unreadable(f"the aspect of its photograph {_size_text(picture.rgb)}", _size_text(mask))
    small = _resize_binary(mask, size)
    if not small.any():
        raise Unreadable("a mask with pixels", "one that is empty at half the photograph's size")
    return small, notes


def _facts_of(path: Path, corrected: Image, policy: Image) -> dict[str, object]:
    """Which file the mask is from, and how far it agrees with the policy's (intersection over union)."""
    iou = cv2.countNonZero(corrected & policy) / cv2.countNonZero(corrected | policy)
    return {"mask": "corrected", "mask_sha256": sha256_bytes(path.read_bytes()), "policy_iou": round(iou, 4)}


def _size_problem(face: RawFace, parts: dict[str, Image], picture: Picture, raw: Path) -> Problem | None:
    """Part masks must have one size, and the aspect of their photograph to one per cent."""
    first = next(iter(parts.values())).shape
    for name, mask in parts.items():
        where = relative(face.parts[name], raw)
        if mask.shape != first:
            size = _size_text(next(iter(parts.values())))
            return Problem(path=where, expected=f"the size of the other parts {size}", got=_size_text(mask))
        if _other_aspect(mask, picture):
            expected = f"the aspect of its photograph {_size_text(picture.rgb)}"
            return Problem(path=where, expected=expected, got=_size_text(mask))
    return None


def _other_aspect(mask: Image, picture: Picture) -> bool:
    height, width = picture.rgb.shape[:2]
    return bool(abs(mask.shape[1] * height / (mask.shape[0] * width) - 1) > 0.01)


def _size_text(image: Image) -> str:
    return f"{image.shape[1]}x{image.shape[0]}"


def _standard(picture: Picture) -> tuple[Image, bytes, tuple[str, ...]]:
    """The photograph with a long side of 1024: its own bytes where they already are that."""
    height, width = picture.rgb.shape[:2]
    scale = LONG_SIDE / max(height, width)
    if scale == 1 and picture.plain_jpeg:
        return picture.rgb, picture.data, picture.notes
    if scale == 1:
        return picture.rgb, encode_jpeg(picture.rgb), picture.notes
    size = max(1, round(width * scale)), max(1, round(height * scale))
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    image = cv2.resize(picture.rgb, size, interpolation=flags).astype(np.uint8)
    return image, encode_jpeg(image), (*picture.notes, f"size {_size_text(picture.rgb)}")


def _half(image: Image) -> tuple[int, int]:
    """Width and height at which masks are kept."""
    return max(1, round(image.shape[1] / 2)), max(1, round(image.shape[0] / 2))


def _resize_binary(mask: Image, size: tuple[int, int]) -> Image:
    if (mask.shape[1], mask.shape[0]) == size:
        return mask
    flags = cv2.INTER_AREA if mask.shape[1] > size[0] else cv2.INTER_LINEAR
    return np.where(cv2.resize(mask, size, interpolation=flags) > 127, 255, 0).astype(np.uint8)


def _resize_classes(classes: Image, size: tuple[int, int]) -> Image:
    return cv2.resize(classes, size, interpolation=cv2.INTER_NEAREST).astype(np.uint8, copy=False)
