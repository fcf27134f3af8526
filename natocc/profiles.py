"""The constants of the profiles for the paper, for its released code, and for the best result."""

from __future__ import annotations

from dataclasses import dataclass, replace

from natocc.kinds import Target

Range = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Constants of generation; row numbers refer to docs/fidelity.md."""

    name: str
    # Row 1: a JPEG generation of the face before anything lies on it, of the same qualities as row 6.
    face_jpeg_probability: float = 0.5
    # Row 5: area of the occluder's box over that of the face's box.
    size_ratio: Range = (0.5, 1.0)
    # Rows 6 and 14: an upright Gaussian instead of the paper's turned one with a noisy kernel.
    plain_blur: bool = False
    # Row 6: the occluder's own augmentation.
    blur_probability: float = 0.5
    jpeg_probability: float = 0.5
    jpeg_quality: tuple[int, int] = (70, 100)
    affine_probability: float = 0.7
    affine_scale: Range = (0.8, 1.2)
    affine_aspect: Range | None = None  # None: x and y scales are drawn apart
    affine_rotation: Range = (-15.0, 15.0)
    affine_shear: Range = (-8.0, 8.0)
    # Greatest stretch over least, scale and shear together; None: as drawn.
    affine_anisotropy: float | None = None
    tone_probability: float = 0.5
    occluder_tone: float = 0.1
    # Row 7: parts of the face to aim at, with their weights; None: the kind's target.
    targets: tuple[tuple[Target, float], ...] | None = None
    # Row 8: kinds that turn to the face's centre, besides those that always do (natocc/kinds.py).
    facing: tuple[str, ...] = ()
    # Row 9: only for random shapes.
    translucent_probability: float = 0.3
    translucent_opacity: Range = (0.5, 0.8)
    # Row 13: blur the composite along the edge; otherwise only the matte is soft.
    seam_blur: bool = True
    # Row 14: jointly on the occluded image, the clean image, labels and alpha.
    final_affine: bool = True
    flip_probability: float = 0.5
    final_tone: float = 0.2
    # Separate steps for naturalness beyond the paper (docs/naturalness.md).
    light: bool = False  # the occluder's shading turns towards the face's light
    sharpness: bool = False  # occluder and matte as soft as the face; no random blur of row 6
    noise: bool = False  # the sensor noise that the occluder lacks
    shadow: bool = False  # a contact shadow on the face
    history: bool = False  # the face's JPEG generation; no random one of row 6
    # Share of the face that may be hidden, and the largest number of placements tried.
    hidden_ratio: Range = (0.0, 1.0)
    placement_tries: int = 1


PAPER = Profile(name="paper")
CODE = replace(
    PAPER,
    name="code",
    face_jpeg_probability=0.0,
    facing=("object",),
    translucent_opacity=(0.4, 0.7),
    final_affine=False,
)
BEST = replace(
    PAPER,
    name="best",
    face_jpeg_probability=0.0,
    plain_blur=True,
    affine_aspect=(0.87, 1.15),
    affine_anisotropy=1.25,
    seam_blur=False,
    final_affine=False,
    light=True,
    sharpness=True,
    noise=True,
    shadow=True,
    history=True,
    hidden_ratio=(0.03, 0.6),
    placement_tries=24,
)
PROFILES = {profile.name: profile for profile in (PAPER, CODE, BEST)}
