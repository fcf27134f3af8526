from __future__ import annotations

import os
from pathlib import Path

import pytest

from assets.datasets.iharmony4.reader import COUNTS, read_iharmony4
from assets.problems import Problem
from assets.records import RawComposite
from tests.raw_trees import write

TRAIN = {"HAdobe5k": "a0001_1_2", "HCOCO": "c100001_391895_1", "Hday2night": "d90000014-5_1_11"}


def add(raw: Path, subset: str, stem: str, root: str = "iHarmony4") -> str:
    """A composite with its mask and real picture, and its line in the list of all."""
    photo, foreground, _ = stem.rsplit("_", 2)
    write(raw / root / subset / "composite_images" / f"{stem}.jpg", b"x")
    write(raw / root / subset / "masks" / f"{photo}_{foreground}.png", b"x")
    write(raw / root / subset / "real_images" / f"{photo}.jpg", b"x")
    return f"{subset}/composite_images/{stem}.jpg"


def read(raw: Path, split: str | None = None) -> tuple[list[RawComposite], list[str]]:
    problems: list[Problem] = []
    composites = list(read_iharmony4(raw, problems.append, split))
    return composites, [str(problem) for problem in problems]


def tree(raw: Path, root: str = "iHarmony4") -> None:
    lines = [add(raw, subset, stem, root) for subset, stem in TRAIN.items()]
    write(raw / root / "IHD_train.txt", ("\r\n".join(lines) + "\r\n").encode())
    write(raw / root / "IHD_test.txt", f"{add(raw, 'HFlickr', 'f7_1_1', root)}\n".encode())


@pytest.mark.parametrize("root", ["iHarmony4", "IHarmony4"])
def test_a_composite_comes_with_its_mask_and_real_picture(tmp_path: Path, root: str) -> None:
    tree(tmp_path, root)
    composites, problems = read(tmp_path)
    assert [(one.subset, one.split) for one in composites] == [
        ("HAdobe5k", "train"), ("HCOCO", "train"), ("Hday2night", "train"), ("HFlickr", "test")
    ]  # fmt: skip
    folder = tmp_path / root / "Hday2night"
    assert composites[2].mask == folder / "masks/d90000014-5_1.png"
    assert composites[2].real == folder / "real_images/d90000014-5.jpg"
    assert len({one.id for one in composites}) == 4 and problems == []
    assert [one.composite.stem for one in read(tmp_path, "test")[0]] == ["f7_1_1"]


def test_the_lists_of_the_sub_datasets_will_do(tmp_path: Path) -> None:
    tree(tmp_path)
    (tmp_path / "iHarmony4/IHD_train.txt").unlink()
    write(tmp_path / "iHarmony4/HCOCO/HCOCO_train.txt", b"\xef\xbb\xbfc100001_391895_1.jpg\n\n")
    write(tmp_path / "iHarmony4/HAdobe5k/HAdobe5k_train.txt", b"composite_images/a0001_1_2.jpg")
    composites, problems = read(tmp_path, "train")
    assert [one.composite.name for one in composites] == ["a0001_1_2.jpg", "c100001_391895_1.jpg"]
    assert problems == []


def test_what_lies_in_place_of_a_file_is_named(tmp_path: Path) -> None:
    tree(tmp_path)
    pipe, link = (
        tmp_path / f"iHarmony4/HCOCO/{kind}"
        for kind in ("masks/c100001_391895.png", "real_images/c100001.jpg")
    )
    for path in (pipe, link):
        path.unlink()
    os.mkfifo(pipe)
    link.symlink_to("gone.jpg")
    _, problems = read(tmp_path)
    named = "iHarmony4/IHD_train.txt: expected HCOCO"
    assert f"{named}/masks of its composites, got a named pipe in place of 1 ({pipe.name})" in problems
    assert (
        f"{named}/real_images of its composites, got a link to nothing in place of 1 ({link.name})"
        in problems
    )


