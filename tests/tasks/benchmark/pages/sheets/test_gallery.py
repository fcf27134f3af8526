"""Sheets of pictures."""

from __future__ import annotations

import pytest

from tasks.benchmark.pages.sheets.gallery import PredictedPicture, gallery_sheets
from tests.tasks.benchmark.pages.made import NETWORK, material
from tests.tasks.benchmark.pages.sheets.pictures import gallery, picture


def test_one_arm_s_extremes_come_before_the_sheet_on_which_all_arms_meet() -> None:
    extremes, sheet = gallery_sheets(material(), gallery())
    assert extremes.headings == ("picture", "label", "nat")
    assert sheet.headings == ("picture", "label", "wo", "nat", "erase")
    assert [row.place for row in extremes.rows] == ["best", "median", "worst"]
    assert [row.place for row in sheet.rows] == ["", ""]


def test_a_row_says_what_is_known_of_the_picture() -> None:
    extremes, sheet = gallery_sheets(material(), gallery())
    assert extremes.rows[0].caption == "k0, hand, left, face IoU 90.00 %, 25 % hidden"
    assert sheet.rows[1].caption == "k1, hand, left, 25 % hidden"
    assert [tile.alt for tile in sheet.rows[1].tiles] == [
        "k1, the picture",
        "k1, the label",
        "k1, where wo errs",
        "k1, where nat errs",
        "k1, where erase errs",
    ]


def test_every_arm_has_its_own_errors() -> None:
    _, sheet = gallery_sheets(material(), gallery())
    assert len({tile.uri for tile in sheet.rows[0].tiles}) == 5
    assert {(tile.width, tile.height) for tile in sheet.rows[0].tiles} == {(128, 128)}


def test_a_sheet_rests_on_the_runs_that_predicted() -> None:
    extremes, _ = gallery_sheets(material(), gallery())
    assert dict(extremes.behind.lines)["Checkpoints"] == f"{NETWORK}/nat/1 1natffffffff"


def test_a_picture_or_a_prediction_that_did_not_come_is_named() -> None:
    with pytest.raises(ValueError, match="RealOcc: expected the chosen picture k0, got none of this key"):
        list(gallery_sheets(material(), gallery(pictures=[])))
    bare = [
        PredictedPicture(set="RealOcc", picture=picture(f"k{n}"), predicted={"wo": picture().mask})
        for n in range(3)
    ]
    with pytest.raises(ValueError, match="RealOcc: expected a prediction of nat for k0, got none"):
        list(gallery_sheets(material(), gallery(pictures=bare)))
