from __future__ import annotations

from pathlib import Path

import pytest

from assets.datasets.iharmony4.lists import Composites, ListFile, find_list_files, parts_of, read_list_file
from tests.raw_trees import write


@pytest.fixture()
def folder(tmp_path: Path) -> Path:
    for name in (
        "HCOCO/composite_images/c1_1_1.jpg",
        "HCOCO/composite_images/c1_2_1.jpg",
        "HFlickr/composite_images/f1_1_1.jpg",
    ):
        write(tmp_path / name, b"x")
    return tmp_path


def test_the_last_two_fields_of_a_name_are_foreground_and_version() -> None:
    assert parts_of("my_own_photo_3_1.jpg") == ("my_own_photo_3.png", "my_own_photo.jpg")
    with pytest.raises(ValueError, match=r"c1_1\.jpg: expected <photograph>"):
        parts_of("c1_1.jpg")


def test_a_name_in_a_list_is_one_composite_or_none(folder: Path) -> None:
    composites = Composites(folder)
    for name in ("HCOCO/composite_images/c1_1_1.jpg", "hcoco\\C1_1_1.PNG", "c1_1_1"):
        assert composites.key_of(name, None) == "HCOCO/c1_1_1.jpg"
    assert composites.key_of("c1_1_1.jpg", "HCOCO") == "HCOCO/c1_1_1.jpg" in composites
    assert composites.key_of("HCOCO/c9_1_1", None) == "HCOCO/c9_1_1.jpg" not in composites
    for name in ("c9_1_1.jpg", "HCOCO/c9.jpg", "HCOCO/masks/c1_1_1.jpg", "HCOCO/c1_1_1.jpg]"):
        assert composites.key_of(name, None) is None
    assert composites.key_of("HCOCO/c1_1_1.jpg", "HFlickr") is None


def test_a_mask_and_a_real_picture_mean_all_their_composites(folder: Path) -> None:
    composites = Composites(folder)
    assert composites.alike("HCOCO/masks/c1_1.png") == ("HCOCO/c1_1_1.jpg",)
    assert composites.alike("real_images/c1.jpg") == ("HCOCO/c1_1_1.jpg", "HCOCO/c1_2_1.jpg")
    assert composites.alike("gone") == ()


def test_a_list_says_what_it_names_and_what_it_may_mean(folder: Path) -> None:
    path = write(folder / "IHD_test.txt", b"HCOCO/c1_1_1.jpg\nHFlickr/c1_2_1.jpg\n(f1_1_1)\nx\n")
    (source,) = find_list_files(folder, "test")
    assert source == ListFile(path=path, split="test", subset=None) and find_list_files(folder, "train") == []
    content = read_list_file(source, Composites(folder))
    assert content.names.found == ["HCOCO/c1_1_1.jpg", "HFlickr/c1_2_1.jpg"]
    assert content.doubtful == {"HCOCO/c1_2_1.jpg", "HFlickr/f1_1_1.jpg"}
    assert [problem.got for problem in content.problems("a")] == ["others 1 (x)", "others: 1 (line 3)"]
