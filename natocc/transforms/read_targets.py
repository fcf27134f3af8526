"""Find and check the images and masks in the data of a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from natocc.transforms.images import to_uint8
from natocc.transforms.labels import Labels
from natocc.transforms.masks import AnyMask, check_label_mask
from natocc.transforms.sample import Sample

_EXPECTED = "expected image=… and mask=…, or images=… and masks=… with a mask for each"
_VOLUMES = ("volume", "volumes", "mask3d", "masks3d")


def read_targets(
    what: str, data: Mapping[str, Any], *, additional: Mapping[str, str], labels: Labels, report: str
) -> Sample:
    """The sample in ``data``; ``additional`` are Compose's additional targets, by name.

    Raises ValueError for missing keys and for arrays that do not fit.
    """
    key = _image_key(what, data)
    if report in data:
        raise ValueError(
            f"{what}: expected no key {report!r} in the sample yet, got one; "
            "where two transforms follow each other, name the second's report: report='occlusion_2'"
        )
    given: Sequence[Any] = data["images"] if key == "images" else (data["image"],)
    images = tuple(to_uint8(f"{what}: {key}", image) for image in given)
    mask_keys, stack_keys = (_mask_keys(data, additional, target) for target in ("mask", "masks"))
    sample = Sample(
        data=data,
        key=key,
        given=given,
        images=images,
        face_masks=_face_masks(data, key),
        mask_keys=mask_keys,
        stack_keys=stack_keys,
    )
    _check_masks(what, sample, labels)
    _check_alpha(what, sample)
    return sample


def _image_key(what: str, data: Mapping[str, Any]) -> str:
    """``image`` or ``images``, whichever is present with its masks."""
    held = [key for key, value in data.items() if value is not None]
    if volumes := [key for key in held if key in _VOLUMES]:
        raise ValueError(f"{what}: expected images and masks, got {volumes[0]}; give slices as images=…")
    if "image" in held and "images" in held:
        raise ValueError(f"{what}: {_EXPECTED}, got both image and images; leave one of them out")
    if "images" in held and _length(data["images"]) and _length(data.get("masks")):
        return "images"
    if "image" in held and ("mask" in held or _length(data.get("masks"))):
        return "image"
    raise ValueError(f"{what}: {_EXPECTED}, got {', '.join(held) or 'none'}")


def _mask_keys(data: Mapping[str, Any], additional: Mapping[str, str], target: str) -> tuple[str, ...]:
    """``target`` and the additional targets of its kind that are present, except ``alpha``."""
    named = (target, *(name for name, kind in additional.items() if kind == target))
    return tuple(name for name in named if name != "alpha" and data.get(name) is not None)


def _face_masks(data: Mapping[str, Any], key: str) -> tuple[AnyMask, ...]:
    if key == "images":
        return tuple(data["masks"])
    return (data["mask"] if data.get("mask") is not None else data["masks"][0],)


def _check_masks(what: str, sample: Sample, labels: Labels) -> None:
    sizes = [image.shape[:2] for image in sample.images]
    if len(set(sizes)) > 1:
        raise ValueError(
            f"{what}: expected images of one size, got {sorted(set(sizes))}; give them one by one"
        )
    if sample.several and sample.mask_keys:
        raise ValueError(f"{what}: expected masks=… beside images=…, got {', '.join(sample.mask_keys)}")
    for key in sample.mask_keys:
        check_label_mask(f"{what}: {key}", sample.data[key], sizes[0], labels.occluded_value)
    for key in sample.stack_keys:
        masks = sample.data[key]
        count = _length(masks)
        if count is None or (sample.several and count != len(sizes)):
            wanted = f"{len(sizes)} masks, one an image" if sample.several else "a list or NxHxW of masks"
            raise ValueError(f"{what}: {key}: expected {wanted}, got {_described(masks)}")
        for mask, size in zip(masks, sizes if sample.several else sizes * count, strict=True):
            check_label_mask(f"{what}: {key}", mask, size, labels.occluded_value)


def _check_alpha(what: str, sample: Sample) -> None:
    alpha = sample.data.get("alpha")
    if alpha is None:
        return
    shape: tuple[int, ...] = sample.images[0].shape[:2]
    wanted = "HxW like the image"
    if sample.several:
        shape, wanted = (len(sample.images), *shape), "NxHxW like the images"
    if not isinstance(alpha, np.ndarray) or alpha.dtype != np.uint8 or alpha.shape != shape:
        raise ValueError(f"{what}: expected alpha as uint8 {wanted}, got {_described(alpha)}")


def _length(arrays: object) -> int | None:
    """The number of arrays in a list, tuple or stack; None for anything else."""
    if isinstance(arrays, np.ndarray):
        return arrays.shape[0] if arrays.ndim else None
    return len(arrays) if isinstance(arrays, list | tuple) else None


def _described(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape}"
    length = _length(value)
    return f"a {type(value).__name__}" if length is None else f"{length}"
