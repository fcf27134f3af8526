"""The installed part of the sample, read back as the raw downloads are read."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco_mask
from skimage import data

from assets.demo.catalogue import Hand, Thing, load_catalogue
from assets.demo.layout.hands import upright
from assets.demo.layout.objects import flatten
from assets.demo.layout.task import Task
from assets.demo.layout.write import LAYOUT_RECORD, write_layout
from assets.demo.pixels import decode_gimp_pattern


def sidecar(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_a_face_lies_as_in_celebamask_hq(tree: Path) -> None:
    root = tree / "CelebAMask-HQ"
    face = cv2.imread(str(root / "CelebA-HQ-img/37.jpg"), cv2.IMREAD_UNCHANGED)
    assert face is not None
    assert face.shape == (1024, 1024, 3)
    skin = cv2.imread(str(root / "CelebAMask-HQ-mask-anno/0/00037_skin.png"), cv2.IMREAD_UNCHANGED)
    assert skin is not None
    assert skin.shape == (512, 512, 3)
    assert set(np.unique(skin)) == {0, 255}
    assert (skin[..., 0] == skin[..., 2]).all()
    assert not (root / "CelebAMask-HQ-mask-anno/0/00037_hat.png").exists()


def test_the_crop_shows_the_face_where_the_mask_says(tree: Path) -> None:
    root = tree / "CelebAMask-HQ"
    face = cv2.imread(str(root / "CelebA-HQ-img/37.jpg"))
    skin = cv2.imread(str(root / "CelebAMask-HQ-mask-anno/0/00037_skin.png"), cv2.IMREAD_GRAYSCALE)
    assert face is not None
    assert skin is not None
    inside = cv2.resize(skin, (1024, 1024)) > 127
    blue, _, red = face[inside].astype(float).mean(axis=0)
    assert red - blue > 30, "skin is warm"


def test_the_side_car_of_a_face(tree: Path) -> None:
    (row,) = sidecar(tree / "CelebAMask-HQ/natocc.csv")
    assert row["file"] == "CelebA-HQ-img/37.jpg"
    assert row["person"] == "eileen-collins"
    assert row["split"] == "train"
    assert row["licence"].startswith("public domain")
    assert row["source"] == "scikit-image/0.26.0/skimage/data/astronaut.png"
    points = json.loads(row["landmarks"])
    assert points["left_eye"][0] < points["nose"][0] < points["right_eye"][0]
    assert len(points["facemesh"]) == 468
    assert list(row) == ["file", "photo", "person", "split", "licence", "grade", "landmarks", "source"]


def test_an_object_lies_as_in_coco(tree: Path) -> None:
    root = tree / "COCO"
    content: dict[str, Any] = json.loads((root / "annotations/instances_sample.json").read_text())
    (image,), (annotation,) = content["images"], content["annotations"]
    picture = cv2.imread(str(root / "sample" / image["file_name"]))
    assert picture is not None
    assert picture.shape == (image["height"], image["width"], 3)
    assert image["file_name"] == f"{image['id']:012d}.jpg"
    names = {category["id"]: category["name"] for category in content["categories"]}
    assert names[annotation["category_id"]] == "cup"
    assert names[47] == "cup"
    assert min(number for number, name in names.items() if name == "fruit") > 90
    assert annotation["iscrowd"] == 0
    packed = coco_mask.merge(
        coco_mask.frPyObjects(annotation["segmentation"], image["height"], image["width"])
    )
    assert abs(int(coco_mask.area(packed)) - annotation["area"]) < 0.01 * annotation["area"]
    (row,) = sidecar(root / "natocc.csv")
    assert row["file"] == f"sample/{image['file_name']}"


def test_textures_lie_as_in_dtd(tree: Path) -> None:
    files = sorted(
        path.relative_to(tree / "dtd/images").as_posix() for path in tree.glob("dtd/images/*/*.jpg")
    )
    assert [file.split("/")[0] for file in files] == ["fibrous", "grid", "pitted"]
    assert all(file.split("/")[1].startswith(file.split("/")[0] + "_0") for file in files)
    assert [row["file"] for row in sidecar(tree / "dtd/natocc.csv")] != []


def test_items_without_a_source_are_not_laid_out(tree: Path) -> None:
    assert sorted(path.name for path in tree.iterdir()) == ["COCO", "CelebAMask-HQ", "dtd", LAYOUT_RECORD]


def test_a_second_layout_changes_nothing_and_another_folder_is_equal(
    installed: Task, tree: Path, tmp_path: Path
) -> None:
    assert write_layout(tree, installed) == 0
    assert write_layout(tmp_path / "other", installed) > 10
    one, other = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (tree, tmp_path / "other")
    )
    assert one == other


def test_damage_is_mended_and_leftovers_go(installed: Task, own_tree: Path) -> None:
    (own_tree / "CelebAMask-HQ/CelebA-HQ-img/37.jpg").write_bytes(b"torn")
    assert write_layout(own_tree, installed) == 1
    whole = load_catalogue()
    texture_only = whole.within(frozenset())
    assert write_layout(own_tree, Task(chosen=texture_only, whole=whole, cache=installed.cache)) > 10
    assert not list(own_tree.rglob("*.jpg"))


def test_a_folder_with_other_files_is_left_alone(installed: Task, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="expected no folder, an empty one or an earlier sample"):
        write_layout(tmp_path, installed)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_hand_is_turned_onto_white_with_its_fingers_down() -> None:
    """A hand drawn wrist left, fingers right, must come out wrist up."""
    source = np.full((200, 300, 3), (20, 90, 40), np.uint8)
    mask = np.zeros((400, 600), np.uint8)
    mask[150:250, 50:550] = 255
    source[75:125, 25:275] = (200, 140, 110)
    source[75:125, 225:275] = (90, 20, 20)
    model = load_catalogue().hands[0]
    fields = {name: getattr(model, name) for name in Hand.__slots__}
    hand = Hand(**(fields | {"crop": (0, 0, 300, 200), "scale": 2, "rot_deg": -90.0}))
    picture, turned = upright(source, mask, hand)
    assert picture.shape == (1200, 1600, 3)
    assert turned.shape == (1200, 1600)
    rows, columns = np.nonzero(turned)
    assert np.ptp(rows) > 4 * np.ptp(columns)
    assert abs(rows.mean() - 600) < 2
    assert abs(columns.mean() - 800) < 2
    assert (picture[turned == 0][::97].min(axis=1) > 150).mean() > 0.99
    assert picture[rows.max() - 20, 800, 0] < 120, "the finger end lies below"
    assert picture[rows.min() + 20, 800, 0] > 180, "the wrist lies above"
    assert not (picture[turned > 0] == (20, 90, 40)).all(axis=1).any(), "no ground within the mask"


def test_alpha_is_flattened_onto_the_objects_own_edge_colour() -> None:
    coffee = data.coffee()[60:340, 120:520]
    alpha = np.zeros(coffee.shape[:2], np.uint8)
    cv2.circle(alpha, (200, 140), 120, 255, -1, cv2.LINE_AA)
    rgba = np.dstack([coffee, alpha])
    rgba[alpha == 0] = (0, 255, 0, 0)
    picture, mask = flatten(rgba)
    assert picture.shape[:2] == mask.shape
    assert abs(np.count_nonzero(mask) - np.count_nonzero(alpha > 127)) < 10
    corner = picture[0, 0]
    assert (picture[:10] == corner).all(), "plain ground"
    greenest = picture[mask > 0].astype(int)
    assert ((greenest[:, 1] - greenest[:, [0, 2]].max(axis=1)) > 60).sum() == 0, "no colour of the void"


def test_a_large_alpha_picture_is_brought_to_cocos_size() -> None:
    rgba = np.dstack([cv2.resize(data.coffee(), (2000, 1400)), np.full((1400, 2000), 255, np.uint8)])
    picture, mask = flatten(rgba)
    assert max(picture.shape) == 640
    assert mask.shape == picture.shape[:2]


def test_a_gimp_pattern_is_read_and_anything_else_refused() -> None:
    grass = data.coffee()[:40, :60]
    header = b"".join(n.to_bytes(4, "big") for n in (28, 1, 60, 40, 3)) + b"GPAT" + b"abc\0"
    assert np.array_equal(decode_gimp_pattern(header + grass.tobytes(), "p"), grass)
    with pytest.raises(ValueError, match="expected a GIMP pattern"):
        decode_gimp_pattern(b"no" * 40, "p")


def test_kinds_without_a_coco_name_have_ids_from_91() -> None:
    from assets.demo.coco_names import COCO, categories

    catalogue = load_catalogue()
    rows = categories(catalogue)
    own = [row for row in rows if row["name"] not in COCO]
    assert [row["id"] for row in own] == list(range(91, 91 + len(own)))
    named: list[Thing] = [thing for thing in catalogue.objects if thing.coco_category]
    assert {thing.coco_category for thing in named} <= set(COCO)
