from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from assets.reading.masks.match import match_masks, without_mask_word


@pytest.mark.parametrize(
    "mask",
    [
        *(
            "Hand_0000003.png",
            "Hand_0000003.PNG",
            "Hand_0000003.jpg",
            "Hand_0000003.bmp",
            "Hand_0000003.webp",
        ),
        *("hand_0000003.png", "Hand_3.png", "Hand-0000003.png", "Hand 3.jpeg", "Hand_0000003.jpg.png"),
        *("Hand_0000003_mask.png", "Hand_0000003-Mask.png", "Hand_0000003.mask.png", "Hand_0000003_seg.png"),
        *("mask_Hand_0000003.png", "Hand_0000003 (mask).png", "Hand_0000003_segmentation.jpg"),
    ],
)
def test_what_names_one_photograph_is_its_mask(mask: str) -> None:
    matches = match_masks(["Hand_0000003", "Hand_0000030", "Hand_0000013"], [Path(mask)])
    assert matches.candidates == {"Hand_0000003": (Path(mask),)}
    assert matches.unknown == matches.ambiguous == ()


@pytest.mark.parametrize("mask", ["Hand_0000004.png", "3.png", "Hand_0000003 (1).png", "Hand_0000003b.png"])
def test_what_names_none_is_unknown(mask: str) -> None:
    matches = match_masks(["Hand_0000003"], [Path(mask)])
    assert (matches.candidates, matches.unknown) == ({}, (Path(mask),))


def test_the_closest_name_counts(tmp_path: Path) -> None:
    masks = [Path(name) for name in ("a_mask.png", "A.png", "a.png")]
    matches = match_masks(["a", "A", "a_mask"], masks)
    assert matches.candidates == {"a_mask": (masks[0],), "A": (masks[1],), "a": (masks[2],)}


def test_a_mask_that_fits_several_photographs_equally_well_is_none_s() -> None:
    matches = match_masks(["a-1", "a_1"], [Path("a 1.png")])
    assert (matches.candidates, matches.ambiguous) == ({}, (Path("a 1.png"),))


def test_candidates_of_one_photograph_come_by_closeness_and_pngs_first() -> None:
    masks = [Path(name) for name in ("7_mask.png", "007.png", "7.jpg", "7.png")]
    assert match_masks(["7"], masks).candidates == {"7": (masks[3], masks[2], masks[1], masks[0])}


def test_accents_and_repeated_numbers_are_one_name() -> None:
    composed, parted = (unicodedata.normalize(form, "Zoë") for form in ("NFC", "NFD"))
    assert match_masks([parted], [Path(f"{composed}_mask.png")]).candidates.keys() == {composed}
    assert match_masks(["7", "007"], [Path("00007.png")]).candidates == {"7": (Path("00007.png"),)}


def test_of_one_number_written_in_two_ways_each_has_the_mask_of_just_its_name() -> None:
    photographs, masks = ["006", "6"], [Path("6.png"), Path("6_mask.png"), Path("00006.png")]
    assert match_masks(photographs, masks[:1]).candidates == {"6": (masks[0],)}
    assert match_masks(photographs, masks).candidates == {"6": (masks[0],), "006": (masks[2], masks[1])}


def test_a_word_is_one_by_itself() -> None:
    assert [without_mask_word(name) for name in ("masked", "a_masked", "unmask", "mask")] == [
        *("masked", "a_masked", "unmask", "mask")
    ]
