from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from natocc.geometry import Image
from natocc.masks.policy import (
    CLASS_IDS,
    FACE_PARTS,
    FACEOCC,
    NOT_FACE,
    PARTS,
    POLICIES,
    VOO,
    Policy,
    face_mask,
    parsing_map,
    policy_named,
)

DOCS = Path(__file__).parents[3] / "docs/label-policies.md"

OFFICIAL = [
    "skin",
    "nose",
    "eye_g",
    "l_eye",
    "r_eye",
    "l_brow",
    "r_brow",
    "l_ear",
    "r_ear",
    "mouth",
    "u_lip",
    "l_lip",
    "hair",
    "hat",
    "ear_r",
    "neck_l",
    "neck",
    "cloth",
]


def band(top: int, bottom: int) -> Image:
    plane = np.zeros((10, 4), np.uint8)
    plane[top:bottom] = 255
    return plane


def test_class_ids_are_those_of_the_official_order() -> None:
    assert list(PARTS) == OFFICIAL
    assert [CLASS_IDS[name] for name in OFFICIAL] == list(range(1, 19))
    assert sorted(FACE_PARTS + NOT_FACE) == sorted(OFFICIAL)


def test_sunglasses_are_cut_though_eyes_and_brows_are_painted_over_them() -> None:
    parts = {"skin": band(0, 10), "eye_g": band(2, 6), "l_eye": band(3, 5), "r_brow": band(2, 3)}
    composed = parsing_map(parts)
    assert (composed == CLASS_IDS["eye_g"]).sum() == 4, "the composed map keeps a rim of the glasses"
    face = face_mask(parts)
    assert not face[2:6].any()
    assert face[:2].all() and face[6:].all()


@pytest.mark.parametrize("name", NOT_FACE)
def test_parts_outside_the_face_are_cut_from_the_skin(name: str) -> None:
    face = face_mask({"skin": band(0, 10), name: band(4, 7)})
    assert face.dtype == np.uint8
    assert np.array_equal(face, band(0, 4) | band(7, 10))


@pytest.mark.parametrize("name", [name for name in FACE_PARTS if name != "skin"])
def test_what_is_face_counts_where_the_skin_was_left_out(name: str) -> None:
    assert np.array_equal(face_mask({"skin": band(0, 4), name: band(4, 7)}), band(0, 7))


def test_later_parts_are_painted_over_earlier_ones() -> None:
    parts = {name: band(0, 10) for name in reversed(PARTS)}
    assert (parsing_map(parts) == CLASS_IDS["cloth"]).all()
    del parts["cloth"], parts["neck"]
    assert (parsing_map(parts) == CLASS_IDS["neck_l"]).all()


def test_absent_parts_are_empty_and_0_1_masks_do() -> None:
    assert np.array_equal(face_mask({"skin": band(1, 3) // 255}), band(1, 3))
    assert set(np.unique(parsing_map({"nose": band(1, 3)}))) == {0, CLASS_IDS["nose"]}


def test_no_part_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="expected at least one, got none"):
        face_mask({})


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_every_part_is_face_or_not_under_each_policy(policy: Policy) -> None:
    assert sorted(policy.face + policy.not_face) == sorted(OFFICIAL)
    for name in policy.not_face:
        assert np.array_equal(
            face_mask({"skin": band(0, 10), name: band(4, 7)}, policy)[:, 0], [255] * 4 + [0] * 3 + [255] * 3
        )
    for name in policy.face:
        assert np.array_equal(face_mask({name: band(4, 7)}, policy), band(4, 7))


def test_lenses_are_face_under_faceocc_alone_and_hair_over_them_is_not() -> None:
    parts = {"skin": band(1, 9), "eye_g": band(2, 6), "hair": band(0, 3)}
    assert np.array_equal(face_mask(parts), band(6, 9))
    assert np.array_equal(face_mask(parts, VOO), band(6, 9))
    assert np.array_equal(face_mask(parts, FACEOCC), band(3, 9))


def test_an_unknown_policy_is_an_error_that_names_them() -> None:
    assert policy_named("faceocc") is FACEOCC
    with pytest.raises(ValueError, match="policy: expected voo or faceocc, got 'FaceOcc'"):
        policy_named("FaceOcc")


def test_the_tables_of_the_docs_are_the_codes() -> None:
    lines = DOCS.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    named = [POLICIES[name] for name in ("voo", "faceocc")]

    def said(part: str) -> list[str]:
        return ["face" if part in policy.face else "background" for policy in named]

    parts = [["part", "class", *POLICIES]]
    parts += [[f"`{name}`", str(CLASS_IDS[name]), *said(name)] for name in PARTS]
    assert list(VOO.grey) == list(FACEOCC.grey)
    grey = [["case", *POLICIES]] + [[case, *(policy.grey[case] for policy in named)] for case in VOO.grey]
    assert rows == parts + grey
