"""Masks that are wrong come before those that are right."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import cv2
import numpy as np
import pytest

from benchmarks.inputs import cup, textures
from natocc.geometry import Image
from natocc.mask_quality.score import FIGURES, combine_figures, score_mask
from natocc.masks.policy import CLASS_IDS, face_mask
from tests.natocc.inputs import portrait

Case = tuple[Image, dict[str, Image], Image]


def true_face() -> Case:
    """The portrait at its masks' size, its parts, its mask."""
    image, mask, classes = portrait()
    rgb = cv2.resize(image, mask.shape[::-1], interpolation=cv2.INTER_AREA).astype(np.uint8)
    parts = {name: (classes == number).astype(np.uint8) * 255 for name, number in CLASS_IDS.items()}
    return rgb, {name: plane for name, plane in parts.items() if plane.any()} | {"skin": mask}, mask


def moved(plane: Image, x: int, y: int) -> Image:
    shift = np.array([[1, 0, x], [0, 1, y]], np.float32)
    return cv2.warpAffine(plane, shift, plane.shape[::-1]).astype(np.uint8)


def grown(plane: Image, by: int) -> Image:
    return cv2.dilate(plane, np.ones((2 * by + 1, 2 * by + 1), np.uint8)).astype(np.uint8)


def middle(mask: Image) -> tuple[int, int]:
    rows, columns = np.nonzero(mask)
    return int(rows.mean()), int(columns.mean())


def with_cup() -> Case:
    """A cup lies on the lower half of the face; annotated as if nothing were there."""
    rgb, parts, mask = true_face()
    picture, alpha = cup()
    scale = 150 / picture.shape[0]
    colours = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    weight = cv2.resize(alpha, colours.shape[1::-1], interpolation=cv2.INTER_AREA)[..., None] / 255
    row, column = middle(mask)
    spot = slice(row, row + colours.shape[0]), slice(column - 75, column - 75 + colours.shape[1])
    out = rgb.copy()
    out[spot] = np.rint(rgb[spot] * (1 - weight) + colours * weight)
    return out, parts, mask


def with_patch() -> Case:
    """A disc of gravel on a cheek."""
    rgb, parts, mask = true_face()
    gravel = cv2.resize(dict(textures())["gravel"], rgb.shape[1::-1], interpolation=cv2.INTER_AREA)
    row, column = middle(mask)
    disc = cv2.circle(np.zeros_like(mask), (column - 50, row + 40), 40, 1, -1)
    return np.where(disc[..., None] > 0, gravel, rgb).astype(np.uint8), parts, mask


def over_the_hair() -> Case:
    rgb, parts, mask = true_face()
    skin = grown(mask, 30)
    parts = {name: plane for name, plane in parts.items() if name != "hair"} | {"skin": skin}
    return rgb, parts, face_mask(parts)


def shifted() -> Case:
    rgb, parts, _ = true_face()
    parts = {name: moved(plane, 50, 0) for name, plane in parts.items()}
    return rgb, parts, face_mask(parts)


def half_missing() -> Case:
    rgb, parts, mask = true_face()
    half = mask.copy()
    half[:, : middle(mask)[1]] = 0
    return rgb, parts, half


def bitten() -> Case:
    rgb, parts, mask = true_face()
    rows, _ = np.nonzero(mask)
    at = (middle(mask)[1], int(rows.min()) - 10)
    return rgb, parts, cv2.circle(mask.copy(), at, 70, 0, -1).astype(np.uint8)


def with_a_hole() -> Case:
    rgb, parts, mask = true_face()
    row, column = middle(mask)
    return rgb, parts, cv2.circle(mask.copy(), (column - 45, row + 40), 25, 0, -1).astype(np.uint8)


def brow_for_eye() -> Case:
    rgb, parts, mask = true_face()
    return rgb, parts | {"l_eye": parts["l_brow"], "l_brow": parts["l_eye"]}, mask


def sides_mixed() -> Case:
    rgb, parts, mask = true_face()
    return rgb, parts | {"l_brow": parts["r_brow"], "r_brow": parts["l_brow"]}, mask


def no_mouth() -> Case:
    rgb, parts, mask = true_face()
    return rgb, {name: parts[name] for name in parts if name not in ("mouth", "u_lip", "l_lip")}, mask


def half_an_eye() -> Case:
    rgb, parts, mask = true_face()
    return (
        rgb,
        parts | {"l_eye": cv2.erode(parts["l_eye"], np.ones((11, 11), np.uint8)).astype(np.uint8)},
        mask,
    )


def seen_through_glasses() -> Case:
    """Only the frames are annotated as glasses, so that lenses stay in the mask."""
    rgb, parts, _ = true_face()
    lenses = grown(parts["l_eye"], 14) | grown(parts["r_eye"], 14)
    parts = parts | {"eye_g": grown(lenses, 5) - lenses}
    return rgb, parts, face_mask(parts)


