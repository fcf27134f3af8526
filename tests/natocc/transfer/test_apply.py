from __future__ import annotations

from itertools import pairwise
from typing import get_args

import cv2
import numpy as np
import ot
import pytest
import skimage.data
from matplotlib import cbook
from pydantic import TypeAdapter

from natocc.geometry import Image
from natocc.transfer.apply import Method, Transfer, draw_transfer, transfer_colours
from tests.natocc.inputs import face

METHODS: tuple[Method, ...] = get_args(Method)
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


def full(method: Method = "table", strength: float = 1.0, seed: int = 7, guard: bool = False) -> Transfer:
    return Transfer(strength=strength, seed=seed, method=method, guard=guard)


def moved(name: str, params: Transfer) -> Image:
    image, mask = sources()[name]
    return transfer_colours(image, mask, *face_pixels(), params)


@pytest.mark.parametrize(
    ("name", "share"),
    # A grey or nearly black picture has too few colours of its own to become all of a face's.
    [("chelsea", 0.04), ("coffee", 0.06), ("uniform", 0.12), ("brick", 0.32)],
)
def test_colours_come_close_to_the_faces(name: str, share: float) -> None:
    image, mask = sources()[name]
    before = distance(image, mask, *face_pixels())
    after = distance(moved(name, full()), mask, *face_pixels())
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
    assert distance(moved(name, full()), mask, *face_pixels()) < distance(mapped, mask, *face_pixels())


