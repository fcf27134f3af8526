from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

import tasks.preview
from assets.bank.reader import Bank
from natocc.codecs import decode_plane, decode_rgb
from natocc.geometry import Image
from tasks.build.version import BuildReport
from tasks.contact_sheet import Strip, compose_sheet
from tasks.face_tile import face_tile
from tasks.preview import preview, spread
from tests.suspicious_faces import suspicious_bank


def test_a_version_and_a_bank_are_told_apart(built: BuildReport, bank_url: str, tmp_path: Path) -> None:
    of_version = cv2.imread(preview(built.url, str(tmp_path / "version.png"), 6))
    of_bank = cv2.imread(preview(bank_url, str(tmp_path / "bank.png"), 6))
    assert of_version is not None and of_bank is not None
    assert of_version.shape != of_bank.shape
    assert of_version.std() > 20 and of_bank.std() > 20


def test_pictures_are_shared_evenly_among_sets() -> None:
    assert spread({"a": [1, 2, 3, 4], "b": [5, 6], "c": [7]}, 5) == [1, 3, 5, 6, 7]


def test_faces_of_a_bank_come_by_suspicion_and_say_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles: list[str] = []

    def listen(strips: Sequence[Strip], title: str, **options: int) -> Image:
        titles.extend(strip.caption for strip in strips)
        return compose_sheet(strips, title, **options)

    monkeypatch.setattr(tasks.preview, "compose_sheet", listen)
    preview(suspicious_bank(str(tmp_path / "bank")), str(tmp_path / "bank.png"), 3)
    assert [title.partition(" train 0.")[0] for title in titles] == ["wide_mask", "patch_on_it", "true_face"]
    assert titles[1].endswith("outlines within the skin") and titles[2].endswith("nothing stands out")
    titles.clear()
    preview(suspicious_bank(str(tmp_path / "old"), suspicion=False), str(tmp_path / "old.png"), 3)
    assert titles[-1] == "wide_mask train face corrected"


def test_the_outline_of_a_mask_is_drawn_and_the_rest_untouched(tmp_path: Path) -> None:
    bank = Bank(suspicious_bank(str(tmp_path / "bank")))
    entry = next(one for one in bank.entries("face") if one.id == "true_face")
    members = bank.read(entry)
    picture, mask = decode_rgb(members["jpg"]), decode_plane(members["mask.png"])
    changed = (face_tile(bank, entry) != picture).any(axis=-1)
    deep = cv2.resize(cv2.erode(mask, np.ones((15, 15), np.uint8)), (1024, 1024)) > 254
    far = cv2.resize(cv2.dilate(mask, np.ones((15, 15), np.uint8)), (1024, 1024)) == 0
    assert changed.any() and not changed[deep].any() and not changed[far].any()


def test_neither_bank_nor_version(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="expected a version"):
        preview(str(tmp_path), str(tmp_path / "x.png"))


def test_no_pictures_asked_for(built: BuildReport, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="-n: expected at least 1 picture, got 0"):
        preview(built.url, str(tmp_path / "x.png"), 0)
