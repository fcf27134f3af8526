"""Records that the readers of raw datasets yield: paths and metadata, never pixels."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

# The frame of what lies over a photograph with an EXIF rotation: its stored pixels, or the upright picture.
Frame = Literal["stored", "upright"]
FRAMES: tuple[Frame, ...] = ("stored", "upright")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The origin of a raw input. ``photo`` keeps the pictures of one photograph in one split."""

    dataset: str
    # sha256 of the photograph that the picture was cut from, as in the side-car, else of the image file.
    photo: str
    licence: str
    # "train", "test" or "excluded"; None if the dataset does not define it.
    split: str | None = None
    person: str | None = None
    grade: str | None = None
    # Voo et al.'s partition: "WO" (without occlusion) or "O" (occluded); None if unknown.
    subset: str | None = None
    # The frame of masks and outlines over the picture; None if unknown.
    frame: Frame | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFace:
    """A face photograph with one mask file for each part that is present (specs: CelebAMask-HQ)."""

    id: str
    image: Path
    parts: dict[str, Path]
    origin: Origin
    # Named points in pixels of the image, (x, y); empty if unknown.
    landmarks: dict[str, tuple[float, float]] = field(default_factory=dict)
    # The corrected mask that replaces the policy's. Usually empty; more than one is a fault.
    corrected: tuple[Path, ...] = ()
    # Provenance of the corrected mask: tool, sha256, date, who; empty if unknown.
    review: dict[str, object] = field(default_factory=dict)
    # Whether a review wrote the corrected mask and it was edited afterwards.
    edited: bool = False
    # FaceOcc's cut-out of the occluders of this face: RGBA in an aligned frame.
    occlusion: Path | None = None
    # Whether FaceOcc's authors examined the photograph. If so and without a cut-out, only parts lie over the
    # face.
    examined: bool = False
    # Fields of the entry's json that come from the dataset's tables.
    metadata: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawObject:
    """One COCO instance. ``segmentation`` is a list of polygons or an RLE dictionary.

    ``bbox`` and ``area`` are those of the outline.
    """

    id: str
    image: Path
    image_size: tuple[int, int]  # height, width, as the annotation file states it
    segmentation: list[list[float]] | dict[str, object]
    bbox: tuple[float, float, float, float]  # x, y, width, height
    area: float
    category: str
    origin: Origin
    metadata: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawCutout:
    """A cut-out object: RGBA in one file, or a picture with its mask beside it.

    ``mask`` is None if the picture's own alpha is used. ``enlarged`` is the factor of a previous upscaling.
    """

    id: str
    image: Path
    mask: Path | None
    category: str
    origin: Origin
    enlarged: int = 1
    metadata: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawHand:
    """A hand on white. ``rot_deg`` (counter-clockwise) turns it fingers-down; None if unknown."""

    id: str
    image: Path
    mask: Path | None
    rot_deg: float | None
    aspect: str  # e.g. "dorsal right"; "" if unknown
    skin: str
    origin: Origin
    subject: str = ""
    accessories: bool | None = None
    irregularities: bool | None = None
    metadata: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTexture:
    """One texture photograph and its DTD class."""

    id: str
    image: Path
    texture_class: str
    origin: Origin
    metadata: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawOccludedFace:
    """A really occluded face with its visible-face mask (RealOcc). Never composited on."""

    id: str
    image: Path
    mask: Path
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class RawComposite:
    """A composite (iHarmony4): foreground and background differ in colour. With the real picture."""

    id: str
    subset: str  # the sub-dataset, e.g. "HCOCO"
    split: str  # of the list that names it: "train" or "test"
    composite: Path
    mask: Path  # of the foreground
    real: Path
    origin: Origin
