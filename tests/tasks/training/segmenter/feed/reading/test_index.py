from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tasks.training.segmenter.feed.reading.index import index_source
from tests.tasks.training.segmenter.feed.feeds import feed_of, version


def test_a_version_gives_its_samples_with_split_set_and_face(tmp_path: Path) -> None:
    index = index_source(version(tmp_path), 3, 5)
    assert [one.split for one in index.samples] == ["test"] + ["train"] * 6
    assert {one.file for one in index.samples} == {5, 6, 7} and {one.source for one in index.samples} == {3}
    assert index.samples[1].photo == "00000" and index.dataset is not None
    assert {one.kind for one in index.samples} == {"randocc"}


def folder(path: Path, names: tuple[str, ...], masks: tuple[str, ...]) -> str:
    for name in names:
        (path / "img").mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path / "img" / name), np.full((40, 30, 3), 90, np.uint8))
    for name in masks:
        (path / "mask").mkdir(parents=True, exist_ok=True)
        mask = np.zeros((40, 30), np.uint8)
        mask[:20] = 255
        cv2.imwrite(str(path / "mask" / name), mask)
    return str(path)


def test_a_folder_of_pictures_and_masks_is_read(tmp_path: Path) -> None:
    feed = feed_of(folder(tmp_path, ("a.jpg", "b.png"), ("a.png", "b.png")))
    assert len(feed.training) == 2 and feed.data[0].dataset is None
    assert {one.kind for one in feed.training} == {"none"}
    read = feed.read(feed.training[0])
    assert read.image.shape == (16, 16, 3) and read.label[:8].all() and not read.label[8:].any()


def test_names_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"expected a mask NAME\.png for each of the 2 pictures .* 'b' first"
    ):
        index_source(folder(tmp_path / "x", ("a.jpg", "b.jpg"), ("a.png",)), 0, 0)
    with pytest.raises(ValueError, match="expected one picture of each name, got several of 'a'"):
        index_source(folder(tmp_path / "y", ("a.jpg", "a.png"), ("a.png",)), 0, 0)
