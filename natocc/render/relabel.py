"""Labels of a finished picture from another mask of the same face."""

from __future__ import annotations

from dataclasses import dataclass, replace

from natocc.geometry import Image
from natocc.labels import hidden_ratio, occlude_parsing, visible_mask
from natocc.render.compose import Composite
from natocc.render.final_augmentation import move_labels
from natocc.render.params import Params


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPlanes:
    """``mask`` uint8 HxW, 0 or 1; ``parsing`` uint8 HxW class index, if requested. As ``Face`` has them."""

    mask: Image
    parsing: Image | None = None


def relabel(composite: Composite, planes: LabelPlanes, params: Params) -> Composite:
    """The composite with the labels that follow from ``planes``: its pixels and ``alpha`` stay."""
    clean_mask, parsing = move_labels(planes.mask, planes.parsing, params)
    mask = visible_mask(clean_mask, composite.alpha, params.opacity)
    return replace(
        composite,
        mask=mask,
        clean_mask=clean_mask,
        parsing=None if parsing is None else occlude_parsing(parsing, composite.alpha, params.opacity),
        hidden_ratio=hidden_ratio(clean_mask, mask),
    )
