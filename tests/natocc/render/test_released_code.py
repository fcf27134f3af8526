from __future__ import annotations

from dataclasses import asdict, replace

import cv2
import numpy as np
import pytest

from natocc.geometry import Image
from natocc.occluders.occluder import make_occluder
from natocc.photometric.blur import Blur
from natocc.placement.affine import Placement
from natocc.render.compose import Composite, render
from natocc.render.params import Params
from natocc.render.released_code import render_released
from natocc.transfer.apply import Transfer
from tests.natocc.inputs import draw, face, make, occluder, tall_face

KINDS: tuple[str, ...] = ("randocc", "object", "hand")
# The released matte is pulled in by one pixel, its label is not, and it lies at whole pixels.
EDGE = 3


def placed(kind: str, sample: int = 0, size: int = 512) -> Params:
    """Profile ``best``'s placement with the released blur, JPEG and tone."""
    ours, theirs = (draw(face(size), kind, profile, sample) for profile in ("best", "code"))
    return replace(ours, blur=theirs.blur, jpeg=theirs.jpeg, tone=theirs.tone, opacity=1.0)


def bare(kind: str, sample: int = 0) -> Params:
    """The placement and nothing else."""
    params = placed(kind, sample)
    return Params(kind=kind, shape=params.shape, placement=params.placement)


def released(params: Params, size: int = 512) -> Composite:
    return render_released(face(size), occluder(params.kind), params)


def off_the_edge(label: Image) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    kernel = np.ones((2 * EDGE + 1, 2 * EDGE + 1), np.uint8)
    return cv2.dilate(label, kernel) == cv2.erode(label, kernel)


@pytest.mark.parametrize("kind", ["object", "hand"])
@pytest.mark.parametrize("sample", [0, 1])
def test_grey_on_the_same_grey_has_the_dark_halo_that_ours_lacks(kind: str, sample: int) -> None:
    cut = occluder(kind)
    assert cut is not None and cut.alpha is not None
    grey = make_occluder(np.full_like(cut.rgb[0], 128), cut.alpha[0].copy())
    under = replace(face(512), image=np.full((512, 512, 3), 128, np.uint8))
    params = replace(bare(kind, sample), blur=Blur(size=7, sigma=(1.0, 1.0)))
    theirs = render_released(under, grey, params).image
    assert (render(under, grey, params).image == 128).all()
    assert 128 - theirs.min() >= 8
    assert (theirs < 127).any(axis=2).sum() > 300


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sample", range(4))
def test_the_occluder_lies_where_ours_lies(kind: str, sample: int) -> None:
    ours, theirs = make(face(512), placed(kind, sample)), released(placed(kind, sample))
    clear = off_the_edge((ours.alpha > 127).astype(np.uint8))
    assert np.array_equal(ours.mask[clear], theirs.mask[clear])
    assert np.array_equal(ours.clean_mask, theirs.clean_mask)


@pytest.mark.parametrize("kind", KINDS)
def test_labels_are_wider_than_what_hides_the_face(kind: str) -> None:
    white = replace(face(512), image=np.full((512, 512, 3), 255, np.uint8))
    cut = occluder(kind)
    assert cut is not None
    alpha = None if cut.alpha is None else cut.alpha[0].copy()
    black = make_occluder(np.zeros_like(cut.rgb[0]), alpha)
    sample = render_released(white, black, bare(kind))
    seen, labelled = (sample.image[..., 0] < 128).sum(), (sample.alpha > 127).sum()
    length = cv2.Canny(np.where(sample.alpha > 127, 255, 0).astype(np.uint8), 50, 150).astype(bool).sum()
    assert 0.6 < (labelled - seen) / length < 2


def test_a_translucent_shape_is_labelled_as_opaque() -> None:
    params = replace(bare("randocc"), opacity=0.5)
    through, solid = released(params), released(bare("randocc"))
    assert np.array_equal(through.mask, solid.mask) and np.array_equal(through.alpha, solid.alpha)
    inside = cv2.erode(solid.alpha, np.ones((15, 15), np.uint8)) > 250
    mean = (through.clean[inside].astype(float) + solid.image[inside]) / 2
    assert np.abs(through.image[inside] - mean).max() <= 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sample", range(3))
def test_the_view_is_ours_and_nothing_differs_beyond_its_reach(kind: str, sample: int) -> None:
    params = placed(kind, sample)
    theirs = released(params)
    assert np.array_equal(theirs.clean, make(face(512), params).clean)
    size = 2 * theirs.reach_px + 1
    near = cv2.dilate((theirs.alpha > 0).astype(np.uint8), np.ones((size, size), np.uint8)) > 0
    assert np.array_equal(theirs.image[~near], theirs.clean[~near])
    assert (theirs.image != theirs.clean).any()


def test_the_same_bytes_twice_and_inputs_are_not_written_to() -> None:
    on, params = face(512), placed("hand", 1)
    before = on.image.copy()
    assert np.array_equal(released(params).image, released(params).image)
    assert np.array_equal(on.image, before)


def test_colours_are_transferred_where_the_parameters_say_so() -> None:
    params = bare("hand")
    plain = released(params)
    moved = released(replace(params, transfer=Transfer(strength=1.0, seed=3)))
    assert np.array_equal(plain.mask, moved.mask)
    inside = cv2.erode(plain.alpha, np.ones((9, 9), np.uint8)) > 250
    assert np.abs(plain.image[inside].astype(int) - moved.image[inside]).mean() > 2


def test_a_picture_of_other_sides_and_a_parsing_map() -> None:
    on = tall_face()
    params = replace(draw(on, "object", "best", 2), final_flip=True)
    sample = render_released(on, occluder("object"), params)
    assert sample.parsing is not None and sample.image.shape == on.image.shape
    assert np.array_equal(sample.parsing == 19, sample.alpha > 127)
    assert not (sample.mask[sample.alpha > 127]).any()


def test_no_occluder_and_one_beside_the_picture_leave_the_face() -> None:
    assert np.array_equal(render_released(face(), None, Params(kind="none")).image, face().image)
    away = Placement(centre=(-900.0, 40.0), scale=(0.2, 0.2), angle=0.0, shear=(0.0, 0.0), facing=0.0)
    missed = render_released(face(), occluder("hand"), Params(kind="hand", placement=away))
    assert np.array_equal(missed.image, face().image) and missed.hidden_ratio == 0


def test_a_missing_occluder() -> None:
    with pytest.raises(ValueError, match="expected an occluder for kind 'hand', got none"):
        render_released(face(), None, bare("hand"))


def test_a_texture_without_a_shape() -> None:
    params = replace(bare("randocc"), shape=None)
    assert asdict(params)["shape"] is None
    with pytest.raises(ValueError, match="expected a cut-out with a matte, got a texture"):
        released(params)
