"""Photographs with an EXIF rotation, and what was drawn over them: on stored or on upright pixels."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from assets.datasets.celebamask.reader import read_faces
from assets.datasets.coco.reader import read_objects
from assets.datasets.coco.voo_objects import read_voo_objects
from assets.datasets.hands.reader import read_hands
from assets.datasets.realocc import REALOCC, read_occluded_faces
from assets.pictures.orientation import turn_upright
from assets.problems import Problem, ReportProblem
from assets.records import Frame
from natocc.codecs import decode_plane, decode_rgb
from natocc.geometry import Image
from tasks.prepare.entry import Prepared
from tasks.prepare.faces.evaluation import prepare_evaluated
from tasks.prepare.faces.face import prepare_face
from tasks.prepare.occluders.cutouts import prepare_cutout
from tasks.prepare.occluders.hands_textures import prepare_hand
from tasks.prepare.occluders.objects import prepare_objects
from tasks.prepare.sources import with_frame
from tasks.prepare.upscaling.choose import Upscaler
from tests.raw_trees import (
    add_face,
    add_hand,
    add_objects,
    add_occluded,
    add_sidecar,
    annotation,
    encoded,
    square,
    write,
)

RED, GREEN = (200, 40, 30), (40, 160, 60)
# On stored pixels of 200x300: left and above the centre, unlike after every turn.
PLANE = np.zeros((200, 300), np.uint8)
PLANE[20:100, 30:130] = 255
PHOTO = np.where(PLANE[..., None] > 0, np.uint8(RED), np.uint8(GREEN))


def turned(orientation: int, photo: Image = PHOTO, form: str = "JPEG") -> bytes:
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    return encoded(photo, form, exif=exif)


def first(read: Callable[[ReportProblem], Iterator[object]], frame: Frame | None = None) -> object:
    return next(iter(with_frame(read, frame, lambda problem: None)))


def an_object(raw: Path, orientation: int, plane: Image, frame: Frame | None) -> Prepared:
    ys, xs = np.nonzero(plane)
    box = [int(xs.min()), int(ys.min()), int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1]
    height, width = plane.shape
    images = [{"id": 1, "file_name": "000000000001.jpg", "height": height, "width": width}]
    add_objects(raw, [annotation(7, bbox=box, segmentation=square(*box))], images=images)
    write(raw / "COCO/sample/000000000001.jpg", turned(orientation))
    return prepare_objects([first(partial(read_objects, raw), frame)], raw, Upscaler(name="lanczos"))[0]  # type: ignore[list-item]


def a_hand(raw: Path, orientation: int, plane: Image, frame: Frame | None) -> Prepared:
    add_hand(raw, 2, turned(orientation), plane)
    add_sidecar(raw / "11k-hands", {"file": "Hands/Hand_0000002.jpg", "rot_deg": 0})
    return prepare_hand(first(partial(read_hands, raw), frame), raw)  # type: ignore[arg-type]


def a_cutout(raw: Path, orientation: int, plane: Image, frame: Frame | None) -> Prepared:
    write(raw / "coco_object/object_image_sr/a.jpeg", turned(orientation))
    write(raw / "coco_object/object_mask_x4/a.png", encoded(plane, "PNG"))
    return prepare_cutout(first(partial(read_voo_objects, raw), frame), raw)  # type: ignore[arg-type]


MAKERS = [an_object, a_hand, a_cutout]


def red_under_matte(done: Prepared) -> float:
    """The share of the matte's solid pixels that are red."""
    assert done.entry is not None, done.problems
    solid = decode_plane(done.members["alpha.png"]) > 250
    red = decode_rgb(done.members["jpg"]).astype(int)
    return float((red[..., 0] > red[..., 1])[solid].mean())


def refusal(done: Prepared) -> Problem:
    assert done.entry is None
    return done.problems[0]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("orientation", range(2, 9))
