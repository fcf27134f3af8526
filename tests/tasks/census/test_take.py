from __future__ import annotations

from pathlib import Path

import pytest

from assets.datasets.published import PUBLISHED
from assets.reading.expected_counts import deviation
from tasks.census.rows import CensusRow
from tasks.census.take import Census, take_census
from tests.raw_trees import (
    add_face,
    add_objects,
    add_texture,
    annotation,
    encoded,
    part_path,
    portrait,
    whole_tree,
    write,
)


def row(census: Census, dataset: str) -> CensusRow:
    return next(one for one in census.rows if one.dataset == dataset)


def test_a_small_tree_is_counted_where_it_lies_and_is_a_selection(tmp_path: Path) -> None:
    whole_tree(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    calls: list[tuple[int, int | None]] = []
    census = take_census(tmp_path, on_progress=lambda *call: calls.append(call))
    counted = {one.dataset: (one.folder, one.pictures, one.published, one.remark) for one in census.rows}
    assert counted == {
        "CelebAMask-HQ": ("CelebAMask-HQ/CelebA-HQ-img", 2, 30_000, ""),
        "11k Hands": ("11k-hands/Hands", 1, 11_076, ""),
        "Voo hand masks": ("11k-hands_masks", 1, 200, ""),
        "DTD": ("dtd/images", 1, 5_640, ""),
        "RealOcc": ("RealOcc/image", 1, 550, ""),
        "COCO sample": ("COCO/sample", 1, None, ""),
    }
    assert "non-commercial" in row(census, "CelebAMask-HQ").licence
    assert census.problems == () and census.sound
    assert census.absent[:3] == ("Corrected masks", "COCO train2017", "COCO val2017")
    assert {"FaceOcc", "iHarmony4", "COFW"} <= {*census.absent}
    assert sorted(tmp_path.rglob("*")) == before, "nothing is changed"
    assert calls[0] == (0, None) and calls[-1] == (6, None), "records that the readers list"


def test_every_dataset_is_counted(tmp_path: Path) -> None:
    """The published layouts, among them those whose pictures no reader opens yet."""
    files = {
        "CelebAMask-HQ-masks_corrected/0.png": "Corrected masks",
        "COCO/images/train2017/000000000009.jpg": "COCO train2017",
        "COCO/val2017/000000000139.jpg": "COCO val2017",
        "coco_object/object_image_sr/a.jpeg": "Voo objects",
        "11k-hand_sr/Hand_0000002.jpg": "Voo hands, enlarged",
        "RealOcc-Wild/images/a.jpg": "RealOcc-Wild",
        "FaceOcc/COFW_test/img/1.jpg": "FaceOcc COFW_test",
        "FaceOcc/CelebAHQ/17.png": "FaceOcc CelebAHQ",
        "FaceOcc/ffhq/00003.png": "FaceOcc ffhq",
        "FaceOcc/internet/mask/1.png": "FaceOcc internet",
        "FaceOcc/texture/1.jpg": "FaceOcc texture",
        "COFW/COFW_color/COFW_test_color.mat": "COFW",
        "IHarmony4/HCOCO/composite_images/c1_2_3.jpg": "iHarmony4 HCOCO",
    }
    for file in files:
        write(tmp_path / file, b"x")
    counts = {one.dataset: one.pictures for one in take_census(tmp_path).rows}
    assert counts == {**dict.fromkeys(files.values(), 1)}


def test_counts_between_half_and_all_or_above_are_remarked_on(tmp_path: Path) -> None:
    assert [deviation(270, count) for count in (1, 134, 270)] == ["", "", ""]
    assert deviation(270, 135) == deviation(270, 269) == "270 published: a half-extracted archive?"
    assert deviation(270, 271) == "270 published: others among them?"
    assert deviation(270, 0) == "270 published: an empty folder"
    assert deviation(None, 5) == ""
    for number in range(200):
        write(tmp_path / f"RealOcc-Wild/image/{number}.jpg", b"x")
    census = take_census(tmp_path)
    assert row(census, "RealOcc-Wild").remark == "270 published: a half-extracted archive?"
    assert not census.sound


def test_pictures_of_another_size_than_published_are_remarked_on_in_whole_downloads(tmp_path: Path) -> None:
    small, right = encoded(portrait(64, 80)), encoded(portrait(256, 256))
    for number in range(507):
        data = small if number in (3, 7) else right
        write(tmp_path / f"FaceOcc/COFW_test/img/{number:03d}.jpg", data)
        if number < 4:
            write(tmp_path / f"RealOcc/image/{number}.jpg", small)
    census = take_census(tmp_path)
    assert row(census, "FaceOcc COFW_test").remark == "2 of another size, the first 003.jpg of 80x64"
    assert row(census, "RealOcc").remark == "", "a selection by the user"


def test_of_cofw_the_files_are_named_and_none_is_opened(tmp_path: Path) -> None:
    write(tmp_path / "COFW/COFW_color/COFW_test_color.mat", b"no matlab" * 1_000_000)
    census = take_census(tmp_path)
    assert row(census, "COFW").states.endswith("; found COFW_test_color.mat of 9.0 MB")
    assert census.sound


def test_inputs_that_readers_would_refuse_are_listed_without_reading_a_picture(tmp_path: Path) -> None:
    add_face(tmp_path, "0", b"no picture", {"skin": b"nor mask"})
    write(part_path(tmp_path, "7", "skin"), b"x")
    add_objects(tmp_path, [annotation(1), annotation(2, image=2)])
    add_texture(tmp_path, "banded", "banded_0001.txt", b"x")
    census = take_census(tmp_path)
    assert [problem.path for problem in census.problems] == [
        "CelebAMask-HQ/CelebAMask-HQ-mask-anno",
        "COCO/annotations/instances_sample.json",
        "dtd/images/banded/banded_0001.txt",
        "dtd/images/banded",
    ]
    assert [(one.count, one.names) for one in census.unmatched] == [
        (1, ("0/00007_skin.png",)),
        (1, ("annotation 2 of sample/000000000002.jpg",)),
    ]
    assert census.refused == 2 and census.faults == () and not census.sound


# Voo et al.'s objects may lie in the raw folder itself, so that theirs is no wrong one.
PLACES = [(one.name, one.places[0], one.suffixes[0]) for one in PUBLISHED if one.dataset != "Voo objects"]


@pytest.mark.parametrize(("name", "place", "suffix"), PLACES)
def test_a_folder_one_level_too_deep_or_too_high_is_recognised(
    tmp_path: Path, name: str, place: str, suffix: str
) -> None:
    for name_of_file in "ab":
        write(tmp_path / "up/raw" / place / f"{name_of_file}{suffix}", b"x")
    raw, first = tmp_path / "up/raw", place.split("/")[0]
    advice = f"found one level deeper; give --raw {raw}, or move it up"
    assert row(take_census(tmp_path / "up"), name).remark == advice
    assert row(take_census(raw / first), name).remark == f"{raw / first} is itself in it; give --raw {raw}"
    assert row(take_census(raw), name).remark == ""


def test_a_doubled_folder_and_another_spelling_are_recognised(tmp_path: Path) -> None:
    write(tmp_path / "11k-hands/Hands (1)/Hands/Hand_0000002.jpg", b"x")
    write(tmp_path / "DTD/images/banded/banded_0001.jpg", b"x")
    write(tmp_path / "RealOcc/image/image/1.jpg", b"x")
    census = take_census(tmp_path)
    assert row(census, "11k Hands").remark == (
        "found one level deeper; move what is in 11k-hands/Hands (1) to 11k-hands"
    )
    assert row(census, "DTD").remark == "found as DTD/images; rename it to dtd/images"
    assert (
        row(census, "RealOcc").remark
        == "550 published: an empty folder; pictures one level deeper; move those of image up"
    )


def test_a_dataset_that_cannot_be_read_at_all_does_not_hide_the_others(tmp_path: Path) -> None:
    whole_tree(tmp_path)
    write(tmp_path / "dtd/natocc.csv", b"picture\n1.jpg\n")
    census = take_census(tmp_path)
    assert census.faults == (
        "dtd/natocc.csv: expected a column file and others among photo, person, split, licence, grade, "
        "landmarks, rot_deg, frame, source, got picture",
    )
    assert len(census.rows) == 6 and not census.sound
    with pytest.raises(FileNotFoundError, match="expected a folder of datasets, got no such folder"):
        take_census(tmp_path / "nowhere")
