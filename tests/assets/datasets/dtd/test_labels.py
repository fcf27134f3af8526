from __future__ import annotations

from pathlib import Path

from assets.datasets.dtd.reader import read_textures
from assets.problems import Problem
from assets.records import RawTexture
from tests.raw_trees import add_texture, write

NAMES = [f"{kind}/{kind}_{number:04d}.jpg" for kind in ("banded", "grid") for number in (2, 5, 9)]


def tree(raw: Path) -> None:
    """Two classes of three pictures, two partitions and the joint annotation, in the download's format."""
    for name in NAMES:
        add_texture(raw, *name.split("/"), b"x")
    for number in (1, 2):
        for place, part in enumerate(("train", "val", "test")):
            mine = sorted(NAMES[(place + number + step) % 3 + step] for step in (0, 3))
            write(raw / f"dtd/labels/{part}{number}.txt", ("\n".join(mine) + "\n").encode())
    joint = "".join(f"{name} {name.split('/')[0]} \n" for name in NAMES)
    joint = joint.replace("banded_0005.jpg banded ", "banded_0005.jpg banded lined ")
    write(raw / "dtd/labels/labels_joint_anno.txt", joint.encode())


def read(raw: Path) -> tuple[dict[str, RawTexture], list[str]]:
    problems: list[Problem] = []
    textures = {f"{one.texture_class}/{one.image.name}": one for one in read_textures(raw, problems.append)}
    return textures, [f"{problem.action} {problem}" for problem in problems]


def test_a_texture_has_its_labels_and_the_split_of_the_first_partition(tmp_path: Path) -> None:
    tree(tmp_path)
    textures, problems = read(tmp_path)
    assert problems == []
    assert textures["banded/banded_0005.jpg"].metadata == {
        "official_split": "train",
        "labels": ["banded", "lined"],
    }
    splits = [textures[name].metadata["official_split"] for name in NAMES[:3]]
    assert sorted(map(str, splits)) == ["test", "train", "val"]


def test_without_label_files_nothing_is_said_and_nothing_is_wrong(tmp_path: Path) -> None:
    add_texture(tmp_path, "own", "a.jpg", b"x")
    textures, problems = read(tmp_path)
    assert textures["own/a.jpg"].metadata == {} and problems == []


def test_lists_and_pictures_that_disagree_take_a_line_each(tmp_path: Path) -> None:
    tree(tmp_path)
    labels = tmp_path / "dtd/labels"
    for name in ("a", "b", "c", "d"):
        add_texture(tmp_path, "own", f"{name}.jpg", b"x")
    (tmp_path / "dtd/images" / NAMES[0]).unlink()
    first = (labels / "train1.txt").read_text()
    write(labels / "val1.txt", f"{(labels / 'val1.txt').read_text()}{first}".replace("\n", "\r\n").encode())
    write(labels / "test2.txt", b"\xff")
    (labels / "val2.txt").unlink()
    write(labels / "notes.doc", b"x")
    write(labels / "labels_joint_anno.txt", f"{NAMES[0]} banded\n{NAMES[0]} grid\n{NAMES[1]}\n".encode())
    _, problems = read(tmp_path)
    assert problems == [
        "noted dtd/labels/labels_joint_anno.txt: expected a picture and its labels a line, got others: 1 (line 3)",
        "noted dtd/labels/labels_joint_anno.txt: expected one line a picture, got second ones: 1 (line 2)",
        "unmatched dtd/labels: expected train1.txt to test10.txt and labels_joint_anno.txt, got 1 file that no reader reads "
        "(notes.doc); rename or move them as docs/raw-data.md says, or take them out",
        "noted dtd/labels/val1.txt: expected pictures that no list of its partition has yet, "
        "got others: 2 (banded/banded_0005.jpg of train1.txt, grid/grid_0005.jpg of train1.txt)",
        "unmatched dtd/labels/test1.txt: expected pictures that are there, got 1 name without a photograph (banded/banded_0002.jpg); correct or remove them",
        "noted dtd/labels/train1.txt: expected every picture in one of the lists of partition 1, "
        "got none of 4 (own/a.jpg, own/b.jpg, own/c.jpg, …)",
        "noted dtd/labels/val2.txt: expected three lists of partition 2, got no such file",
        "refused dtd/labels/test2.txt: expected text in UTF-8, got another encoding (0xff at byte 0), such as Latin-1 or Windows-1252; save it as UTF-8",
        "noted dtd/labels/train2.txt: expected every picture in one of the lists of partition 2, "
        "got none of 7 (banded/banded_0005.jpg, grid/grid_0002.jpg, grid/grid_0005.jpg, …)",
        "unmatched dtd/labels/labels_joint_anno.txt: expected pictures that are there, got 1 name without a photograph (banded/banded_0002.jpg); correct or remove them",
        "noted dtd/labels/labels_joint_anno.txt: expected every picture, "
        "got none of 9 (banded/banded_0005.jpg, banded/banded_0009.jpg, grid/grid_0002.jpg, …)",
    ]  # fmt: skip


def test_pictures_of_lists_may_be_in_other_case_and_without_suffix(tmp_path: Path) -> None:
    tree(tmp_path)
    for path in (tmp_path / "dtd/labels").iterdir():
        text = path.read_text().replace("banded/banded", "Banded/BANDED")
        path.write_text(text.replace(".jpg", "") if path.name == "test1.txt" else text)
    textures, problems = read(tmp_path)
    assert problems == []
    assert {textures[name].metadata["official_split"] for name in NAMES} == {"train", "val", "test"}
    assert textures["banded/banded_0005.jpg"].metadata["labels"] == ["banded", "lined"]


def test_a_picture_to_train_on_and_to_test_on_is_one_to_test_on(tmp_path: Path) -> None:
    add_texture(tmp_path, "grid", "grid_0002.jpg", b"x")
    for part in ("train", "val", "test"):
        write(tmp_path / f"dtd/labels/{part}1.txt", b"grid/grid_0002.jpg\n")
    textures, problems = read(tmp_path)
    assert textures["grid/grid_0002.jpg"].metadata["official_split"] == "test"
    assert any(
        "test1.txt: expected pictures that no list of its partition has yet" in one for one in problems
    )