def test_missing_files_take_a_line_a_kind_and_the_rest_is_read(tmp_path: Path) -> None:
    tree(tmp_path)
    (tmp_path / "iHarmony4/HCOCO/masks/c100001_391895.png").unlink()
    (tmp_path / "iHarmony4/HAdobe5k/real_images/a0001.jpg").unlink()
    lines = [f"HFlickr/composite_images/f{number}_1_1.jpg" for number in range(7, 12)]
    lines += ["HCOCO/c1.jpg", "HCOCO/real_images/c1_1_1.jpg", "Other/composite_images/c1_1_1.jpg"]
    lines += [
        f"HCOCO/composite_images/{TRAIN['HCOCO']}.jpg",
        f"Hday2night/composite_images/{TRAIN['Hday2night']}.jpg",
    ]
    write(tmp_path / "iHarmony4/IHD_test.txt", "\n".join(lines).encode())
    composites, problems = read(tmp_path)
    assert [one.composite.stem for one in composites] == ["f7_1_1", TRAIN["Hday2night"]]
    assert [one.split for one in composites] == ["test", "test"]
    test = "iHarmony4/IHD_test.txt: expected"
    absent = "no file for 4 (f8_1_1.jpg, f9_1_1.jpg, f10_1_1.jpg, …)"
    assert problems == [
        "iHarmony4/IHD_train.txt: expected HAdobe5k/real_images of its composites, got no file for 1 (a0001.jpg)",
        "iHarmony4/IHD_train.txt: expected composites that the test list does not name, "
        "got others 2 (HCOCO/c100001_391895_1.jpg, Hday2night/d90000014-5_1_11.jpg)",
        f"{test} HFlickr/composite_images of its composites, got {absent}",
        f"{test} HFlickr/masks of its composites, got {absent.replace('_1.jpg', '.png')}",
        f"{test} HFlickr/real_images of its composites, got {absent.replace('_1_1.jpg', '.jpg')}",
        f"{test} HCOCO/masks of its composites, got no file for 1 (c100001_391895.png)",
        f"{test} lines like HCOCO/composite_images/c100001_391895_1.jpg, got others 3 (HCOCO/c1.jpg, "
        "HCOCO/real_images/c1_1_1.jpg, Other/composite_images/c1_1_1.jpg)",
    ]


def test_lists_that_are_not_there_or_no_text_are_named(tmp_path: Path) -> None:
    assert read(tmp_path) == ([], [])
    write(tmp_path / "iHarmony4/IHD_test.txt", b"\xff\xfe")
    assert [line.partition(", got")[0] for line in read(tmp_path)[1]] == [
        "iHarmony4/IHD_train.txt: expected this list, or <sub-dataset>/<sub-dataset>_train.txt",
        "iHarmony4/IHD_test.txt: expected text in UTF-8",
    ]
    with pytest.raises(ValueError, match="split 'val': expected one of train, test"):
        read(tmp_path, "val")


def test_a_list_that_is_cut_off_is_noted_and_a_short_one_is_a_selection(tmp_path: Path) -> None:
    for number in range(100):
        add(tmp_path, "Hday2night", f"d{number}_1_1")
    add(tmp_path, "HFlickr", "f7_1_1")
    lines = [f"Hday2night/composite_images/d{number}_1_1.jpg" for number in range(100)]
    write(
        tmp_path / "iHarmony4/IHD_test.txt",
        "\n".join([*lines, "HFlickr/composite_images/f7_1_1.jpg"]).encode(),
    )
    composites, problems = read(tmp_path, "test")
    assert len(composites) == 101
    assert problems == ["iHarmony4/IHD_test.txt: expected 133 lines of Hday2night, as published, got 100"]


