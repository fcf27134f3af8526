"""Masks of another program: scored, or refused with what is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from natocc.geometry import Image
from tasks.benchmark.benchmark import benchmark_segmenters
from tasks.benchmark.foreign import ScoreOptions, score_masks
from tasks.benchmark.sets.open import open_test_sets
from tasks.benchmark.sets.picture import TestPicture
from tests.small_version import small_bank
from tests.tasks.benchmark.conftest import FinishedBenchmark

pytestmark = pytest.mark.xdist_group("benchmark")


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> str:
    return small_bank(str(tmp_path_factory.mktemp("bank")))


@pytest.fixture(scope="module")
def pictures(bank: str) -> list[TestPicture]:
    return list(open_test_sets(["RealOcc"], bank_url=bank)[0].read())


def write(folder: Path, pictures: list[TestPicture], white: int = 255, turn: bool = False) -> Path:
    folder.mkdir()
    for one in pictures:
        mask = 1 - one.mask if turn else one.mask
        save(folder / f"{one.facts.key}.png", mask * np.uint8(white))
    return folder


def save(path: Path, mask: Image) -> None:
    cv2.imwrite(str(path), mask)


def options(folder: Path, bank: str, **changes: object) -> ScoreOptions:
    return ScoreOptions.for_run(masks=folder, on="RealOcc", bank=bank, **changes)


@pytest.mark.parametrize("white", [1, 255])
def test_masks_equal_to_the_labels_score_1(
    white: int, bank: str, pictures: list[TestPicture], tmp_path: Path
) -> None:
    report = score_masks(options(write(tmp_path / "theirs", pictures, white), bank))
    scores = {one.metric: one for one in report.results if not one.slice}
    assert (report.name, report.pictures) == ("theirs", 3)
    assert scores["face_iou"].mean == scores["boundary_iou"].mean == scores["miou"].mean == 1
    assert scores["ece"].note == "masks have no probabilities"


def test_inverted_masks_are_named_and_taken_when_that_is_said(
    bank: str, pictures: list[TestPicture], tmp_path: Path
) -> None:
    folder = write(tmp_path / "m", pictures, turn=True)
    with pytest.raises(
        ValueError, match=r"when they are inverted \(face IoU 1.00, as they are 0.00\); give --inv"
    ):
        score_masks(options(folder, bank))
    report = score_masks(options(folder, bank, inverted=True))
    assert next(one.mean for one in report.results if one.metric == "face_iou") == 1
    (straight := tmp_path / "s").mkdir()
    with pytest.raises(ValueError, match="leave --inverted out"):
        score_masks(options(write(straight / "m", pictures), bank, inverted=True))


def test_missing_and_extra_masks_are_listed_together(
    bank: str, pictures: list[TestPicture], tmp_path: Path
) -> None:
    folder = write(tmp_path / "m", pictures)
    key = pictures[0].facts.key
    (folder / f"{key}.png").rename(folder / "other.png")
    with pytest.raises(ValueError, match=rf"expected 3 PNGs, .*got no mask for {key}; no picture for other$"):
        score_masks(options(folder, bank))


def test_another_size_and_soft_values_are_named(
    bank: str, pictures: list[TestPicture], tmp_path: Path
) -> None:
    folder = write(tmp_path / "m", pictures)
    path = folder / f"{pictures[1].facts.key}.png"
    save(path, np.zeros((64, 128), np.uint8))
    with pytest.raises(ValueError, match=rf"{path}: expected the label's size 128x128, got 128x64"):
        score_masks(options(folder, bank))
    save(path, cv2.GaussianBlur(pictures[1].mask * np.uint8(255), (9, 9), 3))
    with pytest.raises(ValueError, match=rf"^{path}: expected a mask of 0 and 1, or of 0 and 255, got"):
        score_masks(options(folder, bank))


def test_an_unknown_or_missing_set_is_told(bank: str, pictures: list[TestPicture], tmp_path: Path) -> None:
    folder = write(tmp_path / "m", pictures)
    with pytest.raises(ValueError, match="--on RealOcc-Wild: "):
        score_masks(ScoreOptions(masks=folder, on="RealOcc-Wild", bank=bank))
    with pytest.raises(ValueError, match="expected names among RealOcc"):
        score_masks(ScoreOptions(masks=folder, on="COFW", bank=bank))


def test_masks_join_the_tables_of_a_benchmark(
    finished: FinishedBenchmark, pictures: list[TestPicture], tmp_path: Path
) -> None:
    folder = write(tmp_path / "theirs", pictures)
    out = tmp_path / "out"
    shutil.copytree(finished.options.out, out)
    score_masks(options(folder, finished.benchmark.bank, out=str(out), name="theirs"))
    rows = benchmark_segmenters(finished.options.replaced(out=str(out))).table()
    assert rows[-1] == {"network": "theirs", "trained on": "", "RealOcc": "100.0"}