def test_occluders_are_cut_out_where_they_are(
    tmp_path: Path, make: Callable[..., Prepared], orientation: int
) -> None:
    upright = turn_upright(PLANE, orientation)
    for name, plane in (("stored", PLANE), ("upright", upright)):
        done = make(tmp_path / name, orientation, plane, name)
        assert red_under_matte(done) > 0.97, name
    if orientation < 5:
        problem = refusal(make(tmp_path / "unknown", orientation, PLANE, None))
        assert "frame (stored or upright) in natocc.csv, or --frame" in problem.expected
        assert f"EXIF orientation {orientation}" in problem.got
    else:
        for name, plane in (("stored", PLANE), ("upright", upright)):
            assert red_under_matte(make(tmp_path / f"{name} by size", orientation, plane, None)) > 0.97


def test_the_side_car_goes_before_the_option(tmp_path: Path) -> None:
    add_sidecar(tmp_path / "COCO", {"file": "sample/000000000001.jpg", "frame": "Stored"})
    assert red_under_matte(an_object(tmp_path, 3, PLANE, "upright")) > 0.97


def test_a_hand_without_a_mask_is_turned_without_a_question(tmp_path: Path) -> None:
    add_hand(tmp_path, 2)
    plane = decode_plane((tmp_path / "11k-hands_masks/Hand_0000002.png").read_bytes())
    (tmp_path / "11k-hands_masks/Hand_0000002.png").unlink()
    photo = decode_rgb((tmp_path / "11k-hands/Hands/Hand_0000002.jpg").read_bytes())
    add_hand(tmp_path, 2, turned(3, photo), plane)
    (tmp_path / "11k-hands_masks/Hand_0000002.png").unlink()
    done = prepare_hand(first(partial(read_hands, tmp_path)), tmp_path)  # type: ignore[arg-type]
    assert not any("frame" in problem.expected for problem in done.problems)


def a_face(raw: Path, orientation: int, frame: Frame | None, corrected: Image | None = None) -> Prepared:
    add_face(raw, "0", turned(orientation), {"skin": PLANE})
    add_sidecar(
        raw / "CelebAMask-HQ", {"file": "CelebA-HQ-img/0.jpg", "landmarks": json.dumps({"nose": [80, 60]})}
    )
    if corrected is not None:
        write(raw / "CelebAMask-HQ-masks_corrected/0.png", encoded(corrected, "PNG"))
    return prepare_face(first(partial(read_faces, raw), frame), raw)  # type: ignore[arg-type]


@pytest.mark.parametrize(("orientation", "frame"), [(3, "stored"), (6, None)])
def test_masks_and_landmarks_of_a_face_are_turned_with_it(
    tmp_path: Path, orientation: int, frame: Frame | None
) -> None:
    done = a_face(tmp_path, orientation, frame, corrected=PLANE)
    assert done.entry is not None, done.problems
    photo, mask = decode_rgb(done.members["jpg"]).astype(int), decode_plane(done.members["mask.png"])
    small = np.asarray(Pillow.fromarray(photo.astype(np.uint8)).resize(mask.shape[::-1])).astype(int)
    assert ((small[..., 0] > small[..., 1]) == (mask > 0)).mean() > 0.98
    x, y = json.loads(done.members["json"])["landmarks"]["nose"]
    assert photo[round(y), round(x), 0] > photo[round(y), round(x), 1]


def test_a_face_in_doubt_is_refused(tmp_path: Path) -> None:
    assert "EXIF orientation 3" in refusal(a_face(tmp_path, 3, None)).got


def test_a_face_to_test_on_keeps_its_mask_on_its_pixels(tmp_path: Path) -> None:
    def made(orientation: int, frame: Frame | None) -> Prepared:
        add_occluded(tmp_path, "a", turned(orientation), PLANE)
        return prepare_evaluated(
            first(partial(read_occluded_faces, tmp_path, source=REALOCC), frame),  # type: ignore[arg-type]
            tmp_path,
            REALOCC,
        )

    for orientation, frame in ((3, "stored"), (8, None)):
        done = made(orientation, frame)  # type: ignore[arg-type]
        photo, mask = decode_rgb(done.members["jpg"]).astype(int), decode_plane(done.members["mask.png"])
        assert ((photo[..., 0] > photo[..., 1]) == (mask > 0)).mean() > 0.98
    assert "EXIF orientation 3" in refusal(made(3, None)).got
