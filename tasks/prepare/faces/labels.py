"""A face's mask and parsing map: the policy's, a corrected one, or the policy's less FaceOcc's occlusion."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from assets.face_metadata.corrected_masks import read_corrected
from assets.pictures.images import Picture
from assets.problems import BadInput, Problem, conversions, unusual
from assets.reading.folders import relative
from assets.records import RawFace
from natocc.geometry import Image
from natocc.masks.corrected_parsing import corrected_parsing
from natocc.masks.policy import FACEOCC, VOO, face_mask, parsing_map, policy_named
from natocc.resize.scale import scaled_size
from shards.storage import sha256_bytes
from tasks.prepare.entry import EXPECTED_MASK
from tasks.prepare.faces.faceocc import subtract_occlusion

# Masks that are read whole, as RealOcc's, may hold 0 and 1: nothing to report.
_USUAL_OF_WHOLE = ("values 0 and 1",)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceLabels:
    """``mask`` uint8 HxW of 0 and 255, ``classes`` uint8 HxW; ``facts`` say where the mask is from."""

    mask: Image
    classes: Image
    facts: dict[str, object]
    problems: tuple[Problem, ...] = ()


def label_face(
    face: RawFace, parts: dict[str, Image], picture: Picture, image: Image, policy: str, raw: Path
) -> FaceLabels:
    """The labels at half the size of ``image``, the photograph as it is kept.

    A corrected mask is taken as it is; else the policy's, from which FaceOcc's occlusion is taken where
    there is one. Raises BadInput where either can't be used, since the policy's mask alone is then known
    to be wrong, and ValueError for an unknown policy.
    """
    rules = policy_named(policy)
    facts: dict[str, object] = {"policy": policy}
    size = half_size(image)
    # Among faces that FaceOcc's authors looked at, glasses that they left alone are dark ones.
    dark = rules is FACEOCC and face.examined and face.occlusion is None
    mask = resize_binary(face_mask(parts, VOO if dark else rules), size)
    if not face.corrected and (face.occlusion is None or not mask.any()):
        classes = resize_classes(parsing_map(parts), size)
        return FaceLabels(mask=mask, classes=classes, facts=facts | {"mask": "policy"})
    try:
        if face.corrected:
            where = face.corrected[-1]
            labels, told, problems = _read_corrected(face, picture, size, raw)
            told |= {"faceocc": "not used"} if face.occlusion else {}
        else:
            where = face.occlusion or face.image
            labels, told, problems = subtract_occlusion(where, image, mask, raw)
    except BadInput as error:
        raise BadInput(error.expected, error.got, relative(where, raw)) from error
    iou = cv2.countNonZero(labels & mask) / cv2.countNonZero(labels | mask)
    small = {name: resize_classes(one, size) for name, one in parts.items()}
    return FaceLabels(
        mask=labels,
        classes=corrected_parsing(small, labels, rules),
        facts=facts | told | {"policy_iou": round(iou, 4)},
        problems=problems,
    )


def _read_corrected(
    face: RawFace, picture: Picture, size: tuple[int, int], raw: Path
) -> tuple[Image, dict[str, object], tuple[Problem, ...]]:
    """The corrected mask at the size at which masks are kept, and its file. Raises BadInput."""
    path = face.corrected[0]
    if len(face.corrected) > 1:
        raise BadInput("one corrected mask a face", f"a second one beside {relative(path, raw)}")
    mask, notes = read_corrected(path)
    if other_aspect(mask, picture):
        raise BadInput(f"the aspect of its photograph {size_text(picture.rgb)}", size_text(mask))
    small = resize_binary(mask, size)
    if not small.any():
        raise BadInput("a mask with pixels", "one that is empty at half the photograph's size")
    facts: dict[str, object] = {"mask": "corrected", "mask_sha256": sha256_bytes(path.read_bytes())}
    if face.review:
        facts["review"] = face.review
    return small, facts, conversions_of_whole(path, notes, raw)


def conversions_of_whole(mask: Path, notes: tuple[str, ...], raw: Path) -> tuple[Problem, ...]:
    """What was converted in a mask of the whole face; values of 0 and 1 are usual there."""
    said = tuple(note for note in unusual(notes) if note not in _USUAL_OF_WHOLE)
    return conversions(relative(mask, raw), EXPECTED_MASK, said)


def other_aspect(mask: Image, picture: Picture) -> bool:
    """Whether the aspects differ by more than one per cent."""
    height, width = picture.rgb.shape[:2]
    return bool(abs(mask.shape[1] * height / (mask.shape[0] * width) - 1) > 0.01)


def size_text(image: Image) -> str:
    return f"{image.shape[1]}x{image.shape[0]}"


def half_size(image: Image) -> tuple[int, int]:
    """Width and height at which masks are kept."""
    height, width = scaled_size(image.shape, 0.5)
    return width, height


def resize_binary(mask: Image, size: tuple[int, int]) -> Image:
    if (mask.shape[1], mask.shape[0]) == size:
        return mask
    flags = cv2.INTER_AREA if mask.shape[1] > size[0] else cv2.INTER_LINEAR
    return np.where(cv2.resize(mask, size, interpolation=flags) > 127, np.uint8(255), np.uint8(0))


def resize_classes(classes: Image, size: tuple[int, int]) -> Image:
    return cv2.resize(classes, size, interpolation=cv2.INTER_NEAREST).astype(np.uint8, copy=False)
