from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import pytest

import tasks.preview
from natocc.geometry import Image
from tasks.build.version import BuildReport
from tasks.contact_sheet import Strip, compose_sheet
from tasks.preview import pick_evenly, preview
from tests.scored_faces import scored_bank


def test_a_version_and_a_bank_give_different_sheets(
    built: BuildReport, bank_url: str, tmp_path: Path
) -> None:
    of_version = cv2.imread(preview(built.url, str(tmp_path / "version.png"), 6))
    of_bank = cv2.imread(preview(bank_url, str(tmp_path / "bank.png"), 6))
    assert of_version is not None and of_bank is not None
    assert of_version.shape != of_bank.shape
    assert of_version.std() > 20 and of_bank.std() > 20


def test_pictures_are_shared_evenly_among_sets() -> None:
    assert pick_evenly({"a": [1, 2, 3, 4], "b": [5, 6], "c": [7]}, 5) == [1, 3, 5, 6, 7]


def test_what_a_small_set_leaves_goes_to_the_others() -> None:
    groups = {"a": [1, 2, 3, 4, 5, 6], "b": [7], "c": [8, 9]}
    assert pick_evenly(groups, 7) == [1, 2, 4, 5, 7, 8, 9]
    assert pick_evenly(groups, 9) == pick_evenly(groups, 100) == list(range(1, 10))
    assert pick_evenly(groups, 2) == [1, 7]


def test_the_heading_says_how_many_are_shown_of_how_many(
    built: BuildReport, bank_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: dict[str, int] = {}

    def listen(strips: Sequence[Strip], title: str, **options: int) -> Image:
        shown[title] = len(strips)
        return compose_sheet(strips, title, **options)

    monkeypatch.setattr(tasks.preview, "compose_sheet", listen)
    preview(bank_url, str(tmp_path / "all.png"), 100)
    preview(bank_url, str(tmp_path / "some.png"), 4)
    preview(built.url, str(tmp_path / "version.png"), 1)
    whole, some, version = shown
    assert "1 face, 1 object, 1 hand, 3 textures, 6 of them here" in whole and shown[whole] == 6
    assert "4 of them here" in some and shown[some] == 4
    assert f" · 1 of {built.dataset.counts['kept']} kept · " in version and shown[version] == 1


def test_faces_of_a_bank_come_by_score_and_say_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    titles: list[str] = []

    def listen(strips: Sequence[Strip], title: str, **options: int) -> Image:
        titles.extend(strip.caption for strip in strips)
        return compose_sheet(strips, title, **options)

    monkeypatch.setattr(tasks.preview, "compose_sheet", listen)
    preview(scored_bank(str(tmp_path / "bank")), str(tmp_path / "bank.png"), 3)
    assert [title.partition(" train 0.")[0] for title in titles] == ["wide_mask", "patch_on_it", "true_face"]
    assert titles[1].endswith("outlines within the skin") and titles[2].endswith("nothing stands out")
    titles.clear()
    preview(scored_bank(str(tmp_path / "old"), scored=False), str(tmp_path / "old.png"), 3)
    assert titles[-1] == "wide_mask train face corrected"


def test_neither_bank_nor_version(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"expected a bank \(bank.json\), a version"):
        preview(str(tmp_path), str(tmp_path / "x.png"))


def test_no_pictures_asked_for(built: BuildReport, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="--limit: expected at least 1 picture, got 0"):
        preview(built.url, str(tmp_path / "x.png"), 0)
