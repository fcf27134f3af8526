from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assets.datasets.dtd.reader import read_textures
from assets.datasets.hands.reader import read_hands
from natocc.codecs import decode_plane, decode_rgb
from natocc.geometry import Image
from tasks.prepare.entry import Prepared
from tasks.prepare.occluders.hands_textures import prepare_hand, prepare_texture
from tests.natocc.hands import moved, on_white, photograph, shape
from tests.raw_trees import (
    add_hand,
    add_hand_info,
    add_sidecar,
    add_texture,
    disc,
    encoded,
    portrait,
    write,
)


def silent(problem: object) -> None:
    """Readers have tests of their own."""


def messages(prepared: Prepared) -> list[str]:
    return [f"{problem.action} {problem}" for problem in prepared.problems]


def a_hand(raw: Path, rot_deg: float = 0, **given: Image | bytes) -> Prepared:
    add_hand(raw, 2, **given)
    add_hand_info(raw, [{"imageName": "Hand_0000002.jpg", "aspectOfHand": "palmar left"}])
    add_sidecar(raw / "11k-hands", {"file": "Hands/Hand_0000002.jpg", "rot_deg": rot_deg})
    return prepare_hand(next(iter(read_hands(raw, silent))), raw)


@pytest.mark.parametrize(("rot_deg", "down"), [(0, False), (180, True)])
def test_a_hand_is_stored_turned_by_what_the_side_car_says(
    tmp_path: Path, rot_deg: float, down: bool
) -> None:
    done = a_hand(tmp_path, rot_deg)
    assert done.problems == () and done.entry is not None and done.entry.category == "palmar left"
    alpha = decode_plane(done.members["alpha.png"]) > 127
    upper, lower = alpha[: len(alpha) // 3].sum(), alpha[-len(alpha) // 3 :].sum()
    assert (lower > upper) == down, "the knob, where the fingers are, is upmost in the photograph"
    assert json.loads(done.members["json"]) == {
        "aspect": "palmar left",
        "skin": "",
        "subject": "",
        "accessories": None,
        "irregularities": None,
        "mask": "given",
        "rot_deg": rot_deg,
        "rot_from": "side-car",
    }


def test_a_hand_brings_none_of_its_white_ground_along(tmp_path: Path) -> None:
    done = a_hand(tmp_path)
    rgb = decode_rgb(done.members["jpg"])[decode_plane(done.members["alpha.png"]) > 0]
    assert rgb.max() < 235


def without_mask(raw: Path, picture: Image) -> Prepared:
    write(raw / "11k-hands/Hands/Hand_0000002.jpg", encoded(picture))
    return prepare_hand(next(iter(read_hands(raw, silent))), raw)


def test_a_hand_without_mask_and_angle_is_found_and_hung_by_its_wrist(tmp_path: Path) -> None:
    mask = np.ascontiguousarray(moved(shape("hood_left"), 0, 200)[::-1])
    done = without_mask(tmp_path, photograph(np.rot90(mask).copy()))
    assert done.problems == () and done.entry is not None
    metadata = json.loads(done.members["json"])
    assert (metadata["mask"], metadata["rot_from"]) == ("segmented", "wrist") and metadata["contrast"] > 10
    # It enters by the left: a quarter turn clockwise brings the wrist to the top.
    assert abs(metadata["rot_deg"] + 90) <= 45
    alpha = decode_plane(done.members["alpha.png"])
    assert alpha.shape == (done.entry.height, done.entry.width)
    assert (alpha > 127).sum() / (mask > 0).sum() == pytest.approx(1, abs=0.05)


def test_a_wrist_cut_off_by_the_border_ends_as_softly_as_the_rest(tmp_path: Path) -> None:
    mask = np.zeros((600, 600), np.uint8)
    mask[0:400, 250:350] = 255
    write(tmp_path / "11k-hands_masks/Hand_0000002.png", encoded(mask, "PNG"))
    alpha = decode_plane(without_mask(tmp_path, on_white(mask)).members["alpha.png"]).astype(int)
    middle = alpha[:, alpha.shape[1] // 2]
    assert middle[0] == 0 and middle[8] == 255
    assert np.diff(middle[:8]).max() < 200, "no step from nothing to all"


def test_a_picture_without_a_hand_is_refused_with_reason_and_advice(tmp_path: Path) -> None:
    plain = np.full((300, 400, 3), 230, np.uint8)
    plain[:8, :8] = 226
    done = without_mask(tmp_path, plain)
    assert done.entry is None and messages(done) == [
        "refused 11k-hands/Hands/Hand_0000002.jpg: expected a hand, or a mask 11k-hands_masks/Hand_0000002.png, "
        "got nothing that stands out from the background"
    ]


PLANE = disc(150, 200)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"mask": PLANE * 0}, "refused 11k-hands_masks/Hand_0000002.png: expected a mask with pixels, got an empty mask"),
        ({"mask": PLANE[:100]}, "refused 11k-hands_masks/Hand_0000002.png: expected its photograph's size 200x150, got 200x100"),
        ({"mask": PLANE | 255}, "refused 11k-hands_masks/Hand_0000002.png: expected a mask of the hand alone, got a mask that is white all over"),
        ({"mask": 255 - PLANE}, "refused 11k-hands_masks/Hand_0000002.png: expected white on the hand and black around it, got white in 4 corners and on 100% of the border: it looks inverted; invert the file"),
        ({"mask": encoded(np.dstack([PLANE | 255] * 3 + [PLANE]), "PNG")}, "converted 11k-hands_masks/Hand_0000002.png: expected an 8-bit mask of 0 and 255, got mask in the alpha channel"),
        ({"mask": b"text"}, "refused 11k-hands_masks/Hand_0000002.png: expected a mask, got 4 bytes that are no JPEG, PNG, WEBP, BMP image"),
        ({"image": b""}, "refused 11k-hands/Hands/Hand_0000002.jpg: expected a photograph, got an empty file"),
        ({"mask": encoded(PLANE // 255, "PNG")}, "converted 11k-hands_masks/Hand_0000002.png: expected an 8-bit mask of 0 and 255, got values 0 and 1"),
        ({"image": encoded(portrait(150, 200)[..., 0])}, "converted 11k-hands/Hands/Hand_0000002.jpg: expected an upright 8-bit colour JPEG, got greyscale"),
    ],
)  # fmt: skip
def test_faults_of_hands_are_named(tmp_path: Path, given: dict[str, Image | bytes], problem: str) -> None:
    done = a_hand(tmp_path, **given)
    assert messages(done) == [problem]
    assert (done.entry is None) == problem.startswith("refused")


def a_texture(raw: Path, image: Image | bytes) -> Prepared:
    add_texture(raw, "pitted", "pitted_0001.jpg", image)
    return prepare_texture(next(iter(read_textures(raw, silent))), raw)


def test_a_texture_keeps_its_bytes_unless_it_is_too_large(tmp_path: Path) -> None:
    data = encoded(portrait(90, 120))
    done = a_texture(tmp_path, data)
    assert done.members == {"jpg": data} and done.entry is not None and done.entry.category == "pitted"
    large = a_texture(tmp_path, portrait(500, 2000))
    assert decode_rgb(large.members["jpg"]).shape == (256, 1024, 3)


def test_faults_of_textures_are_named(tmp_path: Path) -> None:
    where = "dtd/images/pitted/pitted_0001.jpg"
    assert messages(a_texture(tmp_path, b"")) == [
        f"refused {where}: expected a photograph, got an empty file"
    ]
    assert messages(a_texture(tmp_path, encoded(portrait()[..., 1]))) == [
        f"converted {where}: expected an upright 8-bit colour JPEG, got greyscale"
    ]
