"""The checked data of a call, and the occlusion written into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from natocc.face import Face
from natocc.geometry import Image
from natocc.transforms.draw import Occlusion
from natocc.transforms.images import AnyImage, from_uint8
from natocc.transforms.labels import Labels
from natocc.transforms.masks import AnyMask


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One image, or several that are occluded alike.

    ``given`` are the original images, ``images`` the same at 8 bits, ``face_masks`` a mask for each.
    """

    data: Mapping[str, Any]
    # "image" or "images".
    key: str
    given: Sequence[AnyImage]
    images: tuple[Image, ...]
    face_masks: tuple[AnyMask, ...]
    # Keys of single masks for the only image.
    mask_keys: tuple[str, ...]
    # Keys of lists or stacks of masks: one mask per image, or all for the only image.
    stack_keys: tuple[str, ...]

    @property
    def several(self) -> bool:
        return self.key == "images"

    def faces(self, labels: Labels) -> tuple[Face, ...]:
        """The face of each image."""
        return tuple(map(labels.face, self.images, self.face_masks))

    def write(self, occlusion: Occlusion, labels: Labels, report: str) -> dict[str, Any]:
        """The data with occluded images, labelled masks, ``alpha`` and the report under its key."""
        alphas = [
            np.zeros(image.shape[:2], np.uint8) if composite is None else composite.alpha
            for image, composite in zip(self.images, occlusion.composites, strict=True)
        ]
        result = dict(self.data)
        if any(composite is not None for composite in occlusion.composites):
            result[self.key] = self._packed(self.key, self._occluded_images(occlusion))
            for key in self.mask_keys:
                result[key] = labels.mark(self.data[key], alphas[0], occlusion.opacity)
            for key in self.stack_keys:
                of_mask = alphas if self.several else alphas * len(self.data[key])
                marked = [
                    labels.mark(mask, alpha, occlusion.opacity)
                    for mask, alpha in zip(self.data[key], of_mask, strict=True)
                ]
                result[key] = self._packed(key, marked)
        result["alpha"] = self._alpha(alphas)
        result[report] = dict(occlusion.report)
        return result

    def _occluded_images(self, occlusion: Occlusion) -> list[AnyImage]:
        return [
            given if composite is None else from_uint8(composite.image, image, given)
            for given, image, composite in zip(self.given, self.images, occlusion.composites, strict=True)
        ]

    def _packed(self, key: str, arrays: list[AnyImage]) -> Any:
        """The arrays in the data's form: one array, a list, or a stack."""
        if key == "image":
            return arrays[0]
        return np.stack(arrays) if arrays and isinstance(self.data[key], np.ndarray) else arrays

    def _alpha(self, alphas: list[Image]) -> Image:
        """The matte HxW, or NxHxW for several images, laid over any existing matte."""
        alpha = np.stack(alphas) if self.several else alphas[0]
        before = self.data.get("alpha")
        return alpha if before is None else _over(before, alpha)


def _over(before: Image, after: Image) -> Image:
    """The matte of two occluders, one over the other: their transparencies multiply."""
    through = (255 - before.astype(np.uint16)) * (255 - after)
    return (255 - (through + 127) // 255).astype(np.uint8)
