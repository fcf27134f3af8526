"""From raw photographs to a bank, to a tool and back: the bank then holds the corrected mask."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from assets.bank.reader import Bank
from assets.face_metadata.corrected_masks import CORRECTED_FOLDER
from natocc.codecs import decode_plane
from natocc.geometry import Image
from shards.storage import sha256_bytes
from tasks.prepare.bank import prepare
from tasks.review.export import export_review
from tasks.review.import_answers import import_review
from tests.raw_trees import add_face, disc, encoded, portrait

pytestmark = pytest.mark.xdist_group("prepare")

SIZE = (512, 512)


def tree(raw: Path) -> None:
    for number in range(3):
        picture = np.roll(portrait(1024, 1024), 16 * number, axis=1)
        add_face(raw, str(number), picture, {"skin": disc(*SIZE), "hair": disc(*SIZE, 0.2)})


def with_hand(mask: Image) -> Image:
    """The mask without what a hand hides."""
    out = mask.copy()
    cv2.rectangle(out, (256, 300), (400, 460), 0, -1)
    return out


def in_labelme(folder: Path) -> None:
    """A hole is drawn round the hand, as in the tool."""
    path = folder / "images/00001.json"
    file = json.loads(path.read_text(encoding="utf-8"))
    corners = [[512, 600], [802, 600], [802, 922], [512, 922]]
    file["shapes"].append({"label": "hole", "points": corners, "shape_type": "polygon", "flags": {}})
    path.write_text(json.dumps(file, indent=2), encoding="utf-8")


def in_labelme_as_bitmap(folder: Path) -> None:
    path = folder / "images/00001.json"
    file = json.loads(path.read_text(encoding="utf-8"))
    box = np.full((322, 290), 1, np.uint8)
    shape = {"label": "hole", "points": [[512, 600], [801, 921]], "shape_type": "mask", "flags": {}}
    file["shapes"].append(shape | {"mask": base64.b64encode(encoded(box, "PNG")).decode()})
    path.write_text(json.dumps(file, indent=2), encoding="utf-8")


def in_coco(folder: Path) -> None:
    path = folder / "annotations.json"
    file = json.loads(path.read_text(encoding="utf-8"))
    (image,) = (one["id"] for one in file["images"] if one["file_name"] == "00001.jpg")
    hole = {"id": 99, "image_id": image, "category_id": 2, "iscrowd": 0}
    file["annotations"].append(hole | {"segmentation": [[512, 600, 802, 600, 802, 922, 512, 922]]})
    file["info"] = {"contributor": "Ann", "date_created": "2024-05-09"}
    path.write_text(json.dumps(file), encoding="utf-8")


def in_a_painter(folder: Path) -> None:
    path = folder / "masks/00001.png"
    mask = decode_plane(path.read_bytes())
    cv2.rectangle(mask, (512, 600), (801, 921), 0, -1)
    path.write_bytes(encoded(mask, "PNG"))


@pytest.mark.parametrize(
    ("form", "edit", "tool"),
    [
        ("labelme", in_labelme, "labelme 5.5.0"),
        ("labelme", in_labelme_as_bitmap, "labelme 5.5.0"),
        ("coco", in_coco, "coco"),
        ("segments", in_a_painter, "segments"),
    ],
)
def test_a_mask_goes_to_a_tool_and_back(
    tmp_path: Path, form: str, edit: Callable[[Path], None], tool: str
) -> None:
    raw, url, folder = tmp_path / "raw", str(tmp_path / "bank"), tmp_path / "review"
    tree(raw)
    prepare(raw, url, workers=1)
    before = {entry.id: Bank(url).read(entry) for entry in Bank(url).entries("face")}
    export_review(url, folder, form=form)
    edit(folder)
    report = import_review(folder, raw, url, who="Ann", date="2024-05-09")
    assert report.problems == () and (report.corrected, report.unchanged) == (1, 2)

    done = prepare(raw, url, workers=1)
    assert done.problems == ()
    after = {entry.id: Bank(url).read(entry) for entry in Bank(url).entries("face")}
    mask, was = decode_plane(after["00001"]["mask.png"]), decode_plane(before["00001"]["mask.png"])
    if form == "labelme":
        wrong = mask != with_hand(was)
        edge = cv2.morphologyEx(with_hand(was), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
        assert not (wrong & (edge == 0)).any() and wrong.mean() < 0.002, "other pixels along the edge alone"
    else:
        assert np.array_equal(mask, with_hand(was))
    facts = json.loads(after["00001"]["json"])
    stored = sha256_bytes((raw / CORRECTED_FOLDER / "1.png").read_bytes())
    assert (facts["mask"], facts["mask_sha256"]) == ("corrected", stored)
    said = {name: facts["review"][name] for name in ("tool", "who", "date", "date_from", "sha256")}
    assert said == {"tool": tool, "who": "Ann", "date": "2024-05-09", "date_from": "given", "sha256": stored}
    assert after["00001"]["jpg"] == before["00001"]["jpg"]
    assert {name: after[name] for name in ("00000", "00002")} == {
        name: before[name] for name in ("00000", "00002")
    }, "the other faces are the same bytes"


def test_a_mask_edited_after_its_review_is_taken_and_said_to_be(tmp_path: Path) -> None:
    raw, url, folder = tmp_path / "raw", str(tmp_path / "bank"), tmp_path / "review"
    tree(raw)
    prepare(raw, url, workers=1)
    export_review(url, folder, form="segments")
    in_a_painter(folder)
    import_review(folder, raw, url)
    (raw / CORRECTED_FOLDER / "1.png").write_bytes(encoded(disc(*SIZE, 0.4), "PNG"))
    done = prepare(raw, url, workers=1)
    assert [(problem.path, problem.action) for problem in done.problems] == [
        (f"{CORRECTED_FOLDER}/1.png", "noted")
    ]
    (entry,) = (one for one in Bank(url).entries("face") if one.id == "00001")
    members = Bank(url).read(entry)
    assert np.array_equal(decode_plane(members["mask.png"]), disc(*SIZE, 0.4))
    assert "review" not in json.loads(members["json"])
