"""Records that the readers of raw datasets yield: paths and metadata, never pixels."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a raw input comes from. ``photo`` keeps the pictures of one photograph in one split."""

    dataset: str
    # sha256 of the photograph the picture was cut from: the side-car's, else that of the image file.
    photo: str
    licence: str
    # "train", "test" or "excluded"; None where the dataset does not say.
    split: str | None = None
    person: str | None = None
    grade: str | None = None
    # Voo et al.'s partition: "WO" (nothing over the face), "O"; None where unknown.
    subset: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFace:
    """A face photograph with one mask file for each part that is present (specs: CelebAMask-HQ)."""

    id: str
    image: Path
    parts: dict[str, Path]
    origin: Origin
    # Named points in pixels of the image, (x, y); empty where unknown.
    landmarks: dict[str, tuple[float, float]] = field(default_factory=dict)
    # The corrected mask that replaces the policy's; more than one is a fault, none the usual case.
    corrected: tuple[Path, ...] = ()
    # Where the corrected mask comes from: tool, sha256, date, who; empty where unknown.
    review: dict[str, object] = field(default_factory=dict)
    # FaceOcc's cut-out of what lies over this face: RGBA in an aligned frame.
    occlusion: Path | None = None
    # Whether FaceOcc's authors looked at the photograph: without a cut-out nothing but parts lies over it.
    examined: bool = False
    # Fields of the entry's json that come from the dataset's tables.
    metadata: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawObject:
    """One COCO instance. ``segmentation`` is a list of polygons or an RLE dictionary, as stored."""

    id: str
    image: Path
    image_size: tuple[int, int]  # height, width, as the annotation file states it
    segmentation: list[list[float]] | dict[str, object]
    bbox: tuple[float, float, float, float]  # x, y, width, height
    area: float
    category: str
    category_id: int
    origin: Origin
    metadata: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawCutout:
    """An object that somebody cut out: RGBA in one file, or a picture with its mask beside it.

    ``mask`` None: the picture's own alpha. ``enlarged``: how many times super-resolution enlarged it.
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
    """A hand on white. ``rot_deg`` (counter-clockwise) turns it fingers-down; None where unknown."""

    id: str
    image: Path
    mask: Path | None
    rot_deg: float | None
    aspect: str  # e.g. "dorsal right"; "" where unknown
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
    """A picture whose foreground has other colours than its ground, with the real one (iHarmony4)."""

    id: str
    subset: str  # the sub-dataset, e.g. "HCOCO"
    split: str  # of the list that names it: "train" or "test"
    composite: Path
    mask: Path  # of the foreground
    real: Path
    origin: Origin
