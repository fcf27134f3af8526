"""The values of a mask that are face, and the value that marks the occluder."""

from __future__ import annotations

from dataclasses import dataclass

from natocc.face import Face
from natocc.geometry import Image, mask_box
from natocc.labels import occluded
from natocc.transforms.masks import AnyMask, face_pixels, mark_hidden, markable_pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The transform arguments of the same names (docs/transforms.md)."""

    face_classes: tuple[int, ...] | None = None
    occluded_value: int = 0
    everywhere: bool = False

    def face(self, image: Image, mask: AnyMask) -> Face:
        """The face that ``mask`` shows; its box is empty if the mask shows no face."""
        pixels = face_pixels(mask, self.face_classes, self.occluded_value)
        return Face(image=image, mask=pixels, parsing=None, box=mask_box(pixels))

    def mark(self, mask: AnyMask, alpha: Image, opacity: float) -> AnyMask:
        """A copy of the mask with the label on the occluder's pixels."""
        where = None
        if not self.everywhere:
            where = markable_pixels(mask, self.face_classes, self.occluded_value)
        return mark_hidden(mask, occluded(alpha, opacity), where, self.occluded_value)
