from __future__ import annotations

from dataclasses import replace

import albumentations
import cv2
import numpy as np
import pytest

from natocc.geometry import Box, Image
from natocc.photometric.blur import apply_blur, draw_blur
from natocc.photometric.tone import apply_tone, draw_tone
from natocc.randomness import Streams
from natocc.render.final_augmentation import SampleViews, apply_final_stages
from natocc.render.params import Affine, Params
from tests.natocc.inputs import face

BOX = Box(70, 60, 150, 190)
TURN = Affine(scale=(0.85, 1.1), angle=12.0, shear=(0.0, 0.0))
LEAN = Affine(scale=(1.1, 0.9), angle=0.0, shear=(7.0, -4.0))


def views() -> SampleViews:
    clean = face().image
    alpha = np.zeros(face().size, np.uint8)
    alpha[BOX.slices] = 255
    image = clean.copy()
    image[BOX.slices] = (250, 10, 30)
    return SampleViews(
        image=image,
        clean=clean,
        clean_mask=face().mask,
        alpha=alpha,
        parsing=face().parsing,
        changed=BOX,
        reach=0,
    )


def params(**stages: object) -> Params:
    return replace(Params(kind="object"), **stages)  # type: ignore[arg-type]


def albumentations_warp(image: Image, affine: Affine) -> Image:
    (scale_x, scale_y), (shear_x, shear_y) = affine.scale, affine.shear
    transform = albumentations.Affine(
        scale={"x": (scale_x, scale_x), "y": (scale_y, scale_y)},
        rotate=(affine.angle, affine.angle),
        shear={"x": (-shear_x, -shear_x), "y": (-shear_y, -shear_y)},
        border_mode=cv2.BORDER_REFLECT_101,
        p=1.0,
    )
    return np.asarray(transform(image=image)["image"])


# They shear the other way and after turning, we before: the two agree where one of them is absent.
@pytest.mark.parametrize("affine", [TURN, LEAN])
def test_the_affine_is_albumentations(affine: Affine) -> None:
    done = apply_final_stages(views(), params(final_affine=affine))
    for ours, before in ((done.image, views().image), (done.clean, views().clean)):
        assert cv2.absdiff(ours, albumentations_warp(before, affine)).max() <= 1
    assert cv2.absdiff(done.alpha, albumentations_warp(views().alpha, affine)).max() <= 1


@pytest.mark.parametrize("affine", [TURN, LEAN])
def test_the_affine_moves_every_plane_alike(affine: Affine) -> None:
    done = apply_final_stages(views(), params(final_affine=affine))
    red = (done.image.astype(int) - (250, 10, 30)).__abs__().max(axis=2) <= 2
    assert red[done.alpha == 255].all()
    assert done.parsing is not None
    skin = np.isin(done.parsing, [1, 2, 4, 5, 6, 7, 10, 11, 12])
    before = np.isin(face().parsing, [1, 2, 4, 5, 6, 7, 10, 11, 12])
    agreed = (before == (face().mask > 0)).mean()
    assert (skin == (done.clean_mask > 0)).mean() > agreed - 0.01


@pytest.mark.parametrize("affine", [TURN, LEAN])
def test_beyond_the_reach_both_pictures_are_equal_to_the_bit(affine: Affine) -> None:
    stages = {
        "final_affine": affine,
        "final_blur": draw_blur(Streams(1, "a", "b").stage("c")),
        "final_tone": draw_tone(Streams(1, "a", "b").stage("d"), 0.2, by_mean=False),
        "final_flip": True,
    }
    done = apply_final_stages(views(), params(**stages))
    near = cv2.dilate(done.alpha, np.ones((2 * done.reach + 1,) * 2, np.uint8)) > 0
    assert done.reach > 0 and not near.all()
    assert np.array_equal(done.image[~near], done.clean[~near])


def test_blurring_a_part_is_blurring_the_whole() -> None:
    for seed in range(10):
        blur = draw_blur(Streams(seed, "a", "b").stage("c"))
        done = apply_final_stages(views(), params(final_blur=blur))
        assert np.array_equal(done.image, apply_blur(views().image, blur))
        assert np.array_equal(done.clean, apply_blur(views().clean, blur))
        assert done.reach == blur.radius


def test_tone_falls_on_both_pictures_alike() -> None:
    tone = draw_tone(Streams(3, "a", "b").stage("d"), 0.2, by_mean=False)
    done = apply_final_stages(views(), params(final_tone=tone))
    assert np.array_equal(done.image, apply_tone(views().image, tone))
    assert np.array_equal(done.clean, apply_tone(views().clean, tone))
    assert np.array_equal(done.alpha, views().alpha) and done.reach == 0


def test_a_flip_is_albumentations_and_swaps_the_sides_of_the_face() -> None:
    done = apply_final_stages(views(), params(final_flip=True))
    flip = albumentations.HorizontalFlip(p=1.0)
    for ours, before in (
        (done.image, views().image),
        (done.clean, views().clean),
        (done.alpha, views().alpha),
        (done.clean_mask, views().clean_mask),
    ):
        assert np.array_equal(ours, flip(image=before)["image"])
    before, after = views().parsing, done.parsing
    assert before is not None and after is not None
    for left, right in ((4, 5), (6, 7)):
        assert (before == left).any() and (before == right).any()
        assert np.array_equal(after == left, (before == right)[:, ::-1])
    # The eye on the left of the picture is class 4, before and after.
    for plane in (before, after):
        assert np.nonzero(plane == 4)[1].mean() < np.nonzero(plane == 5)[1].mean()


def test_nothing_to_finish_changes_nothing() -> None:
    done = apply_final_stages(views(), Params(kind="object"))
    assert np.array_equal(done.image, views().image) and done.reach == 0
