"""Everything drawn for one sample, in one frozen record. Rendering reads nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter

from natocc.kinds import KindName
from natocc.labels import LabelSource
from natocc.occluders.shapes import Shape
from natocc.photometric.blur import Blur
from natocc.photometric.noise import Noise
from natocc.photometric.shadow import Shadow
from natocc.photometric.tone import Tone
from natocc.placement.affine import Placement
from natocc.transfer.apply import Transfer


@dataclass(frozen=True, slots=True, kw_only=True)
class Affine:
    """An affine change of the whole picture about its centre."""

    scale: tuple[float, float]
    angle: float
    shear: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """One sample's parameters; None means the stage does not run.

    Plain numbers throughout: ``dataclasses.asdict`` gives the JSON from which the sample is replayed.
    """

    kind: KindName
    face_jpeg: int | None = None
    shape: Shape | None = None
    placement: Placement | None = None
    transfer: Transfer | None = None
    light: float | None = None  # 0-1: how far the occluder's shading turns to the face's
    blur: Blur | None = None
    jpeg: int | None = None
    tone: Tone | None = None
    sharpness: bool = False
    noise: Noise | None = None
    history: int | None = None  # JPEG quality of the face's file, for the JPEG history
    shadow: Shadow | None = None
    opacity: float = 1.0
    seam_blur: bool = False
    harmonise: bool = False
    final_affine: Affine | None = None
    final_blur: Blur | None = None
    final_tone: Tone | None = None
    final_flip: bool = False
    # Whose mask the labels follow. Pixels and gates always follow the corrected one.
    labels: LabelSource = "corrected"


@cache
def params_adapter() -> TypeAdapter[Params]:
    """Reads the record back from its JSON; a wrong field is pydantic's ValidationError, a ValueError."""
    return TypeAdapter(Params)
