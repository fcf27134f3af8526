from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import ot
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import cbook

from natocc.geometry import Image
from natocc.transfer import Transfer, sliced_transport, transfer_colours
from tests.natocc.inputs import face

EVERYWHERE = np.full((200, 200), 255, np.uint8)


def face_pixels() -> tuple[Image, Image]:
    return face().image, face().mask * np.uint8(255)


def sources() -> dict[str, tuple[Image, Image]]:
    """What a hand may look like: other photographs, each with a round mask."""
    with cbook.get_sample_data("grace_hopper.jpg") as stream:
        hopper = cv2.cvtColor(
            cv2.imdecode(np.frombuffer(stream.read(), np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB
        )
    round_mask = cv2.circle(np.zeros((200, 200), np.uint8), (100, 100), 90, 255, -1)
    pictures = {
        "coffee": skimage.data.coffee()[100:300, 200:400],
        "chelsea": skimage.data.chelsea()[60:260, 100:300],
        "uniform": hopper[400:600, 150:350],
        "brick": cv2.cvtColor(skimage.data.brick()[:200, :200], cv2.COLOR_GRAY2RGB),
    }
    return {name: (np.ascontiguousarray(one), round_mask.astype(np.uint8)) for name, one in pictures.items()}


def distance(one: Image, one_mask: Image, other: Image, other_mask: Image) -> float:
    """Sliced Wasserstein distance between mask pixels, in grey levels, by an independent solver."""
    first, second = one[one_mask > 127][::3].astype(float), other[other_mask > 127][::3].astype(float)
    return float(ot.sliced_wasserstein_distance(first, second, n_projections=40, seed=1))


def moved(name: str, strength: float = 1.0, seed: int = 7) -> Image:
    image, mask = sources()[name]
    return transfer_colours(image, mask, *face_pixels(), Transfer(strength=strength, seed=seed))


@pytest.mark.parametrize(
    ("name", "share"),
    # A grey or nearly black picture has too few colours of its own to become all of a face's.
    [("chelsea", 0.04), ("coffee", 0.06), ("uniform", 0.12), ("brick", 0.32)],
)
def test_colours_come_close_to_the_faces(name: str, share: float) -> None:
    image, mask = sources()[name]
    before = distance(image, mask, *face_pixels())
    after = distance(moved(name), mask, *face_pixels())
    assert before > 25, "the test starts from colours far from the face's"
    assert after < share * before


@pytest.mark.parametrize("name", ["chelsea", "coffee"])
def test_it_is_better_than_the_best_linear_map(name: str) -> None:
    image, mask = sources()[name]
    target, target_mask = face_pixels()
    linear = ot.da.LinearTransport(reg=1e-6).fit(
        Xs=image[mask > 127] / 255.0, Xt=target[target_mask > 127] / 255.0
    )
    mapped = linear.transform(Xs=image.reshape(-1, 3) / 255.0).reshape(image.shape)
    mapped = np.clip(np.rint(mapped * 255), 0, 255).astype(np.uint8)
    assert distance(moved(name), mask, *face_pixels()) < distance(mapped, mask, *face_pixels())


def test_strength_leads_evenly_from_the_hand_to_the_face() -> None:
    image, mask = sources()["chelsea"]
    assert cv2.absdiff(moved("chelsea", 0.0), image).max() <= 1
    steps = [
        distance(moved("chelsea", strength), mask, *face_pixels()) for strength in (0, 0.25, 0.5, 0.75, 1)
    ]
    assert all(later < earlier - 3 for earlier, later in pairwise(steps))


def test_colours_that_agree_already_stay_put() -> None:
    image, mask = face_pixels()
    same = transfer_colours(image, mask, image, mask, Transfer(strength=1, seed=3))
    apart = cv2.absdiff(same, image)[mask > 0]
    assert apart.mean() < 1 and np.percentile(apart, 99) <= 2 + 1


def test_no_flat_highlights_appear() -> None:
    # The released code turned 14 to 23 in 100 pixels into one colour.
    def largest_share(image: Image, mask: Image) -> float:
        _, counts = np.unique(image[mask > 127], axis=0, return_counts=True)
        return float(counts.max() / counts.sum())

    for name, (image, mask) in sources().items():
        assert largest_share(moved(name), mask) < 1.1 * largest_share(image, mask) + 0.002, name


def test_what_lies_outside_the_masks_has_no_part_in_it() -> None:
    image, mask = sources()["coffee"]
    target, target_mask = face_pixels()
    params = Transfer(strength=1, seed=5)
    blackened = np.where(mask[..., None] > 127, image, 0).astype(np.uint8)
    face_alone = np.where(target_mask[..., None] > 127, target, 0).astype(np.uint8)
    expected = transfer_colours(image, mask, target, target_mask, params)
    got = transfer_colours(blackened, mask, face_alone, target_mask, params)
    assert np.array_equal(expected[mask > 127], got[mask > 127]), "to the last pixel of the edge"


@pytest.mark.parametrize("empty", ["occluder", "face"])
def test_an_empty_mask_is_an_error_never_an_untouched_hand(empty: str) -> None:
    image, mask = sources()["coffee"]
    target, target_mask = face_pixels()
    masks = (mask * 0, target_mask) if empty == "occluder" else (mask, target_mask * 0)
    with pytest.raises(
        ValueError, match="colour transfer: expected a mask with pixels above 127, got an empty"
    ):
        transfer_colours(image, masks[0], target, masks[1], Transfer(strength=1, seed=5))


def test_the_seed_decides_and_other_seeds_look_alike() -> None:
    assert np.array_equal(moved("brick"), moved("brick"))
    other = moved("brick", seed=8)
    assert not np.array_equal(moved("brick"), other)
    mask = sources()["brick"][1]
    assert cv2.absdiff(moved("brick"), other)[mask > 127].mean() < 6


def test_its_size_in_pixels_does_not_change_its_colours() -> None:
    image, mask = sources()["chelsea"]
    large = cv2.resize(image, (600, 600), interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    large_mask = cv2.resize(mask, (600, 600), interpolation=cv2.INTER_NEAREST).astype(np.uint8)
    result = transfer_colours(large, large_mask, *face_pixels(), Transfer(strength=1, seed=7))
    small = cv2.resize(result, (200, 200), interpolation=cv2.INTER_AREA)
    assert cv2.absdiff(small, moved("chelsea"))[mask > 127].mean() < 4


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_hand_of_one_colour_takes_a_colour_of_the_face(level: int) -> None:
    flat = np.full((200, 200, 3), level, np.uint8)
    result = transfer_colours(flat, EVERYWHERE, *face_pixels(), Transfer(strength=1, seed=7))
    skin = face().image[face().mask > 0].mean(0)
    assert np.abs(result.mean((0, 1)) - skin).max() < 6


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.integers(2, 400))
def test_one_basis_of_directions_moves_the_mean_all_the_way(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    source, target = rng.uniform(0, 255, (2, count, 3)).astype(np.float32)
    result = sliced_transport(source, target, np.eye(3, dtype=np.float32)[None])
    assert np.allclose(np.sort(result, axis=0), np.sort(target, axis=0), atol=0.01)
    assert np.array_equal(np.argsort(result, axis=0), np.argsort(source, axis=0)), "in order along each axis"


def test_one_dimensional_transport_costs_what_the_exact_solver_says() -> None:
    rng = np.random.default_rng(1)
    source, target = rng.uniform(0, 255, (2, 300, 3)).astype(np.float32)
    result = sliced_transport(source, target, np.eye(3, dtype=np.float32)[None])
    for axis in range(3):
        ours = float(((result - source)[:, axis] ** 2).mean())
        exact = ot.emd2_1d(source[:, axis].astype(float), target[:, axis].astype(float))
        assert ours == pytest.approx(float(exact), rel=1e-3)
