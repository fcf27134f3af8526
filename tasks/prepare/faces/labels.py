"""A face's mask and parsing map: by policy, corrected, or by policy without FaceOcc's occlusions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from assets.face_metadata.corrected_masks import read_corrected
from assets.face_metadata.provenance import PROVENANCE
from assets.pictures.frame import frame_of, in_other_frame
from assets.pictures.orientation import turn_upright
from assets.pictures.photograph import Picture
from assets.pictures.polarity import FACE_MASK, check_against, check_polarity, polarity_doubts, refuse_full
from assets.problems import BadInput, Problem, conversions, unusual
from assets.reading.folders import relative
from assets.records import Frame, RawFace
from natocc.files.read import MOST_HASHED, hash_file
from natocc.geometry import Image
from natocc.masks.corrected_parsing import corrected_parsing
from natocc.masks.policy import FACEOCC, VOO, face_mask, parsing_map, policy_named
from natocc.resize.scale import scaled_size
from tasks.prepare.entry import EXPECTED_MASK, read_from
from tasks.prepare.faces.faceocc import OtherMask, subtract_occlusion

# Masks of whole faces, such as RealOcc's, often hold 0 and 1. This is not reported.
_USUAL_OF_FACE_MASKS = ("values 0 and 1",)
# Agreement that differs by less is that of resizing.
_SAME_IOU = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceLabels:
    """``mask`` uint8 HxW of 0 and 255, ``classes`` uint8 HxW; ``metadata`` records the mask's origin.

    ``by_policy``: mask and classes by policy from the parts alone; None if ``mask`` is the policy's.
    """

    mask: Image
    classes: Image
    metadata: dict[str, object]
    by_policy: tuple[Image, Image] | None = None
    problems: tuple[Problem, ...] = ()


def label_face(
    face: RawFace, parts: dict[str, Image], picture: Picture, image: Image, policy: str, raw: Path
) -> FaceLabels:
    """The labels at half the size of ``image``, the photograph as the bank stores it.

    A corrected mask is used unchanged. Otherwise the mask is the policy's minus FaceOcc's occlusion of this
    face. Raises BadInput if either can't be used, since the policy's mask is then known to be wrong, and
    ValueError for an unknown policy.
    """
    rules = policy_named(policy)
    size = half_size(image)
    # FaceOcc's authors inspected these faces; glasses that they did not annotate are dark.
    dark = rules is FACEOCC and face.examined and face.occlusion is None
    mask = resize_binary(face_mask(parts, VOO if dark else rules), size)
    metadata: dict[str, object] = {"policy": policy}
    other = _other_mask(face, picture, image, mask, raw)
    classes = resize_classes(parsing_map(parts), size)
    if other is None:
        return FaceLabels(mask=mask, classes=classes, metadata=metadata | {"mask": "policy"})
    iou = _iou(other.mask, mask)
    small = {name: resize_classes(part, size) for name, part in parts.items()}
    return FaceLabels(
        mask=other.mask,
        classes=corrected_parsing(small, other.mask, rules),
        metadata=metadata | other.metadata | {"policy_iou": round(iou, 4)},
        by_policy=(mask, classes),
        problems=other.problems,
    )


def _other_mask(face: RawFace, picture: Picture, image: Image, mask: Image, raw: Path) -> OtherMask | None:
    """The mask that replaces the policy's ``mask``, or None. Raises BadInput."""
    if face.corrected:
        corrected = read_from(
            lambda path: _read_corrected(path, face, picture, mask, raw), face.corrected[-1], raw
        )
        unused = {"faceocc": "not used"} if face.occlusion else {}
        return replace(corrected, metadata=corrected.metadata | unused)
    if face.occlusion is None or not mask.any():
        return None
    return read_from(lambda crop: subtract_occlusion(crop, image, mask, raw), face.occlusion, raw)


def _read_corrected(path: Path, face: RawFace, picture: Picture, policy_mask: Image, raw: Path) -> OtherMask:
    """The corrected mask at the size of the policy's. Raises BadInput."""
    if len(face.corrected) > 1:
        first = relative(face.corrected[0], raw)
        raise BadInput("one corrected mask a face", f"a second one beside {first}")
    mask, notes = read_corrected(path)
    # A review is of the bank's photographs, which are upright.
    if not face.review:
        mask = _upright(mask, face, picture, policy_mask, raw)
    if other_aspect(mask, picture):
        raise BadInput(f"the aspect of its photograph {size_text(picture.rgb)}", size_text(mask))
    small = resize_binary(mask, (policy_mask.shape[1], policy_mask.shape[0]))
    if not small.any():
        raise BadInput("a mask with pixels", "one that is empty at half the photograph's size")
    refuse_full(mask, FACE_MASK.name)
    doubts = check_polarity(small, FACE_MASK), check_against(small, policy_mask, "the part masks")
    metadata: dict[str, object] = {"mask": "corrected", "mask_sha256": hash_file(path, MOST_HASHED)}
    if face.review:
        metadata["review"] = face.review
    noted = polarity_doubts(relative(path, raw), doubts[1] or doubts[0], FACE_MASK.name)
    problems = (*conversions_of_face_mask(path, notes, raw), *noted)
    return OtherMask(mask=small, metadata=metadata, problems=problems)


def _upright(mask: Image, face: RawFace, picture: Picture, policy_mask: Image, raw: Path) -> Image:
    """A corrected mask of unknown origin as it lies over the upright photograph.

    Raises BadInput if its frame is unknown, and if it agrees better with the policy's mask in the other: a
    mask of a review is upright, whatever frame is stated, but its line may be lost. A correction that only
    takes away from the policy's mask, or only adds to it, never agrees better in the wrong frame.
    """
    where = relative(face.image, raw)
    stated: Frame | None = "upright" if face.edited else face.origin.frame
    frame = frame_of((mask.shape[0], mask.shape[1]), picture, stated, where)
    turned = turn_upright(mask, picture.orientation) if frame == "stored" else mask
    other = in_other_frame(mask, picture, frame)
    if other is None:
        return turned
    size = policy_mask.shape[1], policy_mask.shape[0]
    as_stated, as_other = (_iou(resize_binary(one, size), policy_mask) for one in (turned, other))
    if as_other > as_stated + _SAME_IOU:
        name, opposite = ("stored pixels", "upright picture")[:: 1 if frame == "stored" else -1]
        got = f"one that agrees with them on the {opposite} (IoU {as_other:.2f}, else {as_stated:.2f})"
        todo = f"turn the mask, or restore {PROVENANCE} if a review wrote it"
        raise BadInput(f"a mask that agrees with the part masks on the {name}", f"{got}; {todo}")
    return turned


def _iou(one: Image, other: Image) -> float:
    return cv2.countNonZero(one & other) / max(cv2.countNonZero(one | other), 1)


def conversions_of_face_mask(mask: Path, notes: tuple[str, ...], raw: Path) -> tuple[Problem, ...]:
    """The conversions of a whole face's mask."""
    reported = tuple(note for note in unusual(notes) if note not in _USUAL_OF_FACE_MASKS)
    return conversions(relative(mask, raw), EXPECTED_MASK, reported)


def other_aspect(mask: Image, picture: Picture) -> bool:
    """Return whether the aspects differ by more than one per cent."""
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
