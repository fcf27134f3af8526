"""Which values of a mask are face, and what stands where the occluder is."""

from __future__ import annotations

from dataclasses import dataclass

from natocc.face import Face
from natocc.geometry import Image, mask_box
from natocc.labels import occluded
from natocc.transforms.masks import AnyMask, face_pixels, mark_hidden, markable_pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """A transform's arguments of these names (docs/transforms.md)."""

    face_classes: tuple[int, ...] | None = None
    occluded_value: int = 0
    everywhere: bool = False

    def face(self, image: Image, mask: AnyMask) -> Face:
        """The face that ``mask`` shows; its box is empty where it shows none."""
        pixels = face_pixels(mask, self.face_classes, self.occluded_value)
        return Face(image=image, mask=pixels, parsing=None, box=mask_box(pixels))

    def mark(self, mask: AnyMask, alpha: Image, opacity: float) -> AnyMask:
        """A copy of the mask with the label where the occluder is."""
        where = None
        if not self.everywhere:
            where = markable_pixels(mask, self.face_classes, self.occluded_value)
        return mark_hidden(mask, occluded(alpha, opacity), where, self.occluded_value)
