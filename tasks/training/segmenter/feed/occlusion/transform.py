"""NatOcc and RandOcc (docs/transforms.md) as steps of a training."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numpy.random import Generator

from natocc.geometry import Image
from natocc.occluders.bank import OccluderBank
from natocc.randomness import draw_seed
from tasks.training.segmenter.feed.occlusion.step import OccludedLabel

if TYPE_CHECKING:
    from natocc import NatOcc, RandOcc


@dataclass(frozen=True, slots=True)
class OccludeByTransform:
    """An ``OcclusionStep``: one draw of a transform, whatever its ``p``."""

    transform: NatOcc | RandOcc

    def __call__(self, image: Image, label: Image, rng: Generator) -> tuple[Image, Image]:
        out = self.transform.occlude(seed=draw_seed(rng), image=image, mask=label)
        return out["image"], out["mask"]


def natocc_step(occluders: OccluderBank, kinds: Sequence[str], labels: OccludedLabel) -> OccludeByTransform:
    """NatOcc with its defaults; each of ``kinds`` is equally likely."""
    _prepare_import()
    from natocc import NatOcc

    return OccludeByTransform(NatOcc(occluders, weights=dict.fromkeys(kinds, 1.0), **_labelled(labels)))


def randocc_step(occluders: OccluderBank, kinds: Sequence[str], labels: OccludedLabel) -> OccludeByTransform:
    """RandOcc with its defaults."""
    _prepare_import()
    from natocc import RandOcc

    return OccludeByTransform(RandOcc(occluders, **_labelled(labels)))


def _labelled(labels: OccludedLabel) -> dict[str, Any]:
    return {
        "face_classes": labels.face_classes,
        "occluded_value": labels.occluded_class,
        "everywhere": True,
    }


def _prepare_import() -> None:
    # Where Albumentations is installed, it would ask a registry for its newest version in every process.
    os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")
