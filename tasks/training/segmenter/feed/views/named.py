"""The augmentations of the schedules, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from models.segmenters.losses.cross_entropy import IGNORED
from tasks.training.segmenter.feed.reading.decode import LabelledPicture
from tasks.training.segmenter.feed.reading.target import LearntTarget
from tasks.training.segmenter.feed.views.colours import distort_photometrically, jitter, tint
from tasks.training.segmenter.feed.views.geometry import Movement, move_sample

Augmentation = Callable[[LabelledPicture, LearntTarget, Generator], LabelledPicture]


def augmentation_named(name: str) -> Augmentation:
    """Return an augmentation. Raises ValueError for an unknown name."""
    if name not in AUGMENTATIONS:
        raise ValueError(f"augmentation: expected one of {', '.join(AUGMENTATIONS)}, got {name!r}")
    return AUGMENTATIONS[name]


def _none(sample: LabelledPicture, target: LearntTarget, rng: Generator) -> LabelledPicture:
    return sample


def _voo(sample: LabelledPicture, target: LearntTarget, rng: Generator) -> LabelledPicture:
    """Mirrored in half of the cases, turned by up to 30 degrees in half; MMSegmentation's colours.

    Pixels from beyond the border are ignored (its RandomRotate fills labels with 255).
    """
    mirrored = bool(rng.random() < 0.5)
    degrees = float(rng.uniform(-30, 30)) if rng.random() < 0.5 else 0.0
    moved = _placed(sample, target, Movement(mirrored=mirrored, degrees=degrees), outside=IGNORED)
    return LabelledPicture(image=distort_photometrically(moved.image, rng), label=moved.label)


def _faceocc(sample: LabelledPicture, target: LearntTarget, rng: Generator) -> LabelledPicture:
    """As FaceOcc's code (specs 6.2): mirrored, turned by up to 20 degrees, scaled, shifted alike in both
    axes.

    Beyond the border there is no face.
    """
    shift = float(rng.uniform(0, 0.1)) / 2
    movement = Movement(
        mirrored=bool(rng.random() < 0.5),
        degrees=float(rng.uniform(-20, 20)),
        scale=1 / float(rng.uniform(0.8, 1.2)),
        right=-shift,
        down=-shift,
    )
    moved = _placed(sample, target, movement, outside=0)
    return LabelledPicture(image=jitter(moved.image, rng), label=moved.label)


def _small(sample: LabelledPicture, target: LearntTarget, rng: Generator) -> LabelledPicture:
    """Mirrored, turned by up to 20 degrees, scaled by 0.8 to 1.25, shifted by a tenth, and tinted."""
    movement = Movement(
        mirrored=bool(rng.random() < 0.5),
        degrees=float(rng.uniform(-20, 20)),
        scale=float(np.exp(rng.uniform(-1, 1) * np.log(1.25))),
        right=float(rng.uniform(-0.1, 0.1)),
        down=float(rng.uniform(-0.1, 0.1)),
    )
    moved = _placed(sample, target, movement, outside=0)
    return LabelledPicture(image=tint(moved.image, rng), label=moved.label)


def _placed(
    sample: LabelledPicture, target: LearntTarget, movement: Movement, *, outside: int
) -> LabelledPicture:
    parsing = target == "parsing"
    image, label = move_sample(sample.image, sample.label, movement, parsing=parsing, outside=outside)
    return LabelledPicture(image=image, label=label)


AUGMENTATIONS: Mapping[str, Augmentation] = MappingProxyType(
    {"none": _none, "voo": _voo, "faceocc": _faceocc, "small": _small}
)