@pytest.mark.parametrize("guard", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_no_strength_leaves_the_hand_as_it_is(method: Method, guard: bool) -> None:
    image, _ = sources()["chelsea"]
    assert cv2.absdiff(moved("chelsea", full(method, strength=0, guard=guard)), image).max() <= 1


@pytest.mark.parametrize(("method", "share"), [("partial", 0.3), ("linear", 0.15), ("sot", 1.0)])
def test_the_other_methods_come_closer_too(method: Method, share: float) -> None:
    image, mask = sources()["chelsea"]
    before = distance(image, mask, *face_pixels())
    assert distance(moved("chelsea", full(method)), mask, *face_pixels()) < share * before


def test_strength_leads_evenly_from_the_hand_to_the_face() -> None:
    _, mask = sources()["chelsea"]
    results = [moved("chelsea", full(strength=strength)) for strength in (0, 0.25, 0.5, 0.75, 1)]
    steps = [distance(result, mask, *face_pixels()) for result in results]
    assert all(later < earlier - 3 for earlier, later in pairwise(steps))


@pytest.mark.parametrize("method", ["table", "linear"])
def test_colours_that_agree_already_stay_put(method: Method) -> None:
    image, mask = face_pixels()
    same = transfer_colours(image, mask, image, mask, full(method, seed=3))
    apart = cv2.absdiff(same, image)[mask > 0]
    assert apart.mean() < 1 and np.percentile(apart, 99) <= 2 + 1


@pytest.mark.parametrize(
    ("method", "more"), [("table", 0.002), ("partial", 0.002), ("linear", 0.01), ("sot", 0.01)]
)
def test_no_flat_highlights_appear(method: Method, more: float) -> None:
    # The released code turned 14 to 23 in 100 pixels into one colour.
    def largest_share(image: Image, mask: Image) -> float:
        _, counts = np.unique(image[mask > 127], axis=0, return_counts=True)
        return float(counts.max() / counts.sum())

    for name, (image, mask) in sources().items():
        assert largest_share(moved(name, full(method)), mask) < 1.1 * largest_share(image, mask) + more, name


@pytest.mark.parametrize("guard", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_what_lies_outside_the_masks_has_no_part_in_it(method: Method, guard: bool) -> None:
    # The released code let background bleed 10 pixels into the hand.
    image, mask = sources()["coffee"]
    target, target_mask = face_pixels()
    params = full(method, seed=5, guard=guard)
    blackened = np.where(mask[..., None] > 127, image, 0).astype(np.uint8)
    face_alone = np.where(target_mask[..., None] > 127, target, 0).astype(np.uint8)
    expected = transfer_colours(image, mask, target, target_mask, params)
    got = transfer_colours(blackened, mask, face_alone, target_mask, params)
    assert np.array_equal(expected[mask > 127], got[mask > 127]), "to the last pixel of the edge"


@pytest.mark.parametrize("empty", ["occluder", "face"])
@pytest.mark.parametrize("method", METHODS)
def test_an_empty_mask_is_an_error_never_an_untouched_hand(empty: str, method: Method) -> None:
    image, mask = sources()["coffee"]
    target, target_mask = face_pixels()
    masks = (mask * 0, target_mask) if empty == "occluder" else (mask, target_mask * 0)
    with pytest.raises(
        ValueError, match="colour transfer: expected a mask with pixels above 127, got an empty"
    ):
        transfer_colours(image, masks[0], target, masks[1], full(method, seed=5))


@pytest.mark.parametrize("method", METHODS)
def test_the_same_parameters_give_the_same_bytes(method: Method) -> None:
    assert np.array_equal(moved("chelsea", full(method)), moved("chelsea", full(method)))


def test_the_seed_decides_and_other_seeds_look_alike() -> None:
    other = moved("brick", full(seed=8))
    assert not np.array_equal(moved("brick", full()), other)
    mask = sources()["brick"][1]
    assert cv2.absdiff(moved("brick", full()), other)[mask > 127].mean() < 6


def test_its_size_in_pixels_does_not_change_its_colours() -> None:
    image, mask = sources()["chelsea"]
    large = cv2.resize(image, (600, 600), interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    large_mask = cv2.resize(mask, (600, 600), interpolation=cv2.INTER_NEAREST).astype(np.uint8)
    result = transfer_colours(large, large_mask, *face_pixels(), full())
    small = cv2.resize(result, (200, 200), interpolation=cv2.INTER_AREA)
    assert cv2.absdiff(small, moved("chelsea", full()))[mask > 127].mean() < 4


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_hand_of_one_colour_takes_a_colour_of_the_face(level: int) -> None:
    flat = np.full((200, 200, 3), level, np.uint8)
    result = transfer_colours(flat, EVERYWHERE, *face_pixels(), full())
    skin = face().image[face().mask > 0].mean(0)
    assert np.abs(result.mean((0, 1)) - skin).max() < 6


def test_bright_pixels_keep_their_many_colours() -> None:
    image, mask = sources()["chelsea"]
    result = moved("chelsea", full())
    luma = image.mean(2)
    bright = (mask > 127) & (luma > np.percentile(luma[mask > 127], 90))
    before, after = (len(np.unique(one[bright], axis=0)) for one in (image, result))
    assert after > 0.7 * before


def test_a_small_layer_of_few_pixels_is_moved_too() -> None:
    image, _ = sources()["chelsea"]
    small = cv2.resize(image, (23, 17), interpolation=cv2.INTER_AREA).astype(np.uint8)
    few = np.zeros((17, 23), np.uint8)
    few[5:9, 7:12] = 255
    result = transfer_colours(small, few, *face_pixels(), full())
    assert distance(result, few, *face_pixels()) < 0.5 * distance(small, few, *face_pixels())


def test_a_recorded_transfer_of_an_earlier_version_still_parses() -> None:
    adapter = TypeAdapter(Transfer)
    parsed = adapter.validate_python({"strength": 0.5, "seed": 3})
    assert parsed == Transfer(strength=0.5, seed=3, method="table", guard=True)
    assert adapter.validate_json(adapter.dump_json(full("sot"))) == full("sot")


def test_the_method_and_the_guard_move_no_later_draw() -> None:
    after = set()
    for method in METHODS:
        for guard in (False, True):
            rng = np.random.default_rng(4)
            seed = draw_transfer(rng, 0.8, method, guard).seed
            after.add((seed, float(rng.random())))
    assert len(after) == 1