FAULTS = {
    with_cup: "outlines within the skin",
    with_patch: "outlines within the skin",
    over_the_hair: "the mask reaches too far",
    shifted: "the mask reaches too far",
    half_missing: "a feature beyond the mask",
    bitten: "skin beyond the mask",
    with_a_hole: "holes or loose pieces",
    brow_for_eye: "features out of order",
    sides_mixed: "features out of order",
    no_mouth: "mouth or eye not annotated",
    half_an_eye: "unequal eyes or brows",
    seen_through_glasses: "glass counts as face",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_is_found_and_named(fault: object) -> None:
    clean, found = score_mask(*true_face()), score_mask(*fault())  # type: ignore[operator]
    assert clean.score < 0.15 and clean.because == "nothing stands out"
    assert found.score > clean.score + 0.2
    assert found.because == FAULTS[fault]  # type: ignore[index]


def test_the_order_is_as_the_figures_say_and_the_record_is_plain_json() -> None:
    found = score_mask(*with_patch())
    record = json.loads(json.dumps(asdict(found)))
    assert record["because"] == found.because and 0 < record["score"] < 1
    figures = {name: record[name] for name in FIGURES}
    assert combine_figures(figures) == found
    for name in FIGURES:
        assert combine_figures(figures | {name: 1.0}).score >= found.score


def test_nothing_odd_and_everything_odd() -> None:
    assert combine_figures(dict.fromkeys(FIGURES, 0.0)).score == 0
    assert 0.99 < combine_figures(dict.fromkeys(FIGURES, 1.0)).score <= 1


@pytest.mark.parametrize("size", [(256, 256), (1024, 1024), (512, 340)])
def test_the_size_of_the_masks_matters_little(size: tuple[int, int]) -> None:
    def cut(plane: Image) -> Image:
        """The middle of the picture where it is to be narrower, then the size."""
        wide = round(512 * size[1] / size[0])
        start = 256 - wide // 2
        part = np.ascontiguousarray(plane[:, start : start + wide])
        flags = cv2.INTER_NEAREST if plane.ndim == 2 else cv2.INTER_AREA
        return cv2.resize(part, size[::-1], interpolation=flags).astype(np.uint8)

    for case, low, high in ((true_face(), 0.0, 0.15), (with_patch(), 0.3, 1.0)):
        rgb, parts, mask = case
        score = score_mask(cut(rgb), {name: cut(part) for name, part in parts.items()}, cut(mask)).score
        assert low <= score <= high


def test_a_tilted_head_is_in_order() -> None:
    rgb, parts, _ = true_face()
    turn = cv2.getRotationMatrix2D((256, 256), 35, 1)

    def tilted(plane: Image) -> Image:
        return cv2.warpAffine(plane, turn, (512, 512)).astype(np.uint8)

    parts = {name: np.where(tilted(plane) > 127, 255, 0).astype(np.uint8) for name, plane in parts.items()}
    found = score_mask(tilted(rgb), parts, face_mask(parts))
    assert found.swapped == 0 and found.missing == 0


def test_an_annotated_neck_makes_skin_below_the_mouth_count() -> None:
    """Without it nobody knows where the face ends; with it, what is neither is a fault."""
    rgb, parts, mask = true_face()
    row, _ = middle(mask)
    cut = mask.copy()
    cut[row + 80 :] = 0
    parts = parts | {"skin": cut}
    neck = np.zeros_like(mask)
    neck[-40:] = 255
    without, with_neck = (score_mask(rgb, planes, cut) for planes in (parts, parts | {"neck": neck}))
    assert with_neck.skin_beyond > without.skin_beyond + 0.03


@pytest.mark.parametrize(("mask", "because"), [(0, "the mask is empty"), (1, "the mask is a thread")])
def test_masks_of_nothing(mask: int, because: str) -> None:
    plane = np.zeros((512, 512), np.uint8)
    if mask:
        plane[100, 100:500] = 255
    assert score_mask(true_face()[0], {}, plane) == replace(
        combine_figures(dict.fromkeys(FIGURES, 0.0)), score=1.0, because=because
    )


@pytest.mark.parametrize("size", [(1, 1), (3, 340), (90, 7), (200, 200)])
@pytest.mark.parametrize("mask", ["all", "one pixel", "noise", "half"])
def test_no_mask_is_too_odd_for_a_figure(size: tuple[int, int], mask: str) -> None:
    """Whatever stands in a folder of masks, preparing goes on, and the figures stay in their range."""
    rng = np.random.default_rng(3)
    planes = {name: np.zeros(size, np.uint8) for name in ("all", "one pixel", "noise", "half")}
    planes["all"][:] = planes["one pixel"][0, 0] = planes["half"][:, size[1] // 2 :] = 255
    planes["noise"][rng.random(size) > 0.5] = 255
    rgb = rng.integers(0, 256, (*size, 3)).astype(np.uint8)
    every = {name: planes[kind] for name, kind in zip(CLASS_IDS, [*planes] * 5, strict=False)}
    for parts in ({}, every, {"l_eye": planes["one pixel"], "nose": planes["half"], "u_lip": planes["all"]}):
        found = asdict(score_mask(rgb, parts, planes[mask]))
        assert all(0 <= value <= 1 for name, value in found.items() if name != "because")


def test_other_sizes_are_refused() -> None:
    rgb, parts, mask = true_face()
    with pytest.raises(ValueError, match=r"nose: expected the picture's size \(512, 512\), got \(256, 512\)"):
        score_mask(rgb, parts | {"nose": parts["nose"][::2]}, mask)
