"""NatOcc and RandOcc while a network trains (Voo et al. 2022, sections 3.2 and 3.3).

With Albumentations installed both are its DualTransforms; without it they are called by themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from natocc.occluders.bank import OccluderBank
from natocc.profiles import Kind, Profile
from natocc.render.draw import Switches
from natocc.transforms.base import Occluding


class NatOcc(Occluding):
    """A hand or an object on the face.

    ``weights`` are the shares of ``hand`` and ``object``; None: equal shares of what the bank holds.
    ``colour_transfer`` 0-1 is how far hands take the face's colours; ``harmonise`` fits objects to
    the picture. The other arguments are those of docs/transforms.md.
    """

    _stream: ClassVar[str] = "natocc"

    def __init__(
        self,
        occluders: OccluderBank,
        *,
        weights: Mapping[Kind, float] | None = None,
        colour_transfer: float = 1.0,
        harmonise: bool = True,
        profile: str | Profile = "best",
        face_classes: Collection[int] | None = None,
        occluded_value: int = 0,
        everywhere: bool = False,
        report: str = "occlusion",
        p: float = 0.5,
    ) -> None:
        held: tuple[Kind, ...] = ("hand", "object")
        if weights is None:
            weights = {kind: 1.0 for kind in held if occluders.of(kind)}
        if set(weights) - set(held):
            raise ValueError(f"NatOcc: expected weights of hand and object, got {dict(weights)}")
        if not 0 <= colour_transfer <= 1:
            raise ValueError(f"NatOcc: expected colour_transfer in 0-1, got {colour_transfer}")
        super().__init__(
            occluders,
            kinds=weights,
            profile=profile,
            face_classes=face_classes,
            occluded_value=occluded_value,
            everywhere=everywhere,
            report=report,
            p=p,
        )
        self.colour_transfer, self.harmonise = colour_transfer, harmonise
        self._switches = Switches(transfer_strength=colour_transfer, harmonise=harmonise)


class RandOcc(Occluding):
    """A random shape with a texture on the face, translucent at times.

    The arguments are those of docs/transforms.md.
    """

    _stream: ClassVar[str] = "randocc"

    def __init__(
        self,
        occluders: OccluderBank,
        *,
        profile: str | Profile = "best",
        face_classes: Collection[int] | None = None,
        occluded_value: int = 0,
        everywhere: bool = False,
        report: str = "occlusion",
        p: float = 0.5,
    ) -> None:
        super().__init__(
            occluders,
            kinds={"randocc": 1.0},
            profile=profile,
            face_classes=face_classes,
            occluded_value=occluded_value,
            everywhere=everywhere,
            report=report,
            p=p,
        )