def test_what_the_test_list_or_the_side_car_holds_out_is_not_trained_on(tmp_path: Path) -> None:
    tree(tmp_path)
    lines = "HAdobe5k\\composite_images\\a0001_1_2,\n# one more\niHarmony4/HFlickr/composite_images/f7_1_1.jpg 1\n"
    write(tmp_path / "iHarmony4/IHD_test.txt", lines.replace(" 1", "\t1").encode())
    file = f"composite_images/{TRAIN['HCOCO']}.jpg"
    write(tmp_path / "iHarmony4/natocc.csv", f"file,split\nHCOCO/{file},Test\n".encode())
    composites, problems = read(tmp_path, "train")
    assert [one.subset for one in composites] == ["Hday2night"]
    assert problems == [
        f"iHarmony4/IHD_train.txt: expected composites that the side-car does not hold out, got others 1 (HCOCO/{TRAIN['HCOCO']}.jpg)",
        "iHarmony4/IHD_train.txt: expected composites that the test list does not name, got others 1 (HAdobe5k/a0001_1_2.jpg)",
    ]
    assert [one.subset for one in read(tmp_path, "test")[0]] == ["HAdobe5k", "HFlickr"]


@pytest.mark.parametrize(
    "line",
    [
        "HCOCO/composite_images/C1_1_1.JPG",
        "HCOCO/composite_images/c1_1_1.png",
        "hcoco/composite_images/c1_1_1.jpg",
        "c1_1_1.jpg",
        "c1_1_1",
        "0,HCOCO/composite_images/c1_1_1.jpg",
        '["HCOCO/composite_images/c1_1_1.jpg"]',
        "HCOCO/composite_images/c1_1_1.jpg: test",
        "HFlickr/composite_images/c1_1_1.jpg",
        "HCOCO/masks/c1_1.png",
        "HCOCO/real_images/c1.jpg",
    ],
)
@pytest.mark.parametrize("split", ["train", None])
def test_a_composite_that_the_test_list_may_mean_is_not_trained_on(
    tmp_path: Path, line: str, split: str | None
) -> None:
    lines = "".join(f"{add(tmp_path, 'HCOCO', f'c{number}_1_1')}\n" for number in (1, 2))
    write(tmp_path / "iHarmony4/IHD_train.txt", lines.encode())
    write(tmp_path / "iHarmony4/IHD_test.txt", f"{line}\n".encode())
    composites, problems = read(tmp_path, split)
    assert [one.composite.stem for one in composites if one.split == "train"] == ["c2_1_1"]
    assert any("HCOCO/c1_1_1.jpg" in problem for problem in problems)


def test_the_composites_of_a_test_list_that_cannot_be_read_are_not_trained_on(tmp_path: Path) -> None:
    lines = [add(tmp_path, "HCOCO", "c1_1_1"), add(tmp_path, "HFlickr", "f1_1_1")]
    for subset, line in zip(("HCOCO", "HFlickr"), lines, strict=True):
        write(tmp_path / f"iHarmony4/{subset}/{subset}_train.txt", line.encode())
    write(tmp_path / "iHarmony4/HCOCO/HCOCO_test.txt", lines[0].encode("utf-16"))
    composites, problems = read(tmp_path, "train")
    assert [one.subset for one in composites] == ["HFlickr"]
    assert problems == [
        "iHarmony4/HCOCO/HCOCO_train.txt: expected a test list that can be read, without which nothing is "
        "trained on, got others 1 (HCOCO/c1_1_1.jpg)",
        "iHarmony4/HCOCO/HCOCO_test.txt: expected text in UTF-8, got text in UTF-16; save it as UTF-8",
    ]


def test_an_empty_test_list_is_named_and_a_line_that_says_test_is_held_out(tmp_path: Path) -> None:
    lines = [add(tmp_path, "HCOCO", f"c{number}_1_1") for number in (1, 2)]
    write(tmp_path / "iHarmony4/IHD_train.txt", f"{lines[0]},test\n{lines[1]},train\n".encode())
    write(tmp_path / "iHarmony4/IHD_test.txt", b"")
    composites, problems = read(tmp_path, "train")
    assert [one.composite.stem for one in composites] == ["c2_1_1"]
    assert problems[0].endswith('without a word like "test" beside them, got others 1 (HCOCO/c1_1_1.jpg)')
    assert problems[1].endswith("got an empty list; a line with # says that it has none")


def test_the_published_counts_add_up() -> None:
    assert [sum(counts) for counts in zip(*COUNTS.values(), strict=True)] == [65_742, 7_404]
