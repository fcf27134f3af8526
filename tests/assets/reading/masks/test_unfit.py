from __future__ import annotations

import os
from pathlib import Path

import pytest

from assets.reading.masks.unfit import match_unfit, may_be_mask, readings


@pytest.mark.parametrize("name", ["7.tif", "7.gif", "7.png", "7", "7.psd", "7.HEIC"])
def test_any_ending_but_those_of_texts_may_be_a_mask(tmp_path: Path, name: str) -> None:
    assert may_be_mask(tmp_path / name)


@pytest.mark.parametrize("name", ["7.txt", "7.JSON", "7.csv", "7.zip"])
def test_notes_about_a_photograph_are_no_masks(tmp_path: Path, name: str) -> None:
    assert not may_be_mask(tmp_path / name)


def test_a_folder_is_meant_as_a_mask_by_its_ending_alone(tmp_path: Path) -> None:
    for name in ("7.png", "7", "7.old"):
        (tmp_path / name).mkdir()
    assert [may_be_mask(tmp_path / name) for name in ("7.png", "7", "7.old")] == [True, False, False]


def test_files_belong_to_the_photograph_that_their_name_fits() -> None:
    names = ("007.tif", "7_mask.gif", "Hand-3.tif", "9.tif", "a+1.tif")
    found = match_unfit(["7", "Hand_0000003", "a-1", "a_1"], [Path(name) for name in names])
    assert found == {"7": Path("007.tif"), "Hand_0000003": Path("Hand-3.tif")}


def test_names_of_other_bytes_are_read_in_other_encodings() -> None:
    assert readings("Zoë") == ["Zoë"]
    latin, damaged = (Path(os.fsdecode(name)) for name in (b"Zo\xeb.png", b"6\xff.png"))
    assert match_unfit(["Zoë", "Zo", "6"], [latin, damaged]) == {"Zoë": latin, "6": damaged}
