"""Image, labels and alpha move together: chessboards, shifts and mirrors."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from natocc.face import Face
from natocc.geometry import Image, mask_box
from natocc.occluders.occluder import Occluder, make_occluder
from natocc.placement.affine import Placement
from natocc.profiles import PROFILES
from natocc.render.compose import Composite, render
from natocc.render.params import Affine, Params
from tests.natocc.scenes import (
    BARE,
    LOOKS,
    PLAIN,
    UNFINISHED,
    affines,
    drawn,
    faces,
    occluders,
    picture,
    placements,
    plane,
)

PLANES = ("image", "clean", "mask", "clean_mask", "alpha", "parsing")
SMOOTH = ("flat", "gradient")


def chessboard(size: tuple[int, int], cell: int) -> Face:
    board = ((np.indices(size) // cell).sum(0) % 2).astype(np.uint8)
    return Face(image=np.dstack([board * 255] * 3), mask=board, parsing=board, box=mask_box(board))


@settings(max_examples=100)
@given(st.data(), affines(), st.integers(4, 9), st.integers(4, 9), st.integers(9, 20))
def test_a_chessboard_labels_itself_under_any_affine_change(
    data: st.DataObject, affine: Affine, rows: int, columns: int, cell: int
) -> None:
    """White squares are face, black ones are not, the occluder is red: the picture says its own label."""
    on = chessboard((rows * cell, columns * cell), cell)
    red = np.full((70, 50, 3), (255, 0, 0), np.uint8)
    thing = make_occluder(red, np.full((70, 50), 255, np.uint8))
    same = BARE | UNFINISHED | {"harmonise": False, "final_affine": affine}
    params = data.draw(drawn(on, thing, "object", PLAIN["paper"], **same))
    got = render(on, thing, replace(params, final_flip=data.draw(st.booleans())))
    edge = cv2.morphologyEx(got.clean_mask, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8)) > 0
    assert np.array_equal(got.clean[..., 0][~edge] > 127, got.clean_mask[~edge] > 0)
    assert got.parsing is not None
    shown = ~edge & (got.alpha < 127)
    assert np.array_equal(got.parsing[shown], got.clean_mask[shown])
    is_red = (got.image[..., 0] > 127) & (got.image[..., 1] < 128)
    between = (got.clean[..., 0] > 0) & (got.clean[..., 0] < 255)
    unsure = edge | between | (np.abs(got.alpha - 127.5) < 3)
    assert np.array_equal(is_red[~unsure], got.alpha[~unsure] >= 128)


def shifted(plane: Image, down: int, right: int) -> Image:
    return np.roll(plane, (down, right), (0, 1))


@settings(max_examples=80)
@given(
    st.data(),
    st.sampled_from(("object", "hand", "randocc")),
    st.sampled_from(sorted(PROFILES)),
    st.integers(-25, 25),
    st.integers(-25, 25),
)
def test_face_and_occluder_shifted_together_give_the_shifted_sample(
    data: st.DataObject, kind: str, profile: str, down: int, right: int
) -> None:
    size = 180, 200
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    mask = np.zeros(size, np.uint8)
    mask[50:130, 60:140] = plane("blobs", (80, 80), rng)
    image = picture(data.draw(st.sampled_from(LOOKS)), size, rng)
    on = Face(image=image, mask=mask, parsing=mask * np.uint8(7), box=mask_box(mask))
    moved = Face(
        image=shifted(image, down, right),
        mask=shifted(mask, down, right),
        parsing=shifted(mask * np.uint8(7), down, right),
        box=mask_box(shifted(mask, down, right)),
    )
    thing = data.draw(occluders(kind))
    assert thing is not None
    # Harmonisation looks at the whole picture; the other steps at the occluder and the face alone.
    params = data.draw(drawn(on, thing, kind, PLAIN[profile], harmonise=False, **UNFINISHED))
    at = data.draw(placements(size))
    # A curve may span 512 pixels, a cut-out of the strategy 180.
    most = 60 / (512 if kind == "randocc" else 180)
    shrink = min(1.0, most / max(at.scale))
    centre = data.draw(st.floats(85, 115)), data.draw(st.floats(75, 105))
    at = replace(at, centre=centre, scale=(at.scale[0] * shrink, at.scale[1] * shrink))
    plain = render(on, thing, replace(params, placement=at))
    there = replace(at, centre=(centre[0] + right, centre[1] + down))
    other = render(moved, thing, replace(params, placement=there))
    for name in PLANES:
        assert np.array_equal(getattr(other, name), shifted(getattr(plain, name), down, right)), name
    assert (other.hidden_ratio, other.reach_px) == (plain.hidden_ratio, plain.reach_px)


def mirrored_occluder(thing: Occluder) -> Occluder:
    assert thing.alpha is not None
    return make_occluder(*(np.ascontiguousarray(one[0][:, ::-1]) for one in (thing.rgb, thing.alpha)))


def mirrored_placement(at: Placement, width: int) -> Placement:
    return replace(
        at,
        centre=(width - 1 - at.centre[0], at.centre[1]),
        angle=-at.angle,
        facing=-at.facing,
        shear=(-at.shear[0], -at.shear[1]),
    )


def mirrored_face(face: Face) -> Face:
    image, mask = (np.ascontiguousarray(one[:, ::-1]) for one in (face.image, face.mask))
    return Face(image=image, mask=mask, parsing=None, box=mask_box(mask))


@st.composite
def mirrored_scenes(draw: st.DrawFn, *, upright: bool) -> tuple[Face, Occluder, Params]:
    """A face and a cut-out; ``upright``: on whole pixels, so that no interpolation is asked for."""
    kind: str = draw(st.sampled_from(("object", "hand")))
    face = draw(faces())
    thing = draw(occluders(kind, LOOKS if upright else SMOOTH))
    assert thing is not None
    same = BARE | UNFINISHED | {"transfer": None, "harmonise": False}
    params = draw(drawn(face, thing, kind, PLAIN[draw(st.sampled_from(sorted(PROFILES)))], **same))
    assert params.placement is not None
    if upright:
        # A whole number of pixels from the corner: half ones where the cut-out's side is even.
        corner = draw(st.integers(-40, 120)), draw(st.integers(-40, 120))
        centre = tuple(at + (side - 1) / 2 for at, side in zip(corner, thing.size[::-1], strict=True))
        plain = Placement(centre=centre, scale=(1.0, 1.0), angle=0.0, shear=(0.0, 0.0), facing=0.0)
        params = replace(params, placement=plain)
    return face, thing, params


def both_ways(scene: tuple[Face, Occluder, Params]) -> tuple[Composite, Composite]:
    """The sample mirrored afterwards, and the sample of everything mirrored before."""
    face, thing, params = scene
    assert params.placement is not None
    before = replace(params, placement=mirrored_placement(params.placement, face.size[1]))
    after = replace(params, final_flip=True)
    bare = replace(face, parsing=None)
    return render(bare, thing, after), render(mirrored_face(face), mirrored_occluder(thing), before)


@settings(max_examples=100)
@given(mirrored_scenes(upright=True))
def test_mirrored_inputs_give_the_mirrored_sample_to_the_bit(scene: tuple[Face, Occluder, Params]) -> None:
    after, before = both_ways(scene)
    for name in ("image", "clean", "mask", "clean_mask", "alpha"):
        assert np.array_equal(getattr(before, name), getattr(after, name)), name


@settings(max_examples=100)
@given(mirrored_scenes(upright=False))
def test_mirrored_inputs_give_the_mirrored_sample_in_any_place(scene: tuple[Face, Occluder, Params]) -> None:
    after, before = both_ways(scene)
    assert np.array_equal(before.clean_mask, after.clean_mask)
    # OpenCV interpolates at 32nds of a pixel, and rounds them to one side.
    apart = cv2.absdiff(before.alpha, after.alpha)
    assert apart.max() <= 255 / 32 + 1
    doubtful = np.abs(after.alpha - 127.5 * scene[2].opacity) <= apart
    assert np.array_equal(before.mask[~doubtful], after.mask[~doubtful])
    assert cv2.absdiff(before.image, after.image).max() <= 255 / 16 + 1
