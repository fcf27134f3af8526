"""NatOcc and RandOcc while a network trains (Voo et al. 2022, sections 3.2 and 3.3).

If Albumentations is installed, both are DualTransforms. Without it they are called directly.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from natocc.kinds import KINDS
from natocc.occluders.bank import OccluderBank
from natocc.profiles import Profile
from natocc.render.draw import Switches
from natocc.transforms.base import DEFAULT_REPORT, Occluding
from natocc.transforms.settings import check_bank, check_share

# Names of kinds of cut-outs, in drawing order, and of random shapes.
_CUT_OUTS = tuple(sorted(name for name, kind in KINDS.items() if kind.pool and not kind.random_shape))
_SHAPES = tuple(name for name, kind in KINDS.items() if kind.random_shape)


class NatOcc(Occluding):
    """A hand, an object or another cut-out on the face.

    ``weights`` are the shares of the kinds; None means equal shares of the kinds in the bank.
    ``colour_transfer`` (0-1) is the strength of colour transfer to hands. ``harmonise`` fits objects to the
    picture. docs/transforms.md describes the other arguments.
    """

    _stream: ClassVar[str] = "natocc occlusion"

    def __init__(
        self,
        occluders: OccluderBank,
        *,
        weights: Mapping[str, float] | None = None,
        colour_transfer: float = 1.0,
        harmonise: bool = True,
        profile: str | Profile = "best",
        face_classes: Collection[int] | None = None,
        occluded_value: int = 0,
        everywhere: bool = False,
        report: str = DEFAULT_REPORT,
        p: float = 0.5,
    ) -> None:
        check_bank("NatOcc", occluders)
        if weights is None:
            weights = {kind: 1.0 for kind in _CUT_OUTS if occluders.pool_for(kind)}
        if set(weights) - set(_CUT_OUTS):
            expected = " and ".join(_CUT_OUTS)
            raise ValueError(f"NatOcc: expected weights of {expected}, got {dict(weights)}")
        self.colour_transfer = check_share("NatOcc: expected colour_transfer", colour_transfer)
        self.harmonise = harmonise
        super().__init__(
            occluders,
            kinds=weights,
            switches=Switches(transfer_strength=colour_transfer, harmonise=harmonise),
            profile=profile,
            face_classes=face_classes,
            occluded_value=occluded_value,
            everywhere=everywhere,
            report=report,
            p=p,
        )


class RandOcc(Occluding):
    """A random shape with a texture on the face; it may be translucent.

    docs/transforms.md describes the arguments.
    """

    _stream: ClassVar[str] = "randocc occlusion"

    def __init__(
        self,
        occluders: OccluderBank,
        *,
        profile: str | Profile = "best",
        face_classes: Collection[int] | None = None,
        occluded_value: int = 0,
        everywhere: bool = False,
        report: str = DEFAULT_REPORT,
        p: float = 0.5,
    ) -> None:
        super().__init__(
            occluders,
            kinds=dict.fromkeys(_SHAPES, 1.0),
            switches=Switches(),
            profile=profile,
            face_classes=face_classes,
            occluded_value=occluded_value,
            everywhere=everywhere,
            report=report,
            p=p,
        )
